"""Whom each branch of this floor's policy lets in."""

from typing import Any

from django.db.models import F

from councils.models import Council, CouncilGroupGrant, CouncilUserGrant, Occupancy, Seat
from councils.policy import COUNCILS
from partnership.access.audience import Reach, Reacher, coordinators, named, of_exceptions, of_members, reaches
from partnership.models import AudienceMember, User


def seated(path: str, **more: Any) -> Reacher:
    """People who sit on the council of a row now."""

    def reach(obj: Any) -> list[Reach]:
        now = AudienceMember.objects.in_force()
        rows = Occupancy.objects.filter(
            seat__council=_key(obj, path), vacated_at__isnull=True, membership__in=now, **more
        )
        return [of_members(rows, "membership__user", F("membership__until"))]

    return reach


def _key(obj: Any, path: str) -> Any:
    for part in path.split("__"):
        obj = getattr(obj, part)
    return obj


def by_name(path: str) -> dict[str, Reacher]:
    def reach(table: Any) -> Reacher:
        return lambda obj: [named(table, "view_council", Council(pk=_key(obj, path)))]

    return {"explicit grant": reach(CouncilUserGrant), "group grant": reach(CouncilGroupGrant)}


def of_audience(obj: Any) -> list[Reach]:
    return [of_members(AudienceMember.objects.in_force().filter(audience=obj.audience_id), "user", F("until"))]


def owner(obj: Any) -> list[Reach]:
    return [of_members(User.objects.filter(pk=obj.owner_id), "pk")]


COORDINATOR = {"coordinator": coordinators}
CHAIR, OFFICER = {"seat__function": Seat.Function.CHAIR}, {"seat__function": Seat.Function.OFFICER}
OF_MEETING, OF_DECISION = "council_id", "meeting__council_id"

reaches({"member": seated("pk"), **by_name("pk"), **COORDINATOR}, "councils.view_council")
reaches({"member": seated("pk"), **COORDINATOR}, "councils.view_dashboard")
reaches(COORDINATOR, "councils.run_council", "councils.run_meeting")
reaches({"member": seated(OF_MEETING), **by_name(OF_MEETING), **COORDINATOR}, "councils.view_meeting")
reaches({"officer": seated(OF_MEETING, **OFFICER)}, "councils.open_meeting")
reaches({"chair": seated(OF_MEETING, **CHAIR)}, "councils.chair_meeting")
reaches({"member": seated(OF_MEETING)}, "councils.attend_meeting")
reaches({"member": seated(OF_DECISION), **by_name(OF_DECISION), **COORDINATOR}, "councils.view_decision")
reaches({"chair": seated(OF_DECISION, **CHAIR)}, "councils.chair_decision")
reaches({"voting member": seated(OF_DECISION, seat__is_voting=True)}, "councils.vote_decision")
reaches({"owner": owner, "member": of_audience, **COORDINATOR}, "councils.view_action")
of_exceptions(COUNCILS)
reaches(COORDINATOR, "councils.review_seat")
