"""The second person of a run: one coordinator asks with a stored preview, another approves or declines it."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max

from agreements import verbs
from agreements.models import RetentionApproval
from agreements.retention import named, plan
from partnership.access.actor import Actor
from partnership.access.decide import require
from partnership.audit.record import record
from partnership.errors import DomainError
from partnership.models import User
from partnership.registry import Verb


class NothingWaits(DomainError):
    default = "Nothing waits for a second person now."


class DecidedAlready(DomainError):
    default = "This request was decided or replaced already. Look at the newest one."


class OtherPreview(DomainError):
    default = "This is not the preview that is stored. Open the page again and read it before you approve."


@transaction.atomic
def ask(*, because: str, by: User, at: datetime) -> RetentionApproval:
    """Store the preview of what waits for a second person by the next run; an open request is replaced by it."""
    require(Actor(by), "agreements.run_retention")
    reference = _next_reference(at)
    due_at = plan.next_run(at)
    groups = [group for group in plan.groups(due_at).groups if group.unapproved]
    if not groups:
        raise NothingWaits
    RetentionApproval.objects.filter(state=RetentionApproval.State.ASKED).update(
        state=RetentionApproval.State.REPLACED, decided_at=at, decided_by=by
    )
    made = RetentionApproval.objects.create(
        reference=reference, due_at=due_at, groups=[group.as_data() for group in groups], size=0, hash="", because=because,
        asked_at=at, asked_by=by,
    )  # fmt: skip
    named.store(made)
    made.size, made.hash = named.digest(made)
    made.save(update_fields=["size", "hash"])
    record(verbs.APPROVAL_ASKED, made, by=by, at=at, because=because, size=made.size, hash=made.hash)
    return made


@transaction.atomic
def approve(
    *, approval: RetentionApproval, content_hash: str, because: str, by: User, at: datetime
) -> RetentionApproval:
    """Let the records that the stored preview names go with the next run, as far as nothing else protects them then."""
    found = _open(approval, by)
    if not content_hash == found.hash == named.digest(found)[1]:
        raise OtherPreview
    return _decide(found, RetentionApproval.State.APPROVED, verbs.APPROVAL_GIVEN, because, by, at)


@transaction.atomic
def decline(*, approval: RetentionApproval, because: str, by: User, at: datetime) -> RetentionApproval:
    """Say no; the records stay, and the health page goes on to count them."""
    return _decide(_open(approval, by), RetentionApproval.State.DECLINED, verbs.APPROVAL_DECLINED, because, by, at)


def _open(approval: RetentionApproval, by: User) -> RetentionApproval:
    found = RetentionApproval.objects.select_for_update().get(pk=approval.pk)
    require(Actor(by), "agreements.approve_deletion", found)
    if found.state != RetentionApproval.State.ASKED:
        raise DecidedAlready
    return found


def _decide(
    found: RetentionApproval, state: str, verb: Verb, because: str, by: User, at: datetime
) -> RetentionApproval:
    found.state, found.opinion, found.decided_by, found.decided_at = state, because, by, at
    found.save(update_fields=["state", "opinion", "decided_by", "decided_at"])
    record(verb, found, by=by, at=at, because=because, size=found.size, hash=found.hash)
    return found


def _next_reference(at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('agreements.approval'))")  # one request at a time
    prefix = f"APR-{at.year}-"
    last = RetentionApproval.objects.filter(reference__startswith=prefix).aggregate(last=Max("reference"))["last"]
    return f"{prefix}{int(last.rsplit('-', 1)[1]) + 1 if last else 1:04d}"
