"""What a certificate of sanitization says, after NIST SP 800-88 Rev. 2, and whether it still holds.

One place for page, document and public check. The standard is written for media; this is logical erasure of rows and
files, so that no category of it is claimed and the limits stand beside the method.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from agreements import verbs
from agreements.models import Agreement, AgreementVersion, DeletionBatch, DeletionRecord, DeletionRun, RetentionApproval
from agreements.retention import certificates
from partnership.models import TLP, AuditDetail, AuditEntry

Fields = list[tuple[str, str]]
MEDIA: Fields = [
    ("Media type", "Rows of a PostgreSQL database, and files in the portal's file store"),
    ("Vendor, model, serial and property number", "Not applicable: the data was erased, not the media, which stay in use"),
]  # fmt: skip
LIMITS = [
    "No category of the standard (Clear, Purge, Destroy) is claimed: the database may keep the bytes of a deleted row until the space is reused.",
    "Copies in the database's log and in backups go when these are overwritten.",
    "Files are erased after the rows, from a list that is written in the same transaction.",
    "What recipients received is theirs to delete; this certificate does not speak for them.",
]  # fmt: skip
ACTIONS = {"delete": "deletion", "anonymise": "anonymisation", "return": "deletion after return"}


def address(record: DeletionRecord) -> str:
    """Where anybody verifies a certificate."""
    return reverse("public:certificate-verify", args=[record.pk])


@dataclass(frozen=True)
class Standing:
    """Whether a certificate and the chain up to it verify now."""

    has_own_hash: bool
    is_in_its_batch: bool
    has_chain: bool

    @property
    def is_intact(self) -> bool:
        return self.has_own_hash and self.is_in_its_batch and self.has_chain


def find(key: str) -> DeletionRecord | None:
    """The certificate with a number or a hash; None for what is neither."""
    records = DeletionRecord.objects.select_related("batch__run")
    if len(key) == 64:
        return records.filter(leaf=key.lower()).first()
    try:
        return records.filter(pk=UUID(key)).first()
    except ValueError:
        return None


def standing(record: DeletionRecord) -> Standing:
    """Compute the hash of the certificate, the root of its batch and every link up to it again."""
    values = DeletionRecord.objects.filter(pk=record.pk).values(*certificates.FACTS).get()
    return Standing(
        certificates.leaf_of(values) == record.leaf,
        not certificates.faults_of(record.batch),
        certificates.chain_holds(record.batch_id),
    )


def of_record(record: DeletionRecord) -> Fields:
    """The fields of one certificate, for those who may see it."""
    agreement = Agreement.objects.filter(pk=record.agreement_id).first()
    counts = ", ".join(f"{count} {name}" for name, count in sorted(record.counts.items())) or "nothing else"
    marking = TLP(record.tlp).label if record.tlp is not None else "none"
    return [
        ("Certificate number", str(record.pk)),
        *MEDIA,
        ("Source", f"{record.reference} ({record.record_type} {record.record_id}), with {counts}"),
        ("Agreement", f"{agreement.reference if agreement else record.agreement_id}, version {record.version_number}"),
        ("Hash of that version", version_hash(record)),
        ("Rule", record.rule),
        ("Kept", f"{record.started_on:%-d %B %Y} to {record.due_on:%-d %B %Y}"),
        ("Classification before", marking),
        ("Classification after", "None: no content is left in the portal"),
        ("Method", f"Logical {ACTIONS[record.action]}, one pass"),
        *_of_run(record.batch.run, record.approval_id),
        ("Date", f"{record.deleted_at:%-d %B %Y, %H:%M:%S} UTC"),
        ("Newest backup that may hold it", newest_backup(record.deleted_at)),
        ("Hash of this certificate", record.leaf),
        ("Place in the chain", f"batch {record.batch_id}, root {record.batch.root}, link {record.batch.hash}"),
    ]


def of_run(run: DeletionRun) -> Fields:
    """The fields of a whole run: counts and roots, no single record."""
    return [
        ("Run", str(run.pk)),
        *MEDIA,
        ("Records", f"{run.deleted_count} deleted, {run.anonymised_count} anonymised"),
        ("Left", f"{run.held_count} held, {run.waiting_count} waiting for return, {run.unapproved_count} waiting for approval,"
                 f" {run.left_count} not done"),
        ("Method", "Logical deletion or anonymisation, one pass"),
        *_of_run(run, None),
        ("Date", f"{run.started_at:%-d %B %Y, %H:%M:%S} UTC"),
        *((f"Batch {batch.seq}", f"{batch.size} records, root {batch.root}, link {batch.hash}")
          for batch in run.batches.order_by("seq")),
    ]  # fmt: skip


def _of_run(run: DeletionRun, approval_id: UUID | None) -> Iterator[tuple[str, str]]:
    start = f"started by {run.started_by.name}" if run.started_by else f"trigger: {run.get_trigger_display().lower()}"
    yield "Performed by", f"{settings.PORTAL_NAME}, {start}, run {run.pk}"
    yield "Tool and version", run.engine
    approvals = RetentionApproval.objects.select_related("decided_by")
    approval = approvals.filter(pk=approval_id).first() if approval_id else None
    if approval is not None and approval.decided_by is not None:
        yield (
            "Approved by",
            f"{approval.decided_by.name}, {approval.decided_at:%-d %B %Y}, {approval.reference}, hash {approval.hash}",
        )
    yield (
        "Verification",
        f"Rows counted in the deleting transaction; a count at the end of the run found {run.left_count} left",
    )


def newest_backup(deleted_at: datetime) -> str:
    """The last backup from before a deletion, and when it is removed; what the operator copies by other means is not known here."""
    taken = AuditEntry.objects.filter(verb=verbs.BACKUP_TAKEN.code, at__lt=deleted_at).order_by("-id").first()
    if taken is None:
        return "None of those that the portal took"
    detail = AuditDetail.objects.filter(entry_id=taken.pk).values_list("detail", flat=True).first() or {}
    until = (
        date.fromisoformat(detail["until"])
        if "until" in detail
        else taken.at + timedelta(days=settings.PORTAL_BACKUP_DAYS)
    )
    return f"{detail.get('backup', 'one')} of {taken.at:%-d %B %Y, %H:%M} UTC, removed after {until:%-d %B %Y}"


def version_hash(record: DeletionRecord) -> str:
    found = AgreementVersion.objects.filter(pk=record.version_id).values_list("content_hash", flat=True).first()
    return found or "not known"


def last_batch() -> int:
    return DeletionBatch.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
