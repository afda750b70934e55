"""What signing in leaves behind: sessions, recovery codes, and counts of attempts."""

from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models

from partnership.abstract import Identified
from partnership.data_policy import classify
from partnership.models.people import User


class Session(AbstractBaseSession):
    """A browser in which somebody is signed in. The key is stored as a digest: who reads the table cannot sign in."""

    session_key = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions", null=True, blank=True)
    device = models.CharField(max_length=100, blank=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    data_policy = classify(
        personal="session_data user device started_at seen_at",
        open="session_key expire_date",
        facts="started_at seen_at",
    )
    objects = BaseSessionManager()  # type: ignore[misc]  # the base declares the same

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        indexes = [models.Index(fields=["user", "seen_at"])]

    def __str__(self):
        return f"session {self.session_key[:8]}"


class RecoveryCode(Identified):
    """Stands in for a lost second factor, once. It has 128 random bits, so that a plain digest of it is enough."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    data_policy = classify(personal="user used_at", open="id digest made_at", facts="made_at used_at")

    def __str__(self):
        return f"recovery code {self.pk}"


class SignOnLink(Identified):
    """Ties a subject of the provider of single sign-on to a person; made at the first sign-on, removed by the person."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_on_links")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField()
    used_at = models.DateTimeField()

    data_policy = classify(personal="user subject used_at", open="id issuer linked_at", facts="linked_at used_at")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="a_subject_is_one_person"),
            models.UniqueConstraint(fields=["issuer", "user"], name="a_person_is_one_subject_of_an_issuer"),
        ]

    def __str__(self):
        return f"link {self.pk}"


class Tally(models.Model):
    """How often something was tried under a key within a window; see access/limits.py for the one statement that counts."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField()
    free_at = models.DateTimeField()
    is_refused = models.BooleanField(default=False)

    data_policy = classify(open="key count ends_at free_at is_refused", facts="ends_at free_at")

    def __str__(self):
        return f"tally {self.key[:8]}"
