"""People, what they are in an organization, and how they are invited."""

from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from partnership.abstract import Dated, DatedQuerySet, Identified, paired, until_after_since
from partnership.data_policy import classify


class UserManager(BaseUserManager):
    """Creates people; the address is the login and is compared without regard to case."""

    def create_user(self, email, name, password=None, **columns):
        user = self.model(email=self.normalize_email(email).lower(), name=name, **columns)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, name="Administrator", password=None, **columns):
        """Make an administrator of the installation; this opens the read-only support pages and no partner's data."""
        return self.create_user(email, name, password, is_staff=True, is_superuser=True, **columns)

    def get_by_natural_key(self, username):
        return self.get(email__iexact=username)


class User(Identified, AbstractBaseUser, PermissionsMixin):
    """A person who signs in. What the person may do comes from memberships, seats and engagements, not from here."""

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64, default="UTC")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="May open the read-only support pages.")
    date_joined = models.DateTimeField(auto_now_add=True)

    data_policy = classify(
        personal="email name last_login time_zone",
        open="id password is_active is_staff is_superuser date_joined groups user_permissions",
    )
    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="a_person_has_one_address")]

    def __str__(self):
        return f"person {self.pk}"

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name


class Role(models.TextChoices):
    """What a person is in an organization."""

    LIAISON_OFFICER = "liaison_officer", "Liaison officer"
    ANALYST = "analyst", "Analyst"
    SIGNATORY = "signatory", "Signatory"
    COUNCIL_MEMBER = "council_member", "Council member"
    AUDITOR = "auditor", "Auditor"
    COORDINATOR = "coordinator", "Coordinator of the secretariat"
    ADMINISTRATOR = "administrator", "Administrator"


class Membership(Identified, Dated):
    """A person holds a role in an organization from one moment to another; while it lasts, it is the permission."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organization = models.ForeignKey("partnership.Organization", on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    data_policy = classify(
        personal="user granted_by ended_by", open="id organization role since until granted_at ended_at"
    )
    objects = DatedQuerySet.as_manager()  # type: ignore[misc]  # the base declares the same

    class Meta:
        constraints = [
            until_after_since("membership_ends_after_it_begins"),
            paired("membership_ended_at_with_by", "ended_at", "ended_by"),
            models.UniqueConstraint(
                fields=["user", "organization", "role"],
                condition=models.Q(until__isnull=True),
                name="one_open_membership_per_role",
            ),
        ]
        indexes = [models.Index(fields=["user", "until"]), models.Index(fields=["organization", "role"])]

    def __str__(self):
        return f"membership {self.pk}"


class Invitation(Identified):
    """A link, sent to an address, by which a person joins an organization in a role; only its digest is stored."""

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=200)
    organization = models.ForeignKey("partnership.Organization", on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=20, choices=Role)
    token_digest = models.CharField(max_length=64, unique=True)
    invited_at = models.DateTimeField()
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations_sent")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    data_policy = classify(
        personal="email name invited_by accepted_by withdrawn_by",
        open="id organization role token_digest invited_at expires_at accepted_at withdrawn_at",
        facts="expires_at",
    )

    class Meta:
        constraints = [
            paired("invitation_accepted_at_with_by", "accepted_at", "accepted_by"),
            paired("invitation_withdrawn_at_with_by", "withdrawn_at", "withdrawn_by"),
        ]

    def __str__(self):
        return f"invitation {self.pk}"

    def is_open(self, at):
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > at


class Area(models.TextChoices):
    """What a token may open: the resources of one app."""

    PARTNERSHIP = "partnership", "Organizations, people, exports and the trail"
    AGREEMENTS = "agreements", "Agreements, holds and retention"
    INCIDENTS = "incidents", "Reports, indicators and imports"
    COUNCILS = "councils", "Councils, meetings and decisions"


CALENDAR = "calendar"  # the area of a token that stands in the address of a calendar feed, and opens nothing else


class ApiToken(Identified):
    """A key by which a connected system acts for a person; shown once, stored as a digest, ending by itself."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    areas = models.JSONField(default=list, help_text="The apps whose resources it opens.")
    may_write = models.BooleanField(default=False)
    may_decide = models.BooleanField(
        default=False, help_text="May do what asks a person for a fresh second factor, as far as tokens can."
    )
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    data_policy = classify(
        personal="user name created_by revoked_by last_used_at",
        open="id digest created_at expires_at revoked_at areas may_write may_decide",
        facts="expires_at last_used_at",
    )

    class Meta:
        constraints = [
            paired("token_revoked_at_with_by", "revoked_at", "revoked_by"),
            models.CheckConstraint(
                condition=models.Q(expires_at__lte=models.F("created_at") + timedelta(days=366)),
                name="a_token_lasts_a_year_at_most",
            ),
        ]

    def __str__(self):
        return f"token {self.pk}"
