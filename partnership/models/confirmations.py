"""The quarterly question about each exception: is it still needed? What nobody confirms ends."""

from django.db import models

from partnership.abstract import Identified, paired
from partnership.data_policy import classify


class Confirmation(Identified):
    """One exception, put to whoever decides about its record; known by kind and key, since it may stand on any floor."""

    class Outcome(models.TextChoices):
        OPEN = "open", "Waits for an answer"
        KEPT = "kept", "Confirmed"
        ENDED = "ended", "Ended"
        LAPSED = "lapsed", "Ended because nobody confirmed it"

    kind = models.CharField(max_length=30)
    to = models.CharField(max_length=10)
    grant_id = models.BigIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)  # fmt: skip

    data_policy = classify(
        personal="answered_by", open="id kind to grant_id outcome asked_at due_at answered_at", facts="asked_at due_at"
    )

    class Meta:
        constraints = [
            paired("confirmation_answered_at_with_by", "answered_at", "answered_by"),
            models.UniqueConstraint(
                fields=["kind", "to", "grant_id"],
                condition=models.Q(outcome="open"),
                name="one_open_question_per_exception",
            ),
        ]
        indexes = [models.Index(fields=["outcome", "due_at"])]

    def __str__(self):
        return f"question {str(self.pk)[:8]}"
