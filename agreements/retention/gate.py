"""Which due records wait for a second person, and why: first runs, shortened terms, large runs. ADR 8.

Asked once at the start of a run and by every preview, so that both say the same. What an approval names under the term
that governs it now has passed; the predicate leaves the rest where it is.
"""

from collections import Counter
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count

from agreements.retention import predicate, rows

WHY = {
    "first": "The first run under these terms waits for a second person.",
    "shortened": "The terms became shorter or stricter since the last run; this waits for a second person.",
    "large": "Very many records would go at once; this waits for a second person.",
}

# Empty where the term has run before, or is at least as mild as every term of its category since the last that has.
_STANDING = """
  SELECT t.id, CASE
    WHEN EXISTS (SELECT 1 FROM agreements_clearedterm c WHERE c.term_id = t.id) THEN ''
    WHEN c.number IS NULL THEN 'first'
    WHEN EXISTS (
      SELECT 1 FROM agreements_retentionterm x JOIN agreements_agreementversion xv ON xv.id = x.version_id
      WHERE xv.agreement_id = v.agreement_id AND x.category_id = t.category_id
        AND xv.number >= c.number AND xv.number < v.number
        AND NOT (x.trigger = t.trigger AND x.months <= t.months AND x.days <= t.days AND x.action IN (t.action, 'delete'))
    ) THEN 'shortened' ELSE '' END
  FROM agreements_retentionterm t JOIN agreements_agreementversion v ON v.id = t.version_id
  LEFT JOIN LATERAL (
    SELECT cv.number FROM agreements_clearedterm ct JOIN agreements_retentionterm o ON o.id = ct.term_id
    JOIN agreements_agreementversion cv ON cv.id = o.version_id
    WHERE cv.agreement_id = v.agreement_id AND o.category_id = t.category_id AND cv.number < v.number
    ORDER BY cv.number DESC LIMIT 1
  ) c ON true
  WHERE t.id = ANY(%s)
"""


class _Due(NamedTuple):
    term: UUID
    agreement: UUID
    records: int


def terms_that_wait(at: datetime) -> dict[UUID, str]:
    """The terms whose due records go only when an approval names them, each with the key of its reason in `WHY`."""
    due = _due(at)
    waits = _standing([row.term for row in due])
    goes = [row for row in due if row.term not in waits]
    large = _large(goes)
    return waits | {row.term: "large" for row in goes if row.agreement in large}


def _due(at: datetime) -> list[_Due]:
    """How many records would go under each term, without those that an approval names already."""
    found: list[_Due] = []
    for model in rows.models():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT r.term_id, r.agreement_id, count(*) FROM {predicate.source(model)} WHERE {predicate.DUE}"
                f" AND {predicate.READY} AND ({predicate.HOLD}) IS NULL AND ({predicate.APPROVAL}) IS NULL"
                " GROUP BY 1, 2",
                {"at": at, "label": predicate.label(model)},
            )
            found += [_Due(*row) for row in cursor.fetchall()]
    return found


def _standing(terms: list[UUID]) -> dict[UUID, str]:
    if not terms:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [terms])
        return {term: why for term, why in cursor.fetchall() if why}


def _large(goes: list[_Due]) -> set[UUID]:
    """The agreements whose records are too many for one night without a second look; all of them in a large night."""
    by_agreement: Counter[UUID] = Counter()
    for row in goes:
        by_agreement[row.agreement] += row.records
    share = settings.PORTAL_RETENTION_LARGE
    if (
        by_agreement.total() >= settings.PORTAL_RETENTION_LARGE_FROM
        and by_agreement.total() > share * _kept(None).total()
    ):
        return set(by_agreement)
    many = {key for key, count in by_agreement.items() if count >= settings.PORTAL_RETENTION_LARGE_FROM_OF_AGREEMENT}
    kept = _kept(many)
    return {key for key in many if by_agreement[key] > share * kept[key]}


def _kept(agreements: set[UUID] | None) -> Counter[UUID]:
    """How many governed records there are, by agreement."""
    found: Counter[UUID] = Counter()
    if agreements is not None and not agreements:
        return found
    for model in rows.models():
        kept = model._default_manager.filter(anonymised_on__isnull=True)
        if agreements is not None:
            kept = kept.filter(agreement_id__in=agreements)
        found.update(dict(kept.values_list("agreement_id").annotate(n=Count("pk"))))
    return found
