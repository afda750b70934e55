"""Explicit exceptions to the access rules on this floor, as guardian rows with direct foreign keys."""

from django.db import models

from partnership.abstract import GroupGrant, UserGrant
from partnership.data_policy import classify

GRANT_PERSONAL = "granted_by revoked_by reason"
GRANT_OPEN = "id permission content_object granted_at expires_at revoked_at"


class OrganizationUserGrant(UserGrant):
    """One person may see the records of one organization until a day."""

    content_object = models.ForeignKey("partnership.Organization", on_delete=models.CASCADE, related_name="user_grants")

    data_policy = classify(personal=f"user {GRANT_PERSONAL}", open=GRANT_OPEN, facts="expires_at")


class OrganizationGroupGrant(GroupGrant):
    """One named group may see the records of one organization until a day."""

    content_object = models.ForeignKey(
        "partnership.Organization", on_delete=models.CASCADE, related_name="group_grants"
    )

    data_policy = classify(personal=GRANT_PERSONAL, open=f"group {GRANT_OPEN}", facts="expires_at")
