"""Explicit exceptions on councils, as guardian rows with a direct foreign key."""

from django.db import models

from partnership.abstract import GroupGrant, UserGrant
from partnership.data_policy import classify
from partnership.models.grants import GRANT_FACTS, GRANT_OPEN, GRANT_PERSONAL


class CouncilUserGrant(UserGrant):
    """One person may read the papers of one council until a day."""

    content_object = models.ForeignKey("councils.Council", on_delete=models.CASCADE, related_name="user_grants")

    data_policy = classify(personal=f"user {GRANT_PERSONAL}", open=GRANT_OPEN, facts=GRANT_FACTS)


class CouncilGroupGrant(GroupGrant):
    """One named group may read the papers of one council until a day."""

    content_object = models.ForeignKey("councils.Council", on_delete=models.CASCADE, related_name="group_grants")

    data_policy = classify(personal=GRANT_PERSONAL, open=f"group {GRANT_OPEN}", facts=GRANT_FACTS)
