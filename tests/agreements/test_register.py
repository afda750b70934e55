"""The public register: everybody reads the same, and nothing but parties, purposes and dates of agreements in force."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agreements.actions import agreements
from partnership.models import Role
from tests.factories.agreements import agreement_in_force, draft_agreement, holder, sent, signed
from tests.factories.partnership import OrganizationFactory

pytestmark = pytest.mark.django_db
PAGE, DATA = reverse("public:register"), reverse("public:register-data")
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


def rows(client):
    return json.loads(b"".join(client.get(DATA).streaming_content))["rows"]


def test_an_agreement_in_force_is_told_with_parties_purposes_and_dates_and_nothing_more(client, own_organization):
    made = agreement_in_force(own_organization, [OrganizationFactory(name="Aqua South")])

    assert rows(client) == [{
        "reference": made.reference, "parties": "Aqua South; Noord Grid", "purposes": "Early warning",
        "in_force_since": "2024-01-10", "ends_on": None,
    }]  # fmt: skip
    page = client.get(PAGE).content.decode()
    assert made.reference in page and "Aqua South; Noord Grid" in page and "Early warning" in page
    for private in (made.title, made.governing.summary, "NIS2, Article 29", str(made.pk), made.governing.content_hash):
        assert private not in page


@pytest.mark.parametrize("end", [agreements.suspend, agreements.terminate])
def test_one_that_is_suspended_or_ended_is_not_told(client, end):
    made = agreement_in_force()
    end(agreement=made, because="x", by=holder(Role.LIAISON_OFFICER, made.lead), at=AT)

    assert rows(client) == [] and made.reference not in client.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("text", "found"), [("aqua", 1), ("warning", 1), ("DSA-2024", 1), ("exchange of", 0), ("NIS2", 0)]
)
def test_it_is_searched_by_what_it_shows_and_by_nothing_else(client, own_organization, text, found):
    agreement_in_force(own_organization, [OrganizationFactory(name="Aqua South")])

    page = client.get(PAGE, {"text": text}).content.decode()

    assert f"<strong>{found} agreements in force</strong>" in page


def test_a_draft_and_one_that_is_out_for_signature_are_not_told(client):
    draft_agreement()
    sent(draft_agreement(), AT)

    assert rows(client) == []


def test_on_its_last_day_it_is_still_told_and_the_day_after_it_is_not(client, time_machine):
    made, last = draft_agreement(), date(2030, 6, 28)
    agreements.change_basics(
        agreement=made, by=holder(Role.LIAISON_OFFICER, made.lead), at=AT, columns={"ends_on": last}
    )
    signed(made, AT)

    time_machine.move_to(datetime(2030, 6, 28, 12, tzinfo=UTC))
    assert [row["ends_on"] for row in rows(client)] == ["2030-06-28"]
    time_machine.move_to(datetime(2030, 6, 29, 12, tzinfo=UTC))
    assert rows(client) == []


def test_a_party_that_has_left_is_not_told(client, own_organization):
    made = agreement_in_force(
        own_organization, [OrganizationFactory(name="Aqua South"), OrganizationFactory(name="Gone")]
    )
    made.parties.filter(organization__name="Gone").update(until=timezone.now() - timedelta(days=1))

    assert rows(client)[0]["parties"] == "Aqua South; Noord Grid"


def test_everybody_reads_the_same(client, client_of, liaison_officer, stranger, nobody, coordinator):
    agreement_in_force()

    assert (
        len(
            {
                json.dumps(rows(one))
                for one in (client, *map(client_of, (liaison_officer, stranger, nobody, coordinator)))
            }
        )
        == 1
    )


def test_the_foot_of_every_page_leads_to_it(client):
    assert f'href="{PAGE}"' in client.get("/accounts/login/").content.decode()
