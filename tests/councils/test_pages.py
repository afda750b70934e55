"""Pages of councils: founded, chartered, met, called off; filters; and refused where it is due."""

from datetime import timedelta

import pytest

from councils.actions import councils, meetings
from councils.models import Charter, Council, Meeting
from partnership.access.decide import Refused
from partnership.models import AuditEntry, Role
from tests.factories.partnership import member, secretariat

pytestmark = pytest.mark.django_db
CHARTER = {
    "purpose": "Advise", "authority": "A decision", "term_months": 24, "meetings_a_year": 4, "notice_days": 7, "quorum_basis": "filled_seats",
    "quorum_numerator": 1, "quorum_denominator": 2, "majority": "simple", "tie_rule": "rejected", "minutes_days": 90,
}  # fmt: skip


@pytest.fixture
def council(coordinator, client_of):
    secretariat()
    answer = client_of(coordinator).post(
        "/councils/new", {**CHARTER, "name": "Water Council", "sectors": ["nis2:drinking-water"]}
    )
    assert answer.status_code == 302
    return Council.objects.get()


@pytest.fixture
def seated(council, coordinator, own_organization, at):
    person = member(Role.COUNCIL_MEMBER, own_organization)
    seat = councils.create_seat(council=council, interest="operator", by=coordinator, at=at)
    councils.appoint(seat=seat, person=person, organization=own_organization, by=coordinator, at=at)
    return person


def planned(council, coordinator, at, title="Spring", days=20):
    return meetings.plan(council=council, title=title, starts_at=at + timedelta(days=days), time_zone="UTC", place="Room",
                         by=coordinator, at=at)  # fmt: skip


def test_a_new_charter_rules_the_meetings_planned_after_it(council, coordinator, client_of, at):
    before = planned(council, coordinator, at)
    page = f"/councils/{council.pk}/charters/new"
    client = client_of(coordinator)
    assert 'name="quorum_numerator" value="1"' in client.get(page).content.decode(), "begins with the charter in force"

    assert client.post(page, {**CHARTER, "quorum_numerator": 3, "quorum_denominator": 2}).status_code == 422
    assert (
        client.post(
            page, {**CHARTER, "quorum_numerator": 2, "quorum_denominator": 3, "majority": "two_thirds"}
        ).status_code
        == 302
    )
    after = planned(council, coordinator, at, "Summer")

    before.refresh_from_db()
    assert (before.charter.number, after.charter.number) == (1, 2)
    assert Charter.objects.get(number=1).majority == "simple", "a charter that was adopted is not edited"
    shown = client.get(f"/councils/{council.pk}").content.decode()
    assert "Charter 2" in shown and "Earlier charters" in shown and "Two thirds" in shown
    assert AuditEntry.objects.filter(verb="councils.charter_adopted").count() == 1


def test_a_member_of_the_council_changes_nothing_of_it(council, seated, client_of, stranger, at):
    for path in ("charters/new", "seats/new", "appoint", "meetings/new"):
        for person in (seated, stranger):
            assert client_of(person).get(f"/councils/{council.pk}/{path}").status_code == 404
            assert client_of(person).post(f"/councils/{council.pk}/{path}", CHARTER).status_code == 404
    with pytest.raises(Refused):
        councils.adopt_charter(council=council, charter={}, by=seated, at=at)


def test_a_meeting_is_called_off_with_its_reason_and_not_after_it_began(council, coordinator, seated, client_of, at):
    made = planned(council, coordinator, at)
    page = f"/councils/meetings/{made.pk}/cancel"

    assert client_of(seated).post(page, {"because": "Storm"}).status_code == 404
    assert client_of(coordinator).post(page, {"because": ""}).status_code == 422
    assert client_of(coordinator).post(page, {"because": "Storm"}).status_code == 302
    made.refresh_from_db()
    assert made.state == Meeting.State.CANCELLED
    assert "Storm" in client_of(coordinator).get(f"/councils/meetings/{made.pk}").content.decode()

    again = client_of(coordinator).post(page, {"because": "Storm"})
    assert again.status_code == 422
    with pytest.raises(meetings.WrongState):
        meetings.announce(meeting=made, short_notice_reason="x", by=coordinator, at=at)


def test_lists_are_filtered_within_what_one_may_see(council, coordinator, seated, stranger, client_of, at):
    planned(council, coordinator, at, "Spring")
    meetings.cancel(meeting=planned(council, coordinator, at, "Summer"), because="x", by=coordinator, at=at)
    client = client_of(seated)

    shown = client.get("/councils/meetings/?state=cancelled").content.decode()
    assert "Summer" in shown and "Spring" not in shown and "State: Cancelled" in shown
    shown = client.get(f"/councils/meetings/?council={council.pk}&starts_until={at.date()}").content.decode()
    assert "Nothing here yet" in shown
    assert "Water Council" in client.get("/councils/?name=water").content.decode()
    assert "Water Council" not in client.get("/councils/?name=energy").content.decode()
    hidden = client_of(stranger).get(f"/councils/meetings/?council={council.pk}")
    assert "Water Council" not in hidden.content.decode(), "a hidden council is no choice"
