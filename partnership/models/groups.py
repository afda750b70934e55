"""Groups of people to whom a record can be opened together; an organization keeps each, and its people are dated."""

from django.db import models

from partnership.abstract import Dated, DatedQuerySet, Identified, paired, until_after_since
from partnership.data_policy import classify


class NamedGroup(Identified):
    """What a group is for and who keeps it. Its name stands in the table to which guardian's rows point."""

    group = models.OneToOneField("auth.Group", on_delete=models.PROTECT, related_name="named")
    organization = models.ForeignKey("partnership.Organization", on_delete=models.PROTECT, related_name="groups_kept")
    purpose = models.CharField(max_length=300)
    is_listed = models.BooleanField(
        default=False, help_text="Liaison officers of other organizations see it and may let it in to their records."
    )
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    data_policy = classify(
        personal="made_by closed_by", open="id group organization purpose is_listed made_at closed_at"
    )

    class Meta:
        constraints = [paired("named_group_closed_at_with_by", "closed_at", "closed_by")]

    def __str__(self):
        return self.group.name


class GroupMembership(Identified, Dated):
    """A person belongs to a group from one moment to another; this row, and nothing else, is the permission.

    The account's own many-to-many column `groups` opens nothing: it has no dates and no author.
    """

    group = models.ForeignKey("auth.Group", on_delete=models.PROTECT, related_name="people")
    user = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="group_memberships")
    because = models.CharField(max_length=300)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    data_policy = classify(personal="user because added_by ended_by", open="id group since until added_at ended_at")
    objects = DatedQuerySet.as_manager()  # type: ignore[misc]  # the base declares the same

    class Meta:
        constraints = [
            until_after_since("group_membership_ends_after_it_begins"),
            paired("group_membership_ended_at_with_by", "ended_at", "ended_by"),
            models.CheckConstraint(
                condition=~models.Q(added_by=models.F("user")), name="nobody_adds_themselves_to_a_group"
            ),
            models.UniqueConstraint(
                fields=["group", "user"], condition=models.Q(until__isnull=True), name="once_in_a_group_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["user", "until"])]

    def __str__(self):
        return f"group membership {self.pk}"
