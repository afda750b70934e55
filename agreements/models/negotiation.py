"""What is said and proposed about a version while it is negotiated."""

from django.db import models
from django.db.models import F, Q

from partnership.abstract import Identified, paired
from partnership.data_policy import classify


class Remark(Identified):
    """A party's comment on one clause of a version, open until somebody of the lead or its author closes it."""

    version = models.ForeignKey("agreements.AgreementVersion", on_delete=models.CASCADE, related_name="remarks")
    clause = models.CharField(
        max_length=600, help_text="The clause's name across versions, such as retention:indicator."
    )
    organization = models.ForeignKey("partnership.Organization", on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=2000)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    answer = models.CharField(max_length=2000, blank=True)

    data_policy = classify(
        personal="made_by closed_by text answer", open="id version clause organization made_at closed_at"
    )

    class Meta:
        constraints = [paired("remark_closed_at_with_by", "closed_at", "closed_by")]
        indexes = [models.Index(fields=["version", "clause", "made_at"])]

    def __str__(self):
        return f"remark {self.pk}"


class Proposal(Identified):
    """A change that a party proposes: a row to add, a row to leave out, or both; the lead accepts or declines it."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    version = models.ForeignKey("agreements.AgreementVersion", on_delete=models.CASCADE, related_name="proposals")
    kind = models.CharField(max_length=20, help_text="The kind of term, such as retention_terms.")
    removes = models.UUIDField(null=True, blank=True, help_text="The row that it leaves out or replaces.")
    columns = models.JSONField(default=dict, blank=True, help_text="The row that it adds; empty when it adds none.")
    effect = models.JSONField(default=list, help_text="The clauses before and after, in words, as they were proposed.")
    reason = models.CharField(max_length=1000)
    organization = models.ForeignKey("partnership.Organization", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    answer = models.CharField(max_length=1000, blank=True)

    data_policy = classify(
        personal="made_by decided_by reason answer",
        open="id version kind removes columns effect organization state made_at decided_at",
    )

    class Meta:
        constraints = [
            paired("proposal_decided_at_with_by", "decided_at", "decided_by"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="decided_says_when",
            ),
            models.CheckConstraint(
                condition=Q(removes__isnull=False) | ~Q(columns={}), name="a_proposal_changes_something"
            ),
        ]
        indexes = [models.Index(fields=["version", "state", "made_at"])]

    def __str__(self):
        return f"proposal {self.pk}"


class LegalReview(Identified):
    """A second person's opinion on the words of a version; it counts while those words stand."""

    version = models.ForeignKey("agreements.AgreementVersion", on_delete=models.CASCADE, related_name="legal_reviews")
    content_hash = models.CharField(max_length=64, help_text="Of the words that were reviewed.")
    is_approved = models.BooleanField()
    opinion = models.CharField(max_length=2000)
    drafted_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", help_text="Who changed the version last."
    )
    reviewed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")

    data_policy = classify(
        personal="drafted_by reviewed_by opinion", open="id version content_hash is_approved reviewed_at"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reviewed_by=F("drafted_by")), name="a_second_person_reviews")
        ]

    def __str__(self):
        return f"legal review {self.pk}"
