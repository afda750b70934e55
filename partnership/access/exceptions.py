"""Kinds of exceptions: which records can be opened by name, who decides that, and who may see that it was done.

An app's policy.py offers its records here. The rules of each table of exceptions follow from the offer: the owner of
the record sees and decides, the grantor and whoever was let in see.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Model, Q

from partnership.abstract import GroupGrant, UserGrant
from partnership.access.actor import Actor
from partnership.access.grants import groups_of
from partnership.access.scope import visible
from partnership.access.table import PERMISSIONS, Branch, on_rows

To = Literal["person", "group"]
GrantTable = type[UserGrant] | type[GroupGrant]


@dataclass(frozen=True)
class Kind:
    """Records of one model, as far as they can be opened by name."""

    name: str  # as it stands in addresses
    noun: str
    model: type[Model]
    person: type[UserGrant]
    group: type[GroupGrant]
    codename: str  # the guardian permission that a row gives
    seen_by: str  # the permission by which people see a record
    decided_by: str  # the permission on a record that lets somebody give, renew and end exceptions
    page: str  # url name of a record's page
    subject: Callable[[Any], Model]  # the organization or agreement that the trail names
    door: str = "partnership:grant-new"  # url name of the page on which one is given
    not_to_groups: Callable[[Any], str] = lambda row: ""  # noqa: E731  # why a record is for named persons alone

    @property
    def tables(self) -> tuple[tuple[To, GrantTable], ...]:
        return (("person", self.person), ("group", self.group))

    def table(self, to: str) -> GrantTable | None:
        return dict(self.tables).get(to)  # type: ignore[call-overload]


KINDS: dict[str, Kind] = {}


def view_permission(table: GrantTable) -> str:
    """The permission to see a row of a table of exceptions."""
    return f"{table._meta.app_label}.view_{table._meta.model_name}"


def decide_permission(table: GrantTable) -> str:
    """The permission to renew, confirm and end a row of a table of exceptions."""
    return f"{table._meta.app_label}.decide_{table._meta.model_name}"


def offer(kind: Kind) -> Kind:
    """Let records of a kind be opened by name, and register the rules of its exceptions."""
    if kind.name in KINDS:
        raise ValueError(f"Exceptions on {kind.name} are offered twice.")
    KINDS[kind.name] = kind
    owner = Branch("owner", f"You decide who is let in to the {kind.noun}.", lambda actor: _decided(actor, kind))
    grantor = Branch("grantor", "You gave it.", lambda actor: Q(granted_by_id=actor.user.pk))
    received = {
        "person": Branch("grantee", "It was given to you.", lambda actor: Q(user_id=actor.user.pk)),
        "group": Branch("grantee", "It was given to a group that you belong to.",
                        lambda actor: Q(group__in=groups_of(actor.user))),
    }  # fmt: skip
    for to, table in kind.tables:
        on_rows(
            view_permission(table), table, f"See exceptions on a {kind.noun}, to a {to}", [owner, grantor, received[to]]
        )
        on_rows(
            decide_permission(table), table, f"Renew, confirm and end exceptions on a {kind.noun}, to a {to}", [owner]
        )
    return kind


def _decided(actor: Actor, kind: Kind) -> Q | None:
    if not PERMISSIONS[kind.decided_by].open_to(actor):
        return None
    return Q(content_object__in=visible(actor, kind.decided_by, kind.model._default_manager.all()).values("pk"))


def kind_of(record: Model) -> Kind | None:
    """The kind of a record; None where records cannot be opened by name."""
    return next((kind for kind in KINDS.values() if isinstance(record, kind.model)), None)


def kind_of_table(row: UserGrant | GroupGrant) -> tuple[Kind, To]:
    """The kind to which a row of exceptions belongs, and whether it lets in a person or a group."""
    return next((kind, to) for kind in KINDS.values() for to, table in kind.tables if isinstance(row, table))


def words(kind: Kind, row: Any) -> dict[str, Any]:
    """Who is let in to what, for a sentence of the trail, and the organization or agreement that it concerns."""
    whom = row.user.name if hasattr(row, "user_id") else f"the group {row.group.name}"
    return {"subject": kind.subject(row.content_object), "person": whom, "record": str(row.content_object)}
