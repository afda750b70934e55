"""Audit engagements: an auditor may read what stands under some agreements, until a day."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from agreements import verbs
from agreements.models import Agreement, Engagement
from partnership.access.actor import Actor
from partnership.access.decide import require
from partnership.audit.record import record
from partnership.errors import DomainError
from partnership.models import User


class EndMissing(DomainError):
    default = "An engagement ends on a day that lies ahead."


@transaction.atomic
def engage(
    *, auditor: User, title: str, agreements: Iterable[Agreement], independence: str, since: datetime, until: datetime,
    by: User, at: datetime,
) -> Engagement:  # fmt: skip
    """Engage an auditor for agreements; the rights end by themselves."""
    require(Actor(by), "agreements.engage_auditor")
    if until <= since:
        raise EndMissing(field="until")
    made = Engagement.objects.create(
        auditor=auditor, title=title, independence=independence, since=since, until=until, created_at=at, created_by=by
    )
    made.agreements.set(agreements)
    record(verbs.ENGAGEMENT_CREATED, made, by=by, at=at, auditor=auditor.name)
    return made


@transaction.atomic
def end(*, engagement: Engagement, by: User, at: datetime) -> Engagement:
    """End an engagement now."""
    require(Actor(by), "agreements.engage_auditor")
    engagement.until = engagement.ended_at = at
    engagement.ended_by = by
    engagement.save(update_fields=["until", "ended_at", "ended_by"])
    record(verbs.ENGAGEMENT_ENDED, engagement, by=by, at=at)
    return engagement
