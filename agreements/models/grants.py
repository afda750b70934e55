"""Explicit exceptions on agreements, as guardian rows with a direct foreign key."""

from django.db import models

from partnership.abstract import GroupGrant, UserGrant
from partnership.data_policy import classify
from partnership.models.grants import GRANT_FACTS, GRANT_OPEN, GRANT_PERSONAL


class AgreementUserGrant(UserGrant):
    """One person may see one agreement, and what was shared under it up to TLP:AMBER, until a day."""

    content_object = models.ForeignKey("agreements.Agreement", on_delete=models.CASCADE, related_name="user_grants")

    data_policy = classify(personal=f"user {GRANT_PERSONAL}", open=GRANT_OPEN, facts=GRANT_FACTS)


class AgreementGroupGrant(GroupGrant):
    """One named group may see one agreement, and what was shared under it up to TLP:AMBER, until a day."""

    content_object = models.ForeignKey("agreements.Agreement", on_delete=models.CASCADE, related_name="group_grants")

    data_policy = classify(personal=GRANT_PERSONAL, open=f"group {GRANT_OPEN}", facts=GRANT_FACTS)
