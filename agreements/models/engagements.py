"""Audit engagements: an auditor may read what stands under some agreements, for a time."""

from django.db import models

from partnership.abstract import Dated, DatedQuerySet, Identified, paired, until_after_since
from partnership.data_policy import classify


class Engagement(Identified, Dated):
    """An auditor is engaged for agreements from one moment to another; while it lasts, it is the permission."""

    auditor = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="engagements")
    title = models.CharField(max_length=200)
    agreements = models.ManyToManyField("agreements.Agreement", related_name="engagements", blank=True)
    independence = models.TextField(help_text="The auditor's statement of independence.")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    data_policy = classify(
        personal="auditor independence created_by ended_by", open="id title agreements since until created_at ended_at"
    )
    objects = DatedQuerySet.as_manager()  # type: ignore[misc]  # the base declares the same

    class Meta:
        constraints = [
            until_after_since("engagement_ends_after_it_begins"),
            models.CheckConstraint(condition=models.Q(until__isnull=False), name="an_engagement_has_an_end"),
            paired("engagement_ended_at_with_by", "ended_at", "ended_by"),
        ]
        indexes = [models.Index(fields=["auditor", "until"])]

    def __str__(self):
        return self.title
