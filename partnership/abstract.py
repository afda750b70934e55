"""Abstract models and small column kinds that every app builds on."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models.functions import Coalesce, Now
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase


class Identified(models.Model):
    """A row with an opaque key that is never used again, so that a trace of it stays unambiguous after deletion."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class DatedQuerySet(models.QuerySet):
    """Questions to relations that begin and end."""

    def in_force(self, at=None):
        """Rows whose time has begun and not ended; by the database clock unless a moment is given."""
        moment = at if at is not None else Now()
        return self.filter(models.Q(since__lte=moment) & (models.Q(until__isnull=True) | models.Q(until__gt=moment)))

    def not_over(self, at=None):
        """Rows that have not ended, whether or not they have begun."""
        moment = at if at is not None else Now()
        return self.filter(models.Q(until__isnull=True) | models.Q(until__gt=moment))


class Dated(models.Model):
    """A relation that is itself a permission while it lasts; ending it sets `until`, and the row stays."""

    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True


def until_after_since(name: str) -> models.CheckConstraint:
    """A constraint that an end does not come before its beginning."""
    return models.CheckConstraint(
        condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")), name=name
    )


def paired(name: str, at: str, by: str) -> models.CheckConstraint:
    """A constraint that a moment and its person are both known or both unknown."""
    both = models.Q(**{f"{at}__isnull": False, f"{by}__isnull": False})
    neither = models.Q(**{f"{at}__isnull": True, f"{by}__isnull": True})
    return models.CheckConstraint(condition=both | neither, name=name)


class GrantMixin(models.Model):
    """What an explicit exception must carry beside guardian's columns: an end, a grantor and a reason."""

    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    clause = models.CharField(max_length=120, blank=True, help_text="The clause of an agreement, or a ticket.")
    expires_at = models.DateTimeField()
    renewed_at = models.DateTimeField(null=True, blank=True)
    renewed_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    warned_at = models.DateTimeField(null=True, blank=True, help_text="When its grantor was told of its end.")
    closed_at = models.DateTimeField(null=True, blank=True, help_text="When the nightly job noted that it had ended.")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        abstract = True


def _of_grants() -> list[models.BaseConstraint]:
    """What holds of every exception."""
    return [
        paired("%(class)s_revoked_at_with_by", "revoked_at", "revoked_by"),
        paired("%(class)s_renewed_at_with_by", "renewed_at", "renewed_by"),
        models.CheckConstraint(condition=~models.Q(reason=""), name="%(class)s_has_a_reason"),
        models.CheckConstraint(
            condition=models.Q(expires_at__gt=models.F("granted_at")), name="%(class)s_ends_after_it_begins"
        ),
    ]


def within(days: int) -> models.CheckConstraint:
    """A constraint that an exception ends so many days after it was given or renewed, at the latest."""
    begun = Coalesce("renewed_at", "granted_at", output_field=models.DateTimeField())
    return models.CheckConstraint(
        condition=models.Q(expires_at__lte=begun + models.Value(timedelta(days=days))),
        name=f"%(class)s_ends_within_{days}_days",
    )


class UserGrant(GrantMixin, UserObjectPermissionBase):
    """An exception for one person on one object; subclasses add `content_object` as a direct foreign key."""

    id = models.BigAutoField(primary_key=True)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = True
        constraints = _of_grants()


class GroupGrant(GrantMixin, GroupObjectPermissionBase):
    """An exception for a named group on one object; subclasses add `content_object` as a direct foreign key."""

    id = models.BigAutoField(primary_key=True)

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = True
        constraints = _of_grants()
