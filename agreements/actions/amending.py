"""What becomes of a signed version: it begins on its day, is amended, renewed, and expires."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from agreements import verbs
from agreements.actions.versions import WrongState, copy, last_version, open_version
from agreements.models import Agreement, AgreementVersion, GoverningPeriod
from agreements.retention import amended, rows
from agreements.retention.due import local_day
from partnership.access.actor import Actor
from partnership.access.decide import require
from partnership.audit.record import SYSTEM, record
from partnership.errors import DomainError
from partnership.models import User

GOVERNS = (Agreement.State.IN_FORCE, Agreement.State.SUSPENDED)


class AmendedAlready(DomainError):
    default = "A new version is under work or signed already. Go on with that one, or withdraw it first."


class NothingToWithdraw(DomainError):
    default = "There is no new version under work."


class EndsBeforeToday(DomainError):
    default = "A renewed agreement ends on a day that lies ahead. Give a later day."


@transaction.atomic
def amend(*, agreement: Agreement, because: str, by: User, at: datetime) -> AgreementVersion:
    """Begin a new version as a copy of the governing one, which governs on until every party has signed the new one."""
    require(Actor(by), "agreements.change_agreement", agreement)
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    if agreement.state not in GOVERNS or agreement.governing is None:
        raise WrongState
    if agreement.coming is not None or last_version(agreement).pk != agreement.governing.pk:
        raise AmendedAlready
    made = copy(agreement.governing, by, at)
    made.effective_on = max(made.effective_on or at.date(), at.date())
    if made.ends_on is not None and made.ends_on <= made.effective_on:
        made.ends_on = None
    made.save(update_fields=["effective_on", "ends_on"])
    record(verbs.AMENDMENT_OPENED, agreement, by=by, at=at, because=because, subject=agreement, number=made.number)
    return made


@transaction.atomic
def renew(*, agreement: Agreement, ends_on: date, because: str, by: User, at: datetime) -> AgreementVersion:
    """Amend with a later end and nothing else; it still needs every signature."""
    if ends_on <= at.date():
        raise EndsBeforeToday(field="ends_on")
    made = amend(agreement=agreement, because=because, by=by, at=at)
    made.ends_on = ends_on
    made.save(update_fields=["ends_on"])
    return made


@transaction.atomic
def withdraw(*, agreement: Agreement, because: str, by: User, at: datetime) -> Agreement:
    """Give up the new version under work; the governing one stays as it is."""
    require(Actor(by), "agreements.change_agreement", agreement)
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    version = open_version(agreement)
    if agreement.state not in GOVERNS or version is None:
        raise NothingToWithdraw
    number = version.number
    agreement.parties.filter(until__isnull=True, since__gt=at).delete()  # named by the new version alone
    version.delete()
    record(verbs.AMENDMENT_WITHDRAWN, agreement, by=by, at=at, because=because, subject=agreement, number=number)
    return agreement


def all_have_signed(agreement: Agreement, version: AgreementVersion) -> bool:
    return not agreement.parties.filter(until__isnull=True).exclude(signatures__version=version).exists()


def signed_by_all(agreement: Agreement, version: AgreementVersion, at: datetime) -> None:
    """The last signature was given: the version governs from its first day, which may be today."""
    if version.effective_on is None or version.effective_on <= local_day(at, agreement.time_zone):
        begin(agreement, version, at)
        return
    agreement.coming = version
    if agreement.state not in GOVERNS:
        agreement.state = Agreement.State.SIGNED
    agreement.save(update_fields=["coming", "state"])
    record(verbs.AGREEMENT_BEGINS_LATER, agreement, by=SYSTEM, at=at, subject=agreement, number=version.number,
           day=version.effective_on.isoformat())  # fmt: skip


def begin(agreement: Agreement, version: AgreementVersion, at: datetime) -> None:
    """Let a signed version govern from now; what is kept moves under its terms. The caller holds the row lock."""
    today = local_day(at, agreement.time_zone)
    former = agreement.governing
    GoverningPeriod.objects.filter(agreement=agreement, until__isnull=True).update(until=at)
    GoverningPeriod.objects.create(agreement=agreement, version=version, since=at)
    agreement.governing, agreement.coming = version, None
    if agreement.state != Agreement.State.SUSPENDED:
        agreement.state = Agreement.State.IN_FORCE
    agreement.in_force_since = agreement.in_force_since or today
    agreement.retention_generation = F("retention_generation") + 1
    agreement.save()
    agreement.refresh_from_db()
    agreement.parties.filter(until__isnull=True, since__gt=at).update(since=at)
    if former is None:
        record(verbs.AGREEMENT_IN_FORCE, agreement, by=SYSTEM, at=at, subject=agreement, number=version.number)
        return
    moved = amended.apply(version, today)
    record(verbs.AGREEMENT_AMENDED, agreement, by=SYSTEM, at=at, subject=agreement, number=version.number,
           former=former.number, moved=moved)  # fmt: skip


def keep_dates(*, at: datetime) -> tuple[int, int]:
    """Let signed versions begin and agreements expire whose day has come; returns how many of each. Twice equals once."""
    begun = expired = 0
    for key in Agreement.objects.filter(coming__isnull=False).values_list("pk", flat=True):
        begun += _begin_if_due(key, at)
    ending = Agreement.objects.filter(state__in=GOVERNS, governing__ends_on__lte=at.date())
    for key in ending.values_list("pk", flat=True):
        expired += _expire_if_due(key, at)
    return begun, expired


@transaction.atomic
def _begin_if_due(key: UUID, at: datetime) -> bool:
    agreement = Agreement.objects.select_for_update().get(pk=key)
    version = agreement.coming
    if version is None or (version.effective_on and version.effective_on > local_day(at, agreement.time_zone)):
        return False
    begin(agreement, version, at)
    return True


@transaction.atomic
def _expire_if_due(key: UUID, at: datetime) -> bool:
    agreement = Agreement.objects.select_for_update().get(pk=key)
    ends_on = agreement.governing.ends_on if agreement.governing else None
    if agreement.state not in GOVERNS or ends_on is None or ends_on >= local_day(at, agreement.time_zone):
        return False
    agreement.state, agreement.ended_on = Agreement.State.EXPIRED, ends_on
    agreement.state_reason = "Its last day has passed."
    agreement.save(update_fields=["state", "ended_on", "state_reason"])
    GoverningPeriod.objects.filter(agreement=agreement, until__isnull=True).update(until=at)
    record(verbs.AGREEMENT_EXPIRED, agreement, by=SYSTEM, at=at, subject=agreement, day=ends_on.isoformat())
    rows.agreement_ended(agreement)
    return True
