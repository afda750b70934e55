"""Incidents a second in the worker, and memory as the file grows. By hand: `python -m tests.benchmarks.bench_import`."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZES = (5_000, 50_000)


def measure(count):
    """Check and import a file of invented incidents through their jobs, as a worker runs them."""
    from tests.benchmarks.scratch import ready, scratch_database

    ready()
    from django.utils import timezone

    from agreements.models import DataCategory
    from incidents import tasks  # noqa: F401  (registers the jobs)
    from incidents.actions import imports
    from incidents.models import Import, Report
    from partnership import tasks as ground_tasks  # noqa: F401  (registers the task that runs them)
    from partnership.models import Role
    from tests.factories import veris
    from tests.factories.incidents import agreement_in_force
    from tests.factories.partnership import OrganizationFactory, member

    with scratch_database(f"bench_import_{count}"), tempfile.TemporaryDirectory() as folder:
        path = veris.write(Path(folder) / "incidents.jsonl", count)
        own = OrganizationFactory()
        officer, agreement = member(Role.LIAISON_OFFICER, own), agreement_in_force(own)
        at, category = timezone.now(), DataCategory.objects.get(code="incident-report")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begin = time.perf_counter()
        with path.open("rb") as file:
            given = imports.start(
                organization=own, agreement=agreement, category=category, tlp=2, file_name=path.name,
                chunks=iter(lambda: file.read(65536), b""), size=0, by=officer, at=at,
            )  # fmt: skip
        checked = time.perf_counter()
        imports.decide(given=Import.objects.get(pk=given.pk), skip_bad=False, by=officer, at=at)
        done = time.perf_counter()
        assert Report.objects.count() == count
        return {
            "incidents": count, "file_mb": round(path.stat().st_size / 1e6, 1), "check_s": round(checked - begin, 2),
            "import_s": round(done - checked, 2), "import_per_s": round(count / (done - checked)),
            "check_and_import_per_s": round(count / (done - begin)), "rss_before_mb": before // 1024,
            "rss_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }  # fmt: skip


def main():
    if len(sys.argv) > 1:
        print(json.dumps(measure(int(sys.argv[1]))))
        return
    for size in SIZES:  # a process for each, so that the peaks do not mix
        command = [sys.executable, "-m", "tests.benchmarks.bench_import", str(size)]
        print(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())


if __name__ == "__main__":
    main()
