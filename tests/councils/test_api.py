"""Resources of councils: from founding to certified minutes by calls alone; refusals and faults by field."""

from datetime import timedelta

import pytest

from councils.actions import councils, meetings
from councils.models import Ballot, Council, Decision, Meeting, Minutes, Occupancy
from partnership.models import CorrectiveAction, Role, Sector
from tests.factories.councils import AgendaItemFactory, MeetingFactory, MinutesFactory, SeatFactory
from tests.factories.partnership import CorrectiveActionFactory, OrganizationFactory, member, secretariat

pytestmark = pytest.mark.django_db
UNKNOWN = "00000000-0000-4000-8000-000000000000"
CHARTER = {"purpose": "Advise", "authority": "A decision"}


def api(name, *keys):
    return "/".join(["/api/v1", name, *map(str, keys)])


@pytest.fixture
def chair(db):
    return member(Role.COUNCIL_MEMBER, OrganizationFactory(name="Chairing"), name="Chris Chair")


@pytest.fixture
def council(coordinator, chair, council_member, at):
    """The coordinator is its officer; a chair and one more member vote."""
    begun = at - timedelta(days=100)
    made = councils.found(name="Energy Council", sectors=Sector.objects.filter(pk="nis2:energy"), secretariat=secretariat(),
                          charter=CHARTER, by=coordinator, at=begun)  # fmt: skip
    people = [("officer", coordinator, secretariat()), ("chair", chair, chair.memberships.get().organization),
              ("member", council_member, council_member.memberships.get().organization)]  # fmt: skip
    for function, person, organization in people:
        seat = councils.create_seat(council=made, interest="operator", function=function, by=coordinator, at=begun)
        councils.appoint(seat=seat, person=person, organization=organization, by=coordinator, at=begun)
    return made


@pytest.fixture
def meeting(council, coordinator, at):
    begun = at - timedelta(days=20)
    made = meetings.plan(
        council=council, title="Spring", starts_at=at, time_zone="UTC", place="Room", by=coordinator, at=begun
    )
    meetings.add_item(meeting=made, title="Sharing", by=coordinator, at=begun)
    return meetings.announce(meeting=made, by=coordinator, at=begun)


def seat_of(council, person):
    return Occupancy.objects.get(seat__council=council, membership__user=person)


def test_a_council_is_founded_seated_and_vacated(api_of, coordinator, council_member):
    client = api_of(coordinator)
    body = {"name": "Water Council", "sectors": ["nis2:energy"], "charter": {**CHARTER, "notice_days": 10}}

    made = client.post(api("councils"), body, format="json")
    assert made.status_code == 201, made.content
    assert made.json()["charter"]["notice_days"] == 10
    key = made.json()["id"]
    seat = client.post(api("councils", key, "seats"), {"interest": "operator"}, format="json")
    assert (seat.status_code, seat.json()["number"], seat.json()["is_voting"]) == (201, 1, True)
    sits = {"seat": seat.json()["id"], "person": str(council_member.pk),
            "organization": str(council_member.memberships.get().organization_id)}  # fmt: skip
    appointed = client.post(api("councils", key, "occupancies"), sits, format="json")
    assert appointed.status_code == 201, appointed.content
    assert client.get(api("councils", key, "seats")).json()[0]["occupancy"]["name"] == "Cora Council"
    assert api_of(council_member).get(api("councils", key)).status_code == 200
    assert client.post(api("councils", key, "occupancies"), sits, format="json").json()["error"]["fields"].keys() == {
        "seat"
    }
    assert client.post(api("occupancies", appointed.json()["id"], "vacate")).json()["vacated_at"]
    assert api_of(council_member).get(api("councils", key)).status_code == 404


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"name": ""}, 400, "name"), ({"sectors": []}, 400, "sectors"), ({"sectors": ["nis2:moon"]}, 400, "sectors"),
        ({"charter": {}}, 400, "charter"), ({"charter": {**CHARTER, "quorum_numerator": 3}}, 400, "charter"),
        ({"charter": {**CHARTER, "majority": "all"}}, 400, "charter"), ({"charter": {**CHARTER, "term_months": -1}}, 400, "charter"),
        ({"charter": {**CHARTER, "term_months": 100_000}}, 400, "charter"), ({"name": "Energy Council"}, 409, "name"),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_council_is_answered_by_field(api_of, coordinator, council, change, status, field):
    body = {"name": "Water Council", "sectors": ["nis2:energy"], "charter": CHARTER, **change}

    answer = api_of(coordinator).post(api("councils"), body, format="json")

    assert answer.status_code == status, answer.content
    assert list(answer.json()["error"]["fields"]) == [field]
    assert Council.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("seats", {"interest": "pirates"}, "interest"), ("seats", {"interest": "operator", "function": "king"}, "function"),
        ("occupancies", {"seat": UNKNOWN}, "seat"), ("occupancies", {"person": UNKNOWN}, "person"), ("occupancies", {"organization": "x"}, "organization"),
    ],
    ids=str,
)  # fmt: skip
def test_wrong_seats_are_answered_by_field(api_of, coordinator, council, path, body, field):
    answer = api_of(coordinator).post(api("councils", council.pk, path), body, format="json")

    assert answer.status_code == 400
    assert field in answer.json()["error"]["fields"]


def test_a_seat_of_another_council_is_as_if_absent(api_of, coordinator, council, chair):
    body = {"person": str(chair.pk), "organization": str(chair.memberships.get().organization_id)}
    foreign = SeatFactory()

    answers = [
        api_of(coordinator)
        .post(api("councils", council.pk, "occupancies"), {**body, "seat": str(key)}, format="json")
        .content
        for key in (foreign.pk, UNKNOWN)
    ]

    assert answers[0].replace(str(foreign.pk).encode(), UNKNOWN.encode()) == answers[1]


def test_members_do_not_run_their_council(api_of, council, chair, stranger):
    for person in (chair, stranger):
        client = api_of(person)
        assert client.post(api("councils"), {}, format="json").status_code == 404
        assert client.post(api("councils", council.pk, "seats"), {}, format="json").status_code == 404
        assert client.post(api("occupancies", seat_of(council, chair).pk, "vacate")).status_code == 404
        assert client.post(api("meetings"), {}, format="json").status_code == 404
    assert api_of(stranger).get(api("councils", council.pk, "seats")).status_code == 404


def test_a_meeting_is_held_from_plan_to_certified_minutes(api_of, coordinator, chair, council_member, council, at):
    run, lead, take_part = api_of(coordinator), api_of(chair), api_of(council_member)

    def post(client, *path, expected=200, **body):
        answer = client.post(api(*path), body, format="json")
        assert answer.status_code == expected, answer.content
        return answer.json()

    soon = (at + timedelta(days=1)).isoformat()
    key = post(run, "meetings", expected=201, council=str(council.pk), title="Spring", starts_at=soon, place="Room")[
        "id"
    ]
    item = post(run, "meetings", key, "agenda", expected=201, title="Sharing")["id"]
    assert post(run, "meetings", key, "announce", expected=409)["error"]["fields"].keys() == {"short_notice_reason"}
    assert post(run, "meetings", key, "announce", short_notice_reason="Urgent")["state"] == "announced"
    assert post(run, "meetings", key, "open")["state"] == "open"
    for person in (chair, council_member):
        post(run, "meetings", key, "arrive", occupancy=str(seat_of(council, person).pk))
    assert len(take_part.get(api("meetings", key, "attendance")).json()) == 3
    motion = post(lead, "agenda-items", item, "motions", expected=201, motion="We share.")["id"]
    assert post(lead, "decisions", motion, "open")["state"] == "open"
    post(lead, "decisions", motion, "ballot", expected=201, choice="yes")
    post(take_part, "decisions", motion, "ballot", expected=201, choice="yes")
    assert post(run, "meetings", key, "close", expected=409)
    closed = post(lead, "decisions", motion, "close")
    assert closed["state"] == "adopted" and closed["explanation"]
    post(take_part, "agenda-items", item, "recusals", expected=201, ground="interest")
    left = post(run, "meetings", key, "leave", occupancy=str(seat_of(council, council_member).pk))
    assert len(left) == 2
    assert post(run, "meetings", key, "close")["state"] == "closed"
    assert take_part.get(api("meetings", key, "minutes")).status_code == 404
    assert take_part.put(api("meetings", key, "minutes"), {"text": "We shared."}, format="json").status_code == 200
    assert post(take_part, "meetings", key, "minutes", "certify", expected=404)
    assert post(lead, "meetings", key, "minutes", "certify")["certified_at"]
    assert take_part.put(api("meetings", key, "minutes"), {"text": "No."}, format="json").status_code == 409
    assert take_part.get(api("meetings", key, "minutes")).json()["text"] == "We shared."


@pytest.mark.parametrize(
    ("change", "field"),
    [({"council": UNKNOWN}, "council"), ({"starts_at": "2026-02-30T10:00"}, "starts_at"), ({"time_zone": "Mars"}, "time_zone"), ({"place": ""}, "place")],
    ids=str,
)  # fmt: skip
def test_a_wrong_meeting_is_answered_by_field(api_of, coordinator, council, change, field):
    body = {
        "council": str(council.pk),
        "title": "Spring",
        "starts_at": "2026-03-01T10:00:00Z",
        "place": "Room",
        **change,
    }

    answer = api_of(coordinator).post(api("meetings"), body, format="json")

    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == [field]
    assert not Meeting.objects.exists()


@pytest.mark.parametrize(
    "path", ["agenda", "announce", "open", "close", "arrive", "leave", "minutes/certify", "action-items"]
)
def test_strangers_find_no_meeting(api_of, stranger, meeting, path):
    assert api_of(stranger).post(api("meetings", meeting.pk, path), {}, format="json").status_code == 404


def test_strangers_find_no_point_vote_or_minutes(api_of, stranger, chair, meeting, at):
    item, foreign = meeting.agenda.get(), AgendaItemFactory()
    decision = meetings.put_motion(item=item, motion="x", by=chair, at=at)

    for path, body in (("motions", {"motion": "x"}), ("recusals", {"ground": "other"})):
        assert api_of(stranger).post(api("agenda-items", item.pk, path), body, format="json").status_code == 404
        assert api_of(chair).post(api("agenda-items", foreign.pk, path), body, format="json").status_code == 404
    for path in ("open", "close", "ballot"):
        assert (
            api_of(stranger).post(api("decisions", decision.pk, path), {"choice": "yes"}, format="json").status_code
            == 404
        )
    assert api_of(stranger).get(api("meetings", MinutesFactory().meeting_id, "minutes")).status_code == 404
    assert (Decision.objects.count(), Ballot.objects.count(), Minutes.objects.count()) == (1, 0, 1)


def test_somebody_of_another_council_cannot_be_noted_as_present(api_of, coordinator, meeting, at):
    meetings.open_meeting(meeting=meeting, by=coordinator, at=at)
    other = Occupancy.objects.exclude(seat__council=meeting.council).first() or UNKNOWN

    answer = api_of(coordinator).post(api("meetings", meeting.pk, "arrive"), {"occupancy": str(other)}, format="json")

    assert answer.status_code == 400
    assert answer.json()["error"]["fields"].keys() == {"occupancy"}


def test_an_action_item_is_raised_done_and_verified(api_of, chair, council_member, stranger, meeting):
    body = {"title": "Write it up", "owner": str(council_member.pk), "due_on": "2099-01-01"}

    made = api_of(chair).post(api("meetings", meeting.pk, "action-items"), body, format="json")
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    assert made.json()["organization"] == str(council_member.memberships.get().organization_id)
    assert api_of(chair).post(api("action-items", key, "finish")).status_code == 409
    assert api_of(stranger).post(api("action-items", key, "finish")).status_code == 404
    assert api_of(council_member).post(api("action-items", key, "finish")).json()["state"] == "done"
    assert api_of(council_member).post(api("action-items", key, "verify")).status_code == 409
    assert api_of(chair).post(api("action-items", key, "verify")).json()["state"] == "verified"
    assert api_of(council_member).get(api("action-items"), {"state": "verified"}).json()["count"] == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [({"owner": UNKNOWN}, "owner"), ({"due_on": "soon"}, "due_on"), ({"title": ""}, "title")],
    ids=str,
)
def test_a_wrong_action_item_is_answered_by_field(api_of, chair, council_member, meeting, change, field):
    body = {"title": "Write it up", "owner": str(council_member.pk), "due_on": "2099-01-01", **change}

    answer = api_of(chair).post(api("meetings", meeting.pk, "action-items"), body, format="json")

    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == [field]
    assert not CorrectiveAction.objects.exists()


def test_what_concerns_other_councils_is_not_listed(api_of, chair, council):
    CorrectiveActionFactory()
    MeetingFactory()

    for name in ("action-items", "meetings", "decisions"):
        assert api_of(chair).get(api(name)).json()["count"] == 0
    assert api_of(chair).get(api("councils")).json()["count"] == 1


def test_a_charter_follows_another_and_a_meeting_is_called_off(api_of, council, meeting, coordinator, chair, stranger):
    body = {**CHARTER, "majority": "two_thirds"}
    assert api_of(chair).post(api("councils", council.pk, "charters"), body, format="json").status_code in (403, 404)
    made = api_of(coordinator).post(api("councils", council.pk, "charters"), body, format="json")
    assert made.status_code == 201 and council.charters.count() == 2

    reason = {"because": "Storm"}
    assert api_of(stranger).post(api("meetings", meeting.pk, "cancel"), reason, format="json").status_code == 404
    assert api_of(coordinator).post(api("meetings", meeting.pk, "cancel"), {}, format="json").status_code == 400
    assert (
        api_of(coordinator).post(api("meetings", meeting.pk, "cancel"), reason, format="json").json()["state"]
        == "cancelled"
    )
    assert api_of(coordinator).post(api("meetings", meeting.pk, "cancel"), reason, format="json").status_code in (
        400,
        409,
        422,
    )
