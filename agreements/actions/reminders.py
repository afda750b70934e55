"""Reminders ahead of the days that somebody must not miss: 90, 30 and 7 days before, once each, a link and no content."""

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse

from agreements import verbs
from agreements.dates import DAYS_BEFORE, days_ahead
from agreements.models import Agreement, LegalHold, Reminder
from agreements.retention.due import local_day
from partnership import mail
from partnership.access.actor import Actor
from partnership.access.decide import can
from partnership.audit.record import SYSTEM, record
from partnership.models import Organization, Role, User


def remind(*, at: datetime) -> int:
    """Tell who can act on a day ahead; returns how many mails that were.

    Run twice it tells nobody twice. After missed days only the reminder that is due now is sent, not those before it.
    """
    return sum(_tell(target, kind, day, step, at) for target, kind, day, step in _days(at))


def _days(at: datetime) -> Iterator[tuple[Agreement | LegalHold, str, date, int]]:
    """Each day that is near, with the number of days before which it is to be told now."""
    led = Agreement.objects.in_force().select_related("governing", "lead").order_by("reference")
    for agreement in led.prefetch_related("governing__purposes__legal_basis__rule_set"):
        today = local_day(at, agreement.time_zone)
        for ahead in days_ahead(agreement):
            if step := _step(ahead.day, today):
                yield agreement, ahead.kind, ahead.day, step
    for hold in LegalHold.objects.filter(lifted_at__isnull=True).select_related("owner").order_by("reference"):
        if step := _step(hold.review_on, local_day(at, hold.owner.time_zone)):
            yield hold, Reminder.Kind.HOLD, hold.review_on, step


def _step(day: date, today: date) -> int | None:
    return next((days for days in DAYS_BEFORE if 0 <= (day - today).days <= days), None)


def _people(target: Agreement | LegalHold) -> list[User]:
    if isinstance(target, Agreement):
        return _who_may("agreements.change_agreement", target, target.lead)
    return _who_may("agreements.lift_hold", target, target.owner)


def _who_may(permission: str, row: models.Model, organization: Organization) -> list[User]:
    """Officers of an organization who may act on the row now; suspended ones and people who left are not told."""
    officers = User.objects.filter(
        is_active=True, memberships__organization=organization, memberships__role=Role.LIAISON_OFFICER
    )
    return [person for person in officers.distinct().order_by("email") if can(Actor(person), permission, row)]


@transaction.atomic
def _tell(target: Agreement | LegalHold, kind: str, day: date, step: int, at: datetime) -> int:
    told = [person for person in _people(target) if _is_new(person.pk, kind, target.pk, day, step, at)]
    link = settings.PORTAL_ORIGIN + _page(target)
    for person in told:
        transaction.on_commit(
            lambda to=person.email: mail.send_link(to=to, subject=f"{target.reference}: a day to keep", link=link)  # type: ignore[misc]
        )
    if told:
        record(verbs.DAY_REMINDED, target, by=SYSTEM, at=at, day=day.isoformat(), days=step, count=len(told),
               about=Reminder.Kind(kind).label)  # fmt: skip
    return len(told)


def _is_new(person: UUID, kind: str, about: UUID, day: date, step: int, at: datetime) -> bool:
    _, is_new = Reminder.objects.get_or_create(
        person_id=person, kind=kind, about=about, day=day, days_before=step, defaults={"told_at": at}
    )
    return is_new


def _page(target: Agreement | LegalHold) -> str:
    name = "agreement-detail" if isinstance(target, Agreement) else "hold-detail"
    return reverse(f"agreements:{name}", kwargs={"pk": target.pk})
