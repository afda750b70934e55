"""Explicit exceptions on reports, as guardian rows with a direct foreign key: how TLP:RED reaches a named person."""

from django.db import models

from partnership.abstract import GroupGrant, UserGrant, within
from partnership.data_policy import classify
from partnership.models.grants import GRANT_FACTS, GRANT_OPEN, GRANT_PERSONAL


class ReportUserGrant(UserGrant):
    """One person may see one report until a day, at most 90 days ahead."""

    content_object = models.ForeignKey("incidents.Report", on_delete=models.CASCADE, related_name="user_grants")

    data_policy = classify(personal=f"user {GRANT_PERSONAL}", open=GRANT_OPEN, facts=GRANT_FACTS)

    class Meta(UserGrant.Meta):
        abstract = False
        constraints = [*UserGrant.Meta.constraints, within(90)]


class ReportGroupGrant(GroupGrant):
    """One named group may see one report until a day, at most 90 days ahead; the database refuses it for TLP:RED."""

    content_object = models.ForeignKey("incidents.Report", on_delete=models.CASCADE, related_name="group_grants")

    data_policy = classify(personal=GRANT_PERSONAL, open=f"group {GRANT_OPEN}", facts=GRANT_FACTS)

    class Meta(GroupGrant.Meta):
        abstract = False
        constraints = [*GroupGrant.Meta.constraints, within(90)]
