"""What the page and the table of a departure collect: attestations, certificates, and what is still held and why."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from agreements.models import Attestation, DataCategory, DeletionRecord, Departure, LegalHold, RetentionTerm
from agreements.retention import departing

SOURCE = "agreements:departure"
DONE = {"delete": "deleted", "anonymise": "anonymised", "return": "returned and deleted"}


def by_part(lines: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The lines of a preview that count something, under the headings of their parts."""
    return [
        (label, [line for line in lines if line["part"] == part and line["count"]])
        for part, label in departing.PARTS.items()
    ]


def attestations(found: Departure) -> QuerySet[Attestation]:
    rows = found.attestations.select_related("organization", "category", "attested_by", "departure")
    return rows.order_by("direction", "organization__name", "category__position", "pk")


def certificates(found: Departure) -> list[dict[str, Any]]:
    """The portal's own certificates of what the leaver had filed, by category and what was done."""
    labels = dict(DataCategory.objects.values_list("code", "label"))
    of_term = dict(RetentionTerm.objects.filter(version__agreement=found.agreement_id).values_list("pk", "category"))
    records = DeletionRecord.objects.filter(agreement_id=found.agreement_id, organization_id=found.organization_id)
    counted: dict[tuple[str, str], int] = {}
    for term, action, number in records.values_list("term_id", "action").annotate(n=Count("pk")).order_by():
        key = (labels.get(of_term.get(term, ""), "Other data"), DONE.get(action, action))
        counted[key] = counted.get(key, 0) + number
    return [{"category": label, "done": done, "count": number} for (label, done), number in sorted(counted.items())]


def held(found: Departure, today: date) -> Iterator[tuple[str, str]]:
    """(what, why) of everything that is not gone: holds, and what a law obliges somebody to keep."""
    scope = Q(agreement=found.agreement_id) | Q(organization=found.organization_id)
    for hold in LegalHold.objects.active().filter(scope).order_by("reference"):
        yield f"Not deleted, {hold.reference}", hold.get_ground_display()
    for row in attestations(found).filter(outcome=Attestation.Outcome.KEPT):
        assert row.kept_until is not None  # the database sees to it
        over = " That day has passed." if row.kept_until < today else ""
        yield (f"{row.category.label} at {row.organization.name}",
               f"Kept until {row.kept_until:%-d %B %Y}: {row.law}.{over}")  # fmt: skip
