"""Sign what the trail is, now and every hour; let partners counter-sign it."""

from datetime import UTC, datetime

from django.db import connection, transaction

from partnership import verbs
from partnership.access.actor import Actor
from partnership.access.decide import require
from partnership.audit import checkpoints, notes
from partnership.audit.record import SYSTEM, By, record
from partnership.errors import DomainError
from partnership.models import AuditCheckpoint, AuditCosignature, AuditHead, AuditWitness, Organization, User

ONE_AT_A_TIME = 7_301_962  # the advisory lock of those who sign


class BadKey(DomainError):
    default = "This is not a public key of a witness. Paste the line that witness_trail.py printed: name+id+key."


class KeyTaken(DomainError):
    default = "Another organization or an earlier key has this line. Make a new key."


class NotYours(DomainError):
    default = "Your organization has no key in use. Its administrator registers one on the page Witnesses."


class NotSigned(DomainError):
    default = (
        "The counter-signature does not fit this checkpoint and your organization's key. Fetch the checkpoint again."
    )


class NotFitting(DomainError):
    default = "There is no checkpoint of that many entries."


@transaction.atomic
def sign(*, at: datetime, by: By = SYSTEM, only_if_new: bool = False) -> AuditCheckpoint:
    """Sign the trail as it is; the file outside the database gets it once this is committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    last, head = checkpoints.last(), AuditHead.objects.filter(pk=1).first()
    if head is None:
        raise checkpoints.Unfit
    if only_if_new and last is not None and (last.size, last.head) == (head.seq, head.hash):
        return last
    tree = checkpoints.grown(last, head)
    moment = at.astimezone(UTC).replace(microsecond=0)
    row = AuditCheckpoint(at=moment, origin=checkpoints.origin(), size=tree.size, root=tree.root.hex(), head=head.hash,
                          frontier=" ".join(part.hex() for part in tree.frontier))  # fmt: skip
    row.signature = checkpoints.sign(checkpoints.statement(row))
    row.save(force_insert=True)
    record(verbs.CHECKPOINT_SIGNED, row, by=by, at=at, size=row.size)
    transaction.on_commit(checkpoints.publish)
    return row


@transaction.atomic
def register_witness(*, organization: Organization, key: str, by: User, at: datetime) -> AuditWitness:
    """Take a partner's public key; from now on its counter-signatures count. An earlier key is withdrawn."""
    require(Actor(by), "partnership.register_witness", organization)
    try:
        verifier = notes.verifier(key)
    except notes.NotANote as error:
        raise BadKey(str(error), field="key") from error
    if verifier.kind != notes.COSIGNATURE:
        raise BadKey(field="key")
    if AuditWitness.objects.filter(key=str(verifier)).exists():
        raise KeyTaken(field="key")
    organization = Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    AuditWitness.objects.filter(organization=organization, withdrawn_at=None).update(withdrawn_at=at, withdrawn_by=by)
    made = AuditWitness.objects.create(organization=organization, key=str(verifier), registered_at=at, registered_by=by)
    record(verbs.WITNESS_REGISTERED, made, by=by, at=at, subject=organization, organization=organization.name)
    return made


@transaction.atomic
def withdraw_witness(*, witness: AuditWitness, by: User, at: datetime) -> AuditWitness:
    """A key is no longer used; what it signed stays."""
    require(Actor(by), "partnership.withdraw_witness", witness)
    witness = AuditWitness.objects.select_for_update(of=("self",)).select_related("organization").get(pk=witness.pk)
    if witness.withdrawn_at is not None:
        raise NotYours("This key was withdrawn already.")
    witness.withdrawn_at, witness.withdrawn_by = at, by
    witness.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record(verbs.WITNESS_WITHDRAWN, witness, by=by, at=at, subject=witness.organization,
           organization=witness.organization.name)  # fmt: skip
    return witness


@transaction.atomic
def cosign(*, checkpoint: AuditCheckpoint, signature: str, by: User, at: datetime) -> AuditCosignature:
    """Keep a partner's counter-signature, if it is that partner's and under this very checkpoint."""
    actor = Actor(by)
    own = actor.organizations()
    witness = AuditWitness.objects.select_related("organization").filter(organization__in=own, withdrawn_at=None)
    try:
        given = notes.read_line(signature.strip())
    except notes.NotANote as error:
        raise NotSigned(str(error), field="signature") from error
    found = next((row for row in witness if notes.verifier(row.key).id == given.id), None)
    if found is None:
        raise NotYours(field="signature")
    require(actor, "partnership.cosign_checkpoint", checkpoint)
    if not notes.holds(given, checkpoints.statement(checkpoint).text, notes.verifier(found.key)):
        raise NotSigned(field="signature")
    moment = datetime.fromtimestamp(notes.moment_of(given), UTC)
    made, is_new = AuditCosignature.objects.get_or_create(
        checkpoint=checkpoint, witness=found,
        defaults={"signature": given.line, "witnessed_at": moment, "posted_at": at, "posted_by": by},
    )  # fmt: skip
    if is_new:
        record(verbs.CHECKPOINT_COSIGNED, checkpoint, by=by, at=at, subject=found.organization,
               organization=found.organization.name, size=checkpoint.size)  # fmt: skip
        transaction.on_commit(checkpoints.publish)
    return made


def proof(*, checkpoint: AuditCheckpoint, since: int) -> list[bytes]:
    """That the trail at this checkpoint begins with what was signed at an earlier size; empty from nothing or the same."""
    if since in (0, checkpoint.size):
        return []
    old = AuditCheckpoint.objects.filter(size=since).order_by("-id").first()
    if old is None or old.size > checkpoint.size:
        raise NotFitting(field="since")
    return checkpoints.consistency(old, checkpoint)
