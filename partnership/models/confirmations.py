"""The quarterly question about each right: is it still needed? What becomes of silence is said by its kind."""

from django.db import models

from partnership.abstract import Identified, paired
from partnership.data_policy import classify


class Confirmation(Identified):
    """One right, put to whoever answers for it; known by kind and key, since it may stand on any floor."""

    class Outcome(models.TextChoices):
        OPEN = "open", "Waits for an answer"
        KEPT = "kept", "Confirmed"
        ENDED = "ended", "Ended"
        LAPSED = "lapsed", "Ended because nobody confirmed it"
        OVER = "over", "Had ended otherwise before it was answered"

    kind = models.CharField(max_length=40)
    row_key = models.CharField(max_length=36)
    about_type = models.CharField(max_length=60, blank=True)
    about_id = models.CharField(max_length=36, blank=True, help_text="The organization or agreement that it concerns.")
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN)
    because = models.CharField(max_length=500, blank=True, help_text="Why it was ended.")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True, blank=True, help_text="When it went to the secretariat.")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)  # fmt: skip

    data_policy = classify(
        personal="answered_by because",
        open="id kind row_key about_type about_id outcome asked_at due_at escalated_at answered_at",
        facts="asked_at due_at escalated_at",
    )

    class Meta:
        constraints = [
            paired("confirmation_answered_at_with_by", "answered_at", "answered_by"),
            models.UniqueConstraint(
                fields=["kind", "row_key"],
                condition=models.Q(outcome="open"),
                name="one_open_question_about_a_right",
            ),
        ]
        indexes = [
            models.Index(fields=["outcome", "due_at"]),
            models.Index(fields=["about_id", "outcome"], name="questions_about_a_partner"),
        ]

    def __str__(self):
        return f"question {str(self.pk)[:8]}"
