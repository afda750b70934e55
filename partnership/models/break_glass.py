"""Break-glass: one record, opened to one person for some hours, asked for by one and approved by another."""

from datetime import timedelta

from django.db import models

from partnership.abstract import Identified, paired
from partnership.data_policy import classify
from partnership.models.reference import TLP

MOST_HOURS = 4


class BreakGlass(Identified):
    """A request to see one record in an emergency; it opens nothing until a second person approves it.

    The record is known by kind and key, without a foreign key, since it may stand on any floor and be deleted later.
    """

    record_type = models.CharField(max_length=60)
    record_id = models.UUIDField(null=True, blank=True, help_text="Empty when no record has the reference.")
    record_name = models.CharField(max_length=60, help_text="The reference that was asked for.")
    owner = models.ForeignKey("partnership.Organization", on_delete=models.PROTECT, related_name="+", null=True, blank=True)  # fmt: skip
    tlp_ceiling = models.PositiveSmallIntegerField(choices=TLP.choices)
    reason = models.CharField(max_length=500)
    hours = models.PositiveSmallIntegerField(default=1)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="broken_glass")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)  # fmt: skip
    refused_at = models.DateTimeField(null=True, blank=True)
    refused_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)  # fmt: skip
    expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)  # fmt: skip
    closed_at = models.DateTimeField(null=True, blank=True, help_text="When its end stood in the trail.")

    data_policy = classify(
        personal="reason requested_by approved_by refused_by ended_by",
        open="id record_type record_id record_name owner tlp_ceiling hours requested_at approved_at refused_at expires_at ended_at closed_at",
        facts="expires_at closed_at",
    )

    class Meta:
        verbose_name = "break-glass request"
        constraints = [
            paired("break_glass_approved_at_with_by", "approved_at", "approved_by"),
            paired("break_glass_refused_at_with_by", "refused_at", "refused_by"),
            paired("break_glass_ended_at_with_by", "ended_at", "ended_by"),
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True) | ~models.Q(approved_by=models.F("requested_by")),
                name="break_glass_takes_two_persons",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_at__isnull=True, expires_at__isnull=True)
                | models.Q(approved_at__isnull=False, refused_at__isnull=True, expires_at__isnull=False, expires_at__gt=models.F("approved_at"),
                           expires_at__lte=models.F("approved_at") + models.Value(timedelta(hours=MOST_HOURS))),
                name="break_glass_ends_within_four_hours",
            ),
            models.CheckConstraint(condition=models.Q(hours__gte=1, hours__lte=MOST_HOURS), name="break_glass_lasts_one_to_four_hours"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="break_glass_has_a_reason"),
            models.CheckConstraint(condition=models.Q(tlp_ceiling__lte=4), name="break_glass_has_a_ceiling"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["requested_by", "expires_at"]), models.Index(fields=["record_id"])]

    def __str__(self):
        return f"break-glass {str(self.pk)[:8]} for {self.record_name}"
