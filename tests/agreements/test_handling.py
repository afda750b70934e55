"""Handling, transfers and further clauses: rows of a version that decide what is taken and where it may go."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from agreements import completeness
from agreements.actions import agreements, uses, versions
from agreements.models import DataCategory
from incidents.actions import reports
from incidents.actions.terms import MarkedTooHigh
from incidents.models import IncidentKind
from partnership.countries import is_transfer
from partnership.errors import DomainError
from partnership.models import TLP, Sector, TransferMechanism
from tests.agreements.test_amending import AT, amendment, officer_of
from tests.factories.agreements import agreement_in_force, draft_agreement, sent, signed
from tests.factories.partnership import OrganizationFactory

pytestmark = pytest.mark.django_db


def add(made, kind, **columns):
    return agreements.add_row(agreement=made, kind=kind, columns=columns, by=officer_of(made), at=AT)


def category(code):
    return DataCategory.objects.get(pk=code)


@pytest.fixture
def abroad():
    return OrganizationFactory(country="US", name="Prairie Power")


@pytest.mark.parametrize(
    ("sender", "recipient", "expected"),
    [
        ("NL", "NL", False),
        ("NL", "DE", False),
        ("NL", "NO", False),
        ("NL", "US", True),
        ("US", "NL", True),
        ("US", "CA", True),
    ],
)
def test_personal_data_moves_freely_within_the_european_economic_area_alone(sender, recipient, expected):
    assert is_transfer(sender, recipient) is expected


def test_a_party_abroad_needs_a_mechanism_before_the_agreement_can_be_sent(abroad):
    made = draft_agreement(parties=[abroad])
    with pytest.raises(versions.Incomplete, match=r"by which mechanism personal data goes to Prairie Power \(US\)"):
        versions.send_for_signature(agreement=made, by=officer_of(made), at=AT)

    add(made, "transfers", organization=abroad, mechanism=TransferMechanism.objects.get(pk="gdpr:scc"))

    assert sent(made, AT).is_frozen


@pytest.mark.parametrize(
    ("columns", "because"),
    [
        ({"residency": "forbids"}, "a rule forbids that personal data leaves the country"),
        ({"export_control": "refused"}, "export control without a licence"),
    ],
)
def test_what_a_law_forbids_cannot_be_sent(columns, because, abroad):
    made = draft_agreement(parties=[abroad])
    add(made, "transfers", organization=abroad, mechanism=TransferMechanism.objects.get(pk="gdpr:scc"), **columns)

    with pytest.raises(versions.Incomplete, match=because):
        versions.send_for_signature(agreement=made, by=officer_of(made), at=AT)


def test_an_amendment_that_names_a_party_abroad_needs_its_mechanism_too(abroad):
    made = agreement_in_force()
    amendment(made)
    agreements.add_party(
        agreement=made, organization=abroad, role="both", controller_role="controller", by=officer_of(made), at=AT
    )

    with pytest.raises(versions.Incomplete, match="Prairie Power"):
        versions.send_for_signature(agreement=made, by=officer_of(made), at=AT)


def test_data_goes_to_parties_alone_and_once_each(abroad):
    made = draft_agreement(parties=[abroad])
    way = TransferMechanism.objects.get(pk="gdpr:scc")
    with pytest.raises(DomainError, match="Name this organization as a party") as refused:
        add(made, "transfers", organization=OrganizationFactory(country="US"), mechanism=way)
    assert refused.value.field == "organization"
    with pytest.raises(DomainError, match="exception or the licence") as refused:
        add(made, "transfers", organization=abroad, mechanism=way, export_control="exception")
    assert refused.value.field == "export_basis"
    add(made, "transfers", organization=abroad, mechanism=way)

    with pytest.raises(DomainError, match="listed already"):
        add(made, "transfers", organization=abroad, mechanism=way)


def test_the_purpose_check_knows_transfers(abroad):
    other = OrganizationFactory(country="CA")
    made = draft_agreement(parties=[abroad])
    add(made, "transfers", organization=abroad, mechanism=TransferMechanism.objects.get(pk="gdpr:scc"))
    signed(made, AT)
    question = {"agreement": made, "purpose": None, "recipients": "parties", "tlp": TLP.GREEN, "at": AT}

    assert uses.ask(categories=[category("incident-report")], recipient=abroad, **question).is_yes
    refused = uses.ask(categories=[category("incident-report")], recipient=other, **question)
    assert not refused.is_yes and "No mechanism is agreed" in refused.because
    assert uses.ask(categories=[category("indicator")], recipient=other, **question).is_yes  # holds no personal data


def test_handling_of_a_category_lowers_the_highest_marking_of_what_is_filed():
    made = draft_agreement(tlp_ceiling=3)
    add(made, "handling_policies", category=category("incident-report"), tlp=TLP.GREEN)
    signed(made, AT)
    content = {"title": "Outage", "sector": Sector.objects.get(pk="nis2:energy"), "kind": IncidentKind.objects.first()}

    def file(tlp, code="incident-report"):
        return reports.file(organization=made.lead, agreement=made, category=category(code), content={**content, "tlp": tlp},
                            by=officer_of(made), at=AT)  # fmt: skip

    with pytest.raises(MarkedTooHigh, match="takes “Incident reports” up to TLP:GREEN; this is TLP:AMBER"):
        file(TLP.AMBER)
    assert file(TLP.GREEN).tlp == TLP.GREEN
    assert file(TLP.AMBER, "indicator").tlp == TLP.AMBER
    answer = uses.ask(
        agreement=made,
        purpose=None,
        categories=[category("incident-report")],
        recipients="parties",
        tlp=TLP.AMBER,
        at=AT,
    )
    assert not answer.is_yes and "goes up to TLP:GREEN" in answer.because


def test_handling_stays_below_the_ceiling_of_the_agreement():
    made = draft_agreement(tlp_ceiling=1)

    with pytest.raises(DomainError, match="takes data up to TLP:GREEN") as refused:
        add(made, "handling_policies", category=category("incident-report"), tlp=TLP.RED)
    assert refused.value.field == "tlp"


@pytest.mark.parametrize("table", ["handlingpolicy", "transfer", "clause"])
def test_they_are_frozen_with_their_version(table, abroad):
    made = draft_agreement(parties=[abroad])
    add(made, "transfers", organization=abroad, mechanism=TransferMechanism.objects.get(pk="gdpr:scc"))
    add(made, "handling_policies", category=category("incident-report"))
    add(made, "clauses", subject="security", text="Encrypted.")
    sent(made, AT)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM agreements_{table}")


def test_they_are_hashed_copied_and_read(abroad, client_of):
    made = draft_agreement(parties=[abroad])
    plain = versions.digest(versions.content_of(versions.open_version(made)))
    add(
        made,
        "transfers",
        organization=abroad,
        mechanism=TransferMechanism.objects.get(pk="gdpr:adequacy"),
        documents="Decision 2023/1795",
    )
    add(made, "handling_policies", category=category("incident-report"), permitted_actions="none")
    add(made, "clauses", subject="liability", text="No party is liable for good faith.")
    assert versions.digest(versions.content_of(versions.open_version(made))) != plain
    signed(made, AT)
    version = amendment(made)
    assert (version.transfers.count(), version.handling_policies.count(), version.clauses.count()) == (1, 1, 1)

    page = (
        client_of(officer_of(made))
        .get(reverse("agreements:agreement-version", kwargs={"pk": made.pk, "number": 1}))
        .content.decode()
    )

    for words in (
        "Adequacy decision, Art. 45; Decision 2023/1795",
        "Recipients: no action",
        "No party is liable for good faith.",
    ):
        assert words in page


def test_completeness_names_what_is_missing_and_where_it_is_entered(client_of):
    made = draft_agreement()
    by_title = {item.title: item for item in completeness.check(made, versions.open_version(made), AT.date())}
    assert by_title["Purposes with their legal bases"].is_there
    assert not by_title["Security"].is_there and not by_title["Security"].is_needed
    add(made, "clauses", subject="security", text="Encrypted.")
    made.versions.get().purposes.all().delete()

    by_title = {item.title: item for item in completeness.check(made, versions.open_version(made), AT.date())}
    page = (
        client_of(officer_of(made))
        .get(reverse("agreements:agreement-completeness", kwargs={"pk": made.pk}))
        .content.decode()
    )

    assert by_title["Security"].is_there
    assert (
        by_title["Purposes with their legal bases"].is_needed
        and not by_title["Purposes with their legal bases"].is_there
    )
    assert reverse("agreements:agreement-purposes", kwargs={"pk": made.pk}) in page and "needed before sending" in page


@pytest.mark.parametrize(
    ("step", "given", "status"),
    [
        ("handling", {"category": "incident-report", "tlp": "1", "encrypt_in_transit": "must", "permitted_actions": "none",
                      "affected_party_notifications": "may", "attribution": "must-not", "unmodified_resale": "must-not"}, 302),
        ("handling", {"category": "incident-report", "tlp": "4", "encrypt_in_transit": "must", "permitted_actions": "none",
                      "affected_party_notifications": "may", "attribution": "must-not", "unmodified_resale": "must-not"}, 422),
        ("handling", {"category": "tip", "tlp": "1"}, 422),
        ("transfers", {"organization": "nonsense", "mechanism": "gdpr:scc", "residency": "none", "export_control": "not_listed"}, 422),
        ("transfers", {"mechanism": "gdpr:scc", "residency": "none", "export_control": "exception"}, 422),
        ("clauses", {"subject": "security", "text": "Encrypted."}, 302),
        ("clauses", {"subject": "weather", "text": "Fine."}, 422),
        ("clauses", {"subject": "security", "text": ""}, 422),
    ],
)  # fmt: skip
def test_steps_take_what_fits_and_name_the_field_of_what_does_not(step, given, status, client_of, abroad):
    made = draft_agreement(parties=[abroad])
    client = client_of(officer_of(made))
    path = reverse(f"agreements:agreement-{step}", kwargs={"pk": made.pk})
    if step == "transfers" and "organization" not in given:
        given = {**given, "organization": str(abroad.pk)}

    answer = client.post(path, given)

    assert answer.status_code == status, answer.content.decode()
    assert client.get(path).status_code == 200
    if status == 422:
        assert "aria-invalid" in answer.content.decode()


def test_calls_add_and_remove_them(api_of, abroad):
    made = draft_agreement(parties=[abroad])
    client, base = api_of(officer_of(made)), f"/api/v1/agreements/{made.pk}"
    bodies = {
        "transfers": {"organization": str(abroad.pk), "mechanism": "gdpr:scc"},
        "handling-policies": {"category": "incident-report", "tlp": 2},
        "clauses": {"subject": "rights", "text": "Ask the lead."},
    }

    for path, body in bodies.items():
        answer = client.post(f"{base}/{path}", body, format="json")
        assert answer.status_code == 201, answer.content
        whole = client.get(f"{base}/version").json()[path.replace("-", "_")]
        assert [row["id"] for row in whole] == [answer.json()["id"]]
        assert client.delete(f"{base}/{path}/{answer.json()['id']}").status_code == 204
    assert client.post(f"{base}/clauses", {"subject": "rights"}, format="json").status_code == 400
