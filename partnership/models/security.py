"""What was tried and refused: a log for those who guard the portal, kept for a limited time and apart from the trail."""

from django.db import models

from partnership.abstract import Identified
from partnership.data_policy import classify


class SecurityEvent(Identified):
    """One refusal or alarm; it names no body, no password and no full address."""

    class Kind(models.TextChoices):
        LOGIN_FAILED = "login_failed", "Login failed"
        ACCESS_REFUSED = "access_refused", "Access refused"
        TOKEN_REFUSED = "token_refused", "Token refused"
        FORM_REFUSED = "form_refused", "Form of another page refused"
        STEP_UP_REFUSED = "step_up_refused", "Fresh second factor refused"
        RATE_LIMITED = "rate_limited", "Limit reached"
        UPLOAD_REFUSED = "upload_refused", "File refused"
        POLICY_REPORT = "policy_report", "Browser reported a breach of the page policy"
        MESSAGE_FORGED = "message_forged", "Message to the workers without a valid signature"
        KEY_ROTATED = "key_rotated", "Key rotated"

    at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=Kind)
    person_id = models.UUIDField(null=True, blank=True, help_text="Empty where nobody was signed in.")
    network = models.CharField(max_length=50, blank=True, help_text="The network of the caller, without the last part.")
    place = models.CharField(max_length=200, blank=True, help_text="The route, without what was filled in.")
    record = models.CharField(max_length=64, blank=True, help_text="The key that was asked for.")
    request_id = models.UUIDField()
    detail = models.JSONField(default=dict)

    data_policy = classify(
        personal="person_id network record detail", open="id at kind place request_id",
    )  # fmt: skip

    class Meta:
        indexes = [
            models.Index(fields=["-at"]),
            models.Index(fields=["kind", "-at"]),
            models.Index(fields=["person_id", "-at"]),
        ]

    def __str__(self):
        return f"security event {self.pk}"
