"""The retention engine against deletes that prove nothing, in turns. By hand: `python -m tests.benchmarks.bench_retention`.

Each measurement works on a fresh copy of the same database: reports that are due, and as many that are not, each with
body, five indicators, two attachments with their stored files, a release, a share and a grant: thirteen rows that go.
Every way removes the same rows. There are two raw limits: one statement that deletes set by set under Django's plain
deferred keys, and one cascade delete of the reports by the database's own ON DELETE CASCADE (the files beside it).
"""

import json
import os
import statistics
import sys
import time
from contextlib import contextmanager
from datetime import date, timedelta

SIZES = (20_000, 100_000)
ROUNDS = 3
ROWS = 13
MOST_FOR_ALL = 20_000  # due reports up to which the two slower ways are measured too
NARRATIVE = "The mail server was encrypted overnight and the staff worked on paper. " * 12


def main():
    from tests.benchmarks.scratch import ready, scratch_database

    ready()
    for size in [int(given) for given in sys.argv[1:]] or SIZES:
        with scratch_database(f"bench_retention_{size}"):
            world(size)
            print(json.dumps(compare(size)), flush=True)


def compare(size):
    """Median wall and CPU seconds of each way, measured in turns, and the engine's ratios to the others."""
    from tests.benchmarks.scratch import fresh_copy

    ways = {"cascade": cascade, "engine": engine, "one_statement": one_statement, "queryset": queryset}
    wanted = [name for name in ways if name in ("cascade", "engine") or size <= MOST_FOR_ALL]
    taken = {name: [] for name in wanted}
    for _ in range(ROUNDS):
        for name in wanted:
            with fresh_copy():
                warm()
                taken[name].append(ways[name](size))
    told = {"due": size, "rows": size * ROWS}
    for kind, what in enumerate(("wall", "cpu")):
        told |= {
            f"{name}_{what}_s": round(statistics.median(t[kind] for t in times), 2) for name, times in taken.items()
        }
        for other in (name for name in wanted if name != "engine"):
            ratios = [e[kind] / o[kind] for e, o in zip(taken["engine"], taken[other], strict=True)]
            told[f"engine_to_{other}_{what}"] = [round(statistics.median(ratios), 2), [round(r, 2) for r in ratios]]
    return told


@contextmanager
def measured(seconds):
    """Append wall seconds and the CPU seconds of this process and of the database's: a busy machine lengthens the first alone."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    wall, cpu = time.perf_counter(), time.process_time() + cpu_of(backend)
    yield
    seconds += [time.perf_counter() - wall, time.process_time() + cpu_of(backend) - cpu]


def cpu_of(process):
    with open(f"/proc/{process}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def warm():
    """Read the tables once, so that nobody pays for the others' first look at a page."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("incidents_report", "partnership_storedfile", *(table for table, _, _ in tables())):
            cursor.execute(f'SELECT count(*) FROM "{table}"')


DUE = "retain_until < current_date"
FILES = f"SELECT file_id FROM incidents_attachment WHERE report_id IN (SELECT id FROM incidents_report WHERE {DUE})"


def one_statement(size):
    """One statement that deletes children and reports, set by set, under Django's plain keys."""
    set_keys("DEFERRABLE INITIALLY DEFERRED")
    parts = "".join(
        f', d{n} AS (DELETE FROM "{table}" WHERE "{column}" IN (SELECT id FROM due))'
        for n, (table, column, _) in enumerate(tables())
    )
    return raw(size, f"WITH due AS (SELECT id FROM incidents_report WHERE {DUE}){parts},")


def cascade(size):
    """One delete of the reports; the database's own cascade takes the children along."""
    set_keys("ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED")
    return raw(size, "WITH")


def set_keys(kind):
    """Give the keys of all child tables what they do when a report goes."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table, column, name in tables():
            cursor.execute(
                f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}", ADD CONSTRAINT "{name}" FOREIGN KEY ("{column}")'
                f" REFERENCES incidents_report (id) {kind}"
            )


def raw(size, before):
    from django.db import connection, transaction

    seconds = []
    with measured(seconds), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL portal.retention = 'on'")
        cursor.execute(
            f"{before} files AS MATERIALIZED ({FILES}), gone AS (DELETE FROM incidents_report WHERE {DUE} RETURNING id),"
            " stored AS (DELETE FROM partnership_storedfile WHERE id IN (SELECT file_id FROM files) RETURNING id)"
            " SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM stored)"
        )
        assert cursor.fetchone() == (size, 2 * size)
    nothing_left(size)
    return seconds


def queryset(size):
    """Django's own delete, which collects the children; no certificates."""
    from django.db import connection, transaction

    from incidents.models import Attachment, Report
    from partnership.models import StoredFile

    seconds = []
    with measured(seconds), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL portal.retention = 'on'")
        files = list(Attachment.objects.filter(report__retain_until__lt=date.today()).values_list("file_id", flat=True))
        _, counts = Report.objects.filter(retain_until__lt=date.today()).delete()
        for start in range(0, len(files), 10_000):
            StoredFile.objects.filter(pk__in=files[start : start + 10_000]).delete()
        assert counts["incidents.Report"] == size
    nothing_left(size)
    return seconds


def engine(size):
    from agreements.retention import certificates, execute
    from tests.factories.agreements import approve_what_waits

    approve_what_waits()
    seconds = []
    with measured(seconds):
        run = execute.sweep(trigger="command")
    assert (run.state, run.deleted_count) == ("complete", size)
    nothing_left(size)
    assert certificates.verify() == []
    return seconds


def nothing_left(size):
    """Every way leaves the same rows: those of the reports that are not due."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table, times in (("incidents_report", 1), ("incidents_indicator", 5), ("incidents_attachment", 2), ("partnership_storedfile", 2),
                             ("incidents_reportbody", 1), ("incidents_sectorshare", 1), ("incidents_release", 1),
                             ("incidents_reportusergrant", 1)):  # fmt: skip
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            assert cursor.fetchone() == (size * times,), table


def tables():
    """Child tables of a report with the column and the constraint that point to it."""
    from django.db import connection

    from agreements.retention.execute import children
    from incidents.models import Report

    found = []
    for _, relation in children(Report):
        field = relation.field
        with connection.cursor() as cursor:
            constraints = connection.introspection.get_constraints(cursor, field.model._meta.db_table)
        keys = [key for key, what in constraints.items() if what["foreign_key"] and what["columns"] == [field.column]]
        found.append((field.model._meta.db_table, field.column, keys[0]))
    return found


def world(size):
    """Reports that are due and as many that are not, under twelve agreements."""
    from django.db import connection
    from django.utils import timezone

    from agreements.models import RetentionTerm
    from incidents.models import IncidentKind, Report
    from partnership.models import Role, Sector
    from tests.factories.incidents import agreement_in_force
    from tests.factories.partnership import OrganizationFactory, member

    now, today = timezone.now(), date.today()
    terms = []
    for _ in range(12):
        agreement = agreement_in_force(OrganizationFactory())
        terms.append((agreement, RetentionTerm.objects.get(version=agreement.governing)))
    officer, sector, kind = member(Role.LIAISON_OFFICER), Sector.objects.first(), IncidentKind.objects.first()
    for begin in range(0, size * 2, 5000):
        reports = []
        for n in range(begin, min(begin + 5000, size * 2)):
            agreement, term = terms[n % len(terms)]
            due = today - timedelta(days=1 + n % 90) if n % 2 else today + timedelta(days=1 + n % 900)
            reports.append(Report(
                reference=f"INC-2024-{n:06}", title=f"Mail server encrypted, number {n}", organization_id=agreement.lead_id,
                agreement=agreement, version_id=term.version_id, term=term, category_id=term.category_id, sector=sector, kind=kind,
                received_at=now - timedelta(days=730), retention_start=due - timedelta(days=730), retain_until=due,
            ))  # fmt: skip
        Report.objects.bulk_create(reports)
    with connection.cursor() as cursor:
        for statement in _children(officer, sector):
            cursor.execute(*statement)
        cursor.execute("VACUUM (FREEZE, ANALYZE)")


def _children(officer, sector):
    """Statements that hang the other twelve rows on every report."""
    from partnership.models import Audience

    audience, by = Audience.objects.create(name="Benchmark"), officer.pk
    every, raw_record = "FROM incidents_report r", json.dumps({"action": {"malware": {"variety": ["Ransomware"]}}})
    yield (
        f"INSERT INTO incidents_reportbody (report_id, narrative, raw) SELECT r.id, %s, %s {every}",
        [NARRATIVE, raw_record],
    )
    yield ("INSERT INTO incidents_indicator (id, report_id, type, value, comment, added_at, added_by_id)"
           f" SELECT gen_random_uuid(), r.id, 'ipv4', '198.51.100.' || k, '', now(), %s {every}, generate_series(1, 5) k"), [by]  # fmt: skip
    yield ("INSERT INTO partnership_storedfile (id, key, name, content_type, size, sha256)"
           " SELECT md5(r.id::text || k)::uuid, encode(sha256((r.id::text || k)::bytea), 'hex'), 'log.txt', 'text/plain', 10, repeat('0', 64)"
           f" {every}, generate_series(1, 2) k"), []  # fmt: skip
    yield ("INSERT INTO incidents_attachment (id, report_id, file_id, name, content_type, size, is_scanned, uploaded_at, uploaded_by_id)"
           " SELECT gen_random_uuid(), r.id, md5(r.id::text || k)::uuid, 'log.txt', 'text/plain', 10, false, now(), %s"
           f" {every}, generate_series(1, 2) k"), [by]  # fmt: skip
    yield ("INSERT INTO incidents_sectorshare (id, report_id, sector_id, shared_at, shared_by_id)"
           f" SELECT gen_random_uuid(), r.id, %s, now(), %s {every}"), [sector.pk, by]  # fmt: skip
    yield ("INSERT INTO incidents_release (id, report_id, audience_id, released_at, released_by_id)"
           f" SELECT gen_random_uuid(), r.id, %s, now(), %s {every}"), [audience.pk, by]  # fmt: skip
    yield ("INSERT INTO incidents_reportusergrant (content_object_id, permission_id, user_id, granted_at, granted_by_id, reason, clause, expires_at)"
           f" SELECT r.id, (SELECT min(id) FROM auth_permission), %s, now(), %s, 'A benchmark', '', now() + interval '80 days' {every}"), [by, by]  # fmt: skip


if __name__ == "__main__":
    main()
