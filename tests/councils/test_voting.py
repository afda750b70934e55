"""Quorum and majority: exact, explained, and lived through a whole meeting."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from councils.actions import councils, meetings
from councils.dashboards.voting import majority, quorum
from councils.models import Decision, Occupancy
from partnership.access.decide import Refused
from partnership.actions import corrective_actions
from partnership.models import Role, Sector
from tests.factories.partnership import OrganizationFactory, member, secretariat

SIMPLE = {"counts_abstentions": False, "chair_breaks_tie": False}


@pytest.mark.parametrize(("kind", "yes", "no", "abstain", "counts", "adopted"), [
    ("simple", 5, 4, 0, False, True), ("simple", 4, 4, 0, False, False), ("simple", 4, 3, 2, False, True), ("simple", 4, 3, 2, True, False),
    ("two_thirds", 6, 2, 0, False, True), ("two_thirds", 5, 3, 0, False, False), ("four_fifths", 4, 1, 0, False, True),
    ("simple", 0, 0, 3, False, False),
])  # fmt: skip
def test_majorities_are_exact(kind, yes, no, abstain, counts, adopted):
    answer = majority(kind=kind, yes=yes, no=no, abstain=abstain, counts_abstentions=counts, chair_breaks_tie=False)

    assert answer.is_met == adopted


def test_two_thirds_of_eight_is_six():
    assert majority(kind="two_thirds", yes=5, no=3, abstain=0, **SIMPLE).needed == 6


def test_the_chair_decides_a_tie_only_if_the_charter_says_so():
    tie = {"kind": "simple", "yes": 3, "no": 3, "abstain": 0, "counts_abstentions": False}

    assert majority(**tie, chair_breaks_tie=True, chair="yes").is_met
    assert not majority(**tie, chair_breaks_tie=True, chair="no").is_met
    assert not majority(**tie, chair_breaks_tie=False, chair="yes").is_met


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_one_more_yes_never_turns_adoption_into_rejection(yes, no, abstain):
    for kind in ("simple", "two_thirds", "four_fifths"):
        if majority(kind=kind, yes=yes, no=no, abstain=abstain, **SIMPLE).is_met:
            assert majority(kind=kind, yes=yes + 1, no=no, abstain=abstain, **SIMPLE).is_met


def test_who_is_recused_is_in_neither_basis_nor_count():
    rule = {"basis": "filled_seats", "seats": 10, "filled": 9, "numerator": 1, "denominator": 2, "is_more_than": True}

    assert quorum(**rule, present=5, recused=0).is_met
    answer = quorum(**rule, present=5, recused=1)
    assert (answer.needed, answer.is_met) == (5, False)
    assert "recused for this item 1" in answer.sentence


@pytest.fixture
def council(coordinator, at):
    """A council with an officer, a chair and three more voting members, founded long ago."""
    begun = at - timedelta(days=100)
    made = councils.found(name="Energy Council", sectors=Sector.objects.filter(pk="nis2:energy"), secretariat=secretariat(),
                          charter={"purpose": "Advise", "authority": "A decision"}, by=coordinator, at=begun)  # fmt: skip
    officer = councils.create_seat(council=made, interest="secretariat", function="officer", by=coordinator, at=begun)
    councils.appoint(seat=officer, person=coordinator, organization=secretariat(), by=coordinator, at=begun)
    for place in range(4):
        organization = OrganizationFactory()
        seat = councils.create_seat(
            council=made, interest="operator", function="member" if place else "chair", by=coordinator, at=begun
        )
        person = member(Role.COUNCIL_MEMBER, organization)
        councils.appoint(seat=seat, person=person, organization=organization, by=coordinator, at=begun)
    return made


def voters(council):
    return list(Occupancy.objects.filter(seat__council=council, seat__is_voting=True).order_by("seat__number"))


@pytest.fixture
def meeting(council, coordinator, at):
    made = meetings.plan(
        council=council,
        title="Meeting",
        starts_at=at,
        time_zone="UTC",
        place="Room",
        by=coordinator,
        at=at - timedelta(days=20),
    )
    meetings.add_item(meeting=made, title="Item", by=coordinator, at=at - timedelta(days=20))
    meetings.announce(meeting=made, by=coordinator, at=at - timedelta(days=20))
    made.refresh_from_db()
    return meetings.open_meeting(meeting=made, by=coordinator, at=at)


def motion(meeting, present, at):
    council = meeting.council
    chair = voters(council)[0].membership.user
    for occupancy in voters(council)[:present]:
        meetings.arrive(meeting=meeting, occupancy=occupancy, by=meeting.opened_by, at=at)
    return meetings.put_motion(item=meeting.agenda.get(), motion="Do it", by=chair, at=at), chair


def test_a_vote_with_quorum_is_counted_and_explained(meeting, at):
    decision, chair = motion(meeting, 3, at)
    meetings.open_vote(decision=decision, by=chair, at=at)
    for occupancy, choice in zip(voters(meeting.council), ("yes", "yes", "no"), strict=False):
        meetings.vote(decision=decision, choice=choice, by=occupancy.membership.user, at=at)

    closed = meetings.close_vote(decision=decision, by=chair, at=at)

    assert closed.state == Decision.State.ADOPTED
    assert closed.tally == {"yes": 2, "no": 1, "abstain": 0, "needed": 2}
    assert "2 of 3 votes cast are yes" in closed.explanation and "Quorum met: present 3" in closed.explanation


def test_without_quorum_no_vote_opens(meeting, at):
    decision, chair = motion(meeting, 2, at)

    with pytest.raises(meetings.NoQuorum, match="Quorum not met: present 2, needed 3"):
        meetings.open_vote(decision=decision, by=chair, at=at)


def test_a_vote_that_loses_its_quorum_ends_as_invalid_and_says_why(meeting, at):
    decision, chair = motion(meeting, 3, at)
    meetings.open_vote(decision=decision, by=chair, at=at)

    meetings.leave(meeting=meeting, occupancy=voters(meeting.council)[2], by=meeting.opened_by, at=at)

    decision.refresh_from_db()
    assert decision.state == Decision.State.INVALID
    assert "quorum was lost" in decision.explanation


def test_the_last_ballot_counts_and_recused_or_absent_members_have_none(meeting, at):
    decision, chair = motion(meeting, 4, at)
    second, third = (occupancy.membership.user for occupancy in voters(meeting.council)[1:3])
    meetings.recuse(item=meeting.agenda.get(), ground="interest", by=third, at=at)
    meetings.open_vote(decision=decision, by=chair, at=at)
    meetings.vote(decision=decision, choice="no", by=second, at=at)
    meetings.vote(decision=decision, choice="yes", by=second, at=at)

    with pytest.raises(meetings.IsRecused):
        meetings.vote(decision=decision, choice="yes", by=third, at=at)
    assert [ballot.choice for ballot in decision.ballots.all()] == ["yes"]


def test_the_officer_without_a_vote_cannot_vote_and_members_cannot_open(meeting, council, coordinator, at):
    decision, chair = motion(meeting, 3, at)
    meetings.open_vote(decision=decision, by=chair, at=at)

    with pytest.raises(Refused):
        meetings.vote(decision=decision, choice="yes", by=coordinator, at=at)
    with pytest.raises(Refused):
        meetings.close_meeting(meeting=meeting, by=voters(council)[1].membership.user, at=at)


def test_short_notice_needs_a_reason(council, coordinator, at):
    made = meetings.plan(
        council=council,
        title="Soon",
        starts_at=at + timedelta(days=2),
        time_zone="UTC",
        place="Room",
        by=coordinator,
        at=at,
    )

    with pytest.raises(meetings.TooShort) as refused:
        meetings.announce(meeting=made, by=coordinator, at=at)
    assert refused.value.field == "short_notice_reason"
    assert meetings.announce(meeting=made, short_notice_reason="An attack", by=coordinator, at=at).state == "announced"


def test_a_vacated_seat_closes_every_door(council, coordinator, client_of, at):
    occupancy = voters(council)[1]
    client = client_of(occupancy.membership.user)
    assert client.get(f"/councils/{council.pk}").status_code == 200

    councils.vacate(occupancy=occupancy, by=coordinator, at=at)

    assert client.get(f"/councils/{council.pk}").status_code == 404
    assert client.get(f"/councils/{council.pk}/dashboard").status_code == 404


def test_the_owner_does_not_verify_its_own_action_item(meeting, council, at):
    owner, other = (occupancy.membership.user for occupancy in voters(council)[:2])
    made = corrective_actions.raise_action(source=meeting, source_name="Meeting", title="Do", owner=owner, organization=council.secretariat,
                                           due_on=at.date(), audience=council.audience, by=other, at=at)  # fmt: skip
    corrective_actions.finish(action=made, by=owner, at=at)

    with pytest.raises(corrective_actions.OwnWork):
        corrective_actions.verify(action=made, by=owner, at=at)
    assert corrective_actions.verify(action=made, by=other, at=at).state == "verified"


def test_minutes_are_certified_by_the_chair_once(meeting, council, coordinator, at):
    meetings.close_meeting(meeting=meeting, by=coordinator, at=at)
    meeting.refresh_from_db()
    minutes = meetings.draft_minutes(meeting=meeting, text="All agreed.", by=voters(council)[1].membership.user, at=at)

    with pytest.raises(Refused):
        meetings.certify_minutes(minutes=minutes, by=voters(council)[1].membership.user, at=at)
    meetings.certify_minutes(minutes=minutes, by=voters(council)[0].membership.user, at=at)
    with pytest.raises(meetings.WrongState):
        meetings.draft_minutes(meeting=meeting, text="Other.", by=coordinator, at=at)
