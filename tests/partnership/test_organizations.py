"""Organizations and their offices: entered, numbered, vetted, suspended, staffed; and refused where it is due."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_97_10

from partnership.access.decide import Refused
from partnership.actions import offices, organizations
from partnership.forms.organizations import identifier
from partnership.models import AuditEntry, OrganizationIdentifier, Role
from tests.factories.partnership import (
    ContactEntryFactory,
    LiaisonOfficeFactory,
    OfficeAssignmentFactory,
    OrganizationFactory,
    member,
)

pytestmark = pytest.mark.django_db
BODY = "000000EXAMPLE01234"
LEI = BODY + mod_97_10.calc_check_digits(BODY)
PROFILE = {"name": "Fresh Water", "kind": "operator", "size": "small", "country": "BE", "time_zone": "UTC"}


def verbs_of(target):
    return list(AuditEntry.objects.filter(object_id=str(target.pk)).order_by("pk").values_list("verb", flat=True))


def test_a_coordinator_enters_and_vets_an_organization(coordinator, at):
    made = organizations.create(columns=PROFILE, sectors=[], by=coordinator, at=at)
    assert (made.vetting, made.tier) == ("applicant", 0)

    with pytest.raises(organizations.RevetMissing):
        organizations.vet(
            organization=made, decision="vetted", tier=2, revet_on=at.date(), because="x", by=coordinator, at=at
        )
    made = organizations.vet(organization=made, decision="vetted", tier=2, revet_on=at.date() + timedelta(days=1),
                             because="Checks are clear.", by=coordinator, at=at)  # fmt: skip

    assert (made.vetting, made.tier, made.vetted_by) == ("vetted", 2, coordinator)
    assert verbs_of(made) == ["partnership.organization_created", "partnership.organization_vetted"]


def test_a_refused_organization_has_no_tier(coordinator, at):
    made = OrganizationFactory(tier=3)

    made = organizations.vet(
        organization=made, decision="refused", tier=3, revet_on=None, because="x", by=coordinator, at=at
    )

    assert made.tier == 0


def test_a_name_is_taken_once_in_a_country_whatever_its_case(coordinator, at):
    OrganizationFactory(name="FRESH water", country="BE")

    with pytest.raises(organizations.NameTaken) as refused:
        organizations.create(columns=PROFILE, sectors=[], by=coordinator, at=at)

    assert refused.value.field == "name"


def test_nobody_heads_the_own_group_in_a_circle(coordinator, at):
    head = OrganizationFactory()
    child = OrganizationFactory(parent=head)

    for parent in (head, child):
        with pytest.raises(organizations.OwnParent):
            organizations.change(organization=head, columns={"parent": parent}, sectors=None, by=coordinator, at=at)


def test_officers_change_their_own_organization_and_no_other(
    liaison_officer, own_organization, partner_organization, at
):
    organizations.change(
        organization=own_organization, columns={"short_name": "NG"}, sectors=None, by=liaison_officer, at=at
    )

    with pytest.raises(Refused):
        organizations.change(
            organization=partner_organization, columns={"short_name": "X"}, sectors=None, by=liaison_officer, at=at
        )
    with pytest.raises(Refused):
        organizations.create(columns=PROFILE, sectors=[], by=liaison_officer, at=at)
    with pytest.raises(Refused):
        organizations.suspend(organization=own_organization, because="x", by=liaison_officer, at=at)


def test_members_of_a_suspended_organization_are_out_at_the_next_request(
    client_of, liaison_officer, own_organization, coordinator, at
):
    client = client_of(liaison_officer)
    assert client.get("/agreements/").status_code == 200

    organizations.suspend(organization=own_organization, because="Takeover", by=coordinator, at=at)
    assert client.get("/agreements/").status_code == 404
    organizations.resume(organization=own_organization, because="Cleared", by=coordinator, at=at)

    assert client.get("/agreements/").status_code == 200


def test_a_number_is_entered_on_the_page_and_names_one_organization(
    client_of, liaison_officer, partner_officer, own_organization, partner_organization
):
    client = client_of(liaison_officer)
    new = f"/organizations/{own_organization.pk}/identifiers/new"

    answer = client.post(new, {"scheme": "lei", "value": LEI.lower()})
    assert answer.status_code == 302
    entered = OrganizationIdentifier.objects.get()
    assert entered.value == LEI and LEI in client.get(f"/organizations/{own_organization.pk}").content.decode()

    other = f"/organizations/{partner_organization.pk}/identifiers/new"
    assert client.post(other, {"scheme": "lei", "value": LEI}).status_code == 404
    taken = client_of(partner_officer).post(other, {"scheme": "lei", "value": LEI})
    assert taken.status_code == 422 and "entered with this number already" in taken.content.decode()

    assert client_of(partner_officer).get(f"/identifiers/{entered.pk}/remove").status_code == 404
    assert client.post(f"/identifiers/{entered.pk}/remove").status_code == 302
    assert not OrganizationIdentifier.objects.exists()
    assert verbs_of(entered) == ["partnership.identifier_added", "partnership.identifier_removed"]


@given(
    place=st.sampled_from([place for place, sign in enumerate(LEI) if sign.isdigit()]),
    digit=st.sampled_from("0123456789"),
)
def test_one_wrong_digit_in_an_lei_is_seen(place, digit):
    changed = LEI[:place] + digit + LEI[place + 1 :]
    if changed == LEI:
        assert identifier("lei", changed) == LEI
    else:
        with pytest.raises(ValidationError, match="check digits"):
            identifier("lei", changed)


@pytest.mark.parametrize(("scheme", "value", "kept"), [
    ("vat", "nl 4495445B01", "NL004495445B01"), ("duns", "15-048-3782", "150483782"), ("register", " HRB  123 ", "HRB 123"),
])  # fmt: skip
def test_numbers_are_kept_in_the_form_of_their_register(scheme, value, kept):
    assert identifier(scheme, value) == kept


@pytest.mark.parametrize(
    ("scheme", "value"), [("vat", "123"), ("vat", "NL123456789B01"), ("duns", "12345"), ("duns", "١٢٣٤٥٦٧٨٩")]
)
def test_numbers_without_the_form_of_their_register_are_refused(scheme, value):
    with pytest.raises(ValidationError):
        identifier(scheme, value)


def test_an_office_is_opened_staffed_reached_and_its_talks_are_kept(
    client_of, liaison_officer, own_organization, partner_organization
):
    client = client_of(liaison_officer)
    page = f"/organizations/{own_organization.pk}"
    colleague = member(Role.ANALYST, own_organization, name="Cleo Colleague")

    assert client.post(f"{page}/offices/new", {"name": "Desk", "time_zone": "Europe/Amsterdam"}).status_code == 302
    office = own_organization.offices.get()
    again = client.post(f"{page}/offices/new", {"name": "Desk", "time_zone": "UTC"})
    assert again.status_code == 422 and "has an office of this name" in again.content.decode()

    assert (
        client.post(f"/offices/{office.pk}/officers/new", {"officer": colleague.pk, "is_deputy": "on"}).status_code
        == 302
    )
    twice = client.post(f"/offices/{office.pk}/officers/new", {"officer": colleague.pk})
    assert twice.status_code == 422 and "serves at the office already" in twice.content.decode()
    phone = {"kind": "phone", "purpose": "incidents", "value": "020 123"}
    assert "country code" in client.post(f"/offices/{office.pk}/channels/new", phone).content.decode()
    assert client.post(f"/offices/{office.pk}/channels/new", {**phone, "value": "+31201234567"}).status_code == 302
    channel = office.channels.get()
    assert client.post(f"/channels/{channel.pk}/verify").status_code == 302
    talk = {
        "partner": partner_organization.pk,
        "held_on": "2026-11-02",
        "channel": "phone",
        "topic": "Exercise in spring",
    }
    assert client.post(f"/offices/{office.pk}/contacts/new", talk).status_code == 302

    shown = client.get(page).content.decode()
    assert [
        words for words in ("Cleo Colleague", "(deputy)", "+31201234567", "Exercise in spring") if words not in shown
    ] == []
    channel.refresh_from_db()
    assert channel.verified_by == liaison_officer

    assignment = office.assignments.get()
    assert client.post(f"/assignments/{assignment.pk}/end").status_code == 302
    assert "Cleo Colleague (deputy)" not in client.get(page).content.decode()
    late = client.post(f"/assignments/{assignment.pk}/end")
    assert late.status_code == 422 and "ended already" in late.content.decode()


def test_a_talk_is_read_by_those_who_noted_it_and_not_by_the_partner(
    client_of, liaison_officer, partner_officer, coordinator, own_organization, partner_organization
):
    ContactEntryFactory(
        office=LiaisonOfficeFactory(organization=own_organization),
        partner=partner_organization,
        topic="Doubts about them",
    )

    for page in (own_organization, partner_organization):
        assert "Doubts about them" in client_of(liaison_officer).get(f"/organizations/{page.pk}").content.decode()
        assert "Doubts about them" in client_of(coordinator).get(f"/organizations/{page.pk}").content.decode()
        assert "Doubts about them" not in client_of(partner_officer).get(f"/organizations/{page.pk}").content.decode()


def test_partners_see_neither_people_nor_channels_and_change_nothing(
    client_of, partner_officer, own_organization, coordinator
):
    office = LiaisonOfficeFactory(organization=own_organization)
    assignment = OfficeAssignmentFactory(office=office)
    channel = office.channels.create(kind="email", purpose="general", value="desk@noord.example")
    client = client_of(partner_officer)

    assert "desk@noord.example" not in client.get(f"/organizations/{own_organization.pk}").content.decode()
    for path in (f"/offices/{office.pk}/officers/new", f"/offices/{office.pk}/channels/new", f"/offices/{office.pk}/contacts/new",
                 f"/assignments/{assignment.pk}/end", f"/channels/{channel.pk}/verify", f"/organizations/{own_organization.pk}/edit"):  # fmt: skip
        assert client.get(path).status_code == client.post(path).status_code == 404, path
    assert "desk@noord.example" in client_of(coordinator).get(f"/organizations/{own_organization.pk}").content.decode()


def test_only_members_serve_at_an_office(liaison_officer, own_organization, stranger, client_of, at):
    office = LiaisonOfficeFactory(organization=own_organization)

    with pytest.raises(offices.NotAMember):
        offices.assign(office=office, officer=stranger, is_deputy=False, by=liaison_officer, at=at)
    answer = client_of(liaison_officer).post(f"/offices/{office.pk}/officers/new", {"officer": stranger.pk})
    assert answer.status_code == 422
