"""What was opened to a person in an emergency: the only exception that no owner gave, and never a silent one."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Model, QuerySet
from django.db.models.functions import Now

from partnership.access.actor import Actor
from partnership.models import BreakGlass, Organization

OPENED = "It was opened to you in an emergency, by two persons and for some hours; its owner was told."


def live() -> QuerySet[BreakGlass]:
    """Approved, not ended, not expired by the database clock."""
    return BreakGlass.objects.filter(approved_at__isnull=False, ended_at__isnull=True, expires_at__gt=Now())


def broken_glass(actor: Actor) -> tuple[tuple[str, UUID, int], ...]:
    """(kind, key, highest marking) of the records that are open to the person now."""
    if not actor.is_member:
        return ()
    rows = live().filter(requested_by_id=actor.user.pk, record_id__isnull=False)
    return tuple((row.record_type, row.record_id, row.tlp_ceiling) for row in rows if row.record_id is not None)


@dataclass(frozen=True)
class Breakable:
    """A kind of record that can be opened in an emergency: how one is found by its reference, and whose it is."""

    kind: str
    noun: str
    find: Callable[[str], tuple[Model, Organization] | None]


BREAKABLE: dict[str, Breakable] = {}


def breakable(kind: str, noun: str, find: Callable[[str], tuple[Model, Organization] | None]) -> None:
    """Let records of a kind be asked for in an emergency."""
    if kind in BREAKABLE:
        raise ValueError(f"{kind} can be opened already.")
    BREAKABLE[kind] = Breakable(kind, noun, find)
