"""Retention compliance: of what came due in a period, what became of it.

What is gone is counted from its certificate, which outlives the record; what is still there by the predicate of the
engine. A record belongs to the period in which the day lies until which it was to be kept, whenever it went, so that
the figures of a line add up: due is the sum of deleted, anonymised, returned, held, coming and overdue.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from agreements.retention import gate, plan, predicate, rows

# The definitions, shown beside the figures and in the evidence pack.
DUE = "Records whose last day of keeping lies in the period and has ended, in the calendar of the agreement."
DELETED = "Of these, deleted; counted from the certificates."
ANONYMISED = "Of these, anonymised: what names persons was taken out, the rest stays; counted from the certificates."
RETURNED = "Of these, returned to the partner and then deleted; counted from the certificates."
HELD = "Of these, still there because a legal hold protects them now."
COMING = (
    "Of these, still there, without a hold, and their last day ended less than a day ago: a run has a day for them."
)
OVERDUE = "Of these, still there, without a hold, more than a day after the end of their last day and after a hold was lifted."
LATE = (
    "Deleted, anonymised or returned more than a day after the end of the last day, where no hold stood at that moment."
)
SHARE = "Late and overdue, as a share of due, in percent, to one decimal. What a hold keeps is not late."
WHY = "Why the overdue ones are still there."


@dataclass
class Line:
    """One agreement and category: how many came due, by what became of them."""

    agreement_id: UUID
    agreement: str
    category: str
    counts: Counter[str] = field(default_factory=Counter)
    why: Counter[str] = field(default_factory=Counter)

    @property
    def due(self) -> int:
        return sum(self.counts[name] for name in ("delete", "anonymise", "return", "held", "coming", "overdue"))

    @property
    def share(self) -> float:
        """Percent late or overdue of what came due; a line without anything due does not exist."""
        return round(100 * (self.counts["late"] + self.counts["overdue"]) / self.due, 1)

    @property
    def reasons(self) -> str:
        return ", ".join(f"{number} {REASONS[name]}" for name, number in sorted(self.why.items()))


REASONS = {
    "waiting": "to be returned first, and nobody confirmed it yet",
    "unapproved": "not approved by a second coordinator yet",
    "failed": "could not be deleted by a run, which names the error",
    "goes": "no run took yet; see the runs",
}

# A day after the end of a record's last day, where its agreement lives: from then on it is late (retention.md, 11).
GRACE = "(({day} + 2)::timestamp AT TIME ZONE a.time_zone)"

DONE = f"""
  SELECT d.agreement_id, a.reference, coalesce(c.label, 'not known'), d.action, count(*),
         count(*) FILTER (WHERE d.deleted_at > {GRACE.format(day="d.due_on")} AND NOT EXISTS (
           SELECT 1 FROM agreements_legalhold h
           WHERE (h.organization_id = d.organization_id OR (h.agreement_id = d.agreement_id
                  AND (h.record_id IS NULL OR (h.record_id = d.record_id AND h.record_type = d.record_type))))
             AND h.placed_at <= {GRACE.format(day="d.due_on")} AND (h.lifted_at IS NULL OR h.lifted_at > {GRACE.format(day="d.due_on")})))
  FROM agreements_deletionrecord d JOIN agreements_agreement a ON a.id = d.agreement_id
  LEFT JOIN agreements_retentionterm t ON t.id = d.term_id LEFT JOIN agreements_datacategory c ON c.code = t.category_id
  WHERE d.agreement_id = ANY(%(agreements)s)
    AND d.due_on >= coalesce(%(since)s, d.due_on) AND d.due_on <= coalesce(%(until)s, d.due_on)
  GROUP BY 1, 2, 3, 4
"""

# A record that a hold kept until less than a day ago: no run has had its day yet.
JUST_LIFTED = """
  EXISTS (SELECT 1 FROM agreements_legalhold h WHERE h.lifted_at > %(at)s - interval '1 day'
          AND (h.organization_id = r.organization_id OR (h.agreement_id = r.agreement_id
               AND (h.record_id IS NULL OR (h.record_id = r.id AND h.record_type = %(label)s)))))
"""


def figures(agreements: list[UUID], since: date | None, until: date | None, at: datetime) -> list[Line]:
    """What came due under these agreements from one day to another, both included, as it stands at a moment."""
    asked = {
        "agreements": agreements,
        "since": since,
        "until": until,
        "at": at,
        "asked": list(gate.terms_that_wait(at)),
    }
    found: dict[tuple[UUID, str], Line] = {}
    for key, reference, category, action, number, late in _rows(DONE, asked):
        line = found.setdefault((key, category), Line(key, reference, category))
        line.counts.update({action: number, "late": late})
    for model in rows.models():
        for key, reference, category, fate, is_over, number in _rows(
            _there(model), asked | {"label": predicate.label(model)}
        ):
            line = found.setdefault((key, category), Line(key, reference, category))
            name = "held" if fate == "held" else "overdue" if is_over else "coming"
            line.counts[name] += number
            if name == "overdue":
                line.why[fate] += number
    return sorted(found.values(), key=lambda line: (line.agreement, line.category))


def _there(model: Any) -> str:
    """What is due and still there, by what a run does with it."""
    failed = (
        "EXISTS (SELECT 1 FROM agreements_quarantinedrecord q WHERE q.record_id = r.id AND q.record_type = %(label)s)"
    )
    return f"""
        SELECT agreement_id, agreement, category, CASE WHEN {plan.FATE} = 'goes' AND failed THEN 'failed' ELSE {plan.FATE} END,
               over, count(*)
        FROM (SELECT r.agreement_id, a.reference AS agreement, c.label AS category, ({predicate.HOLD}) AS held,
                     {predicate.READY} AS ready, {predicate.PASSED} AS passed, {failed} AS failed,
                     %(at)s > {GRACE.format(day="r.retain_until")} AND NOT {JUST_LIFTED} AS over
              FROM {predicate.source(model)} JOIN agreements_datacategory c ON c.code = t.category_id
              WHERE {predicate.DUE} AND r.agreement_id = ANY(%(agreements)s)
                AND r.retain_until >= coalesce(%(since)s, r.retain_until)
                AND r.retain_until <= coalesce(%(until)s, r.retain_until)) x
        GROUP BY 1, 2, 3, 4, 5
    """


def _rows(sql: str, values: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        yield from cursor.fetchall()
