"""CSV export of 100,000 reports with the policy, against the same rows by COPY without it; and its memory.

By hand: `python -m tests.benchmarks.bench_export`. Both write a file; the export's time holds everything from the
person to the last byte: facts, policy, marking, labels, time zone and the guard against formulas.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

ROWS = 100_000
SIZES = (10_000, 100_000)  # for memory
ROUNDS = 9


def main():
    from tests.benchmarks.scratch import ready, scratch_database

    ready()
    if len(sys.argv) > 1:
        print(json.dumps(memory(sys.argv[1], int(sys.argv[2]))))
        return
    from tests.benchmarks.bench_list import world

    with scratch_database("bench_export"):
        for name, person in world(ROWS, markings=(0, 1, 2)).items():  # what is stricter leaves its owner's hands never
            print(json.dumps({"person": name, **compare(person)}), flush=True)
            for size in SIZES:
                print(json.dumps({"person": name, **in_a_process_of_its_own(person, size)}), flush=True)


def compare(person):
    """Median seconds of both in turns, rows a second, and the export's share of COPY's speed, round by round."""
    seconds = {"export": [], "copy": []}
    for _ in range(ROUNDS):
        for name, act in (("export", lambda: export(person)), ("copy", copy)):
            begin = time.perf_counter()
            rows, size = act()
            seconds[name].append(time.perf_counter() - begin)
            assert rows == ROWS
    share = statistics.median(c / e for e, c in zip(seconds["export"], seconds["copy"], strict=True))
    median = {name: statistics.median(values) for name, values in seconds.items()}
    return {
        "rows": ROWS, "export_mb": round(size / 1e6, 1), **{f"{name}_s": round(s, 2) for name, s in median.items()},
        **{f"{name}_rows_per_s": round(ROWS / s) for name, s in median.items()}, "share_of_copys_speed": round(share, 2),
    }  # fmt: skip


def export(person, limit=None):
    """The list's export as this person may have it; rows and bytes."""
    from incidents.views.reports import ReportList
    from partnership.access.actor import Actor
    from partnership.exports import as_csv

    table = ReportList.table(Actor(person), {})
    if limit:
        table.queryset = table.queryset[:limit]
    return written(as_csv.write(table), heading=1)


def copy():
    """The same rows and columns in the same order, as they are stored."""
    from django.db import connection

    from incidents.models import Report
    from incidents.views.reports import ReportList
    from partnership.tables import Table

    page = ReportList()
    table = Table("all", "All", page.columns, queryset=Report.objects.order_by(*page.ordering))
    inner, parameters = table.values().query.get_compiler(connection=connection).as_sql()
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({inner}) TO STDOUT WITH (FORMAT csv)", parameters) as chunks,
    ):
        return written(map(bytes, chunks))


def written(chunks, heading=0):
    with tempfile.TemporaryFile() as file:
        lines = 0
        for chunk in chunks:
            file.write(chunk)
            lines += chunk.count(b"\n")
        return lines - heading, file.tell()


def in_a_process_of_its_own(person, size):
    from django.db import connection

    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    command = [sys.executable, "-m", "tests.benchmarks.bench_export", person.email, str(size)]
    done = subprocess.run(
        command, env={**os.environ, "DATABASE_URL": address}, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def memory(email, size):
    """The peak of the process, which counts from its own beginning."""
    from partnership.models import User

    person = User.objects.get(email=email)
    export(person, limit=100)
    before = peak()
    rows, _ = export(person, limit=size)
    return {"rows": rows, "peak_before_mb": before, "peak_mb": peak()}


def peak():
    status = Path("/proc/self/status").read_text()
    return round(int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024, 1)


if __name__ == "__main__":
    main()
