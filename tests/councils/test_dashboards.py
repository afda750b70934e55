"""The dashboard of a council: the same published cells in page, chart, file and API, and none but those."""

import csv
import io
import json
import re
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook

from incidents.actions import figures
from partnership.audit.record import SYSTEM
from partnership.models import Role, Sector
from tests.factories.councils import CouncilFactory, OccupancyFactory
from tests.factories.incidents import ReportFactory, agreement_in_force
from tests.factories.partnership import OrganizationFactory
from tests.factories.partnership import member as member_of

MARCH, APRIL_6 = date(2026, 3, 1), datetime(2026, 4, 6, 4, tzinfo=UTC)
COUNTS = {
    "nis2:energy": (7, 6, 5, 4, 4, 3, 2),
    "nis2:health": (12, 1, 0, 0, 0),
    "nis2:banking": (5, 5, 4, 4, 3),
    "nis2:transport": (7, 4),
}
EXACT = {31, 13, 21, 11, 76}  # of the sectors and of all


@pytest.fixture
def world(db):
    """Energy and banking may be shown, health has one that dominates, transport is merged."""
    for code, amounts in COUNTS.items():
        groups = [OrganizationFactory(sectors=[Sector.objects.get(pk=code)]) for _ in amounts]
        agreement = agreement_in_force(*groups)
        for organization, amount in zip(groups, amounts, strict=True):
            for n in range(amount):
                ReportFactory(organization=organization, agreement=agreement, sector_id=code, severity=1 + n % 2,
                              received_at=datetime(2026, 3, 2 + n, 9, tzinfo=UTC))  # fmt: skip
    return figures.publish(month=MARCH, by=SYSTEM, at=APRIL_6)


@pytest.fixture
def council(db):
    made = CouncilFactory()
    made.sectors.set(Sector.objects.filter(pk__in=[*COUNTS, "nis2:space"]))
    return made


@pytest.fixture
def member(council):
    person = member_of(Role.COUNCIL_MEMBER, OrganizationFactory())
    OccupancyFactory(seat__council=council, membership__user=person)
    return person


def exported(client, council, kind):
    made = client.post(f"/exports/new/councils:dashboard?council={council.pk}", {"format": kind, "reason": "Preparing"})
    return b"".join(client.get(made.headers["Location"] + "/file").streaming_content)


def test_page_files_and_api_show_and_hide_the_same_cells(world, council, member, client_of, api_of):
    client = client_of(member)

    page = client.get(f"/councils/{council.pk}/dashboard").content.decode()
    answer = api_of(member).get(f"/api/v1/councils/{council.pk}/dashboard").json()
    given = [list(cell.values()) for cell in answer["cells"]]
    rows = {"csv": [row for row in csv.reader(io.StringIO(exported(client, council, "csv").decode("utf-8-sig")))][1:],
            "json": [list(row.values()) for row in json.loads(exported(client, council, "json"))["rows"]],
            "xlsx": [[value or "" for value in row] for row in load_workbook(io.BytesIO(exported(client, council, "xlsx")))["Table"].iter_rows(min_row=2, values_only=True)]}  # fmt: skip

    assert all(found == given for found in rows.values())
    shown = {(row, value) for panel, row, _, value, _ in given if panel == "Incidents by sector"}
    assert ("Energy", "30") in shown and ("Health", "hidden") in shown
    assert all((value == "hidden") == bool(reason) for *_, value, reason in given)
    gone = sum(int(count) for count in re.findall(r"All (\d+) figures of this table are hidden", page))
    seen = page.count('<td class="hush">hidden<span class="hidden-text">') + gone
    assert seen == answer["hidden"] == sum(value == "hidden" for *_, value, _ in given)
    for value in (
        str(answer["release"]["number"]),
        answer["release"]["content_hash"],
        f"<strong>{answer['hidden']}</strong>",
    ):
        assert value in page
    assert exported(client, council, "pdf").startswith(b"%PDF-")


def test_exact_values_reach_no_page_no_file_no_call_and_no_log(world, council, member, client_of, api_of, caplog):
    client = client_of(member)
    page = client.get(f"/councils/{council.pk}/dashboard")
    call = api_of(member).get(f"/api/v1/councils/{council.pk}/dashboard")
    texts = [json.dumps(world.content["tables"]), json.dumps(call.json()["cells"]), caplog.text]

    numbers = [value for table in world.content["tables"] for row in table["rows"] for value in [*row["values"], *(table["total"] or [])]
               if isinstance(value, int)]  # fmt: skip
    values = [cell["value"] for cell in call.json()["cells"] if cell["value"].isdigit()]

    assert numbers and all(number % 5 == 0 for number in numbers) and all(int(value) % 5 == 0 for value in values)
    assert not any(isinstance(value, int) and value in EXACT for value in _numbers_of(page.context["panels"]))
    body = page.content.decode().split("<main")[1].split('id="how"')[0]
    found = [
        exact for exact in EXACT for text in (f">{exact}<", f'"{exact}"') if text in body or text in "".join(texts)
    ]
    assert found == []
    assert "<!--" not in page.content.decode()


def _numbers_of(parts):
    for panel, _, most in parts:
        yield most
        for row in panel.rows:
            yield from (figure.value for figure in row.figures)


def test_a_page_names_no_partner(world, council, member, client_of):
    page = client_of(member).get(f"/councils/{council.pk}/dashboard").content.decode()

    assert "Operator" not in page.split("<main")[1]


def test_merged_sectors_are_named_and_stand_among_the_others(world, council, member, client_of):
    page = client_of(member).get(f"/councils/{council.pk}/dashboard").content.decode()

    assert "Other sectors" in page and "for good, because too few groups could report: Transport" in page


def test_a_withheld_table_says_why(world, council, member, client_of):
    page = client_of(member).get(f"/councils/{council.pk}/dashboard").content.decode()

    assert "Withheld: no part of this table could be published without giving somebody away." in page


def test_before_the_first_release_the_page_the_file_and_the_call_say_so(council, member, client_of, api_of):
    client = client_of(member)

    assert "No figures yet" in client.get(f"/councils/{council.pk}/dashboard").content.decode()
    assert api_of(member).get(f"/api/v1/councils/{council.pk}/dashboard").json() == {
        "release": None, "hidden": 0, "cells": [],
        "notes": ["No figures have been published yet. They are published five days after the end of each month."],
    }  # fmt: skip
    assert len(exported(client, council, "csv").splitlines()) == 1


def test_everybody_sees_the_same_figures(world, council, member, client_of, api_of, coordinator):
    one, other = (
        api_of(person).get(f"/api/v1/councils/{council.pk}/dashboard").json() for person in (member, coordinator)
    )

    assert one == other
