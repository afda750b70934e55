"""Explicit exceptions on agreements, as guardian rows with a direct foreign key."""

from django.db import models

from partnership.abstract import UserGrant
from partnership.data_policy import classify
from partnership.models.grants import GRANT_OPEN, GRANT_PERSONAL


class AgreementUserGrant(UserGrant):
    """One person may see one agreement until a day."""

    content_object = models.ForeignKey("agreements.Agreement", on_delete=models.CASCADE, related_name="user_grants")

    data_policy = classify(personal=f"user {GRANT_PERSONAL}", open=GRANT_OPEN, facts="expires_at")
