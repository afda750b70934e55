"""Explicit exceptions on reports, as guardian rows with a direct foreign key: how TLP:RED reaches a named person."""

from django.db import models

from partnership.abstract import UserGrant
from partnership.data_policy import classify
from partnership.models.grants import GRANT_OPEN, GRANT_PERSONAL


class ReportUserGrant(UserGrant):
    """One person may see one report until a day."""

    content_object = models.ForeignKey("incidents.Report", on_delete=models.CASCADE, related_name="user_grants")

    data_policy = classify(personal=f"user {GRANT_PERSONAL}", open=GRANT_OPEN, facts="expires_at")
