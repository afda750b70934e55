"""What auditors export about agreements: the register (GDPR Article 30) and retention compliance."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import Count
from django.utils import timezone

from agreements.models import Agreement, DeletionRecord, Purpose
from agreements.retention import grounds, plan
from agreements.retention.due import period
from partnership.access.scope import visible
from partnership.tables import GROUNDS, Column, Ground, Table, TableSource, source

GAP = "GAP: not stated"

REGISTER = [
    Column("agreement", "Agreement"), Column("state", "State"), Column("controllers", "Controllers and contacts, Art. 30(1)(a)"),
    Column("purpose", "Purpose, (b)"), Column("basis", "Legal basis"), Column("law", "Law cited"),
    Column("data", "Categories of data, (c)"), Column("recipients", "Recipients, (d)"), Column("transfers", "Countries of the parties, (e)"),
    Column("limits", "Time limits for erasure, (f)"), Column("measures", "Handling and redaction, (g)"),
    Column("version", "Version", kind="number"), Column("hash", "Hash"),
]  # fmt: skip


def register(actor: Any, parameters: Mapping[str, Any]) -> Table:
    """Every purpose of every agreement that the actor may see and that was signed, with the items of Article 30(1)."""
    seen = visible(actor, "agreements.view_agreement", Agreement.objects.filter(governing__isnull=False))
    purposes = (
        Purpose.objects.filter(version__in=seen.values("governing"))
        .select_related("version__agreement", "legal_basis").order_by("version__agreement__reference", "position")
        .prefetch_related("version__agreement__parties__organization", "version__data_items__category", "version__retention_terms__category",
                          "version__redaction_steps", "uses")
    )  # fmt: skip
    notes = ["One row for each purpose. An item that the agreement does not state is shown as a gap."]
    return Table(
        "agreements.register",
        "Register of agreements",
        REGISTER,
        given=[_line(p) for p in purposes],
        marking=2,
        notes=notes,
    )


def _line(purpose: Purpose) -> list[Any]:
    version = purpose.version
    agreement = version.agreement
    parties = list(agreement.parties.all())
    countries = sorted({party.organization.country for party in parties})
    return [
        agreement.reference, agreement.get_state_display(),
        "; ".join(f"{p.organization.name} ({p.get_controller_role_display().lower()}{', ' + p.contact if p.contact else ''})" for p in parties) or GAP,
        purpose.text, f"{purpose.legal_basis.label}, {purpose.legal_basis.article}", purpose.law_cited or ("-" if not purpose.legal_basis.needs_law_cited else GAP),
        "; ".join(f"{i.category.label}{' (personal)' if i.has_personal_data else ''}" for i in version.data_items.all()) or GAP,
        "; ".join(use.get_recipients_display() for use in purpose.uses.all()) or GAP, ", ".join(countries),
        "; ".join(f"{t.category.label}: {period(t)} from {t.get_trigger_display().lower()}, then {t.get_action_display().lower()}" for t in version.retention_terms.all()) or GAP,
        "; ".join([f"up to {version.get_tlp_ceiling_display()}", *(step.instruction for step in version.redaction_steps.all())]),
        version.number, version.content_hash,
    ]  # fmt: skip


class PeriodForm(forms.Form):
    """The days of deletion that a report covers."""

    since = forms.DateField(required=False, label="From", widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, label="Until", widget=forms.DateInput(attrs={"type": "date"}))


COMPLIANCE = [
    Column("agreement", "Agreement"), Column("deleted", "Deleted", kind="number"), Column("anonymised", "Anonymised", kind="number"),
    Column("returned", "Returned, deleted", kind="number"), Column("due", "Due now", kind="number"), Column("held", "Held", kind="number"),
    Column("waiting", "Waiting for return", kind="number"), Column("unapproved", "Waiting for approval", kind="number"),
    Column("late", "Deleted more than a day late", kind="number"),
    Column("share", "Share late, percent", kind="number"),
]  # fmt: skip


def compliance(actor: Any, parameters: Mapping[str, Any]) -> Table:
    """For each agreement: what retention did in the period and what is due now."""
    form = PeriodForm(parameters or {})
    chosen = form.cleaned_data if form.is_valid() else {}
    agreements = dict(
        visible(actor, "agreements.view_retention", Agreement.objects.all()).values_list("pk", "reference")
    )
    done, late = _done(list(agreements), chosen.get("since"), chosen.get("until"))
    preview = plan.groups(timezone.now(), list(agreements))
    now: dict[str, Counter[str]] = {group.agreement: Counter() for group in preview.groups}
    for group in preview.groups:
        now[group.agreement].update(due=group.goes, held=group.held, waiting=group.waiting, unapproved=group.unapproved)
    given = []
    for key, reference in sorted(agreements.items(), key=lambda pair: pair[1]):
        own, state = done.get(key, Counter()), now.get(reference, Counter())
        total = sum(own.values())
        if total or any(state.values()):
            given.append([reference, own["delete"], own["anonymise"], own["return"], state["due"], state["held"], state["waiting"], state["unapproved"], late[key],
                          round(100 * late[key] / total, 1) if total else 0])  # fmt: skip
    notes = ["Deleted, anonymised and returned are counted from the certificates; due, held and waiting by the predicate of the engine, as of now.",
             "Late: done more than one day after the day until which the record was kept."]  # fmt: skip
    parameters = {name: value.isoformat() for name, value in chosen.items() if isinstance(value, date)}
    return Table(
        "agreements.compliance",
        "Retention compliance",
        COMPLIANCE,
        given=given,
        marking=2,
        notes=notes,
        parameters=parameters,
    )


def _done(
    agreements: list[Any], since: date | None, until: date | None
) -> tuple[dict[Any, Counter[str]], Counter[Any]]:
    records = DeletionRecord.objects.filter(agreement_id__in=agreements)
    if since:
        records = records.filter(deleted_at__date__gte=since)
    if until:
        records = records.filter(deleted_at__date__lte=until)
    done: dict[Any, Counter[str]] = {}
    late: Counter[Any] = Counter()
    for key, action, due, day, count in records.values_list(
        "agreement_id", "action", "due_on", "deleted_at__date"
    ).annotate(n=Count("pk")):
        done.setdefault(key, Counter())[action] += count
        if (day - due).days > 2:  # due at the end of its day, one day of grace
            late[key] += count
    return done, late


source(TableSource("agreements.register", "Register of agreements", "agreements.report_compliance", register, is_report=True,
                   description="The items of GDPR Article 30 for every purpose of every signed agreement."))  # fmt: skip
source(TableSource("agreements.compliance", "Retention compliance", "agreements.report_compliance", compliance, is_report=True,
                   description="Due, deleted, anonymised, returned, held and late, by agreement and period.", form=PeriodForm))  # fmt: skip
GROUNDS["agreements"] = Ground(grounds.of, grounds.open_to)
