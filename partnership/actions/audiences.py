"""Who belongs to an audience without a seat; a seat's own place is vacated with the seat."""

from datetime import datetime

from django.db import transaction

from partnership import verbs
from partnership.access.actor import Actor
from partnership.access.decide import require
from partnership.audit.record import SYSTEM, record
from partnership.errors import DomainError
from partnership.models import AudienceMember, User


class NotInAudience(DomainError):
    default = "This person has left already."


@transaction.atomic
def end(*, member: AudienceMember, because: str, by: User, at: datetime) -> AudienceMember:
    """Take somebody out of an audience: what was released to it is out of sight at the next statement."""
    require(Actor(by), "partnership.review_audience_member", member)
    found = AudienceMember.objects.select_for_update(of=("self",)).select_related("user", "audience").get(pk=member.pk)
    if found.until is not None and found.until <= at:
        raise NotInAudience
    found.until = at
    found.save(update_fields=["until"])
    record(
        verbs.AUDIENCE_LEFT, found, by=by, at=at, because=because, person=found.user.name, audience=str(found.audience)
    )
    return found


@transaction.atomic
def lapse(*, member: AudienceMember, at: datetime) -> None:
    """Take somebody out of an audience whom nobody confirmed."""
    AudienceMember.objects.filter(pk=member.pk).update(until=at)
    record(verbs.RIGHT_LAPSED, member, by=SYSTEM, at=at, person=member.user.name,
           right=f"the place in the audience {member.audience}")  # fmt: skip
