"""Meetings: planned, announced, opened, attended, voted in, closed, minuted."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from councils import verbs
from councils.actions.councils import charter_of
from councils.dashboards.voting import Answer, majority, quorum
from councils.models import (
    AgendaItem,
    Attendance,
    Ballot,
    Council,
    Decision,
    Meeting,
    Minutes,
    Occupancy,
    Recusal,
    Seat,
)
from partnership.access.actor import Actor
from partnership.access.decide import require
from partnership.audit.record import record
from partnership.errors import DomainError
from partnership.models import User


class TooShort(DomainError):
    """The charter asks for more notice; a reason is needed for less."""


class WrongState(DomainError):
    default = "The meeting or vote is not in a state that allows this."


class NoOfficer(DomainError):
    default = "The meeting cannot be opened without the designated officer present."


class NoQuorum(DomainError):
    """Too few voting members are present."""


class NotPresent(DomainError):
    default = "Only members who are present vote. Ask the officer to note your arrival."


class IsRecused(DomainError):
    default = "You stepped aside for this item, so you do not vote on it."


@transaction.atomic
def plan(
    *, council: Council, title: str, starts_at: datetime, time_zone: str, place: str, by: User, at: datetime
) -> Meeting:
    """Plan a meeting under the charter in force."""
    require(Actor(by), "councils.run_council", council)
    meeting = Meeting.objects.create(council=council, charter=charter_of(council), title=title, starts_at=starts_at,
                                     time_zone=time_zone, place=place, created_at=at, created_by=by)  # fmt: skip
    record(verbs.MEETING_PLANNED, meeting, by=by, at=at)
    return meeting


@transaction.atomic
def add_item(*, meeting: Meeting, title: str, notes: str = "", by: User, at: datetime) -> AgendaItem:
    """Put a point on the agenda."""
    require(Actor(by), "councils.run_meeting", meeting)
    _in(meeting, Meeting.State.PLANNED, Meeting.State.ANNOUNCED)
    position = (meeting.agenda.aggregate(last=Max("position"))["last"] or 0) + 1
    item = AgendaItem.objects.create(meeting=meeting, position=position, title=title, notes=notes)
    record(verbs.MEETING_CHANGED, meeting, by=by, at=at, title=title)
    return item


@transaction.atomic
def announce(*, meeting: Meeting, short_notice_reason: str = "", by: User, at: datetime) -> Meeting:
    """Tell the members; fewer days ahead than the charter asks need a reason."""
    require(Actor(by), "councils.run_meeting", meeting)
    _in(meeting, Meeting.State.PLANNED)
    days = (meeting.starts_at - at).days
    if days < meeting.charter.notice_days and not short_notice_reason:
        raise TooShort(f"The charter asks for {meeting.charter.notice_days} days of notice; these are {days}. Give the reason.",
                       field="short_notice_reason")  # fmt: skip
    meeting.state, meeting.announced_at, meeting.announced_by = Meeting.State.ANNOUNCED, at, by
    meeting.short_notice_reason = short_notice_reason
    meeting.save()
    record(verbs.MEETING_ANNOUNCED, meeting, by=by, at=at, because=short_notice_reason, days=days)
    return meeting


@transaction.atomic
def cancel(*, meeting: Meeting, because: str, by: User, at: datetime) -> Meeting:
    """Call a meeting off that has not begun; it stays in the list with the reason."""
    require(Actor(by), "councils.run_meeting", meeting)
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    _in(meeting, "planned", "announced")
    meeting.state = Meeting.State.CANCELLED
    meeting.save(update_fields=["state"])
    record(verbs.MEETING_CANCELLED, meeting, by=by, at=at, because=because)
    return meeting


def _in(thing: Any, *states: str) -> None:
    if thing.state not in states:
        raise WrongState


@transaction.atomic
def open_meeting(*, meeting: Meeting, by: User, at: datetime) -> Meeting:
    """The designated officer opens the meeting, and is the first to be present."""
    require(Actor(by), "councils.open_meeting", meeting)
    _in(meeting, Meeting.State.ANNOUNCED)
    officer = _occupancy(meeting.council, by)
    if officer is None:
        raise NoOfficer
    meeting.state, meeting.opened_at, meeting.opened_by = Meeting.State.OPEN, at, by
    meeting.save()
    Attendance.objects.create(meeting=meeting, occupancy=officer, arrived_at=at, recorded_by=by)
    record(verbs.MEETING_OPENED, meeting, by=by, at=at)
    return meeting


def _occupancy(council: Council, person: User) -> Occupancy | None:
    return (
        Occupancy.objects.filter(seat__council=council, membership__user=person, vacated_at__isnull=True)
        .select_related("seat")
        .first()
    )


@transaction.atomic
def arrive(*, meeting: Meeting, occupancy: Occupancy, by: User, at: datetime) -> Attendance:
    """Note a member as present."""
    require(Actor(by), "councils.open_meeting", meeting)
    _in(meeting, Meeting.State.OPEN)
    made, _ = Attendance.objects.get_or_create(
        meeting=meeting, occupancy=occupancy, left_at=None, defaults={"arrived_at": at, "recorded_by": by}
    )
    record(verbs.MEMBER_ARRIVED, made, by=by, at=at, person=occupancy.membership.user.name)
    return made


@transaction.atomic
def leave(*, meeting: Meeting, occupancy: Occupancy, by: User, at: datetime) -> None:
    """Note that a member left; open votes that lose their quorum end as invalid, and say why."""
    require(Actor(by), "councils.open_meeting", meeting)
    here = meeting.attendances.filter(occupancy=occupancy, left_at__isnull=True).first()
    if here is None:
        raise WrongState
    here.left_at = at
    here.save(update_fields=["left_at"])
    record(verbs.MEMBER_LEFT, here, by=by, at=at, person=occupancy.membership.user.name)
    for decision in meeting.decisions.select_for_update().filter(state=Decision.State.OPEN):
        answer = quorum_for(decision.item)
        if not answer.is_met:
            _end(decision, Decision.State.INVALID, f"Invalid: the quorum was lost. {answer.sentence}", {}, by, at)


@transaction.atomic
def recuse(*, item: AgendaItem, ground: str, by: User, at: datetime) -> Recusal:
    """Step aside for an item, before its vote is closed."""
    require(Actor(by), "councils.attend_meeting", item.meeting)
    occupancy = _occupancy(item.meeting.council, by)
    if occupancy is None or item.meeting.state in (Meeting.State.CLOSED, Meeting.State.CANCELLED):
        raise WrongState
    made, is_new = Recusal.objects.get_or_create(
        item=item, occupancy=occupancy, defaults={"ground": ground, "declared_at": at, "declared_by": by}
    )
    if is_new:
        Ballot.objects.filter(decision__item=item, decision__state=Decision.State.OPEN, occupancy=occupancy).delete()
        record(verbs.MEMBER_RECUSED, made, by=by, at=at, item=item.title)
    return made


def quorum_for(item: AgendaItem) -> Answer:
    """The quorum for one item, from the charter of the meeting and who is present now."""
    meeting, charter = item.meeting, item.meeting.charter
    filled = Occupancy.objects.filter(seat__council=meeting.council_id, seat__is_voting=True, vacated_at__isnull=True)
    present = filled.filter(attendances__meeting=meeting, attendances__left_at__isnull=True).distinct().count()
    recused = filled.filter(recusals__item=item).distinct().count()
    return quorum(
        basis=charter.quorum_basis, seats=Seat.objects.filter(council=meeting.council_id, is_voting=True).count(),
        filled=filled.count(), numerator=charter.quorum_numerator, denominator=charter.quorum_denominator,
        is_more_than=charter.quorum_is_more_than, present=present, recused=recused,
    )  # fmt: skip


@transaction.atomic
def put_motion(*, item: AgendaItem, motion: str, by: User, at: datetime) -> Decision:
    """Put a motion under an item."""
    require(Actor(by), "councils.chair_meeting", item.meeting)
    _in(item.meeting, Meeting.State.OPEN, Meeting.State.ANNOUNCED)
    made = Decision.objects.create(meeting=item.meeting, item=item, motion=motion, majority=item.meeting.charter.majority,
                                   proposed_at=at, proposed_by=by)  # fmt: skip
    record(verbs.MOTION_PUT, made, by=by, at=at, item=item.title)
    return made


@transaction.atomic
def open_vote(*, decision: Decision, by: User, at: datetime) -> Decision:
    """Open the vote if the quorum is met; the text stands from here on."""
    require(Actor(by), "councils.chair_decision", decision)
    decision = (
        Decision.objects.select_for_update()
        .select_related("meeting__charter", "item__meeting__charter")
        .get(pk=decision.pk)
    )
    _in(decision, Decision.State.DRAFT)
    _in(decision.meeting, Meeting.State.OPEN)
    answer = quorum_for(decision.item)
    if not answer.is_met:
        raise NoQuorum(answer.sentence)
    decision.state, decision.opened_at, decision.opened_by = Decision.State.OPEN, at, by
    decision.save()
    record(verbs.VOTE_OPENED, decision, by=by, at=at, quorum=answer.sentence)
    return decision


@transaction.atomic
def vote(*, decision: Decision, choice: str, by: User, at: datetime) -> Ballot:
    """Cast or change one's ballot while the vote is open; the last one counts."""
    require(Actor(by), "councils.vote_decision", decision)
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    _in(decision, Decision.State.OPEN)
    occupancy = _occupancy(decision.meeting.council, by)
    if occupancy is None or not decision.meeting.attendances.filter(occupancy=occupancy, left_at__isnull=True).exists():
        raise NotPresent
    if decision.item.recusals.filter(occupancy=occupancy).exists():
        raise IsRecused
    made, _ = Ballot.objects.update_or_create(
        decision=decision, occupancy=occupancy, defaults={"choice": choice, "cast_at": at, "cast_by": by}
    )
    record(verbs.BALLOT_CAST, made, by=by, at=at)
    return made


@transaction.atomic
def close_vote(*, decision: Decision, by: User, at: datetime) -> Decision:
    """Count: quorum first, then the majority of the charter, with the sentence that explains it."""
    require(Actor(by), "councils.chair_decision", decision)
    decision = (
        Decision.objects.select_for_update()
        .select_related("meeting__charter", "item__meeting__charter")
        .get(pk=decision.pk)
    )
    _in(decision, Decision.State.OPEN)
    here = quorum_for(decision.item)
    if not here.is_met:
        return _end(decision, Decision.State.INVALID, f"Invalid: {here.sentence}", {}, by, at)
    ballots = list(decision.ballots.select_related("occupancy__seat"))
    tally = {choice: sum(b.choice == choice for b in ballots) for choice in Ballot.Choice.values}
    charter = decision.meeting.charter
    chair = next((b.choice for b in ballots if b.occupancy.seat.function == Seat.Function.CHAIR), "")
    answer = majority(kind=decision.majority, yes=tally["yes"], no=tally["no"], abstain=tally["abstain"],
                      counts_abstentions=charter.counts_abstentions, chair_breaks_tie=charter.tie_rule == "chair", chair=chair)  # fmt: skip
    state = Decision.State.ADOPTED if answer.is_met else Decision.State.REJECTED
    return _end(decision, state, f"{answer.sentence} {here.sentence}", {**tally, "needed": answer.needed}, by, at)


def _end(decision: Decision, state: str, sentence: str, tally: dict[str, int], by: User, at: datetime) -> Decision:
    decision.state, decision.explanation, decision.tally = state, sentence[:500], tally
    decision.closed_at, decision.closed_by = at, by
    decision.save()
    record(verbs.VOTE_CLOSED, decision, by=by, at=at, result=sentence)
    return decision


@transaction.atomic
def close_meeting(*, meeting: Meeting, by: User, at: datetime) -> Meeting:
    """Close the meeting; open votes must be closed first."""
    require(Actor(by), "councils.open_meeting", meeting)
    _in(meeting, Meeting.State.OPEN)
    if meeting.decisions.filter(state=Decision.State.OPEN).exists():
        raise WrongState("A vote is open. Close it first.")
    meeting.attendances.filter(left_at__isnull=True).update(left_at=at)
    meeting.state, meeting.closed_at, meeting.closed_by = Meeting.State.CLOSED, at, by
    meeting.save()
    record(verbs.MEETING_CLOSED, meeting, by=by, at=at)
    return meeting


@transaction.atomic
def draft_minutes(*, meeting: Meeting, text: str, by: User, at: datetime) -> Minutes:
    """Write or rewrite the minutes until they are certified."""
    require(Actor(by), "councils.attend_meeting", meeting)
    _in(meeting, Meeting.State.CLOSED)
    if Minutes.objects.filter(meeting=meeting, certified_at__isnull=False).exists():
        raise WrongState("The minutes are certified and stand as they are.")
    made, _ = Minutes.objects.update_or_create(
        meeting=meeting, defaults={"text": text, "drafted_at": at, "drafted_by": by}
    )
    record(verbs.MINUTES_DRAFTED, made, by=by, at=at, meeting=meeting.title)
    return made


@transaction.atomic
def certify_minutes(*, minutes: Minutes, by: User, at: datetime) -> Minutes:
    """The chair certifies that the minutes are accurate."""
    require(Actor(by), "councils.chair_meeting", minutes.meeting)
    if minutes.certified_at is not None:
        raise WrongState
    minutes.certified_at, minutes.certified_by = at, by
    minutes.save(update_fields=["certified_at", "certified_by"])
    record(verbs.MINUTES_CERTIFIED, minutes, by=by, at=at, meeting=minutes.meeting.title)
    return minutes
