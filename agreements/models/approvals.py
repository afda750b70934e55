"""The second person of a retention run: what waited, as it was seen, and what that person said."""

from django.db import models

from partnership.abstract import Identified, paired
from partnership.data_policy import classify


class RetentionApproval(Identified):
    """A stored preview of records that go only with a second coordinator's approval, and that approval.

    `groups` holds counts per agreement and category as they were seen; `hash` covers the records named, which stand in
    `NamedRecord`. Neither holds content. What falls due later is not covered.
    """

    class State(models.TextChoices):
        ASKED = "asked", "Waits for a second person"
        APPROVED = "approved", "Approved"
        DECLINED = "declined", "Declined"
        REPLACED = "replaced", "Replaced by a newer request"

    reference = models.CharField(max_length=20, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    due_at = models.DateTimeField(help_text="The moment of the run for which it was asked.")
    groups = models.JSONField(default=list)
    size = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)
    because = models.CharField(max_length=500)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    opinion = models.CharField(max_length=500, blank=True)

    data_policy = classify(
        personal="asked_by decided_by because opinion",
        open="id reference state due_at groups size hash asked_at decided_at",
        facts="due_at",
    )

    class Meta:
        constraints = [
            paired("approval_decided_at_with_by", "decided_at", "decided_by"),
            models.CheckConstraint(
                condition=~models.Q(state="approved") | (
                    models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("asked_by"))
                ),
                name="a_run_is_approved_by_a_second_person",
            ),
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state="asked"), name="one_approval_is_asked_for"
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.reference


class NamedRecord(models.Model):
    """One record that an approval names, under the term by which it was due then."""

    id = models.BigAutoField(primary_key=True)
    approval = models.ForeignKey(RetentionApproval, on_delete=models.PROTECT, related_name="named")
    record_type = models.CharField(max_length=60)
    record_id = models.UUIDField()
    term_id = models.UUIDField()

    data_policy = classify(open="id approval record_type record_id term_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record_id", "record_type", "approval"], name="named_once_per_approval")
        ]

    def __str__(self):
        return f"named record {self.record_id}"


class ClearedTerm(models.Model):
    """A term under which a run has come to its end: the next one under it is not the first."""

    term = models.OneToOneField(
        "agreements.RetentionTerm", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    cleared_at = models.DateTimeField()

    data_policy = classify(open="term cleared_at", facts="cleared_at")

    def __str__(self):
        return f"cleared term {self.pk}"
