"""Verify the trail, take it away with its proofs, take a person's words out of it; each is itself recorded."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Q, QuerySet

from partnership import files, verbs
from partnership.access import limits
from partnership.access.actor import Actor
from partnership.access.decide import require
from partnership.access.scope import visible
from partnership.actions import checkpoints
from partnership.actions.exports import TooMany
from partnership.audit import chain
from partnership.audit.checkpoints import note
from partnership.audit.record import record
from partnership.audit.verdict import Verdict
from partnership.errors import DomainError
from partnership.exports import trail_pack
from partnership.jobs import job as jobs
from partnership.models import AuditDetail, AuditEntry, AuditHead, Export, Job, Membership, User


class NoWords(DomainError):
    default = "The trail holds no words of this person any more."


@transaction.atomic
def start_verification(*, by: User, at: datetime) -> Job:
    """Ask for a check of the whole chain; its result is the job's."""
    require(Actor(by), "partnership.verify_audit")
    return jobs.start(kind="verify-trail", title="Verify the trail", arguments={}, by=by, at=at)


@jobs.runs("verify-trail")
def run(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Check the whole chain as a job."""
    verdict = verify(by=job.requested_by, at=job.started_at or job.requested_at, progress=progress)
    state = "The trail is intact." if verdict.is_intact else f"The trail was altered. {verdict.faults[0]}"
    return {
        "message": f"{state} {verdict.entries} entries were checked.",
        "total": max(verdict.entries, 1),
        "verdict": verdict.as_data(),
    }


def verify(*, by: User, at: datetime, progress: chain.Progress | None = None) -> Verdict:
    """Check the whole chain; the check itself is the next entry. A trail that takes none is one more fault."""
    require(Actor(by), "partnership.verify_audit")
    verdict = chain.verify(progress=progress)
    try:
        with transaction.atomic():
            record(verbs.AUDIT_VERIFIED, AuditHead(pk=1), by=by, at=at, verdict=verdict.words())
            with connection.cursor() as cursor:  # seal now, so that a broken seal does not take the verdict with it
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except DatabaseError as error:
        verdict.faults.append(f"The trail takes no new entries: {str(error).splitlines()[0]}")
    return verdict


@transaction.atomic
def export(*, reason: str, by: User, at: datetime) -> Export:
    """Ask for the trail as a file that can be checked without the portal; the words go along that the person may read."""
    require(Actor(by), "partnership.export_trail")
    if not limits.exports().take(str(by.pk), at=at):
        raise TooMany
    count = AuditHead.objects.get(pk=1).seq
    made = Export.objects.create(
        report="partnership:trail", format="zip", reason=reason, row_count=count, requested_at=at, requested_by=by,
        expires_at=at + timedelta(days=settings.PORTAL_EXPORT_KEPT_DAYS),
    )  # fmt: skip
    made.job = jobs.start(kind="export-trail", title="Export: Audit trail", arguments={"export": str(made.pk)},
                          by=by, at=at, total=count)  # fmt: skip
    made.save(update_fields=["job"])
    return made


@jobs.runs("export-trail")
def run_export(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Write the file; who may have it is asked again now."""
    made = Export.objects.select_related("requested_by").get(pk=job.arguments["export"])
    by, at = made.requested_by, job.started_at or job.requested_at
    actor = Actor(by)
    require(actor, "partnership.export_trail")
    progress(0, made.row_count, "Writing the file")
    signed = checkpoints.sign(at=at, only_if_new=True)
    head = AuditHead.objects.get(pk=1)
    words_of = visible(actor, "partnership.view_audit", AuditEntry.objects.all())
    made.file = files.store(chunks=trail_pack.chunks(words_of=words_of), name=f"trail-{at:%Y%m%d-%H%M}.zip",
                            content_type="application/zip")  # fmt: skip
    made.row_count = head.seq
    made.manifest = {
        "portal": settings.PORTAL_NAME, "version": settings.PORTAL_VERSION, "title": "Audit trail", "rows": head.seq,
        "requested_by": by.email, "requested_at": at.isoformat(), "reason": made.reason, "checkpoint": note(signed),
        "files": [{"name": made.file.name, "bytes": made.file.size, "sha256": made.file.sha256}],
        "audit_chain": {"size": head.seq, "head": head.hash},
    }  # fmt: skip
    made.save(update_fields=["file", "row_count", "manifest"])
    record(verbs.TRAIL_EXPORTED, made, by=by, at=at, because=made.reason, entries=head.seq)
    return {"message": f"{head.seq} entries are ready to download.", "total": head.seq}


def about(person: User) -> QuerySet[AuditEntry]:
    """Entries of what a person did, and of what was done to the person's account and memberships."""
    memberships = [str(pk) for pk in Membership.objects.filter(user=person).values_list("pk", flat=True)]
    return AuditEntry.objects.filter(
        Q(actor_id=person.pk)
        | Q(object_type=User._meta.label_lower, object_id=str(person.pk))
        | Q(object_type=Membership._meta.label_lower, object_id__in=memberships)
    )


@transaction.atomic
def shred(*, person: User, because: str, by: User, at: datetime) -> int:
    """Take names and values of a person out of the trail. The entries stay and the chain still verifies."""
    require(Actor(by), "partnership.shred_details")
    keys = about(person).values("pk")
    number, _ = AuditDetail.objects.filter(entry_id__in=keys).delete()
    if not number:
        raise NoWords
    record(verbs.DETAILS_SHREDDED, person, by=by, at=at, because=because, what="a person", number=number)
    return number
