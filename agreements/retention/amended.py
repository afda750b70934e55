"""What an amended term does to records that are kept already: longer at once, shorter only after notice.

One statement for each governed model and category. Every due day is one addition from the start of the new term,
as in `due`; PostgreSQL and Python agree on that addition. A record whose time becomes shorter keeps its former day
or the end of the notice, whichever is earlier, so that nothing is due before notice + 1 day and nothing is kept longer
than both terms ask for.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, models

from agreements.models import AgreementVersion, RetentionTerm
from agreements.retention.rows import models as governed_models


@dataclass(frozen=True)
class Effect:
    """How an amended term changes the due days of what is kept, for one category."""

    category: str
    records: int
    longer: int
    shorter: int
    first_due: date | None


# The new start and due day of each record that stands under an older term of the same agreement and category.
_NEW = """
  SELECT id, start, CASE
    WHEN due IS NULL THEN NULL
    WHEN due < coalesce(former, 'infinity'::date) OR waits_for_return
      THEN greatest(due, least(former, %(notice)s::date), CASE WHEN waits_for_return THEN %(notice)s::date END)
    ELSE due END AS due, former
  FROM (
    SELECT r.id, {start} AS start, r.retain_until AS former,
           ({start} + make_interval(months => %(months)s, days => %(days)s))::date AS due,
           t.action = 'return' AND %(action)s <> 'return' AND r.returned_on IS NULL AS waits_for_return
    FROM "{table}" r
    JOIN agreements_agreement a ON a.id = r.agreement_id
    JOIN agreements_retentionterm t ON t.id = r.term_id
    WHERE r.agreement_id = %(agreement)s AND t.category_id = %(category)s AND t.id <> %(term)s
      AND r.anonymised_on IS NULL
  ) AS kept
"""


def effects(version: AgreementVersion, begins: date) -> list[Effect]:
    """What would change if the version began to govern on a day; writes nothing."""
    found = []
    for term in version.retention_terms.select_related("category").order_by("category_id"):
        parts = [_count(model, term, version, begins) for model in governed_models()]
        firsts = [part.first_due for part in parts if part.first_due]
        found.append(Effect(term.category.label, sum(part.records for part in parts), sum(part.longer for part in parts),
                            sum(part.shorter for part in parts), min(firsts, default=None)))  # fmt: skip
    return found


def apply(version: AgreementVersion, begins: date) -> int:
    """Put what is kept under the terms of a version that begins to govern; returns how many records moved.

    Call it under the agreement's row lock; the caller counts up its retention generation in the same transaction.
    """
    moved = 0
    for term in version.retention_terms.all():
        for model in governed_models():
            with connection.cursor() as cursor:
                cursor.execute(
                    f'UPDATE "{model._meta.db_table}" r SET version_id = %(version)s, term_id = %(term)s,'
                    f" retention_start = n.start, retain_until = n.due FROM ({_new(model, term)}) AS n WHERE n.id = r.id",
                    _values(term, version, begins),
                )
                moved += cursor.rowcount
    return moved


def _count(model: type[models.Model], term: RetentionTerm, version: AgreementVersion, begins: date) -> Effect:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE due > former OR (due IS NULL AND former IS NOT NULL)),"
            " count(*) FILTER (WHERE due < former OR (due IS NOT NULL AND former IS NULL)),"
            f" min(due) FROM ({_new(model, term)}) AS n",
            _values(term, version, begins),
        )
        return Effect(term.category.label, *cursor.fetchone())


def _new(model: type[models.Model], term: RetentionTerm) -> str:
    column = getattr(model, "trigger_moments", {}).get(term.trigger)
    start = "a.ended_on" if column is None else f"(r.{column} AT TIME ZONE a.time_zone)::date"
    return _NEW.format(start=start, table=model._meta.db_table)


def _values(term: RetentionTerm, version: AgreementVersion, begins: date) -> dict[str, Any]:
    return {
        "version": version.pk, "term": term.pk, "agreement": version.agreement_id, "category": term.category_id,
        "months": term.months, "days": term.days, "action": term.action,
        "notice": begins + timedelta(days=version.notice_days + 1),
    }  # fmt: skip
