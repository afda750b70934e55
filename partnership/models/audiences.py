"""Named groups of people something may be shared with; a council keeps one, and reports are released to it."""

from django.db import models

from partnership.abstract import Dated, Identified, until_after_since
from partnership.data_policy import classify


class Audience(Identified):
    """A group of persons that an owner may release a record to; who is in it is dated."""

    name = models.CharField(max_length=200, unique=True)
    description = models.CharField(max_length=300, blank=True)

    data_policy = classify(open="id name description")

    def __str__(self):
        return self.name


class AudienceMember(Identified, Dated):
    """A person belongs to an audience for a time."""

    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="audience_memberships")

    data_policy = classify(personal="user", open="id audience since until")

    class Meta:
        constraints = [
            until_after_since("audience_membership_ends_after_it_begins"),
            models.UniqueConstraint(
                fields=["audience", "user"],
                condition=models.Q(until__isnull=True),
                name="once_in_an_audience_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["user", "until"])]

    def __str__(self):
        return f"audience membership {self.pk}"
