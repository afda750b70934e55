"""What waits on this floor, and which of its rights are asked about each quarter."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from partnership.access import exceptions_seen
from partnership.access.exceptions import Kind, decide_permission
from partnership.access.questions import waiting
from partnership.access.scope import visible
from partnership.actions import accounts, audiences, grants, groups
from partnership.models import CALENDAR, ApiToken, AudienceMember, BreakGlass, GroupMembership, Membership
from partnership.policy import ORGANIZATIONS
from partnership.registry import Reviewed, Waiting, reviewed, worklist

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
    """Exceptions that the actor decides about and that end within a week."""
    at = timezone.now()
    for seen in exceptions_seen.ending(actor, at, at + SOON)[:MOST]:
        yield Waiting(f"Renew or let end: {seen.whom}, {seen.what}", reverse("partnership:grant-renew", kwargs={"key": seen.key}),
                      "Exceptions", due=seen.row.expires_at)  # fmt: skip


@worklist
def questions(actor: Any) -> Iterator[Waiting]:
    """Rights about which the actor is asked this quarter; for the secretariat apart, what nobody confirmed."""
    at, page = timezone.now(), reverse("partnership:review-list")
    asked = [found.question for found in waiting(actor, at)]
    late = [question for question in asked if question.escalated_at is not None]
    if actor.is_coordinator and late:
        yield Waiting(f"Decide on {_rights(late)} that nobody confirmed", page, "Recertification",
                      due=min(question.due_at for question in late), is_urgent=True)  # fmt: skip
    if open_ := [question for question in asked if question.escalated_at is None or not actor.is_coordinator]:
        due = min(question.due_at for question in open_)
        yield Waiting(
            f"Confirm {_rights(open_)}, or end them", page, "Recertification", due=due, is_urgent=due < at + SOON
        )


def _rights(asked: list[Any]) -> str:
    return f"{len(asked)} right{'s' if len(asked) > 1 else ''}"


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


def about_exceptions(kind: Kind) -> None:
    """Let the portal ask about the exceptions of a kind, to persons and to groups."""
    for to, table in kind.tables:
        reviewed(_exceptions(kind, to, table))


def _exceptions(kind: Kind, to: str, table: Any) -> Reviewed:
    def every() -> Any:
        return table._default_manager.select_related("user" if to == "person" else "group", "content_object")

    return Reviewed(
        name=f"{kind.name}-{to}",
        noun=f"an exception for a {to} on a{'n' if kind.noun[0] in 'ao' else ''} {kind.noun}",
        permission=decide_permission(table), responsible="whoever decides about the record", family="an exception on a record", lapses=True,
        why="An exception is for a while; who still needs it is let in again with a reason.",
        every=every, rows=lambda at: every().filter(granted_at__lte=at, expires_at__gt=at, revoked_at__isnull=True),
        person="user" if to == "person" else "",
        whom=lambda row: row.user.name if to == "person" else f"Group {row.group.name}",
        what=lambda row: f"may see {row.content_object} until {row.expires_at:%-d %b %Y}: {row.reason}",
        about=lambda row: kind.subject(row.content_object),
        end=lambda row, because, by, at: grants.end(row=row, by=by, at=at), lapse=grants.lapse,
        page=lambda row: reverse(kind.page, kwargs={"pk": row.content_object_id}),
    )  # fmt: skip


about_exceptions(ORGANIZATIONS)


def _memberships() -> Any:
    return Membership.objects.select_related("user", "organization").filter(user__is_active=True)


reviewed(Reviewed(
    name="membership", noun="a role in an organization", permission="partnership.manage_people", lapses=False,
    responsible="an administrator of the organization, or the secretariat",
    why="Without its last coordinator, officer or administrator an organization could not act or answer any more.",
    every=_memberships, rows=lambda at: _memberships().in_force(at), person="user",
    whom=lambda row: row.user.name, what=lambda row: f"is {row.get_role_display().lower()} of {row.organization}",
    about=lambda row: row.organization,
    end=lambda row, because, by, at: accounts.end_membership(membership=row, by=by, at=at),
    page=lambda row: reverse("partnership:membership-detail", kwargs={"pk": row.pk}),
))  # fmt: skip


def _in_groups() -> Any:
    rows = GroupMembership.objects.select_related("user", "group__named__organization")
    return rows.filter(group__named__isnull=False)


reviewed(Reviewed(
    name="group-membership", noun="a place in a group", permission="partnership.review_group_membership", lapses=True,
    responsible="the organization that keeps the group",
    why="It gives only what others opened to the group, and the keeper can add the person again.",
    every=_in_groups, rows=lambda at: _in_groups().in_force(at), person="user",
    whom=lambda row: row.user.name, what=lambda row: f"is in the group {row.group.name}: {row.because}",
    about=lambda row: row.group.named.organization,
    end=lambda row, because, by, at: groups.end(membership=row, by=by, at=at),
    lapse=lambda row, at: groups.lapse(membership=row, at=at),
    page=lambda row: reverse("partnership:group-detail", kwargs={"pk": row.group.named.pk}),
))  # fmt: skip


def _tokens() -> Any:
    now = Membership.objects.in_force().select_related("organization").order_by("since", "pk")
    rows = ApiToken.objects.select_related("user").exclude(areas=[CALENDAR])
    return rows.prefetch_related(Prefetch("user__memberships", now, to_attr="held"))


reviewed(Reviewed(
    name="token", noun="an API token of a connected system", permission="partnership.review_token", lapses=True,
    responsible="the person for whom it acts, since it gives nothing that this person lacks",
    why="A system that nobody vouches for stops; its person makes a new token in a minute.",
    every=_tokens, rows=lambda at: _tokens().filter(expires_at__gt=at, revoked_at__isnull=True, user__is_active=True),
    person="", whom=lambda row: row.user.name, what=lambda row: f"API token {row.name}: {', '.join(row.areas)}",
    about=lambda row: row.user.held[0].organization if row.user.held else None,
    end=lambda row, because, by, at: accounts.revoke_token(token=row, by=by, at=at),
    lapse=lambda row, at: accounts.lapse_token(token=row, at=at), page=lambda row: reverse("partnership:token-list"),
))  # fmt: skip


def _in_audiences() -> Any:
    """Without those who sit on a seat: their kind is on the floor of the councils."""
    return AudienceMember.objects.select_related("user", "audience").filter(occupancy__isnull=True)


reviewed(Reviewed(
    name="audience-member", noun="a place in an audience without a seat", permission="partnership.review_audience_member",
    responsible="the secretariat", lapses=True,
    why="It gives only what was released to the audience; no mandate hangs on it.",
    every=_in_audiences, rows=lambda at: _in_audiences().in_force(at), person="user",
    whom=lambda row: row.user.name, what=lambda row: f"is in the audience {row.audience}", about=lambda row: None,
    end=lambda row, because, by, at: audiences.end(member=row, because=because, by=by, at=at),
    lapse=lambda row, at: audiences.lapse(member=row, at=at),
))  # fmt: skip
