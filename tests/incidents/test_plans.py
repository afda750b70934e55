"""How the database answers lists of reports among fifty thousand: by indexes of each branch, whatever else is stored."""

import json
from dataclasses import replace
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incidents.models import Report
from partnership.access.actor import Actor
from partnership.access.scope import listed
from partnership.tables import SOURCES
from tests.benchmarks.crowd import Size, fill, reports, settle
from tests.clients import signed_in
from tests.factories.partnership import OrganizationFactory

pytestmark = pytest.mark.slow
SIZE = Size(reports=50_000, organizations=500, agreements=200, people=2_000)
TABLE = Report._meta.db_table
ADDRESSES = [
    "/incidents/?page=1",
    "/incidents/?page=4",
    "/incidents/?severity=4&tlp=2",
    "/incidents/?sort=title",
    "/incidents/?received_from=2026-01-01",
    "/incidents/?q=number+77",
    "/incidents/?mine=on",
    "/incidents/indicators/",
    "/",
    "/api/v1/reports",
    "/api/v1/reports?page=3&state=received",
    "/api/v1/indicators",
]
EXPORTS = ["incidents:report-list", "incidents:indicator-list"]


@pytest.fixture
def crowd(committed_db):
    return fill(SIZE)


def plan_of(sql, *options):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN ({', '.join([*options, 'FORMAT JSON'])}) {sql}")
        found = cursor.fetchone()[0]
    return (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]


def nodes(plan, above=()):
    yield plan, above
    for child in plan.get("Plans", ()):
        yield from nodes(child, (*above, plan))


def faults(plan):
    """Scans of the whole table of reports, and sub-plans in which reports are read."""
    for node, above in nodes(plan):
        if node.get("Relation Name") == TABLE:
            if node["Node Type"] == "Seq Scan":
                yield f"sequential scan, {node.get('Filter', '')}"
            if any(one.get("Parent Relationship") == "SubPlan" for one in (*above, node)):
                yield f"sub-plan over reports, {node['Node Type']}"


def asked(act):
    """The questions about reports that are put to the database meanwhile."""
    with CaptureQueriesContext(connection) as seen:
        act()
    return [query["sql"] for query in seen if TABLE in query["sql"] and query["sql"].startswith("SELECT")]


def acts_of(person):
    """Everything by which somebody gets a list of reports, by name."""
    client = signed_in(Client(), person)
    found = {address: partial(client.get, address) for address in ADDRESSES}
    return found | {f"export of {name}": partial(export, person, name) for name in EXPORTS}


def export(person, name):
    table = SOURCES[name].build(Actor(person), {})
    next(table.values().iterator(), None)


def test_no_list_of_anybody_reads_all_reports(crowd):
    found, questions = [], 0
    for who, person in crowd.items():
        for name, act in acts_of(person).items():
            for sql in asked(act):
                questions += 1
                found += [f"{who}, {name}: {fault}\n    {sql}" for fault in faults(plan_of(sql))]

    assert found == [], "\n".join(found)
    assert questions > 100


def test_rows_that_nobody_sees_cost_nobody_anything(committed_db):
    size = replace(SIZE, reports=100_000)  # up to some millions, no index of the table gains a level
    people = {who: person for who, person in fill(size).items() if who != "nobody"}
    before = {who: pages_read(person) for who, person in people.items()}

    reports(size, size.reports, first=size.reports + 1, marking="4", owner=OrganizationFactory())
    settle()

    after = {who: pages_read(person) for who, person in people.items()}
    grown = {
        (who, name): (n, after[who][name])
        for who, read in before.items()
        for name, n in read.items()
        if after[who][name] > n * 1.1
    }
    assert grown == {}
    assert Report.objects.count() == 2 * size.reports


def pages_read(person):
    """Pages of memory that a count and a page with few rows take, by the database's own account."""
    rows = listed(Actor(person), "incidents.view_report", Report.objects.all())
    sparse = rows.filter(title__icontains="number 777").order_by("-received_at", "-id")
    questions = {
        "count": asked(lambda: rows.count()),
        "sparse page": asked(lambda: list(sparse.values_list("title", "organization__name")[:50])),
    }
    return {name: sum(map(buffers, found)) for name, found in questions.items()}


def buffers(sql):
    plan = plan_of(sql, "ANALYZE", "BUFFERS", "TIMING OFF")
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
