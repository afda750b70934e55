"""What waits on this floor: exceptions that end soon or need a yes, and what was asked for in an emergency."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from partnership.access import exceptions_seen
from partnership.access.scope import visible
from partnership.models import BreakGlass
from partnership.registry import Waiting, worklist

SOON = timedelta(days=7)
MOST = 10


@worklist
def emergencies(actor: Any) -> Iterator[Waiting]:
    """Requests that a second person has to decide, and openings that concern the actor's records."""
    at = timezone.now()
    undecided = BreakGlass.objects.filter(approved_at__isnull=True, refused_at__isnull=True)
    for glass in visible(actor, "partnership.decide_break_glass", undecided).order_by("requested_at", "pk")[:MOST]:
        yield Waiting(
            f"Decide on opening {glass.record_name}", _page(glass), "Emergency", due=glass.requested_at, is_urgent=True
        )
    opened = BreakGlass.objects.filter(expires_at__gt=at, ended_at__isnull=True)
    for glass in visible(actor, "partnership.end_break_glass", opened).order_by("expires_at", "pk")[:MOST]:
        yield Waiting(
            f"{glass.record_name} is open in an emergency",
            _page(glass),
            "Emergency",
            due=glass.expires_at,
            is_urgent=True,
        )


@worklist
def exceptions(actor: Any) -> Iterator[Waiting]:
    """Exceptions that the actor decides about: asked about this quarter, or ending within a week."""
    at, asked = timezone.now(), exceptions_seen.asked(actor)
    if asked:
        due = min(question.due_at for _, question in asked)
        yield Waiting(f"Confirm {len(asked)} exception{'s' if len(asked) > 1 else ''}, or they end", reverse("partnership:grant-review"),
                      "Exceptions", due=due, is_urgent=due < at + SOON)  # fmt: skip
    for seen in exceptions_seen.ending(actor, at, at + SOON)[:MOST]:
        yield Waiting(f"Renew or let end: {seen.whom}, {seen.what}", reverse("partnership:grant-renew", kwargs={"key": seen.key}),
                      "Exceptions", due=seen.row.expires_at)  # fmt: skip


@worklist
def newcomers(actor: Any) -> Iterator[Waiting]:
    """Who came, within a week, into a group that was let in to what the actor decides about."""
    for seen, came in exceptions_seen.newcomers(actor, timezone.now() - SOON)[:MOST]:
        yield Waiting(
            f"{came.user.name} came into the group {seen.row.group.name}",
            reverse("partnership:audience", kwargs={"kind": seen.kind.name, "pk": seen.row.content_object_id}),
            "Exceptions",
            detail=f"The group may see {seen.what}. End its exception if the newcomer should not.",
        )


def _page(glass: BreakGlass) -> str:
    return reverse("partnership:glass-detail", kwargs={"pk": glass.pk})
