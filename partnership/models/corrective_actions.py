"""Action items from councils, reviews, exercises and audits: one table, so that owners have one list."""

from django.db import models

from partnership.abstract import Identified, paired
from partnership.data_policy import classify


class CorrectiveAction(Identified):
    """Something to be done by somebody until a day; raised above, owned here, verified by another person.

    What raised it is kept as a typed reference and its name in words, not as a foreign key, because it lives on a
    higher floor.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Done, waiting for verification"
        VERIFIED = "verified", "Verified"
        CANCELLED = "cancelled", "Cancelled"

    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    raised_by_type = models.CharField(max_length=60)
    raised_by_id = models.UUIDField()
    raised_by_name = models.CharField(max_length=200)
    organization = models.ForeignKey(
        "partnership.Organization", on_delete=models.PROTECT, related_name="corrective_actions"
    )
    owner = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="corrective_actions")
    audience = models.ForeignKey(
        "partnership.Audience", on_delete=models.PROTECT, related_name="corrective_actions", null=True, blank=True
    )
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    data_policy = classify(
        personal="owner description created_by done_by verified_by",
        open=(
            "id title raised_by_type raised_by_id raised_by_name organization audience due_on state created_at"
            " done_at verified_at"
        ),
    )

    class Meta:
        constraints = [
            paired("action_done_at_with_by", "done_at", "done_by"),
            paired("action_verified_at_with_by", "verified_at", "verified_by"),
            models.CheckConstraint(
                condition=models.Q(verified_by__isnull=True) | ~models.Q(verified_by=models.F("owner")),
                name="an_owner_does_not_verify_its_own_action",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"]), models.Index(fields=["raised_by_type", "raised_by_id"])]

    def __str__(self):
        return self.title
