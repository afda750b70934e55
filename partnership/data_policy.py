"""How every column and every incoming relation of a model is declared; the suite refuses a model without it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Fate = Literal["delete", "scrub", "keep"]


@dataclass(frozen=True)
class DataPolicy:
    """Which columns may concern a person, and what becomes of rows that point here when a row is deleted."""

    personal: frozenset[str]
    open: frozenset[str]
    facts: frozenset[str]
    relations: Mapping[str, tuple[Fate, str]] = field(default_factory=dict)


def classify(
    *, personal: str = "", open: str = "", facts: str = "", relations: Mapping[str, tuple[Fate, str]] | None = None
) -> DataPolicy:
    """Declare columns by name, parted by spaces.

    `personal` may concern a person; `open` does not. `facts` names those `_at` columns which tell a moment of the
    world rather than a deed in the portal, and therefore have no `_by` beside them. `relations` decides, for a
    model whose rows are deleted, each incoming relation by its accessor: delete, scrub or keep, and why.
    """
    return DataPolicy(frozenset(personal.split()), frozenset(open.split()), frozenset(facts.split()), relations or {})
