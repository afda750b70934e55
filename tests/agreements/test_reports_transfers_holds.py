"""Transfers and legal holds as reports: gaps, derogations and overdue reviews are plain, and every format says the same."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from openpyxl import load_workbook

from agreements.actions import agreements
from agreements.models import LegalHold
from partnership.actions import exports
from partnership.models import Organization, Role, TransferMechanism
from tests.agreements.test_retention import hold_on, reports
from tests.agreements.test_retention_compliance import engage
from tests.factories.agreements import agreement_in_force, draft_agreement, holder, signed
from tests.factories.partnership import OrganizationFactory

pytestmark = pytest.mark.django_db


def lines(name, person):
    table = exports.build(name, {}, person)
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows()]


AT = datetime(2024, 1, 10, 12, tzinfo=UTC)


def moved(made):
    """Its other party has moved out of the area since it was signed, which is how an agreement in force gets a gap."""
    Organization.objects.filter(name="Prairie Power").update(country="US")
    return made


@pytest.fixture
def crossing(own_organization):
    return moved(agreement_in_force(own_organization, [OrganizationFactory(name="Prairie Power", country="DE")]))


def described(lead, code="gdpr:scc", **columns):
    """In force with a transfer, whose recipient was within the area when it was signed, so that any answer could be."""
    made = draft_agreement(lead, [to := OrganizationFactory(name="Prairie Power", country="DE")])
    mechanism = TransferMechanism.objects.get(pk=code)
    agreements.add_row(agreement=made, kind="transfers", by=holder(Role.LIAISON_OFFICER, lead), at=AT,
                       columns={"organization": to, "mechanism": mechanism, **columns})  # fmt: skip
    return moved(signed(made, AT))


def test_a_party_abroad_without_a_mechanism_is_a_gap_that_names_its_step(crossing, coordinator):
    [line] = lines("agreements.transfers", coordinator)

    assert (line["recipient"], line["country"], line["personal"]) == ("Prairie Power", "US", "yes")
    assert all(
        line[name] == "GAP: not stated (step Transfers of the agreement)"
        for name in ("mechanism", "documents", "residency", "export")
    )
    assert line["allowed"] == "No: no mechanism is agreed"


def test_without_personal_data_nothing_is_required_so_nothing_is_a_gap(own_organization, coordinator):
    to = OrganizationFactory(name="Prairie Power", country="DE")
    moved(agreement_in_force(own_organization, [to], categories=("indicator",)))

    [line] = lines("agreements.transfers", coordinator)

    assert line["personal"] == "no" and "GAP" not in "".join(str(value) for value in line.values())


def test_a_derogation_is_marked_and_missing_documents_are_a_gap(own_organization, coordinator):
    described(own_organization, "gdpr:claims", residency="forbids")

    [line] = lines("agreements.transfers", coordinator)

    assert line["derogation"] == "DEROGATION: single cases only" and "49" in line["mechanism"]
    assert line["documents"].startswith("GAP")
    assert line["allowed"] == "No: a rule forbids that personal data leaves the country"


def test_a_described_transfer_has_no_gap_and_partners_within_the_area_are_left_out(own_organization, coordinator):
    agreement_in_force(None, [OrganizationFactory(country="DE")])
    described(own_organization, documents="Clauses of 2021/914")

    [line] = lines("agreements.transfers", coordinator)

    assert (line["derogation"], line["allowed"], line["documents"]) == ("no", "Yes", "Clauses of 2021/914")
    assert "GAP" not in "".join(str(value) for value in line.values())


def test_a_hold_tells_what_it_protects_and_an_overdue_review_is_plain(coordinator):
    made = agreement_in_force()
    rows = reports(made, 3)
    whole, single = hold_on(made).hold, hold_on(made, record_type="incidents.report", record_id=rows[0].pk).hold
    LegalHold.objects.filter(pk=whole.pk).update(review_on=datetime.now(UTC).date() - timedelta(days=1))

    found = {line["reference"]: line for line in lines("agreements.holds", coordinator)}

    assert (found[whole.reference]["protected"], found[whole.reference]["state"]) == (3, "REVIEW OVERDUE")
    assert (found[single.reference]["protected"], found[single.reference]["state"]) == (1, "in force")
    assert found[single.reference]["scope"].startswith(f"{made.reference}, ")


def test_a_lifted_hold_protects_nothing_and_is_not_overdue(coordinator):
    made = agreement_in_force()
    reports(made, 2)
    hold = hold_on(made).hold
    now = datetime.now(UTC)
    LegalHold.objects.filter(pk=hold.pk).update(
        review_on=now.date() - timedelta(days=1), lifted_at=now, lifted_by=coordinator, lifted_reason="Done"
    )

    [line] = lines("agreements.holds", coordinator)

    assert (line["protected"], line["state"], line["lifted"]) == (0, "lifted", now)


def test_an_auditor_reads_the_agreements_of_the_engagement_alone(crossing, auditor, coordinator):
    other = agreement_in_force(OrganizationFactory(), [away := OrganizationFactory(country="DE")])
    Organization.objects.filter(pk=away.pk).update(country="US")
    hold_on(other), hold_on(crossing)
    engage(auditor, coordinator, crossing)

    assert {line["agreement"] for line in lines("agreements.transfers", auditor)} == {crossing.reference}
    assert {line["scope"] for line in lines("agreements.holds", auditor)} == {crossing.reference}


@pytest.mark.parametrize("name", ["agreements.transfers", "agreements.holds"])
def test_one_who_is_neither_auditor_nor_coordinator_is_refused(name, crossing):
    with pytest.raises(exports.Refused):
        exports.build(name, {}, holder(Role.LIAISON_OFFICER, crossing.lead))


@pytest.mark.parametrize("name", ["agreements.transfers", "agreements.holds"])
def test_page_and_formats_say_the_same(name, crossing, coordinator, client_of):
    hold_on(crossing)
    client, seen = client_of(coordinator), {}
    for format in ("csv", "xlsx", "json", "pdf"):
        made = client.post(f"/exports/new/{name}", {"format": format, "reason": "Audit"})
        seen[format] = b"".join(client.get(made.headers["Location"] + "/file").streaming_content)
    [row] = json.loads(seen["json"])["rows"]
    [sheet] = load_workbook(io.BytesIO(seen["xlsx"]))["Table"].iter_rows(min_row=2, values_only=True)
    [line] = list(csv.reader(io.StringIO(seen["csv"].decode("utf-8-sig"))))[1:]

    page = client.get(f"/reports/{name}").content.decode()

    assert crossing.reference in page and crossing.reference in line and crossing.reference in sheet
    assert (
        ["" if value is None else str(value) for value in row.values()][:4]
        == line[:4]
        == [str(value) for value in sheet[:4]]
    )
    assert len(row) == len(line) == len(sheet) and seen["pdf"].startswith(b"%PDF-")
