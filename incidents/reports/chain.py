"""Follow one item from the agreement to its certificate. Facts and moments alone: no title, no narrative, no names.

A report is followed by who may see it, a deleted one by who may see its certificate. What was never there, what one may
not see and what was mistyped give the same answer.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q

from agreements.models import DeletionRecord
from agreements.retention import proof
from incidents.models import Report
from incidents.reports import steps
from incidents.reports.steps import Step
from partnership.access.scope import visible
from partnership.tables import Column, Table, TableSource, source

NOTHING = "Nothing to follow: no report and no certificate with this reference or number is known to you."
ASK = "Give a reference such as INC-2026-00001, a certificate's number or hash, or a record's key."
COLUMNS = [
    Column("step", "Step", links=True, meaning="Where in its life the item was; a link leads to the record behind it."),
    Column("at", "When", kind="moment", meaning="In UTC. A day without a time is shown at the moment at which it ends or begins."),
    Column("what", "What", meaning="Facts alone. Titles, narratives, indicators and names of persons stand in no line."),
    Column("agreement", "Agreement", meaning="The agreement and version under which the step was taken."),
    Column("proof", "Proof", brief=True, meaning="A hash: of the version's words, of the link of the trail, of the certificate, of the batch."),
]  # fmt: skip
HASH = re.compile(r"[0-9a-fA-F]{64}")


class ItemForm(forms.Form):
    item = forms.CharField(label="Reference, certificate number or key", max_length=80, required=False)


@dataclass(frozen=True)
class Item:
    """What is followed: the record while it is there, its certificates once it went or was anonymised."""

    report: Report | None
    certificates: list[DeletionRecord]


def find(actor: Any, asked: str) -> Item | None:
    """The item with a reference, number, key or hash, as far as the actor may see it; None for everything else."""
    own, certified = _named(asked.strip())
    if own is None or certified is None:
        return None
    gone = visible(actor, "agreements.view_certificate", DeletionRecord.objects.select_related("batch__run"))
    records = list(gone.filter(certified, record_type=Report._meta.label_lower).order_by("deleted_at", "pk"))
    if records:  # a certificate found by its own number leads to the record that it certifies
        own |= Q(pk__in=[record.record_id for record in records])
    seen = visible(
        actor, "incidents.view_report", Report.objects.select_related("organization", "category", "agreement")
    )
    report = seen.filter(own).first()
    return Item(report, records) if report or records else None


def _named(asked: str) -> tuple[Q | None, Q | None]:
    """How a report and how a certificate is found by what was asked."""
    if HASH.fullmatch(asked):
        return Q(pk__in=[]), Q(leaf=asked.lower())
    try:
        key = UUID(asked)
    except ValueError:
        return (Q(reference=asked.upper()), Q(reference=asked.upper())) if asked else (None, None)
    return Q(pk=key), Q(pk=key) | Q(record_id=key)


def build(actor: Any, parameters: Mapping[str, Any]) -> Table:
    """The chain of one item, oldest first."""
    form = ItemForm(parameters or {})
    asked = form.cleaned_data["item"].strip() if form.is_valid() else ""
    item = find(actor, asked) if asked else None
    lines = sorted(_steps(actor, item), key=lambda step: (step.at, step.rank)) if item else []
    return Table(
        "incidents:chain", "Follow one item", COLUMNS, marking=2, parameters={"item": asked} if asked else {},
        given=[[step.name, step.at, step.what, step.agreement, step.proof] for step in lines], links=[step.url for step in lines],
        notes=list(_notes(item)), empty=NOTHING if parameters and asked else ASK,
        proofs=lambda: proof.of(item.certificates) if item else [],
    )  # fmt: skip


def _steps(actor: Any, item: Item) -> Iterator[Step]:
    report, records = item.report, item.certificates
    if report is not None:
        yield from steps.of_version(actor, report.agreement_id, report.version_id, report.term_id)
        yield from steps.of_report(report)
    elif records:
        yield from steps.of_version(actor, records[0].agreement_id, records[0].version_id, records[0].term_id)
    yield from steps.of_trail(report.pk if report else records[0].record_id)
    yield from steps.of_holds(actor, report, records)
    for record in records:
        yield from steps.of_certificate(record)


def _notes(item: Item | None) -> Iterator[str]:
    if item is None:
        return
    if item.report is None:
        yield "The record is gone; its certificate and the trail tell of it, without content."
    elif item.report.anonymised_on:
        yield "The record is anonymised: what names persons is gone, the rest stays."
    else:
        yield "The record is still there. Its content stands on its own page, for those who may read it."


source(TableSource("incidents:chain", "Follow one item", "agreements.report_compliance", build, is_report=True, form=ItemForm,
                   description="One report from the version of its agreement to the certificate of its deletion, without content."))  # fmt: skip
