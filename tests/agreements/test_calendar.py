"""Calendar feeds: what stands in them, for whom, and that their address opens nothing else."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from agreements import worklist
from agreements.actions import agreements
from councils.models import Meeting
from partnership.actions import accounts, organizations
from partnership.models import AuditEntry, Role
from tests.clients import enrolled, token_of
from tests.factories.agreements import LegalHoldFactory, draft_agreement, holder, signed
from tests.factories.councils import MeetingFactory, OccupancyFactory
from tests.factories.partnership import member

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # the database compares with its own clock
TODAY = NOW.date()
REVIEW, END = TODAY + timedelta(days=60), TODAY + timedelta(days=120)


@pytest.fixture
def made(own_organization, partner_organization):
    """An agreement in force with a review and an end ahead."""
    draft = draft_agreement(own_organization, [partner_organization])
    days = {"review_on": REVIEW, "ends_on": END}
    agreements.change_basics(agreement=draft, by=holder(Role.LIAISON_OFFICER, own_organization), at=NOW, columns=days)
    return signed(draft, NOW)


@pytest.fixture
def address_of():
    def make(person):
        enrolled(person)
        return f"/calendar/{accounts.make_calendar(user=person, name='Phone', days=30, at=NOW)[1]}.ics"

    return make


def events(client, address):
    answer = client.get(address)
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/calendar")
    return {str(event["summary"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


def test_days_of_an_agreement_stand_in_the_feeds_of_its_parties_and_in_no_others(
    client, made, address_of, liaison_officer, partner_officer, stranger, settings
):
    for person in (liaison_officer, partner_officer):
        found = events(client, address_of(person))
        assert found[f"Review {made.reference}"].decoded("dtstart") == REVIEW
        ends = found[f"Renew or let end {made.reference}"]
        assert ends.decoded("dtstart") == END
        assert str(ends["url"]) == f"{settings.PORTAL_ORIGIN}/agreements/{made.pk}"
        assert sorted(alarm.decoded("trigger").days for alarm in ends.walk("VALARM")) == [-90, -30, -7]
    assert events(client, address_of(stranger)) == {}


def test_a_feed_names_numbers_and_no_content(client, made, address_of, liaison_officer):
    body = client.get(address_of(liaison_officer)).content.decode()

    assert made.reference in body and b"\r\n" in client.get(address_of(liaison_officer)).content
    for private in (made.title, made.lead.name, "Early warning", liaison_officer.name, liaison_officer.email):
        assert private not in body


def test_days_that_are_over_are_gone_and_those_of_an_ended_agreement_too(
    client, made, address_of, liaison_officer, monkeypatch
):
    address = address_of(liaison_officer)
    monkeypatch.setattr(worklist, "local_day", lambda at, zone: REVIEW + timedelta(days=1))
    assert list(events(client, address)) == [f"Renew or let end {made.reference}"]

    agreements.terminate(agreement=made, because="x", by=holder(Role.LIAISON_OFFICER, made.lead), at=NOW)

    assert events(client, address) == {}


def test_reviews_of_holds_are_for_their_owner(client, address_of, liaison_officer, stranger, own_organization):
    hold = LegalHoldFactory(agreement__lead=own_organization, review_on=REVIEW)

    assert events(client, address_of(liaison_officer))[f"Review {hold.reference}"].decoded("dtstart") == REVIEW
    assert events(client, address_of(stranger)) == {}


def test_a_meeting_keeps_its_key_when_it_moves_and_says_when_it_is_cancelled(client, address_of, council_member):
    meeting = MeetingFactory(
        starts_at=NOW + timedelta(days=9), state="announced", announced_at=NOW, announced_by=council_member
    )
    OccupancyFactory(seat__council=meeting.council, membership__user=council_member)
    address = address_of(council_member)
    before = events(client, address)["Council meeting"]

    Meeting.objects.filter(pk=meeting.pk).update(starts_at=NOW + timedelta(days=12), state="cancelled")

    after = events(client, address)["Council meeting"]
    assert before["uid"] == after["uid"]
    assert (str(before["status"]), str(after["status"])) == ("CONFIRMED", "CANCELLED")
    assert after.decoded("dtstart") - before.decoded("dtstart") == timedelta(days=3)
    assert meeting.title not in client.get(address).content.decode()


def test_an_address_is_made_on_the_page_shown_once_and_revoked(client, client_of, made, liaison_officer, stranger):
    enrolled(liaison_officer)
    mine = client_of(liaison_officer)
    shown = mine.post("/calendar/", {"name": "Phone", "days": 30}, follow=True).content.decode()
    address = re.search(r"shown this once: http://testserver(\S+?\.ics)", shown)[1]
    token = liaison_officer.api_tokens.get()

    assert len(events(client, address)) == 2
    assert address not in mine.get("/calendar/").content.decode() and "Phone" in mine.get("/calendar/").content.decode()
    assert "Phone" not in mine.get("/tokens/").content.decode()
    assert client_of(stranger).post(f"/tokens/{token.pk}/revoke").status_code == 404
    assert mine.post(f"/tokens/{token.pk}/revoke").url == "/calendar/"
    assert client.get(address).status_code == 404
    verbs = (
        AuditEntry.objects.filter(verb__startswith="partnership.token_").order_by("pk").values_list("verb", flat=True)
    )
    assert list(verbs) == ["partnership.token_created", "partnership.token_revoked"]


def test_the_key_of_a_calendar_opens_no_call_and_that_of_a_system_no_calendar(client, address_of, liaison_officer):
    key = address_of(liaison_officer).removeprefix("/calendar/").removesuffix(".ics")

    for path in ("me", "agreements"):
        assert client.get(f"/api/v1/{path}", HTTP_AUTHORIZATION=f"Bearer {key}").status_code in (401, 404)
    assert client.get("/api/v1/agreements", HTTP_AUTHORIZATION=f"Bearer {key}").status_code == 401
    assert client.get(f"/calendar/{token_of(liaison_officer, NOW)}.ics").status_code == 404
    assert client.get("/calendar/nothing.ics").status_code == 404


def test_an_address_ends_with_its_days_with_the_account_and_with_the_organization(
    client, address_of, made, coordinator, own_organization
):
    people = [member(Role.LIAISON_OFFICER, own_organization) for _ in range(3)]
    one, other = (address_of(person) for person in people[:2])
    enrolled(people[2])
    ended = accounts.make_calendar(user=people[2], name="Old", days=30, at=NOW - timedelta(days=31))[1]
    assert len(events(client, one)) == len(events(client, other)) == 2

    accounts.deactivate(user=people[0], because="x", by=coordinator, at=NOW)
    organizations.suspend(organization=own_organization, because="x", by=coordinator, at=NOW)

    assert client.get(one).status_code == 404
    assert events(client, other) == {}
    assert client.get(f"/calendar/{ended}.ics").status_code == 404


def test_an_address_is_made_with_a_second_factor_and_for_a_year_at_most(client_of, liaison_officer):
    with pytest.raises(accounts.NotEnrolled):
        accounts.make_calendar(user=liaison_officer, name="x", days=30, at=NOW)
    enrolled(liaison_officer)
    assert client_of(liaison_officer).post("/calendar/", {"name": "x", "days": 366}).status_code == 422
    with pytest.raises(accounts.TooLong):
        accounts.make_calendar(user=liaison_officer, name="x", days=366, at=NOW)
    assert not liaison_officer.api_tokens.exists()
