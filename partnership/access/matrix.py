"""Who may do what, as a table: every permission, by the state of its rows, against people of every role."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Field

from partnership.access.actor import Actor
from partnership.access.table import PERMISSIONS, Permission

NOTHING = "–"


def lines(people: Mapping[str, Any]) -> list[str]:
    """A Markdown table of the rows that are there: in each cell the ways by which that person is allowed.

    `people` maps a column's heading to a person. A permission on rows that have a state has a line for each state.
    """
    actors = {label: Actor(person) for label, person in people.items()}
    found = [f"| Permission | State | {' | '.join(actors)} |", f"| --- | --- |{' --- |' * len(actors)}"]
    for name in sorted(PERMISSIONS):
        entry = PERMISSIONS[name]
        for state, label in _states(entry):
            cells = [_cell(entry, state, actor) for actor in actors.values()]
            found.append(f"| {name} | {label} | {' | '.join(cells)} |")
    return found


def _states(entry: Permission) -> list[tuple[str | None, str]]:
    field = _state_field(entry)
    return [(str(code), str(code)) for code, _ in field.flatchoices] if field is not None else [(None, "")]


def _state_field(entry: Permission) -> Field | None:
    if entry.model is None:
        return None
    return next((f for f in entry.model._meta.fields if f.name == "state" and f.choices), None)


def _cell(entry: Permission, state: str | None, actor: Actor) -> str:
    if entry.model is None:
        ways = [standing.name for standing in entry.standings if standing.holds(actor)]
        return ", ".join(ways) or NOTHING
    rows = entry.model._default_manager.all() if state is None else entry.model._default_manager.filter(state=state)
    ways = [branch.name for branch, mine in entry.open_to(actor) if rows.filter(mine).exists()]
    return ", ".join(ways) or NOTHING
