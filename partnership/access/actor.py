"""The actor: a person with the relations that hold now, read once per request or task and never cached beyond it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models.functions import Now

from partnership.models import Membership, Organization, User

T = TypeVar("T")


@dataclass(frozen=True)
class Holding:
    """One membership in force: where, as what, and whether the organization's vetting holds."""

    organization_id: UUID
    organization_name: str
    role: str
    is_vetted: bool
    is_secretariat: bool
    read_at: datetime


class Actor:
    """Answers what a person is at this moment; all access branches are built from these answers."""

    def __init__(self, user: User | AnonymousUser):
        self.user = user
        self._facts: dict[Callable[[Actor], Any], Any] = {}

    @property
    def is_known(self) -> bool:
        """A person who is signed in and not deactivated."""
        return bool(self.user.is_authenticated and self.user.is_active)

    def fact(self, question: Callable[["Actor"], T]) -> T:
        """Ask once, remember for the life of this actor."""
        if question not in self._facts:
            self._facts[question] = question(self)
        return self._facts[question]

    @property
    def holdings(self) -> tuple[Holding, ...]:
        """Memberships in force by the database clock, in organizations that are not suspended."""
        return self.fact(_holdings)

    @property
    def now(self) -> datetime:
        """The database's clock when the memberships were read; rules that turn on a moment compare with this one."""
        return self.holdings[0].read_at if self.holdings else self.fact(_now)

    def organizations(self, *roles: str, vetted: bool = True) -> frozenset[UUID]:
        """Organizations in which this person holds one of the roles; any role if none is named.

        An organization whose vetting is missing, refused or expired gives nothing unless `vetted` is False.
        """
        return frozenset(
            held.organization_id
            for held in self.holdings
            if (not roles or held.role in roles) and (held.is_vetted or not vetted)
        )

    def has_role(self, *roles: str) -> bool:
        return bool(self.organizations(*roles))

    @property
    def is_coordinator(self) -> bool:
        """Coordinator in the neutral secretariat."""
        return any(h.is_secretariat and h.is_vetted and h.role == "coordinator" for h in self.holdings)

    @property
    def is_member(self) -> bool:
        """Belongs to at least one organization of the partnership whose vetting holds."""
        return any(held.is_vetted for held in self.holdings)


def _holdings(actor: Actor) -> tuple[Holding, ...]:
    if not actor.is_known:
        return ()
    rows = (
        Membership.objects.in_force()
        .filter(user_id=actor.user.pk, user__is_active=True, organization__suspended_at__isnull=True)
        .annotate(today=Now())
        .values_list(
            "organization_id",
            "organization__name",
            "role",
            "organization__vetting",
            "organization__revet_on",
            "organization__is_secretariat",
            "today",
        )
        .order_by("organization__name", "role")
    )
    return tuple(
        Holding(pk, name, role, vetting == Organization.Vetting.VETTED and revet_on >= now.date(), secretariat, now)
        for pk, name, role, vetting, revet_on, secretariat, now in rows
    )


def _now(_: Actor) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        return cursor.fetchone()[0]


def actor_of(user: User | AnonymousUser) -> Actor:
    """The actor for a person outside a request: a task, a command, a test."""
    return Actor(user)
