"""Legal holds: stop deletion for an organization, an agreement or a record, and let it go on again."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Max

from agreements import verbs
from agreements.models import Agreement, DeletionRecord, LegalHold
from agreements.retention import anchors, rows
from partnership.access.actor import Actor
from partnership.access.decide import require
from partnership.audit.record import record
from partnership.errors import DomainError
from partnership.models import Organization, User


class ReviewInThePast(DomainError):
    default = "A hold is reviewed on a day that lies ahead."


class LiftedAlready(DomainError):
    default = "This hold was lifted already."


class NoScope(DomainError):
    default = "Name what the hold protects: an agreement, a record of it, or an organization."


@dataclass(frozen=True)
class Placed:
    """A hold with what it protects now and what had gone before it."""

    hold: LegalHold
    protected: int
    already_deleted: int


@transaction.atomic
def place(
    *, ground: str, reason: str, review_on: date, by: User, at: datetime, agreement: Agreement | None = None,
    organization: Organization | None = None, record_type: str = "", record_id: UUID | None = None, authority: str = "",
) -> Placed:  # fmt: skip
    """Keep everything in scope until the hold is lifted. Says how much that is, and what was deleted before."""
    if review_on <= at.date():
        raise ReviewInThePast(field="review_on")
    owner = _check_scope(agreement, organization, by)
    touched = _lock(agreement, organization)
    name = _record_name(record_type, record_id, agreement) if record_id else ""
    hold = LegalHold.objects.create(
        reference=_next_reference(at), agreement=agreement, organization=organization if agreement is None else None,
        record_type=record_type if record_id else "", record_id=record_id, record_name=name, owner=owner, ground=ground,
        authority=authority, reason=reason, review_on=review_on, placed_at=at, placed_by=by,
    )  # fmt: skip
    Agreement.objects.filter(pk__in=touched).update(retention_generation=F("retention_generation") + 1)
    protected, deleted = _protected(hold), _deleted(hold)
    record(
        verbs.HOLD_PLACED, hold, by=by, at=at, because=reason, subject=agreement or organization, protected=protected
    )
    transaction.on_commit(anchors.publish, robust=True)
    return Placed(hold, protected, deleted)


def _check_scope(agreement: Agreement | None, organization: Organization | None, by: User) -> Organization:
    actor = Actor(by)
    own = actor.organizations("liaison_officer")
    if agreement is not None:
        require(actor, "agreements.hold_agreement", agreement)
        party = (
            agreement.parties.filter(organization__in=own, until__isnull=True).select_related("organization").first()
        )
        return party.organization if party is not None else agreement.lead
    if organization is None:
        raise NoScope
    require(actor, "agreements.hold_organization", organization)
    return organization


def _lock(agreement: Agreement | None, organization: Organization | None) -> list[UUID]:
    """Lock the agreements in scope against a batch that is deleting, in a fixed order."""
    chosen = (
        Agreement.objects.filter(pk=agreement.pk)
        if agreement
        else Agreement.objects.filter(parties__organization=organization)
    )
    keys = sorted(set(chosen.values_list("pk", flat=True)))
    locked = Agreement.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
    return [row.pk for row in locked]


def _record_name(record_type: str, record_id: UUID, agreement: Agreement | None) -> str:
    for model in rows.models():
        if model._meta.label_lower == record_type:
            found = model._default_manager.filter(pk=record_id, agreement=agreement).first()
            if found is not None:
                return str(found)
    raise DomainError("This record does not stand under the agreement, or it is gone.", field="record_id")


def _next_reference(at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('agreements.hold'))")
    prefix = f"HOLD-{at.year}-"
    last = LegalHold.objects.filter(reference__startswith=prefix).aggregate(last=Max("reference"))["last"]
    return f"{prefix}{int(last.rsplit('-', 1)[1]) + 1 if last else 1:04d}"


def in_scope(hold: LegalHold) -> dict[str, object]:
    """The condition on governed rows and certificates alike."""
    if hold.organization_id:
        return {"organization_id": hold.organization_id}
    return {"agreement_id": hold.agreement_id}


def _protected(hold: LegalHold) -> int:
    total = 0
    for model in rows.models():
        found = model._default_manager.filter(**in_scope(hold))
        if hold.record_id:
            found = found.filter(pk=hold.record_id) if model._meta.label_lower == hold.record_type else found.none()
        total += found.count()
    return total


def _deleted(hold: LegalHold) -> int:
    gone = DeletionRecord.objects.filter(action__in=["delete", "return"], **in_scope(hold))
    return gone.filter(record_id=hold.record_id).count() if hold.record_id else gone.count()


protected_now = _protected


@transaction.atomic
def lift(*, hold: LegalHold, reason: str, by: User, at: datetime) -> LegalHold:
    """Let deletion go on; what is due goes with the next run. Other holds on the same records still protect them."""
    require(Actor(by), "agreements.lift_hold", hold)
    touched = _lock(hold.agreement, hold.organization)
    hold = LegalHold.objects.select_for_update().get(pk=hold.pk)
    if hold.lifted_at is not None:
        raise LiftedAlready
    hold.lifted_at, hold.lifted_by, hold.lifted_reason = at, by, reason
    hold.save(update_fields=["lifted_at", "lifted_by", "lifted_reason"])
    Agreement.objects.filter(pk__in=touched).update(retention_generation=F("retention_generation") + 1)
    record(verbs.HOLD_LIFTED, hold, by=by, at=at, because=reason, subject=hold.agreement or hold.organization)
    transaction.on_commit(anchors.publish, robust=True)
    return hold
