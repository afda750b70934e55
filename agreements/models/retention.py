"""What the retention engine governs, what stops it, and what it leaves as proof."""

import uuid
from typing import Any

from django.db import models

from partnership.abstract import Identified, paired
from partnership.data_policy import classify


class Governed(models.Model):
    """Abstract: a row that came in under an agreement and goes when its term says so.

    `retain_until` is computed once from the start and stored, because PostgreSQL re-checks a stored column after a
    lock wait and not a join. Days are days of the agreement's calendar; the row is due when that day has ended.
    `expires_at` is that end as a moment, kept by the database itself whenever the day or the calendar is written; a
    record is withheld from ordinary use from then on, whether or not a worker deletes it (GDPR Article 18).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey("agreements.Agreement", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("agreements.AgreementVersion", on_delete=models.PROTECT, related_name="+")
    term = models.ForeignKey("agreements.RetentionTerm", on_delete=models.PROTECT, related_name="+")
    retention_start = models.DateField(null=True, blank=True)
    retain_until = models.DateField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    returned_on = models.DateField(null=True, blank=True)
    anonymised_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True


GOVERNED_COLUMNS = "id agreement version term retention_start retain_until expires_at returned_on anonymised_on"


def expired(at: Any, path: str = "") -> models.Q:
    """Governed rows whose day had ended by a moment, and which are not anonymised; `path` leads to the row, as `report__`."""
    return models.Q(**{f"{path}expires_at__lte": at})


def unexpired(at: Any, path: str = "") -> models.Q:
    """All the others."""
    return models.Q(**{f"{path}expires_at__isnull": True}) | models.Q(**{f"{path}expires_at__gt": at})


class HoldQuerySet(models.QuerySet):
    """Questions to holds."""

    def active(self):
        return self.filter(lifted_at__isnull=True)

    def over(self, row: Governed):
        """Those whose scope takes in a governed row."""
        return self.filter(
            models.Q(organization=getattr(row, "organization_id", None))
            | models.Q(agreement=row.agreement_id, record_id__isnull=True)  # type: ignore[attr-defined]
            | models.Q(agreement=row.agreement_id, record_type=row._meta.label_lower, record_id=row.pk)  # type: ignore[attr-defined]
        )


class LegalHold(Identified):
    """Nothing in its scope is deleted until it is lifted. Never deleted itself, never expires, any number may overlap.

    Exactly one of organization, agreement and record is its scope.
    """

    class Ground(models.TextChoices):
        """GDPR Article 17(3) and the duties that stand beside it."""

        EXPRESSION = "expression", "Freedom of expression and information, Art. 17(3)(a)"
        LEGAL_DUTY = "legal_duty", "Legal obligation or public task, Art. 17(3)(b)"
        PUBLIC_HEALTH = "public_health", "Public health, Art. 17(3)(c)"
        ARCHIVING = "archiving", "Archiving, research, statistics, Art. 17(3)(d)"
        LEGAL_CLAIMS = "legal_claims", "Legal claims, Art. 17(3)(e)"
        INVESTIGATION = "investigation", "Request of an authority"

    reference = models.CharField(max_length=20, unique=True)
    organization = models.ForeignKey(
        "partnership.Organization", on_delete=models.PROTECT, related_name="holds", null=True, blank=True
    )
    agreement = models.ForeignKey(
        "agreements.Agreement", on_delete=models.PROTECT, related_name="holds", null=True, blank=True
    )
    record_type = models.CharField(max_length=60, blank=True)
    record_id = models.UUIDField(null=True, blank=True)
    record_name = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey(
        "partnership.Organization", on_delete=models.PROTECT, related_name="+",
        help_text="The organization on whose behalf it was placed.",
    )  # fmt: skip
    ground = models.CharField(max_length=14, choices=Ground)
    authority = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=500)
    review_on = models.DateField()
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    lifted_reason = models.CharField(max_length=500, blank=True)

    data_policy = classify(
        personal="placed_by lifted_by reason lifted_reason",
        open=(
            "id reference organization agreement record_type record_id record_name owner ground authority review_on"
            " placed_at lifted_at"
        ),
    )
    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(organization__isnull=False, agreement__isnull=True, record_id__isnull=True)
                | models.Q(organization__isnull=True, agreement__isnull=False, record_id__isnull=True)
                | models.Q(organization__isnull=True, agreement__isnull=False, record_id__isnull=False),
                name="a_hold_has_one_scope",
            ),
            paired("hold_lifted_at_with_by", "lifted_at", "lifted_by"),
        ]
        indexes = [models.Index(fields=["agreement"], condition=models.Q(lifted_at__isnull=True), name="open_holds")]

    def __str__(self):
        return self.reference


class DeletionRun(Identified):
    """One sweep: a frozen cut-off day, what it found, what it did, and how it ended."""

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        COMPLETE = "complete", "Complete"
        PARTIAL = "partial", "Partial"

    cutoff_on = models.DateField()
    trigger = models.CharField(
        max_length=10, choices=[("schedule", "Schedule"), ("command", "Command"), ("person", "Person")]
    )
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    engine = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    beat_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    deleted_count = models.PositiveIntegerField(default=0)
    anonymised_count = models.PositiveIntegerField(default=0)
    held_count = models.PositiveIntegerField(default=0)
    waiting_count = models.PositiveIntegerField(default=0)
    unapproved_count = models.PositiveIntegerField(default=0)
    failed_count = models.PositiveIntegerField(default=0)
    left_count = models.PositiveIntegerField(default=0)

    data_policy = classify(
        personal="started_by",
        open=(
            "id cutoff_on trigger state engine started_at beat_at finished_at deleted_count anonymised_count"
            " held_count waiting_count unapproved_count failed_count left_count"
        ),
        facts="started_at beat_at finished_at",
    )

    class Meta:
        indexes = [models.Index(fields=["-started_at"])]

    def __str__(self):
        return f"retention run {self.pk}"


class DeletionBatch(models.Model):
    """Records deleted in one transaction, as a link in a chain: Merkle root of its certificates, and the link before."""

    seq = models.BigIntegerField(primary_key=True)
    run = models.ForeignKey(DeletionRun, on_delete=models.PROTECT, related_name="batches")
    at = models.DateTimeField()
    size = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64, unique=True)

    data_policy = classify(open="seq run at size root previous hash")

    def __str__(self):
        return f"deletion batch {self.seq}"


class DeletionRecord(Identified):
    """The certificate of one record: what rule, which version, when due, when gone, how much. No content, no hash of it."""

    record_type = models.CharField(max_length=60)
    record_id = models.UUIDField()
    reference = models.CharField(max_length=40)
    action = models.CharField(max_length=10)
    batch = models.ForeignKey(DeletionBatch, on_delete=models.PROTECT, related_name="records")
    agreement_id = models.UUIDField()
    organization_id = models.UUIDField(null=True, blank=True)
    version_id = models.UUIDField()
    version_number = models.PositiveSmallIntegerField()
    term_id = models.UUIDField()
    rule = models.CharField(max_length=200)
    tlp = models.PositiveSmallIntegerField(null=True, blank=True)
    started_on = models.DateField()
    due_on = models.DateField()
    deleted_at = models.DateTimeField()
    counts = models.JSONField(default=dict)
    generation = models.PositiveIntegerField()
    leaf = models.CharField(max_length=64)
    approval_id = models.UUIDField(null=True, blank=True)
    source_digest = models.CharField(
        max_length=64, blank=True, help_text="Keyed digest of the record's number at its source, to refuse its return."
    )

    data_policy = classify(
        open=(
            "id record_type record_id reference action batch agreement_id organization_id version_id version_number"
            " term_id rule tlp started_on due_on deleted_at counts generation leaf approval_id source_digest"
        ),
        facts="deleted_at",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record_type", "record_id", "action"], name="one_certificate_per_record")
        ]
        indexes = [
            models.Index(fields=["agreement_id", "due_on"]),
            models.Index(fields=["organization_id", "-deleted_at"]),
            models.Index(fields=["source_digest"], condition=~models.Q(source_digest=""), name="deleted_sources"),
        ]

    def __str__(self):
        return f"certificate {self.reference}"


class QuarantinedRecord(models.Model):
    """A record that the engine could not delete, with the error; the others go on, and the health page names it."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(DeletionRun, on_delete=models.PROTECT, related_name="quarantined")
    record_type = models.CharField(max_length=60)
    record_id = models.UUIDField()
    error = models.CharField(max_length=500)
    noted_at = models.DateTimeField()

    data_policy = classify(open="id run record_type record_id error noted_at", facts="noted_at")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "record_type", "record_id"], name="quarantined_once_per_run")
        ]

    def __str__(self):
        return f"quarantined {self.record_id}"
