"""Break-glass: one record, asked for by one person, opened by another for some hours, and told to its owner at once."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from partnership import mail, verbs
from partnership.access.actor import Actor
from partnership.access.break_glass import BREAKABLE
from partnership.access.decide import require
from partnership.audit.record import SYSTEM, record
from partnership.errors import DomainError
from partnership.models import BreakGlass, Membership, Role, User


class Decided(DomainError):
    default = "This request has been decided already."


class NothingToOpen(DomainError):
    default = "No record has this reference. Refuse the request."


class NotOpen(DomainError):
    default = "Nothing is open by this request."


@transaction.atomic
def ask(
    *, kind: str, reference: str, tlp_ceiling: int, hours: int, because: str, by: User, at: datetime, link: str
) -> BreakGlass:
    """Ask for one record by its reference; the answer is the same whether or not a record has it.

    `link` is the address of the request's page with `KEY` in place of its key; the owner's people receive it.
    """
    require(Actor(by), "partnership.ask_break_glass")
    found = BREAKABLE[kind].find(reference)
    made = BreakGlass.objects.create(
        record_type=kind, record_id=found[0].pk if found else None, record_name=reference.strip().upper()[:60],
        owner=found[1] if found else None, tlp_ceiling=tlp_ceiling, hours=hours, reason=because, requested_at=at,
        requested_by=by,
    )  # fmt: skip
    record(
        verbs.GLASS_ASKED, made, by=by, at=at, because=because, subject=made.owner, record=made.record_name, hours=hours
    )
    _tell(made, link)
    return made


@transaction.atomic
def approve(*, request: BreakGlass, by: User, at: datetime, link: str) -> BreakGlass:
    """Open the record to whoever asked, for the hours asked for; by another person than that."""
    request = _undecided(request, by)
    if request.record_id is None:
        raise NothingToOpen
    request.approved_at, request.approved_by, request.expires_at = at, by, at + timedelta(hours=request.hours)
    request.save(update_fields=["approved_at", "approved_by", "expires_at"])
    record(verbs.GLASS_APPROVED, request, by=by, at=at, **_words(request),
           until=f"{request.expires_at:%-d %B %Y, %H:%M} UTC")  # fmt: skip
    _tell(request, link)
    return request


@transaction.atomic
def refuse(*, request: BreakGlass, by: User, at: datetime) -> BreakGlass:
    """Leave the record closed."""
    request = _undecided(request, by)
    request.refused_at, request.refused_by = at, by
    request.save(update_fields=["refused_at", "refused_by"])
    record(verbs.GLASS_REFUSED, request, by=by, at=at, **_words(request))
    return request


@transaction.atomic
def end(*, request: BreakGlass, by: User, at: datetime) -> BreakGlass:
    """Close the record before the hours are over: in effect at the next statement."""
    require(Actor(by), "partnership.end_break_glass", request)
    request = BreakGlass.objects.select_for_update().get(pk=request.pk)
    if request.expires_at is None or request.expires_at <= at or request.ended_at is not None:
        raise NotOpen
    request.ended_at, request.ended_by, request.closed_at = at, by, at
    request.save(update_fields=["ended_at", "ended_by", "closed_at"])
    record(verbs.GLASS_ENDED, request, by=by, at=at, **_words(request))
    return request


@transaction.atomic
def close_what_is_over(*, at: datetime) -> int:
    """Enter the end of each opening whose hours are over; it gave nothing since then."""
    over = BreakGlass.objects.select_for_update().filter(expires_at__lte=at, closed_at__isnull=True).order_by("pk")
    for request in (found := list(over)):
        request.closed_at = at
        request.save(update_fields=["closed_at"])
        record(verbs.GLASS_OVER, request, by=SYSTEM, at=at, **_words(request))
    return len(found)


def _undecided(request: BreakGlass, by: User) -> BreakGlass:
    require(Actor(by), "partnership.decide_break_glass", request)
    request = BreakGlass.objects.select_for_update().get(pk=request.pk)
    if request.approved_at is not None or request.refused_at is not None:
        raise Decided
    return request


def _words(request: BreakGlass) -> dict[str, Any]:
    return {"subject": request.owner, "record": request.record_name, "person": request.requested_by.name}


def _tell(request: BreakGlass, link: str) -> None:
    """Write to the liaison officers of the owner; the letter holds a link and nothing else."""
    officers = Membership.objects.in_force().filter(organization=request.owner_id, role=Role.LIAISON_OFFICER)
    addresses = list(officers.filter(user__is_active=True).values_list("user__email", flat=True))
    where = link.replace("KEY", str(request.pk))
    for address in addresses:
        transaction.on_commit(
            lambda to=address: mail.send_link(to=to, subject="A record was asked for in an emergency", link=where)  # type: ignore[misc]
        )
