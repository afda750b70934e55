"""Explicit exceptions to the access rules on this floor, as guardian rows with direct foreign keys."""

from django.db import models

from partnership.abstract import GroupGrant, UserGrant
from partnership.data_policy import classify

GRANT_PERSONAL = "granted_by renewed_by revoked_by reason"
GRANT_OPEN = "id permission content_object clause granted_at expires_at renewed_at revoked_at warned_at closed_at"
GRANT_FACTS = "expires_at warned_at closed_at"


class OrganizationUserGrant(UserGrant):
    """One person may see the records of one organization until a day."""

    content_object = models.ForeignKey("partnership.Organization", on_delete=models.CASCADE, related_name="user_grants")

    data_policy = classify(personal=f"user {GRANT_PERSONAL}", open=GRANT_OPEN, facts=GRANT_FACTS)


class OrganizationGroupGrant(GroupGrant):
    """One named group may see the records of one organization until a day."""

    content_object = models.ForeignKey(
        "partnership.Organization", on_delete=models.CASCADE, related_name="group_grants"
    )

    data_policy = classify(personal=GRANT_PERSONAL, open=f"group {GRANT_OPEN}", facts=GRANT_FACTS)
