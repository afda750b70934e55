"""The retention engine against deletes that prove nothing, in turns. By hand: `python -m tests.benchmarks.bench_retention`.

Each measurement works on a fresh copy of the same database: reports that are due, each with body, indicators and a
share for every fifth, and as many that are not due. The limit is one raw SQL statement that deletes the reports and
their children under the portal's own constraints; beside it stands one DELETE on a database whose foreign keys were
changed to cascade, which the portal's are not.
"""

import json
import statistics
import sys
import time
from datetime import date, timedelta

SIZES = (5_000, 20_000)
ROUNDS = 5
INDICATORS = 3
NARRATIVE = "The mail server was encrypted overnight and the staff worked on paper. " * 12
CHILDREN = ("body", "indicators", "attachments", "sector_shares", "releases", "user_grants")


def main():
    from tests.benchmarks.scratch import ready, scratch_database

    ready()
    for size in [int(given) for given in sys.argv[1:]] or SIZES:
        with scratch_database(f"bench_retention_{size}"):
            world(size)
            print(json.dumps(compare(size)), flush=True)


def compare(size):
    """Median seconds of each way, measured in turns, and the ratios asked for."""
    from tests.benchmarks.scratch import fresh_copy

    ways = {"one_statement": one_statement, "cascade": cascade, "queryset": queryset, "engine": engine}
    seconds = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            with fresh_copy():
                warm()
                seconds[name].append(way(size))
    median = {name: statistics.median(values) for name, values in seconds.items()}

    def ratio(other):
        """The engine's time to another's, round by round: what else the machine does weighs on both."""
        return round(statistics.median(e / o for e, o in zip(seconds["engine"], seconds[other], strict=True)), 2)

    return {
        "due": size, "rows": size * (2 + INDICATORS) + size // 5, **{f"{name}_s": round(s, 2) for name, s in median.items()},
        "engine_to_one_statement": ratio("one_statement"), "engine_to_cascade": ratio("cascade"),
        "engine_to_queryset": ratio("queryset"), "engine_reports_per_s": round(size / median["engine"]),
    }  # fmt: skip


def warm():
    """Read the tables once, so that nobody pays for the others' first look at a page."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("incidents_report", *(table for table, _, _ in tables())):
            cursor.execute(f'SELECT count(*) FROM "{table}"')


def one_statement(size):
    """One statement that deletes children and reports, set by set."""
    parts = ", ".join(
        f'd{n} AS (DELETE FROM "{table}" WHERE "{column}" IN (SELECT id FROM due))'
        for n, (table, column, _) in enumerate(tables())
    )
    return raw(size, f"WITH due AS (SELECT id FROM incidents_report WHERE {DUE}), {parts}")


def cascade(size):
    """One DELETE; the database's own cascade takes the children along."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table, column, name in tables():
            cursor.execute(
                f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}", ADD CONSTRAINT "{name}" FOREIGN KEY ("{column}")'
                " REFERENCES incidents_report (id) ON DELETE CASCADE"
            )
    return raw(size, "")


DUE = "retain_until < current_date"


def raw(size, before):
    from django.db import connection, transaction

    begin = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL portal.retention = 'on'")
        cursor.execute(f"{before} DELETE FROM incidents_report WHERE {DUE}")
        assert cursor.rowcount == size
    return time.perf_counter() - begin


def queryset(size):
    """Django's own delete, which collects the children; no certificates."""
    from django.db import connection, transaction

    from incidents.models import Report

    begin = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL portal.retention = 'on'")
        _, counts = Report.objects.filter(retain_until__lt=date.today()).delete()
        assert counts["incidents.Report"] == size
    return time.perf_counter() - begin


def engine(size):
    from agreements.retention import certificates, execute

    begin = time.perf_counter()
    run = execute.sweep(trigger="command")
    seconds = time.perf_counter() - begin
    assert (run.state, run.deleted_count) == ("complete", size)
    assert certificates.verify() == []
    return seconds


def tables():
    """Child tables of a report with the column and the constraint that point to it."""
    from django.db import connection

    from incidents.models import Report

    found = []
    for name in CHILDREN:
        field = Report._meta.get_field(name).field
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
    from incidents.models import IncidentKind, Indicator, Report, ReportBody, SectorShare
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
        ReportBody.objects.bulk_create(
            ReportBody(report=report, narrative=NARRATIVE, raw={"action": {"malware": {"variety": ["Ransomware"]}}})
            for report in reports
        )
        Indicator.objects.bulk_create(
            Indicator(report=report, type="ipv4", value=f"198.51.100.{k}", added_at=now, added_by=officer)
            for report in reports
            for k in range(INDICATORS)
        )
        SectorShare.objects.bulk_create(
            SectorShare(report=report, sector=sector, shared_at=now, shared_by=officer)
            for report in reports
            if int(report.reference[-6:]) % 10 in (1, 2)  # one of them due
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (FREEZE, ANALYZE)")


if __name__ == "__main__":
    main()
