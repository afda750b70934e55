"""A party leaves: asked for with what was seen, confirmed by a second person, done on its day, nothing lost."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Q
from django.urls import reverse

from agreements import verbs
from agreements.actions import amending, versions
from agreements.models import Agreement, Attestation, Departure, Party
from agreements.policy import CONCERNED
from agreements.retention import departing
from agreements.retention.due import local_day
from partnership import files as stored
from partnership import mail
from partnership.access import grants
from partnership.access.actor import Actor
from partnership.access.decide import can, require
from partnership.audit.record import SYSTEM, record
from partnership.errors import DomainError
from partnership.models import Organization, Role, User

ATTEST_WITHIN = timedelta(days=30)  # after the day of leaving


class NotGoverning(DomainError):
    default = "A party leaves an agreement that governs. This one does not; nothing is shared by it."


class LeadStays(DomainError):
    default = "The lead does not leave its own agreement. Terminate it, so that it ends for everybody."


class LeavesAlready(DomainError):
    default = "This party has left, or its departure was asked for already. Open that one."


class DayPassed(DomainError):
    default = "A party leaves today or on a day that lies ahead."


class NoticeTooShort(DomainError):
    """The day is before the notice of the agreement has run."""


class OtherSet(DomainError):
    """What was previewed is not what would be touched now."""


class DecidedAlready(DomainError):
    default = "This departure was decided already. Open its page again."


def first_day(party: Party, at: datetime) -> date:
    """The first day on which the notice of the governing version lets a party leave."""
    agreement = party.agreement
    notice = agreement.governing.notice_days if agreement.governing else 0
    return local_day(at, agreement.time_zone) + timedelta(days=notice)


@transaction.atomic
def ask(*, party: Party, leaves_on: date, seen_hash: str, because: str, by: User, at: datetime) -> Departure:
    """Store what was seen and ask a second person; nothing else happens. `seen_hash` says which preview was read."""
    require(Actor(by), "agreements.let_leave", party)
    agreement, party = _lock(party)
    _check(agreement, party)
    today = local_day(at, agreement.time_zone)
    if leaves_on < today:
        raise DayPassed(field="leaves_on")
    found = departing.lines(party, at)
    _same(found, seen_hash, None)
    made = Departure.objects.create(
        reference=_next_reference(at), agreement=agreement, party=party, organization=party.organization, because=because,
        leaves_on=leaves_on, leaves_at=_moment(leaves_on, agreement, at), notice_from=first_day(party, at),
        attest_by=leaves_on + ATTEST_WITHIN, seen=[line.as_data for line in found], seen_hash=seen_hash, asked_at=at, asked_by=by,
    )  # fmt: skip
    _record(verbs.DEPARTURE_ASKED, made, by, at, because)
    seconds = _people(
        Q(memberships__organization=agreement.lead), Role.LIAISON_OFFICER, "agreements.decide_departure", made
    )
    own = _people(
        Q(memberships__organization=party.organization_id), Role.SIGNATORY, "agreements.decide_departure", made
    )
    _tell(made, {*seconds, *own, *_coordinators()} - {by}, "a departure waits for a second person")
    return made


@transaction.atomic
def confirm(*, departure: Departure, seen_hash: str, because: str, by: User, at: datetime) -> Departure:
    """Let the party leave on its day; from then on the party gives nothing, at the next statement.

    Before the notice has run only the secretariat can confirm. Raises OtherSet when more would be touched than was read.
    """
    found, agreement, party = _open(departure, by)
    if agreement.state not in amending.GOVERNS:
        raise NotGoverning
    today = local_day(at, agreement.time_zone)
    if max(found.leaves_on, today) < found.notice_from and not Actor(by).is_coordinator:
        raise NoticeTooShort(
            f"The agreement's notice runs until {found.notice_from:%-d %B %Y}. Before that day a coordinator of the"
            " secretariat confirms, or the departure is asked for again with a later day."
        )
    if found.leaves_on < today:  # the second person came late: nobody leaves before the word was given
        found.leaves_on, found.attest_by = today, today + ATTEST_WITHIN
    lines = departing.lines(party, at)
    _same(lines, seen_hash, found.seen)
    found.leaves_at = _moment(found.leaves_on, agreement, at)
    found.state, found.opinion, found.decided_by, found.decided_at = Departure.State.CONFIRMED, because, by, at
    found.seen, found.seen_hash = [line.as_data for line in lines], seen_hash
    found.save()
    party.until = max(found.leaves_at, party.since)
    party.save(update_fields=["until"])
    _record(verbs.DEPARTURE_CONFIRMED, found, by, at, because)
    _tell(found, {*_officers(agreement), *_concerned(found.organization_id), *_coordinators()}, "a party leaves")
    if found.leaves_at <= at:
        _complete(found, agreement, party, at)
    return found


@transaction.atomic
def decline(*, departure: Departure, because: str, by: User, at: datetime) -> Departure:
    """Say no; the party stays as it is."""
    found, _, _ = _open(departure, by)
    found.state, found.opinion, found.decided_by, found.decided_at = Departure.State.DECLINED, because, by, at
    found.save(update_fields=["state", "opinion", "decided_by", "decided_at"])
    _record(verbs.DEPARTURE_DECLINED, found, by, at, because)
    _tell(found, {found.asked_by}, "a departure was declined")
    return found


def complete_due(*, at: datetime) -> int:
    """Finish the departures whose day has come; returns how many. Twice equals once, and each is whole or not at all."""
    due = Departure.objects.filter(state=Departure.State.CONFIRMED, leaves_at__lte=at)
    return sum(_complete_one(key, at) for key in due.order_by("leaves_at", "pk").values_list("pk", flat=True))


@transaction.atomic
def _complete_one(key: UUID, at: datetime) -> bool:
    where = Departure.objects.select_related("party").get(pk=key)
    agreement, party = _lock(where.party)
    found = Departure.objects.select_for_update().get(pk=key)
    if found.state != Departure.State.CONFIRMED or found.leaves_at > at:
        return False
    _complete(found, agreement, party, at)
    return True


def _complete(found: Departure, agreement: Agreement, party: Party, at: datetime) -> None:
    """End what the party's own end does not end by itself. The caller holds the locks."""
    by = found.decided_by
    assert by is not None  # the database sees to it
    found.acted = [line.as_data for line in departing.lines(party, at)]
    ended = _end_exceptions(party, by, at)
    removed = _remove_files(party, at)
    holds = _hand_over(found, party, agreement, at)
    owed = [Attestation(departure=found, organization_id=organization, direction=direction, category_id=category)
            for organization, direction, category in departing.owed(party)]  # fmt: skip
    Attestation.objects.bulk_create(owed)
    found.state, found.left_at = Departure.State.LEFT, at
    found.save(update_fields=["acted", "state", "left_at"])
    _record(verbs.PARTY_LEFT, found, SYSTEM, at, "", exceptions=ended, files=removed, holds=holds, owed=len(owed))
    version = versions.out_for_signature(agreement)
    if version is not None and amending.all_have_signed(agreement, version):
        amending.signed_by_all(agreement, version, at)


def _end_exceptions(party: Party, by: User, at: datetime) -> int:
    ended = 0
    for table in departing.exceptions(party):
        for row in table.filter(expires_at__gt=at).select_for_update(of=("self",)):
            grants.revoke(row=row, by=by, at=at)
            ended += 1
    return ended


def _remove_files(party: Party, at: datetime) -> int:
    """Exports that may hold what came by the agreement; whatever is still theirs to see can be taken out again."""
    kept = list(departing.files(party).select_related("file").select_for_update(of=("self",)))
    stored.request_erasure(keys=[export.file.key for export in kept if export.file], at=at)
    for export in kept:
        file, export.file = export.file, None
        export.expires_at = min(export.expires_at, at)
        export.save(update_fields=["file", "expires_at"])
        if file is not None:
            file.delete()
    return len(kept)


def _hand_over(found: Departure, party: Party, agreement: Agreement, at: datetime) -> int:
    holds = list(departing.handed_over(party).select_for_update(of=("self",)))
    for hold in holds:
        hold.owner = agreement.lead
        hold.save(update_fields=["owner"])
        record(verbs.HOLD_HANDED_OVER, hold, by=SYSTEM, at=at, subject=agreement, former=found.organization.name,
               organization=agreement.lead.name)  # fmt: skip
    return len(holds)


def _lock(party: Party) -> tuple[Agreement, Party]:
    agreement = Agreement.objects.select_for_update().get(pk=party.agreement_id)
    found = Party.objects.select_for_update(of=("self",)).select_related("organization").get(pk=party.pk)
    return agreement, found


def _check(agreement: Agreement, party: Party) -> None:
    if agreement.state not in amending.GOVERNS:
        raise NotGoverning
    if party.organization_id == agreement.lead_id:
        raise LeadStays
    if party.until is not None or party.departures.exclude(state=Departure.State.DECLINED).exists():
        raise LeavesAlready


def _open(departure: Departure, by: User) -> tuple[Departure, Agreement, Party]:
    agreement, party = _lock(departure.party)
    found = (
        Departure.objects.select_for_update(of=("self",))
        .select_related("organization", "asked_by")
        .get(pk=departure.pk)
    )
    require(Actor(by), "agreements.decide_departure", found)
    if found.state != Departure.State.ASKED:
        raise DecidedAlready
    return found, agreement, party


def _same(found: list[departing.Line], seen_hash: str, before: Any) -> None:
    if departing.digest(found) == seen_hash:
        return
    changed = departing.grown(before, found) if before is not None else []
    raise OtherSet(
        " ".join(
            ["What is touched has changed since you read it.", *changed, "Read the preview again and confirm then."]
        )
    )


def _moment(day: date, agreement: Agreement, at: datetime) -> datetime:
    """When the day begins in the agreement's calendar; now, if it has begun."""
    return max(datetime.combine(day, time(), ZoneInfo(agreement.time_zone)), at)


def _next_reference(at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('agreements.departure'))")
    prefix = f"DEP-{at.year}-"
    last = Departure.objects.filter(reference__startswith=prefix).aggregate(last=Max("reference"))["last"]
    return f"{prefix}{int(last.rsplit('-', 1)[1]) + 1 if last else 1:04d}"


def _record(verb: Any, found: Departure, by: Any, at: datetime, because: str, **more: Any) -> None:
    record(verb, found, by=by, at=at, because=because, subject=found.agreement, organization=found.organization.name,
           agreement=found.agreement.reference, day=f"{found.leaves_on:%-d %B %Y}", **more)  # fmt: skip


def _people(condition: Q, role: str, permission: str, found: Departure) -> list[User]:
    people = User.objects.filter(condition, is_active=True, memberships__role=role).distinct()
    return [person for person in people if can(Actor(person), permission, found)]


def _officers(agreement: Agreement) -> list[User]:
    """Those of all parties who keep agreements."""
    parties = agreement.parties.in_force().values("organization")
    return list(_members(parties, Role.LIAISON_OFFICER))


def _concerned(organization: UUID) -> list[User]:
    return list(_members([organization], *CONCERNED))


def _coordinators() -> list[User]:
    secretariat = Organization.objects.filter(is_secretariat=True).values("pk")
    return list(_members(secretariat, Role.COORDINATOR))


def _members(organizations: Any, *roles: str) -> Any:
    """People with one of the roles now; suspended organizations are not told."""
    from_there = Q(memberships__organization__in=organizations, memberships__role__in=roles,
                   memberships__until__isnull=True, memberships__organization__suspended_at__isnull=True)  # fmt: skip
    return User.objects.filter(from_there, is_active=True).distinct()


def page(found: Departure) -> str:
    """Where a departure is read; what a mail links to."""
    return settings.PORTAL_ORIGIN + reverse("agreements:departure-detail", kwargs={"pk": found.pk})


def _tell(found: Departure, people: set[User], what: str) -> None:
    for person in sorted(people, key=lambda one: one.email):
        transaction.on_commit(
            lambda to=person.email: mail.send_link(to=to, subject=f"{found.reference}: {what}", link=page(found))  # type: ignore[misc]
        )
