"""Verify the trail, and record that it was verified."""

from datetime import datetime

from django.db import transaction

from partnership import verbs
from partnership.access.actor import Actor
from partnership.access.decide import require
from partnership.audit import chain
from partnership.audit.record import record
from partnership.models import AuditHead, User


def verify(*, by: User, at: datetime) -> chain.Verdict:
    """Check the whole chain in one snapshot; the check itself is the next entry."""
    require(Actor(by), "partnership.verify_audit")
    with transaction.atomic():
        verdict = chain.verify()
        words = f"{verdict.entries} entries, intact" if verdict.is_intact else f"{len(verdict.faults)} faults found"
        head = AuditHead.objects.filter(pk=1).first()
        if head is not None:
            record(verbs.AUDIT_VERIFIED, head, by=by, at=at, verdict=words)
    return verdict
