"""A draft is its lead's alone; the parties that it names see it once the negotiation opens."""

import pytest
from django.urls import reverse

from agreements.actions import agreements
from partnership.access.actor import Actor
from partnership.access.audience import who_can
from partnership.access.decide import can
from tests.agreements.test_amending import AT, officer_of
from tests.factories.agreements import draft_agreement

pytestmark = pytest.mark.django_db
PERMISSIONS = ["agreements.view_agreement", "agreements.hold_agreement", "agreements.view_retention"]


@pytest.fixture
def draft(own_organization, partner_organization):
    return draft_agreement(own_organization, [partner_organization])


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_a_named_party_sees_nothing_before_the_negotiation(permission, draft, partner_officer, liaison_officer):
    before = can(Actor(partner_officer), permission, draft), can(Actor(liaison_officer), permission, draft)
    opened = agreements.open_negotiation(agreement=draft, by=officer_of(draft), at=AT)

    assert before == (False, True)
    assert can(Actor(partner_officer), permission, opened)


def test_page_and_list_hide_it_from_the_party(draft, client_of, partner_officer, analyst):
    url, listed = reverse("agreements:agreement-detail", kwargs={"pk": draft.pk}), reverse("agreements:agreement-list")

    assert client_of(partner_officer).get(url).status_code == 404
    assert draft.reference not in client_of(partner_officer).get(listed).content.decode()
    assert client_of(analyst).get(url).status_code == 200, "people of the lead read it"


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_those_who_are_said_to_see_it_are_those_who_do(permission, draft, partner_officer, liaison_officer):
    names = {admitted.person.pk for admitted in who_can(permission, draft)}

    assert partner_officer.pk not in names and liaison_officer.pk in names
