"""What waits for whom about councils."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from councils.actions import councils
from councils.models import Decision, Meeting, Occupancy
from councils.policy import COUNCILS
from partnership.access.scope import visible
from partnership.models import AudienceMember, CorrectiveAction
from partnership.registry import Date, Reviewed, Waiting, dates, reviewed, worklist
from partnership.worklist import about_exceptions


@worklist
def coming(actor):
    """Meetings of the next month."""
    today = timezone.now()
    soon = Meeting.objects.filter(
        starts_at__gte=today - timedelta(days=1),
        starts_at__lte=today + timedelta(days=30),
        state__in=["announced", "open"],
    )
    for meeting in visible(actor, "councils.attend_meeting", soon).order_by("starts_at")[:20]:
        yield Waiting(
            meeting.title,
            reverse("councils:meeting-detail", kwargs={"pk": meeting.pk}),
            "Meetings",
            due=meeting.starts_at,
        )


STATUS = {"planned": "TENTATIVE", "cancelled": "CANCELLED"}


@dates
def meetings(actor):
    """Meetings that the person attends, for calendars; one that was moved keeps its key."""
    since = timezone.now() - timedelta(days=30)
    for meeting in visible(actor, "councils.attend_meeting", Meeting.objects.filter(starts_at__gte=since)).order_by(
        "starts_at", "pk"
    ):
        url = reverse("councils:meeting-detail", kwargs={"pk": meeting.pk})
        yield Date(
            f"meeting-{meeting.pk}",
            "Council meeting",
            url,
            meeting.starts_at,
            STATUS.get(meeting.state, "CONFIRMED"),
            (1,),
        )


@worklist
def votes(actor):
    """Open votes in which the person has not voted."""
    open_ = Decision.objects.filter(state="open").exclude(ballots__occupancy__membership__user_id=actor.user.pk)
    for decision in visible(actor, "councils.vote_decision", open_).select_related("item")[:20]:
        yield Waiting(
            f"Vote on “{decision.item.title}”",
            reverse("councils:decision-detail", kwargs={"pk": decision.pk}),
            "Votes",
            is_urgent=True,
        )


@worklist
def own_actions(actor):
    """Action items of the person."""
    today = timezone.now().date()
    for action in CorrectiveAction.objects.filter(owner_id=actor.user.pk, state="open").order_by("due_on")[:20]:
        yield Waiting(
            action.title,
            reverse("councils:action-detail", kwargs={"pk": action.pk}),
            "Action items",
            due=action.due_on,
            is_urgent=action.due_on < today,
        )


about_exceptions(COUNCILS)


def _seats() -> Any:
    return Occupancy.objects.select_related("membership__user", "seat__council", "organization")


def _taken(at: Any) -> Any:
    return _seats().filter(vacated_at__isnull=True, membership__in=AudienceMember.objects.in_force(at))


reviewed(Reviewed(
    name="seat", noun="a seat on a council", permission="councils.review_seat", lapses=False, responsible="the secretariat",
    why="A mandate ends by a decision and not by silence, and a council must keep its quorum.",
    every=_seats, rows=_taken, person="membership__user", whom=lambda row: row.membership.user.name,
    what=lambda row: f"sits on {row.seat.council}, seat {row.seat.number} ({row.seat.get_function_display().lower()})",
    about=lambda row: row.organization,
    end=lambda row, because, by, at: councils.vacate(occupancy=row, by=by, at=at),
    page=lambda row: reverse("councils:council-detail", kwargs={"pk": row.seat.council_id}),
))  # fmt: skip
