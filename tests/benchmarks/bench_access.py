"""What the policy costs among a million reports: page, count, figures, export, single check, and a party that comes or goes.

By hand: `python -m tests.benchmarks.bench_access [reports]` (1,000,000 unless given, 50,000 at least;
the other tables shrink with it).
Each figure is taken in turns with the same statement without rule: over the whole table; over the same rows of it, which
a list of their keys picks (known); and over a table that holds nothing but these rows (alone).
"""

import json
import statistics
import sys
import time
from contextlib import contextmanager

MOST, ROUNDS, CHECKS = 1_000_000, 15, 500
HEAD, OUT = "incidents.view_report", "incidents.export_report"
ALONE = "rows_alone"


def main():
    from tests.benchmarks.scratch import ready, scratch_database

    ready()
    reports = int(sys.argv[1]) if len(sys.argv) > 1 else MOST
    with scratch_database("bench_access"):
        from tests.benchmarks.crowd import Size, fill

        share, whole = reports / MOST, Size()
        size = Size(reports, *(int(n * share) for n in (whole.organizations, whole.agreements, whole.people)))
        begin = time.perf_counter()
        people = fill(size)
        say(size=vars(size), filled_in_s=round(time.perf_counter() - begin))
        for who in ("liaison officer", "analyst", "auditor", "council member", "named"):
            say(person=who, **of(people[who]))
        say(**party_comes_and_goes(people["liaison officer"]))


def say(**found):
    print(json.dumps(found), flush=True)


def of(person):
    from incidents.models import Report
    from partnership.access.actor import Actor
    from partnership.access.scope import listed

    actor = Actor(person)

    def mine():
        return listed(actor, HEAD, Report.objects.all())

    def asked_anew():
        return listed(Actor(person), HEAD, Report.objects.all())

    every = Report.objects.all
    seen = mine().count()
    found = {
        "rows_seen": seen,
        "page_of_50": against(lambda: page(mine()), whole=lambda: page(every())),
        "page_with_the_persons_facts": against(lambda: page(asked_anew()), whole=lambda: page(every())),
    }
    with alone(mine()):
        for name, act in {"count": count, "figures": figures}.items():
            found[name] = against(
                lambda act=act: act(mine()), whole=lambda act=act: act(every()), known=lambda act=act: act(known()),
                alone=lambda act=act: act(every()),
            )  # fmt: skip
    leaving = listed(actor, OUT, Report.objects.all())
    found["export_rows"] = leaving.count()
    with alone(leaving):
        found["export"] = against(
            lambda: export(leaving.all()), 7, known=lambda: export(known()), alone=lambda: export(every())
        )
    return found | {"check": single_checks(actor)}


def known():
    """The rows that the person sees, of the whole table, by their keys alone."""
    from django.db.models.expressions import RawSQL

    from incidents.models import Report

    return Report.objects.filter(pk__in=RawSQL(f"SELECT id FROM {ALONE}.known", []))  # noqa: S611


def page(rows):
    columns = (
        "pk",
        "reference",
        "title",
        "organization__name",
        "sector__label",
        "severity",
        "tlp",
        "state",
        "received_at",
    )
    return list(rows.order_by("-received_at", "-id").values_list(*columns)[:50])


def count(rows):
    return rows.count()


def figures(rows):
    """By sector and month, as a dashboard of one's own scope counts."""
    from django.db.models import Count

    return len(rows.values_list("sector", "month").annotate(n=Count("pk")).order_by("sector", "month"))


def export(rows):
    """Every byte of the file, by the writer of the portal."""
    from incidents.views.reports import ReportList
    from partnership.exports import as_csv
    from partnership.tables import Table

    table = Table("all", "All", ReportList.columns, queryset=rows.order_by(*ReportList.ordering))
    return sum(map(len, as_csv.write(table)))


@contextmanager
def alone(rows):
    """A table with the name and the indexes of reports and nothing in it but these rows, in a schema beside."""
    from incidents.models import Report
    from tests.benchmarks.crowd import run

    table, keys = Report._meta.db_table, rows.order_by().values("pk").query
    sql, parameters = keys.get_compiler("default").as_sql()
    columns = ", ".join(f.column for f in Report._meta.concrete_fields if not f.generated)
    run(f"CREATE SCHEMA {ALONE}")
    try:
        run(f"CREATE TABLE {ALONE}.{table} (LIKE {table} INCLUDING ALL)")
        run(f"INSERT INTO {ALONE}.{table} ({columns}) SELECT {columns} FROM {table} WHERE id IN ({sql})", *parameters)  # noqa: S608
        run(f"CREATE TABLE {ALONE}.known AS SELECT id FROM {ALONE}.{table}")  # noqa: S608
        for name in (table, "known"):
            run(f"VACUUM ANALYZE {ALONE}.{name}")
        yield
    finally:
        run(f"DROP SCHEMA {ALONE} CASCADE")


def look_at(schema):
    from tests.benchmarks.crowd import run

    run(f"SET search_path = {schema}, public")


def against(act, rounds=ROUNDS, **others):
    """Median milliseconds of the act and of the others, in turns, and the medians of the ratios."""
    acts = {"policy": act, **others}
    times = {name: [] for name in acts}
    for _ in range(rounds + 1):
        for name, one in acts.items():
            look_at(ALONE if name == "alone" else "public")
            begin = time.perf_counter()
            one()
            times[name].append((time.perf_counter() - begin) * 1000)
    look_at("public")
    times = {name: values[1:] for name, values in times.items()}  # the first round fills the caches
    found = {f"{name}_ms": round(statistics.median(values), 2) for name, values in times.items()}
    for name in others:
        pairs = zip(times["policy"], times[name], strict=True)
        found[f"to_{name}"] = round(statistics.median(mine / other for mine, other in pairs), 2)
    return found


def single_checks(actor):
    """Milliseconds of the yes or no on a loaded report, over reports of all kinds, and statements for each."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from incidents.models import Report
    from partnership.access.decide import allowed
    from partnership.access.scope import listed

    seen = list(listed(actor, HEAD, Report.objects.all())[: CHECKS // 2])
    rows = [*seen, *Report.objects.order_by("id")[: CHECKS // 2]]
    times = []
    for row in rows:
        begin = time.perf_counter()
        allowed(actor, HEAD, row)
        times.append((time.perf_counter() - begin) * 1000)
    with CaptureQueriesContext(connection) as queries:
        for row in rows:
            allowed(actor, HEAD, row)
    times.sort()
    return {"median_ms": round(statistics.median(times), 3), "p95_ms": round(times[int(len(times) * 0.95)], 3),
            "worst_ms": round(times[-1], 3), "statements": round(len(queries) / len(rows), 2)}  # fmt: skip


def party_comes_and_goes(person):
    """Rows written for a party to enter and to leave, and how many reports the next statement shows."""
    from django.utils import timezone

    from agreements.models import Agreement, Party
    from incidents.models import Report
    from incidents.policy import reading_organizations
    from partnership.access.actor import Actor
    from partnership.access.scope import listed

    def seen():
        return listed(Actor(person), HEAD, Report.objects.all()).count()

    [own] = Actor(person).fact(reading_organizations)
    new = Agreement.objects.exclude(parties__organization=own).filter(reference__startswith="C-").order_by("pk").first()
    found = {"seen_before": seen()}
    for name, act in {
        "enters": lambda: Party.objects.create(agreement=new, organization_id=own, since=timezone.now()),
        "leaves": lambda: Party.objects.filter(agreement=new, organization_id=own).update(until=timezone.now()),
    }.items():
        rows, took = written(act)
        found[f"party_{name}"] = {"rows": rows, "ms": round(took, 2), "seen_next": seen()}
    return found


def written(act):
    """Rows that an act writes anywhere, by the database's own account, and its milliseconds."""
    from django.db import connection, transaction

    def rows():
        cursor.execute("SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables")
        return int(cursor.fetchone()[0])

    with transaction.atomic(), connection.cursor() as cursor:
        before, begin = rows(), time.perf_counter()
        act()
        took = (time.perf_counter() - begin) * 1000
        return rows() - before, took


if __name__ == "__main__":
    main()
