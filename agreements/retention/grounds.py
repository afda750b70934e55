"""What a report rests on: every version that governed the agreements in its rows, with hash and retention terms."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from agreements.models import Agreement, AgreementVersion
from partnership.access.scope import visible
from partnership.tables import Table

BETWEEN = re.compile(r"[;,\s]+")


def of(actor: Any, table: Table) -> list[dict[str, Any]]:
    """The versions of agreements that the columns `agreement` and `agreements` name, as far as the actor may see them."""
    named = {word for at, column in enumerate(table.columns) if column.name in ("agreement", "agreements")
             for row in table.rows() for word in BETWEEN.split(str(row[at] or ""))}  # fmt: skip
    seen = visible(actor, "agreements.view_agreement", Agreement.objects.filter(reference__in=named))
    versions = (
        AgreementVersion.objects.filter(agreement__in=seen, governing_period__isnull=False)
        .select_related("agreement", "governing_period").prefetch_related("retention_terms__category")
        .order_by("agreement__reference", "number")
    )  # fmt: skip
    return [_fact(version) for version in versions]


def open_to(actor: Any, keys: Sequence[str]) -> bool:
    """Whether the actor may still see every agreement of these."""
    wanted = set(keys)
    return visible(actor, "agreements.view_agreement", Agreement.objects.filter(pk__in=wanted)).count() == len(wanted)


def _fact(version: AgreementVersion) -> dict[str, Any]:
    period = version.governing_period
    return {
        "kind": "agreement version", "key": str(version.agreement_id), "agreement": version.agreement.reference,
        "version": version.number, "sha256": version.content_hash, "governed_since": period.since, "governed_until": period.until,
        "retention_terms": list(_terms(version)),
    }  # fmt: skip


def _terms(version: AgreementVersion) -> Iterator[dict[str, Any]]:
    for term in sorted(version.retention_terms.all(), key=lambda term: term.category_id):
        yield {"term": str(term.pk), "category": term.category.label, "trigger": term.trigger, "months": term.months,
               "days": term.days, "action": term.action}  # fmt: skip
