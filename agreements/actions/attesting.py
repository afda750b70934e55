"""What became of data after a departure: attested, asked for again, and passed on when it is overdue."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from agreements import verbs
from agreements.actions import departures
from agreements.models import Attestation, Departure, Reminder
from agreements.policy import ATTESTERS
from agreements.retention.due import local_day
from partnership import mail
from partnership.access.actor import Actor
from partnership.access.decide import require
from partnership.audit.record import SYSTEM, record
from partnership.errors import DomainError
from partnership.models import Organization, Role, User
from partnership.registry import Verb

DAYS_BEFORE = (0, 7, 30)
Outcome = Attestation.Outcome


class NotLeftYet(DomainError):
    default = "Nothing is to be attested before the party has left."


class AttestedAlready(DomainError):
    default = "This was attested already. What is attested stays as it was said."


class NoStatement(DomainError):
    default = "Say what was done with which copies, and how."


class NoOutcome(DomainError):
    default = "Say whether it was destroyed, returned, or is kept by a law."


class NoLaw(DomainError):
    default = "Name the law that obliges to keep it, with its article."


class NoEnd(DomainError):
    default = "Give the day until which the law obliges to keep it; it lies ahead."


def waiting(today: date) -> Q:
    """Attestations that are owed: never given, or given until a day that has passed."""
    return Q(outcome=Outcome.OWED) | Q(outcome=Outcome.KEPT, kept_until__lt=today)


@transaction.atomic
def attest(
    *, attestation: Attestation, outcome: str, statement: str, by: User, at: datetime, law: str = "",
    kept_until: date | None = None,
) -> Attestation:  # fmt: skip
    """State for one's organization what became of one category of data. What a law keeps is asked for again after its day."""
    found = Attestation.objects.select_for_update(of=("self",)).select_related("departure__agreement", "organization", "category").get(pk=attestation.pk)  # fmt: skip
    require(Actor(by), "agreements.attest_destruction", found)
    today = local_day(at, found.departure.agreement.time_zone)
    if found.departure.state != Departure.State.LEFT:
        raise NotLeftYet
    if not Attestation.objects.filter(waiting(today), pk=found.pk).exists():
        raise AttestedAlready
    _check(outcome, statement, law, kept_until, today)
    is_kept = outcome == Outcome.KEPT
    found.outcome, found.statement = outcome, statement.strip()
    found.law, found.kept_until = (law.strip(), kept_until) if is_kept else ("", None)
    found.attested_at, found.attested_by = at, by
    found.save()
    words = f"kept until {kept_until:%-d %B %Y} by {law}" if is_kept and kept_until else Outcome(outcome).label.lower()
    record(verbs.DESTRUCTION_ATTESTED, found, by=by, at=at, subject=found.departure.agreement, answer=words,
           organization=found.organization.name, departure=found.departure.reference, category=found.category.label)  # fmt: skip
    return found


def _check(outcome: str, statement: str, law: str, kept_until: date | None, today: date) -> None:
    if outcome not in (Outcome.DESTROYED, Outcome.RETURNED, Outcome.KEPT):
        raise NoOutcome(field="outcome")
    if not statement.strip():
        raise NoStatement(field="statement")
    if outcome == Outcome.KEPT and not law.strip():
        raise NoLaw(field="law")
    if outcome == Outcome.KEPT and (kept_until is None or kept_until <= today):
        raise NoEnd(field="kept_until")


def remind(*, at: datetime) -> int:
    """Tell attesters 30, 7 and 0 days ahead, and the secretariat when a day was missed; returns how many mails went out.

    Each is told once; a mail that no server took is tried at the next call.
    """
    sent = 0
    for found in Departure.objects.filter(state=Departure.State.LEFT).select_related("agreement", "organization"):
        today = local_day(at, found.agreement.time_zone)
        owed = found.attestations.filter(waiting(today))
        left = (found.attest_by - today).days
        if left < 0 and owed.exists():
            sent += _tell(found, Reminder.Kind.OVERDUE, 0, secretariat(), verbs.ATTESTATION_OVERDUE, at)
        elif (step := next((days for days in DAYS_BEFORE if 0 <= left <= days), None)) is not None:
            sent += _tell(found, Reminder.Kind.ATTEST, step, attesters(owed), verbs.ATTESTATION_REMINDED, at)
    return sent


def attesters(owed: QuerySet[Attestation]) -> QuerySet[User]:
    """Those who can give what is owed; suspended organizations are not told."""
    return _members(owed.values("organization"), ATTESTERS)


def secretariat() -> QuerySet[User]:
    return _members(Organization.objects.filter(is_secretariat=True).values("pk"), [Role.COORDINATOR])


def _members(organizations: QuerySet, roles: Iterable[str]) -> QuerySet[User]:
    there = Q(memberships__organization__in=organizations, memberships__role__in=roles,
              memberships__until__isnull=True, memberships__organization__suspended_at__isnull=True)  # fmt: skip
    return User.objects.filter(there, is_active=True).distinct().order_by("email")


@transaction.atomic
def _tell(found: Departure, kind: str, step: int, people: Iterable[User], verb: Verb, at: datetime) -> int:
    """Send and note in one: a mail that was not taken leaves no row, and the lock keeps two workers from sending twice."""
    Departure.objects.select_for_update(of=("self",)).get(pk=found.pk)
    about = {"kind": kind, "about": found.pk, "day": found.attest_by, "days_before": step}
    told = set(Reminder.objects.filter(**about).values_list("person_id", flat=True))
    sent = [person for person in people if person.pk not in told and _send(found, kind, person)]
    Reminder.objects.bulk_create([Reminder(person=person, told_at=at, **about) for person in sent])
    if sent:
        record(verb, found, by=SYSTEM, at=at, subject=found.agreement, count=len(sent), days=step)
    return len(sent)


def _send(found: Departure, kind: str, person: User) -> bool:
    words = "attestations are overdue" if kind == Reminder.Kind.OVERDUE else "attest what became of the data"
    return mail.send_link(to=person.email, subject=f"{found.reference}: {words}", link=departures.page(found))


def overdue(at: datetime) -> int:
    """How many attestations are owed after their day."""
    today = at.date()
    return Attestation.objects.filter(
        waiting(today), departure__state=Departure.State.LEFT, departure__attest_by__lt=today
    ).count()
