"""What auditors export about rights: the quarterly questions, and what became of each."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django import forms

from partnership.access.scope import visible
from partnership.models import Confirmation
from partnership.registry import REVIEWED, Reviewed
from partnership.tables import Column, Table, TableSource, source

ESCALATED, GONE = "Nobody confirmed it; the secretariat decides", "deleted since"
COLUMNS = [
    Column("about", "Organization or agreement"), Column("right", "Right"), Column("person", "Who"), Column("what", "What"),
    Column("asked_at", "Asked", kind="moment"), Column("due_at", "Answer by", kind="moment"), Column("outcome", "What became of it"),
    Column("answered_by", "By"), Column("answered_at", "When", kind="moment"), Column("because", "Reason for ending"),
]  # fmt: skip


class RoundsForm(forms.Form):
    """The days on which was asked."""

    asked_from = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}), label="Asked from")
    asked_until = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}), label="Asked until")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("asked_from"), data.get("asked_until")
        if first and last and last < first:
            self.add_error("asked_until", "The last day comes before the first. Check both.")
        return data


def build(actor: Any, parameters: Mapping[str, Any]) -> Table:
    """The questions that the actor may read, newest first."""
    form = RoundsForm(parameters or {})
    rows = visible(actor, "partnership.view_confirmation", Confirmation.objects.select_related("answered_by"))
    rows = _within(rows, form.cleaned_data) if form.is_valid() else rows.none()
    questions = list(rows.order_by("-asked_at", "kind", "row_key"))
    rights = _rights(questions)
    notes = [f"{kind.noun.capitalize()}: {'silence ends it' if kind.lapses else 'silence sends it to the secretariat'}. {kind.why}"
             for kind in REVIEWED.values()]  # fmt: skip
    return Table("partnership.recertification", "Recertification of rights", COLUMNS, marking=2, notes=notes,
                 given=[_line(question, rights.get((question.kind, question.row_key))) for question in questions])  # fmt: skip


def _within(rows: Any, days: Mapping[str, Any]) -> Any:
    first, last = days.get("asked_from"), days.get("asked_until")
    rows = rows.filter(asked_at__date__gte=first) if first else rows
    return rows.filter(asked_at__date__lte=last) if last else rows


def _rights(questions: list[Confirmation]) -> dict[tuple[str, str], tuple[Reviewed, Any]]:
    """The right of each question, one query for each kind."""
    keys = defaultdict(set)
    for question in questions:
        keys[question.kind].add(question.row_key)
    return {
        (name, str(row.pk)): (kind, row)
        for name in keys if (kind := REVIEWED.get(name)) is not None
        for row in kind.every().filter(pk__in=keys[name])
    }  # fmt: skip


def _line(question: Confirmation, right: tuple[Reviewed, Any] | None) -> list[Any]:
    known = REVIEWED.get(question.kind)
    noun = known.noun if known is not None else question.kind
    about, person, what = "", GONE, GONE
    if right is not None:
        kind, row = right
        concerned = kind.about(row)
        about, person, what = str(concerned) if concerned is not None else "", kind.whom(row), kind.what(row)
    is_late = question.outcome == Confirmation.Outcome.OPEN and question.escalated_at is not None
    return [
        about, noun, person, what, question.asked_at, question.due_at, ESCALATED if is_late else question.get_outcome_display(),
        question.answered_by.name if question.answered_by else "", question.answered_at, question.because,
    ]  # fmt: skip


source(TableSource("partnership.recertification", "Recertification of rights", "partnership.view_reports", build, is_report=True,
                   description="Each right that was asked about, whether it was confirmed, ended, lapsed or escalated, by whom and why.",
                   form=RoundsForm))  # fmt: skip
