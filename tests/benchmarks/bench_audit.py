"""The trail under writers and under verification. By hand: `python -m tests.benchmarks.bench_audit [ENTRIES] [SECONDS]`.

Writers: eight processes change the profile of organizations of their own through the action's own steps (lock the row,
write it, record the entry with its detail, commit), in turns with and without the entry, against the same database.
Verification: the whole check of `manage verify_audit`, details, tree and checkpoints included, over a trail that was
filled through the database's own sealing.
"""

import json
import multiprocessing
import os
import statistics
import sys
import time

WRITERS = 8
ROUNDS = 5
BATCH = 20_000


def main():
    from tests.benchmarks.scratch import ready, scratch_database

    ready()
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 5
    with scratch_database("bench_audit"):
        print(json.dumps(writers(seconds)), flush=True)
    with scratch_database("bench_audit"):
        fill(entries)
        print(json.dumps(verification(entries)), flush=True)


def writers(seconds):
    """Median deeds a second of eight writers, with and without the trail, in turns; and the ratio round by round."""
    from django.db import connection

    from tests.factories.partnership import OrganizationFactory, UserFactory

    person = UserFactory(name="Wanda Writer")
    keys = [str(OrganizationFactory().pk) for _ in range(WRITERS)]
    name = connection.settings_dict["NAME"]
    connection.close()
    rates = {True: [], False: []}
    for number in range(ROUNDS):
        for is_recorded in (True, False) if number % 2 else (False, True):
            rates[is_recorded].append(together(name, keys, str(person.pk), is_recorded, seconds))
    ratios = [with_ / without for with_, without in zip(rates[True], rates[False], strict=True)]
    return {
        "writers": WRITERS, "seconds": seconds, "rounds": ROUNDS, "with_trail_per_s": round(statistics.median(rates[True])),
        "without_trail_per_s": round(statistics.median(rates[False])), "ratio": round(statistics.median(ratios), 2),
        "ratios": [round(ratio, 2) for ratio in ratios],
    }  # fmt: skip


def together(name, keys, person, is_recorded, seconds):
    context = multiprocessing.get_context("spawn")
    gate, found = context.Barrier(WRITERS + 1), context.Queue()
    crew = [context.Process(target=work, args=(name, key, person, is_recorded, seconds, gate, found)) for key in keys]
    for process in crew:
        process.start()
    gate.wait(180)
    counts = [found.get(timeout=seconds + 180) for _ in crew]
    for process in crew:
        process.join()
    return sum(counts) / seconds


def work(name, key, person, is_recorded, seconds, gate, found):
    """One writer: as many deeds as fit."""
    from tests.benchmarks.scratch import ready

    ready()
    from django.db import connection

    connection.settings_dict["NAME"] = name
    from partnership.models import Organization, User

    by = User.objects.get(pk=person)
    deed(Organization, key, by, is_recorded, 0)
    gate.wait(180)
    end, count = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        count += 1
        deed(Organization, key, by, is_recorded, count)
    found.put(count)


def deed(model, key, by, is_recorded, number):
    from django.db import transaction
    from django.utils import timezone

    from partnership import verbs
    from partnership.audit.record import record

    with transaction.atomic():
        row = model.objects.select_for_update().get(pk=key)
        before, row.website = row.website, f"https://example.org/{number}"
        row.save(update_fields=["website"])
        if is_recorded:
            record(verbs.ORGANIZATION_CHANGED, row, by=by, at=timezone.now(), because="Yearly review of the directory",
                   changes={"website": (before, row.website)}, subject=row)  # fmt: skip


def fill(entries):
    """Entries with details as actions write them, sealed by the database at each commit; a checkpoint for every batch."""
    from django.db import transaction
    from django.utils import timezone

    from partnership import verbs
    from partnership.actions import checkpoints
    from partnership.audit.record import record_many
    from tests.factories.partnership import OrganizationFactory, UserFactory

    person, targets = UserFactory(name="Wanda Writer"), [OrganizationFactory() for _ in range(20)]
    for done in range(0, entries, BATCH):
        with transaction.atomic():
            record_many(verbs.ORGANIZATION_CHANGED, (targets * (BATCH // 20))[: min(BATCH, entries - done)], by=person,
                        at=timezone.now(), because="Yearly review of the directory", subject=targets[0],
                        changes={"website": ("https://example.org/1", "https://example.org/2")})  # fmt: skip
        checkpoints.sign(at=timezone.now())


def verification(entries):
    """Seconds of the whole check, and entries a second."""
    from django.db import connection

    from partnership.audit import chain

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    seconds = []
    for _ in range(3):
        begun = time.perf_counter()
        verdict = chain.verify()
        seconds.append(time.perf_counter() - begun)
        assert verdict.is_intact and verdict.entries >= entries, verdict.faults[:3]
    best = statistics.median(seconds)
    return {"entries": verdict.entries, "checkpoints": verdict.checkpoints, "seconds": round(best, 1),
            "all": [round(value, 1) for value in seconds], "entries_per_s": round(verdict.entries / best),
            "load": os.getloadavg()[0]}  # fmt: skip


if __name__ == "__main__":
    main()
