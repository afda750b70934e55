"""Who can see this: each branch of the policy the other way round, from one row to the people whom it lets in.

A branch turns a person into a condition on rows; a reach turns a row into the relations by which people are let in,
with the end of each. Both say the same rule, and a test holds them to each other for every person and row of a world.
"""

import operator
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, F, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Least, Now, TruncDate

from partnership.abstract import GroupGrant, UserGrant
from partnership.access import break_glass, grants
from partnership.access.exceptions import Kind, decide_permission, view_permission
from partnership.access.table import PERMISSIONS, Branch, is_withheld
from partnership.models import GroupMembership, Membership, Organization, Role, User

OPEN = Value(None, output_field=DateTimeField())
DIRECT = Value("")


@dataclass(frozen=True)
class Reach:
    """Rows of a relation, the path from such a row to its person, and when it ends."""

    rows: QuerySet[Any]
    person: str
    until: Any = OPEN
    through: Any = DIRECT  # the name of the group by which somebody belongs to it

    @property
    def people(self) -> QuerySet[Any]:
        return self.rows.order_by().values(self.person)


Reacher = Callable[[Any], list[Reach]]
REACHES: dict[tuple[str, str], Reacher] = {}


@dataclass(frozen=True)
class Way:
    """One way by which a person is let in, and until when; no end is known where `until` is None."""

    branch: Branch
    until: datetime | None
    through: tuple[str, ...] = ()  # the groups by which


@dataclass(frozen=True)
class Admitted:
    """A person who holds the permission on the row, with every way."""

    person: User
    ways: tuple[Way, ...]

    @property
    def until(self) -> datetime | None:
        """When the last of the ways ends; None when one has no end."""
        ends = [way.until for way in self.ways]
        return None if None in ends else max(end for end in ends if end is not None)


def reaches(ways: Mapping[str, Reacher], *permissions: str) -> None:
    """Register whom the branches of permissions let in, by the branches' names."""
    for permission in permissions:
        for name, reacher in ways.items():
            if (permission, name) in REACHES:
                raise ValueError(f"The reach of {permission}, {name} is registered twice.")
            REACHES[permission, name] = reacher


class Audience:
    """The people who hold a permission on one row; a queryset for pages, and the ways of those on the page."""

    def __init__(self, permission: str, obj: Model):
        entry = PERMISSIONS[permission]
        withheld = is_withheld(obj)
        branches = [branch for branch in entry.branches if branch.of_withheld == withheld]
        self.branches = [(branch, REACHES[permission, branch.name](obj)) for branch in branches]

    @property
    def people(self) -> QuerySet[User]:
        conditions = [Q(pk__in=reach.people) for _, found in self.branches for reach in found]
        known = User.objects.filter(is_active=True)
        return known.filter(reduce(operator.or_, conditions)) if conditions else known.none()

    def admitted(self, people: Iterable[User]) -> list[Admitted]:
        """The given people with their ways: a query for each relation that lets in, none for each person."""
        people = list(people)
        ways: dict[UUID, list[Way]] = defaultdict(list)
        for branch, found in self.branches:
            for key, (until, groups) in _ends(found, {person.pk for person in people}).items():
                ways[key].append(Way(branch, until, tuple(sorted(groups - {""}))))
        return [Admitted(person, tuple(ways[person.pk])) for person in people if person.pk in ways]


def _ends(found: list[Reach], people: Collection[UUID]) -> dict[UUID, tuple[datetime | None, set[str]]]:
    """The latest end of a branch for each person, None when it has none; and the groups by which it holds."""
    ends: dict[UUID, tuple[datetime | None, set[str]]] = {}
    for reach in found:
        rows = reach.rows.order_by().filter(**{f"{reach.person}__in": people})
        for key, until, group in rows.annotate(ends=reach.until, by=reach.through).values_list(
            reach.person, "ends", "by"
        ):
            known, groups = ends.get(key, (until, set()))
            ends[key] = None if until is None or known is None else max(known, until), groups | {group}
    return ends


def who_can(permission: str, obj: Model) -> list[Admitted]:
    """Everybody who holds the permission on the row, by name, with the branches that let each in."""
    audience = Audience(permission, obj)
    return audience.admitted(audience.people.order_by("name", "pk"))


# Relations from which the reaches of all apps are built.


def holders(
    *roles: str,
    of: Collection[UUID | None] | QuerySet[Any] | None = None,
    vetted: bool = True,
    until: Any = None,
    **more: Any,
) -> Reach:
    """People who hold one of the roles (any role if none is named) in the organizations, or in any.

    `until` is a further end that the relation has beside the membership's own.
    """
    rows = Membership.objects.in_force().filter(organization__suspended_at__isnull=True, **more)
    if roles:
        rows = rows.filter(role__in=roles)
    if of is not None:
        rows = rows.filter(organization__in=of)
    if vetted:
        rows = rows.filter(
            organization__vetting=Organization.Vetting.VETTED, organization__revet_on__gte=TruncDate(Now(), tzinfo=UTC)
        )
    end = F("until") if until is None else Least("until", until, output_field=DateTimeField())
    return Reach(rows, "user", end)


def coordinators(_: Any = None) -> list[Reach]:
    """Coordinators of the secretariat."""
    return [holders(Role.COORDINATOR, organization__is_secretariat=True)]


def members(_: Any = None) -> list[Reach]:
    """Everybody who belongs to an organization whose vetting holds."""
    return [holders()]


def one(person: UUID | None) -> Reach:
    """One person."""
    return Reach(User.objects.filter(pk__in=[person] if person else []), "pk")


def of_members(
    rows: QuerySet[Any], person: str, until: Any = OPEN, without: QuerySet[Any] | None = None, through: Any = DIRECT
) -> Reach:
    """People of a relation, as far as they are members of the partnership; some may be left out."""
    among = holders().people
    if without is not None:
        among = User.objects.filter(pk__in=among).exclude(pk__in=without).values("pk")
    return Reach(rows.filter(**{f"{person}__in": among}), person, until, through)


def named(
    model: type[UserGrant] | type[GroupGrant],
    codename: str,
    obj: Model,
    without: QuerySet[Any] | None = None,
    **more: Any,
) -> Reach:
    """People, or persons of groups, to whom a row was granted."""
    rows = grants.live_on(model, obj).filter(permission__codename=codename, **more)
    if issubclass(model, UserGrant):
        return of_members(rows, "user", F("expires_at"), without)
    ends = Subquery(rows.filter(group=OuterRef("group")).order_by("-expires_at").values("expires_at")[:1])
    people = GroupMembership.objects.in_force().filter(group__in=rows.order_by().values("group"))
    until = Least("until", ends, output_field=DateTimeField())
    return of_members(people, "user", until, without, through=F("group__name"))


def in_group(group: int) -> Reach:
    """The people of a group."""
    return Reach(GroupMembership.objects.in_force().filter(group=group), "user", F("until"))


def glass_on(obj: Model, ceiling: int, without: QuerySet[Any] | None = None) -> Reach:
    """People to whom a row with a marking was opened in an emergency."""
    rows = break_glass.live().filter(record_type=obj._meta.label_lower, record_id=obj.pk, tlp_ceiling__gte=ceiling)
    return of_members(rows, "requested_by", F("expires_at"), without)


def inherited(parent: str, permission: str) -> Reacher:
    """A child that inherits: whoever holds the permission on the row to which it belongs."""

    def reach(obj: Any) -> list[Reach]:
        above = reduce(getattr, parent.split("__"), obj)
        return [found for _, several in Audience(permission, above).branches for found in several]

    return reach


def of_exceptions(kind: Kind) -> None:
    """Register whom the rules of a kind's exceptions let in."""
    owner = inherited("content_object", kind.decided_by)
    grantee: dict[str, Reacher] = {
        "person": lambda row: [one(row.user_id)],
        "group": lambda row: [in_group(row.group_id)],
    }
    for to, table in kind.tables:
        ways = {"owner": owner, "grantor": lambda row: [one(row.granted_by_id)], "grantee": grantee[to]}
        reaches(ways, view_permission(table))
        reaches({"owner": owner}, decide_permission(table))
