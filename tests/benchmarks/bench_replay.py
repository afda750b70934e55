"""Replay after a restore against raw deletes of the same rows. By hand: `python -m tests.benchmarks.bench_replay [SIZE]`.

The engine deletes what is due on one copy of a database and writes the ledger; the replay does the same again on another
copy, which is what a restored backup would be: it looks through the whole ledger first, then deletes and certifies.
"""

import json
import statistics
import sys
import tempfile
from pathlib import Path

ROUNDS = 3


def main():
    from tests.benchmarks.bench_retention import world
    from tests.benchmarks.scratch import ready, scratch_database

    ready()
    for size in [int(given) for given in sys.argv[1:]] or (20_000, 100_000):
        with scratch_database(f"bench_replay_{size}"):
            world(size)
            print(json.dumps(compare(size)), flush=True)


def compare(size):
    from tests.benchmarks.bench_retention import ROWS, cascade, engine, one_statement, warm
    from tests.benchmarks.scratch import fresh_copy

    taken = {"engine": [], "replay": [], "cascade": [], "one_statement": []}
    ways = {"engine": engine, "replay": again, "cascade": cascade, "one_statement": one_statement}
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as place:
            outside(place)
            for name, way in ways.items():
                with fresh_copy():
                    warm()
                    taken[name].append(way(size))
    told = {"due": size, "rows": size * ROWS}
    for name, times in taken.items():
        told[f"{name}_wall_s"], told[f"{name}_cpu_s"] = (
            round(statistics.median(t[n] for t in times), 2) for n in (0, 1)
        )
    told["replayed_a_second"] = [round(size / wall) for wall, _ in taken["replay"]]
    for other in ("cascade", "one_statement", "engine"):
        ratios = [mine[0] / theirs[0] for mine, theirs in zip(taken["replay"], taken[other], strict=True)]
        told[f"replay_to_{other}_wall"] = [round(statistics.median(ratios), 2), [round(ratio, 2) for ratio in ratios]]
    return told


def outside(place):
    from django.conf import settings

    settings.PORTAL_TRAIL_DIR, settings.PORTAL_TRAIL_KEY_FILE = Path(place) / "trail", Path(place) / "key.pem"


def again(size):
    from agreements.retention import replay, standing
    from tests.benchmarks.bench_retention import measured, nothing_left

    assert "retention replay" in standing.why_not()
    seconds = []
    with measured(seconds):
        done = replay.replay()
    assert (done.records, done.gone, standing.why_not()) == (size, size, "")
    nothing_left(size)
    return seconds


if __name__ == "__main__":
    main()
