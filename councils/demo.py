"""The demonstration's councils, with meetings held and coming; built through the actions."""

from datetime import timedelta
from typing import Any

from councils.actions import councils, meetings
from councils.models import Decision, Occupancy
from partnership.actions import corrective_actions
from partnership.models import Sector

CHARTER = {
    "purpose": "Advise the partners on risks of the sector, on figures without names, and follow up what is decided.",
    "authority": "Decision of the founding partners of 3 May 2024", "majority": "simple", "quorum_basis": "filled_seats",
}  # fmt: skip
PLAN = [
    ("Energy Council", ["nis2:energy"], ["cert-nl", "noordnet", "elbestrom", "zonkracht", "gridassoc", "tu-delta", "openrights"]),
    ("Water Council", ["nis2:drinking-water", "nis2:waste-water"], ["duinwater", "cert-nl", "brugwater", "waterunion", "uni-alster"]),
    ("Health Council", ["nis2:health"], ["merwede", "lindenhof", "cert-be", "patients", "santaclara"]),
    ("Cross-sector Council", ["nis2:energy", "nis2:health", "nis2:drinking-water", "nis2:transport", "nis2:banking", "nis2:digital-infrastructure"],
     ["cert-nl", "noordnet", "merwede", "railpoint", "gildebank", "netharbor", "tu-delta"]),
]  # fmt: skip


def build(world: Any) -> None:
    """Four councils; each with a meeting that was held and one to come."""
    for number, (name, sectors, keys) in enumerate(PLAN):
        _council(world, number, name, sectors, keys)


def _council(world: Any, number: int, name: str, sectors: list[str], keys: list[str]) -> None:
    by, at = world.coordinator, world.now - timedelta(days=700)
    council = councils.found(name=name, sectors=Sector.objects.filter(pk__in=sectors), secretariat=world.organizations["secretariat"],
                             charter=CHARTER, by=by, at=at)  # fmt: skip
    officer = councils.create_seat(council=council, interest="secretariat", function="officer", by=by, at=at)
    councils.appoint(seat=officer, person=by, organization=world.organizations["secretariat"], by=by, at=at)
    for place, key in enumerate(keys):
        organization = world.organizations[key]
        seat = councils.create_seat(
            council=council, interest=organization.kind, function="chair" if place == 0 else "member", by=by, at=at
        )
        councils.appoint(seat=seat, person=world.people[f"member@{key}"], organization=organization, by=by, at=at)
    councils.create_seat(council=council, interest="academia", by=by, at=at)
    _held(world, council, keys, world.now - timedelta(days=40 + number))
    coming = world.now + timedelta(days=9 + number)
    meeting = meetings.plan(council=council, title=f"{name}, winter meeting", starts_at=coming.replace(hour=13, minute=0, second=0, microsecond=0), time_zone="Europe/Amsterdam",
                            place="Room 2, The Hague, and by link", by=by, at=world.now - timedelta(days=5))  # fmt: skip
    for title in ("Figures of the quarter", "Plan for the spring exercise"):
        meetings.add_item(meeting=meeting, title=title, by=by, at=world.now - timedelta(days=5))
    meetings.announce(meeting=meeting, by=by, at=world.now - timedelta(days=5))


def _held(world: Any, council: Any, keys: list[str], day: Any) -> None:
    by, chair = world.coordinator, world.people[f"member@{keys[0]}"]
    before = day - timedelta(days=14)
    meeting = meetings.plan(council=council, title=f"{council.name}, autumn meeting", starts_at=day, time_zone="Europe/Amsterdam",
                            place="Room 1, The Hague", by=by, at=before)  # fmt: skip
    item = meetings.add_item(
        meeting=meeting, title="Shorter time to share", notes="The median is above a day.", by=by, at=before
    )
    meetings.announce(meeting=meeting, by=by, at=before)
    meetings.open_meeting(meeting=meeting, by=by, at=day)
    meeting.refresh_from_db()

    for occupancy in Occupancy.objects.filter(seat__council=council, seat__is_voting=True).select_related(
        "membership__user"
    ):
        meetings.arrive(meeting=meeting, occupancy=occupancy, by=by, at=day)
    decision = meetings.put_motion(
        item=item, motion="Every partner names a deputy who may release reports at night.", by=chair, at=day
    )
    decision = meetings.open_vote(decision=decision, by=chair, at=day)
    for place, key in enumerate(keys):
        meetings.vote(decision=decision, choice="no" if place == 2 else "yes", by=world.people[f"member@{key}"], at=day)
    decision = meetings.close_vote(decision=Decision.objects.get(pk=decision.pk), by=chair, at=day)
    owner, organization = world.people[f"member@{keys[1]}"], world.organizations[keys[1]]
    corrective_actions.raise_action(source=meeting, source_name=meeting.title, title="Collect the names of the deputies", owner=owner,
                                    organization=organization, due_on=(day + timedelta(days=30)).date(), audience=council.audience, by=chair, at=day)  # fmt: skip
    meetings.close_meeting(meeting=meeting, by=by, at=day + timedelta(hours=2))
    meeting.refresh_from_db()
    minutes = meetings.draft_minutes(
        meeting=meeting,
        text="Present: all members. The motion on deputies was adopted.",
        by=by,
        at=day + timedelta(days=3),
    )
    meetings.certify_minutes(minutes=minutes, by=chair, at=day + timedelta(days=6))
