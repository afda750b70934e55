"""Who may see and do what with councils, meetings, votes and action items."""

from uuid import UUID

from django.db.models import Q

from councils.models import Council, CouncilGroupGrant, CouncilUserGrant, Decision, Meeting, Occupancy, Seat
from partnership.access.actor import Actor
from partnership.access.exceptions import Kind, offer
from partnership.access.grants import granted
from partnership.access.scope import one_of
from partnership.access.table import EVERY_ROW, Branch, Standing, in_general, on_rows
from partnership.models import AudienceMember, CorrectiveAction

COORDINATOR = "You are a coordinator of the secretariat."
AS_COORDINATOR = Branch("coordinator", COORDINATOR, lambda actor: EVERY_ROW if actor.is_coordinator else None)


def own_seats(actor: Actor) -> tuple[tuple[UUID, str, bool], ...]:
    """(council, function, may vote) of the seats that the person holds now; nothing for somebody without standing."""
    if not actor.is_member:
        return ()
    now = AudienceMember.objects.in_force().filter(user_id=actor.user.pk)
    rows = Occupancy.objects.filter(membership__in=now, vacated_at__isnull=True)
    return tuple(rows.values_list("seat__council_id", "seat__function", "seat__is_voting"))


def _councils(*functions: str, voting: bool = False, field: str = "pk"):
    def rows(actor: Actor) -> Q | None:
        seats = actor.fact(own_seats)
        keys = frozenset(
            c for c, function, votes in seats if (not functions or function in functions) and (votes or not voting)
        )
        return one_of(field, keys)

    return rows


def _named(field: str = "pk") -> list[Branch]:
    """By name or by group, in a council that was opened to the person."""
    tables = (CouncilUserGrant, CouncilGroupGrant)
    return [granted(table, "view_council", field=field) for table in tables]


MEMBER = "You sit on this council."
CHAIR = Seat.Function.CHAIR, Seat.Function.OFFICER

on_rows(
    "councils.view_council",
    Council,
    "See a council, its charter and members",
    [Branch("member", MEMBER, _councils()), AS_COORDINATOR, *_named()],
)
on_rows("councils.run_council", Council, "Run a council: seats, meetings, announcements", [AS_COORDINATOR])
in_general(
    "councils.found_council",
    "Found a council",
    [Standing("coordinator", COORDINATOR, lambda actor: actor.is_coordinator)],
)
on_rows(
    "councils.view_dashboard",
    Council,
    "See a council's anonymised figures",
    [Branch("member", MEMBER, _councils()), AS_COORDINATOR],
)
on_rows(
    "councils.view_meeting",
    Meeting,
    "See a meeting",
    [Branch("member", MEMBER, _councils(field="council_id")), AS_COORDINATOR, *_named("council_id")],
)
on_rows("councils.run_meeting", Meeting, "Prepare and announce a meeting", [AS_COORDINATOR])
on_rows("councils.open_meeting", Meeting, "Open and close a meeting, call the roll", [
    Branch("officer", "You are the designated officer.", _councils(Seat.Function.OFFICER, field="council_id")),
])  # fmt: skip
on_rows("councils.chair_meeting", Meeting, "Put motions, open and close votes, certify minutes", [
    Branch("chair", "You chair this council.", _councils(Seat.Function.CHAIR, field="council_id")),
])  # fmt: skip
on_rows("councils.attend_meeting", Meeting, "Take part: step aside, raise action items, draft minutes", [
    Branch("member", MEMBER, _councils(field="council_id")),
])  # fmt: skip
on_rows("councils.view_decision", Decision, "See a decision and how it came about", [
    Branch("member", MEMBER, _councils(field="meeting__council_id")), AS_COORDINATOR, *_named("meeting__council_id"),
])  # fmt: skip
on_rows("councils.chair_decision", Decision, "Open and close a vote", [
    Branch("chair", "You chair this council.", _councils(Seat.Function.CHAIR, field="meeting__council_id")),
])  # fmt: skip
on_rows("councils.vote_decision", Decision, "Vote", [
    Branch("voting member", "You hold a voting seat.", _councils(voting=True, field="meeting__council_id")),
])  # fmt: skip


def own_audiences(actor: Actor) -> frozenset[UUID]:
    if not actor.is_member:
        return frozenset()
    return frozenset(
        AudienceMember.objects.in_force().filter(user_id=actor.user.pk).values_list("audience_id", flat=True)
    )


on_rows("councils.view_action", CorrectiveAction, "See action items", [
    Branch("owner", "It is yours to do.", lambda actor: Q(owner_id=actor.user.pk) if actor.is_member else None),
    Branch("member", "It was raised in a council that you sit on.", lambda actor: one_of("audience_id", actor.fact(own_audiences))),
    AS_COORDINATOR,
])  # fmt: skip

on_rows("councils.review_seat", Occupancy, "Say whether somebody still sits on a seat", [AS_COORDINATOR])

COUNCILS = offer(Kind(
    name="council", noun="council", model=Council, person=CouncilUserGrant, group=CouncilGroupGrant,
    codename="view_council", seen_by="councils.view_council", decided_by="councils.run_council",
    page="councils:council-detail", subject=lambda row: row,
))  # fmt: skip
