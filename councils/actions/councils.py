"""Councils: founded with a charter, seats, and who sits on them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from councils import verbs
from councils.models import Charter, Council, Occupancy, Seat
from partnership.access.actor import Actor
from partnership.access.decide import require
from partnership.audit.record import record
from partnership.errors import DomainError
from partnership.models import Audience, AudienceMember, Organization, Sector, User


class NameTaken(DomainError):
    default = "There is a council of this name already."


class SeatTaken(DomainError):
    default = "Somebody sits there. Vacate the seat first."


class SitsAlready(DomainError):
    default = "This person sits on the council already."


@transaction.atomic
def found(
    *,
    name: str,
    sectors: Iterable[Sector],
    secretariat: Organization,
    charter: Mapping[str, Any],
    by: User,
    at: datetime,
) -> Council:
    """Found a council with its first charter and its audience."""
    require(Actor(by), "councils.found_council")
    if Council.objects.filter(name=name).exists() or Audience.objects.filter(name=name).exists():
        raise NameTaken(field="name")
    audience = Audience.objects.create(name=name, description=f"Members of the council {name}"[:300])
    council = Council.objects.create(
        name=name, audience=audience, secretariat=secretariat, created_at=at, created_by=by
    )
    council.sectors.set(sectors)
    Charter.objects.create(council=council, number=1, adopted_on=at.date(), adopted_by=by, **charter)
    record(verbs.COUNCIL_FOUNDED, council, by=by, at=at)
    return council


@transaction.atomic
def adopt_charter(*, council: Council, charter: Mapping[str, Any], by: User, at: datetime) -> Charter:
    """Adopt a new charter. Meetings that are planned or announced from now on stand under it, earlier ones do not."""
    require(Actor(by), "councils.run_council", council)
    council = Council.objects.select_for_update().get(pk=council.pk)
    number = charter_of(council).number + 1
    made = Charter.objects.create(council=council, number=number, adopted_on=at.date(), adopted_by=by, **charter)
    record(verbs.CHARTER_ADOPTED, made, by=by, at=at, number=number, council=council.name)
    return made


def charter_of(council: Council) -> Charter:
    """The charter in force: the last one adopted."""
    return council.charters.order_by("-number")[0]


@transaction.atomic
def create_seat(
    *, council: Council, interest: str, function: str = "member", is_voting: bool = True, by: User, at: datetime
) -> Seat:
    """Create a seat for an interest group; officers and guests do not vote."""
    require(Actor(by), "councils.run_council", council)
    number = (council.seats.aggregate(last=Max("number"))["last"] or 0) + 1
    voting = is_voting and function not in (Seat.Function.OFFICER, Seat.Function.GUEST)
    seat = Seat.objects.create(council=council, number=number, interest=interest, function=function, is_voting=voting)
    record(verbs.SEAT_CREATED, seat, by=by, at=at, interest=seat.get_interest_display(), council=council.name)
    return seat


@transaction.atomic
def appoint(*, seat: Seat, person: User, organization: Organization, by: User, at: datetime) -> Occupancy:
    """Let a person sit on a free seat; the audience membership made here is the permission."""
    require(Actor(by), "councils.run_council", seat.council)
    seat = Seat.objects.select_for_update().get(pk=seat.pk)
    if seat.occupancies.filter(vacated_at__isnull=True).exists():
        raise SeatTaken(field="seat")
    if AudienceMember.objects.filter(audience=seat.council.audience, user=person, until__isnull=True).exists():
        raise SitsAlready(field="person")
    membership = AudienceMember.objects.create(audience=seat.council.audience, user=person, since=at)
    made = Occupancy.objects.create(
        seat=seat, membership=membership, organization=organization, appointed_at=at, appointed_by=by
    )
    record(verbs.MEMBER_APPOINTED, made, by=by, at=at, person=person.name, seat=str(seat), council=seat.council.name)
    return made


@transaction.atomic
def vacate(*, occupancy: Occupancy, by: User, at: datetime) -> Occupancy:
    """Free a seat now; the person sees the council's things no more from the next request on."""
    require(Actor(by), "councils.run_council", occupancy.seat.council)
    occupancy.vacated_at, occupancy.vacated_by = at, by
    occupancy.save(update_fields=["vacated_at", "vacated_by"])
    AudienceMember.objects.filter(pk=occupancy.membership_id).update(until=at)
    record(verbs.SEAT_VACATED, occupancy, by=by, at=at, seat=str(occupancy.seat), council=occupancy.seat.council.name)
    return occupancy
