"""The rehearsal: what a run would do now and why, from the same predicate, without writing anything."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection

from agreements.models import Agreement
from agreements.retention import gate, predicate, rows

SHOWN = 200


@dataclass
class Group:
    """Records of one agreement and category that are due, by what will become of them."""

    agreement_id: UUID
    agreement: str
    category: str
    goes: int = 0
    held: int = 0
    waiting: int = 0
    unapproved: int = 0
    why: str = ""

    def as_data(self) -> dict[str, Any]:
        """As it is stored with an approval: counts, and no content."""
        return {**asdict(self), "agreement_id": str(self.agreement_id)}


class Counts(NamedTuple):
    """What is due, by what a run does with it."""

    goes: int
    held: int
    waiting: int
    unapproved: int


@dataclass
class Item:
    """One record that is due."""

    reference: str
    agreement: str
    due: Any
    action: str
    fate: str
    why: str


@dataclass
class Preview:
    """What goes, what does not, and why."""

    at: datetime
    groups: list[Group] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)

    @property
    def goes(self) -> int:
        return sum(group.goes for group in self.groups)

    @property
    def held(self) -> int:
        return sum(group.held for group in self.groups)

    @property
    def waiting(self) -> int:
        return sum(group.waiting for group in self.groups)

    @property
    def unapproved(self) -> int:
        return sum(group.unapproved for group in self.groups)


def next_run(at: datetime) -> datetime:
    """The moment of the first nightly run after `at`."""
    night = at.astimezone(UTC).replace(hour=settings.PORTAL_RETENTION_HOUR, minute=0, second=0, microsecond=0)
    return night if night > at else night + timedelta(days=1)


FATE = "CASE WHEN held IS NOT NULL THEN 'held' WHEN NOT ready THEN 'waiting' WHEN NOT passed THEN 'unapproved' ELSE 'goes' END"


def preview(at: datetime, agreements: list[UUID] | None = None) -> Preview:
    """What a run would do at a moment, over all agreements or some: counts, and the first records one by one."""
    asked = gate.terms_that_wait(at)
    found = Preview(at, list(_groups(at, agreements, asked)))
    for model in rows.models():
        found.items += _items(model, at, agreements, asked)
    return found


def groups(at: datetime, agreements: list[UUID] | None = None) -> Preview:
    """The counts alone, for pages and runs that show no single record."""
    return Preview(at, list(_groups(at, agreements, gate.terms_that_wait(at))))


def _groups(at: datetime, agreements: list[UUID] | None, asked: dict[UUID, str]) -> Iterator[Group]:
    tallies = ", ".join(f"count(*) FILTER (WHERE {FATE} = '{fate}')" for fate in Counts._fields)
    for model in rows.models():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT agreement_id, agreement, category, {tallies},"
                f" (array_agg(term_id) FILTER (WHERE {FATE} = 'unapproved'))[1]"
                f" FROM ({_inner(model, agreements)}) x GROUP BY 1, 2, 3 ORDER BY 2, 3",
                _values(model, at, agreements, asked),
            )
            for *row, term in cursor.fetchall():
                group = Group(*row)
                group.why = gate.WHY.get(asked.get(term, ""), "")
                yield group


def _items(model: Any, at: datetime, agreements: list[UUID] | None, asked: dict[UUID, str]) -> Iterator[Item]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT reference, agreement, retain_until, action, term_id, {FATE}, held FROM ({_inner(model, agreements)}) x"
            f" ORDER BY retain_until, id LIMIT {SHOWN}",
            _values(model, at, agreements, asked),
        )
        for reference, agreement, due, action, term, what, hold in cursor.fetchall():
            why = {"held": f"Legal hold {hold}.", "waiting": "To be returned first; nobody has confirmed it yet.",
                   "unapproved": gate.WHY.get(asked.get(term, ""), ""),
                   "goes": f"Its time ended on {due:%-d %B %Y}."}[what]  # fmt: skip
            yield Item(reference, agreement, due, action, what, why)


def _inner(model: Any, agreements: list[UUID] | None) -> str:
    scope = "" if agreements is None else "AND r.agreement_id = ANY(%(agreements)s)"
    return f"""
        SELECT r.id, r.reference, r.agreement_id, a.reference AS agreement, c.label AS category, r.retain_until, t.action,
               r.term_id, ({predicate.HOLD}) AS held, {predicate.READY} AS ready, {predicate.PASSED} AS passed
        FROM {predicate.source(model)} JOIN agreements_datacategory c ON c.code = t.category_id
        WHERE {predicate.DUE} {scope}
    """


def _values(model: Any, at: datetime, agreements: list[UUID] | None, asked: dict[UUID, str]) -> dict[str, Any]:
    return {"at": at, "label": predicate.label(model), "agreements": agreements, "asked": list(asked)}


def waiting(agreement: Agreement, at: datetime) -> list[tuple[Any, UUID, str]]:
    """(model, key, reference) of what is due under an agreement and has to be returned first."""
    found: list[tuple[Any, UUID, str]] = []
    for model in rows.models():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT r.id, r.reference FROM {predicate.source(model)} WHERE {predicate.DUE} AND NOT {predicate.READY}"
                " AND r.agreement_id = %(agreement)s ORDER BY r.retain_until, r.id",
                {"at": at, "agreement": agreement.pk},
            )
            found += [(model, key, reference) for key, reference in cursor.fetchall()]
    return found


def counts(at: datetime, asked: dict[UUID, str] | None = None) -> Counts:
    """What is due over everything, for runs and health; `asked` are the terms that wait, where a run has frozen them."""
    found = Preview(at, list(_groups(at, None, gate.terms_that_wait(at) if asked is None else asked)))
    return Counts(found.goes, found.held, found.waiting, found.unapproved)
