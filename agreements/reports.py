"""What auditors export about agreements: register (GDPR Article 30), transfers, legal holds, retention compliance."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from agreements import leaving
from agreements.actions import holds
from agreements.models import Agreement, DeletionRecord, Departure, LegalHold, Purpose, Transfer
from agreements.retention import compliance, grounds, proof
from agreements.retention.due import local_day, period
from partnership.access.decide import can
from partnership.access.scope import visible
from partnership.countries import is_transfer
from partnership.models import Organization
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


TRANSFERS = [
    Column("agreement", "Agreement", links=True), Column("state", "State"), Column("recipient", "Recipient"), Column("country", "Country"),
    Column("personal", "Personal data"), Column("mechanism", "Mechanism, GDPR chapter V"), Column("derogation", "Derogation, Art. 49"),
    Column("documents", "Documents relied on"), Column("residency", "Residency"), Column("export", "Export control"),
    Column("basis", "Exception or licence"), Column("conflict", "Conflict of laws"), Column("allowed", "May personal data go"),
    Column("version", "Version", kind="number"), Column("since", "In force since", kind="day"), Column("until", "Ends", kind="day"),
]  # fmt: skip
NOT_DESCRIBED = "GAP: not stated (step Transfers of the agreement)"


def transfers(actor: Any, parameters: Mapping[str, Any]) -> Table:
    """Every party abroad of every signed agreement that the actor may see: by which way data goes there, or that none is stated."""
    seen = (
        visible(actor, "agreements.view_agreement", Agreement.objects.filter(governing__isnull=False))
        .select_related("lead", "governing").order_by("reference")
        .prefetch_related("parties__organization", "governing__data_items", "governing__transfers__mechanism", "governing__transfers__organization")
    )  # fmt: skip
    found = [(agreement, line) for agreement in seen for line in _ways(agreement)]
    return Table(
        "agreements.transfers", "Transfers to other countries", TRANSFERS, given=[line for _, line in found], marking=2,
        notes=["One row for each party in another country, and for each transfer that the agreement describes.",
               "Within the European Economic Area personal data needs no mechanism, so parties there stand here only if a transfer is described."],
        links=[reverse("agreements:agreement-detail", args=[agreement.pk]) for agreement, _ in found],
        empty="No signed agreement has a party in another country.",
    )  # fmt: skip


def _ways(agreement: Agreement) -> list[list[Any]]:
    version = agreement.governing
    assert version is not None
    described: dict[Organization, Transfer | None] = {row.organization: row for row in version.transfers.all()}
    for party in agreement.parties.all():
        if party.until is None and is_transfer(agreement.lead.country, party.organization.country):
            described.setdefault(party.organization, None)
    personal = any(item.has_personal_data for item in version.data_items.all())
    head = [agreement.reference, agreement.get_state_display()]
    tail = [version.number, agreement.in_force_since, agreement.ended_on or version.ends_on]
    return [
        [*head, to.name, to.country, "yes" if personal else "no", *_way(described[to], personal), *tail]
        for to in sorted(described, key=lambda to: (to.name, to.pk))
    ]


def _way(row: Transfer | None, personal: bool) -> list[str]:
    """The answers of a transfer. Without personal data none is required, so an absent one is no gap."""
    if row is None:
        return [NOT_DESCRIBED if personal else "-"] * 7 + ["No: no mechanism is agreed" if personal else "-"]
    listed = row.export_control in (Transfer.Export.EXCEPTION, Transfer.Export.LICENCE)
    return [
        f"{row.mechanism.label}, {row.mechanism.article}", "DEROGATION: single cases only" if row.mechanism.is_derogation else "no",
        row.documents or NOT_DESCRIBED, row.get_residency_display(), row.get_export_control_display(),
        row.export_basis or (NOT_DESCRIBED if listed else "-"), row.conflict_note or "-", f"No: {row.forbids}" if row.forbids else "Yes",
    ]  # fmt: skip


HOLDS = [
    Column("reference", "Hold", links=True), Column("scope", "Protects"), Column("owner", "Placed for"), Column("ground", "Ground"),
    Column("authority", "Authority"), Column("reason", "Reason"), Column("placed", "Placed", kind="moment"), Column("by", "Placed by"),
    Column("review", "Review on", kind="day"), Column("state", "State"), Column("lifted", "Lifted", kind="moment"),
    Column("protected", "Protected now", kind="number", meaning="Records in its scope at this moment; none once it is lifted, empty where retention is not told to you."),
]  # fmt: skip


def legal_holds(actor: Any, parameters: Mapping[str, Any]) -> Table:
    """Every legal hold that the actor may see: what it protects, why, by whom, and whether its review is overdue."""
    seen = list(
        visible(actor, "agreements.view_hold", LegalHold.objects.all())
        .select_related("agreement", "organization", "owner", "placed_by").order_by("-placed_at", "pk")
    )  # fmt: skip
    today = timezone.now().astimezone(UTC).date()
    return Table(
        "agreements.holds", "Legal holds", HOLDS, given=[_hold(actor, hold, today) for hold in seen], marking=3,
        notes=["What is under a hold is not deleted, by any path, until the hold is lifted. A hold does not end by itself.",
               f"Reviews are overdue where their day lies before {today:%-d %B %Y} and the hold is in force."],
        links=[reverse("agreements:hold-detail", args=[hold.pk]) for hold in seen], empty="There is no legal hold.",
    )  # fmt: skip


def _hold(actor: Any, hold: LegalHold, today: date) -> list[Any]:
    scope = hold.organization.name if hold.organization else hold.agreement.reference  # type: ignore[union-attr]
    overdue = hold.lifted_at is None and hold.review_on < today
    return [
        hold.reference, f"{scope}, {hold.record_name or 'one record'}" if hold.record_id else scope, hold.owner.name,
        hold.get_ground_display(), hold.authority or "-", hold.reason, hold.placed_at, str(hold.placed_by), hold.review_on,
        "lifted" if hold.lifted_at else "REVIEW OVERDUE" if overdue else "in force", hold.lifted_at, _protected(actor, hold),
    ]  # fmt: skip


def _protected(actor: Any, hold: LegalHold) -> int | None:
    if hold.lifted_at is not None:
        return 0
    told = can(actor, "agreements.lift_hold", hold) or (
        hold.agreement is not None and can(actor, "agreements.view_retention", hold.agreement)
    )
    return holds.protected_now(hold) if told else None


class PeriodForm(forms.Form):
    """Which days and which agreement a report covers."""

    since = forms.DateField(required=False, label="From", widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, label="Until", widget=forms.DateInput(attrs={"type": "date"}))
    agreement = forms.ChoiceField(required=False, choices=[("", "All")])

    def scope(self, actor: Any) -> None:
        """Offer the agreements whose retention the person may see, and take no other."""
        seen = visible(actor, "agreements.view_retention", Agreement.objects.order_by("reference"))
        offered = [(row.reference, f"{row.reference} {row.title}") for row in seen]
        self.fields["agreement"].choices = [("", "All"), *offered]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("since"), data.get("until")
        if first and last and last < first:
            self.add_error("until", "The last day comes before the first. Check both.")
        return data


COMPLIANCE = [
    Column("agreement", "Agreement", links=True), Column("category", "Category"),
    Column("due", "Due", kind="number", meaning=compliance.DUE), Column("deleted", "Deleted", kind="number", meaning=compliance.DELETED),
    Column("anonymised", "Anonymised", kind="number", meaning=compliance.ANONYMISED),
    Column("returned", "Returned, deleted", kind="number", meaning=compliance.RETURNED),
    Column("held", "Held", kind="number", meaning=compliance.HELD), Column("coming", "Goes with a run", kind="number", meaning=compliance.COMING),
    Column("overdue", "Overdue", kind="number", meaning=compliance.OVERDUE), Column("late", "Late", kind="number", meaning=compliance.LATE),
    Column("share", "Share late, percent", kind="number", meaning=compliance.SHARE), Column("why", "Why overdue", meaning=compliance.WHY),
]  # fmt: skip
MOST_PROOFS = 1000


def retention_compliance(actor: Any, parameters: Mapping[str, Any]) -> Table:
    """For each agreement and category: of what came due in the period, what became of it."""
    form = PeriodForm(parameters or {})
    form.scope(actor)
    asked = form.cleaned_data if form.is_valid() else None
    at, seen = timezone.now(), _asked_for(actor, asked)
    since, until = (asked or {}).get("since"), (asked or {}).get("until")
    lines = compliance.figures(list(seen.values_list("pk", flat=True)), since, until, at) if asked is not None else []
    certified = DeletionRecord.objects.filter(agreement_id__in=seen.values("pk"), **_between(since, until))
    certified = visible(actor, "agreements.view_certificate", certified).order_by("deleted_at", "pk")
    return Table(
        "agreements.compliance", "Retention compliance", COMPLIANCE, given=[_figures(line) for line in lines], marking=2,
        notes=[*_period(asked, at.astimezone(UTC).date()), *_limits(certified.count() if lines else 0)],
        parameters={name: str(value) for name, value in (asked or {}).items() if value},
        links=[reverse("agreements:agreement-detail", args=[line.agreement_id]) for line in lines],
        proofs=lambda: proof.of(certified[:MOST_PROOFS]) if lines else [],
    )  # fmt: skip


def _asked_for(actor: Any, asked: Mapping[str, Any] | None) -> QuerySet[Agreement]:
    """The agreements that the person may see and asked for; none where the question was not understood."""
    seen = visible(actor, "agreements.view_retention", Agreement.objects.all())
    if asked is None:
        return seen.none()
    return seen.filter(reference=asked["agreement"]) if asked.get("agreement") else seen


def _between(since: date | None, until: date | None) -> dict[str, date]:
    return ({"due_on__gte": since} if since else {}) | ({"due_on__lte": until} if until else {})


def _figures(line: compliance.Line) -> list[Any]:
    counts = line.counts
    return [line.agreement, line.category, line.due, counts["delete"], counts["anonymise"], counts["return"], counts["held"],
            counts["coming"], counts["overdue"], counts["late"], line.share, line.reasons]  # fmt: skip


def _period(asked: Mapping[str, Any] | None, today: date) -> Iterator[str]:
    """The period in words, and whether it is over."""
    if asked is None:
        yield "The question was not understood, so nothing is shown. Check the days and the agreement."
        return
    since, until = asked.get("since"), asked.get("until")
    first = f"{since:%-d %B %Y}" if since else "the beginning"
    yield f"Period: from {first} to {f'{until:%-d %B %Y}' if until else 'today'}, by the day until which a record was to be kept."
    if since and since > today:
        yield "The period has not begun: nothing in it can have come due."
    elif until is None or until >= today:
        yield f"The period is not over: this is how it stood on {today:%-d %B %Y}."
    yield "Due is the sum of deleted, anonymised, returned, held, going with a run, and overdue. What is gone is counted from its certificate."


def _limits(certified: int) -> Iterator[str]:
    if certified > MOST_PROOFS:
        yield f"An evidence pack holds the first {MOST_PROOFS} of the {certified} certificates of the period; the others are under Certificates."


source(TableSource("agreements.register", "Register of agreements", "agreements.report_compliance", register, is_report=True,
                   description="The items of GDPR Article 30 for every purpose of every signed agreement."))  # fmt: skip
source(TableSource("agreements.transfers", "Transfers to other countries", "agreements.report_compliance", transfers, is_report=True,
                   description="Mechanism, documents, residency and export answers for every party abroad, with gaps and derogations."))  # fmt: skip
source(TableSource("agreements.holds", "Legal holds", "agreements.report_compliance", legal_holds, is_report=True,
                   description="What each hold protects, on what ground, by whom, and whether its review is overdue."))  # fmt: skip
source(TableSource("agreements.compliance", "Retention compliance", "agreements.report_compliance", retention_compliance, is_report=True,
                   description="Of what came due in a period: deleted, anonymised, returned, held, overdue and late, by agreement and category.", form=PeriodForm))  # fmt: skip
GROUNDS["agreements"] = Ground(grounds.of, grounds.open_to)


class DepartureForm(forms.Form):
    """Which departure a table collects."""

    departure = forms.UUIDField()


DEPARTURE = [
    Column("part", "Kind"), Column("organization", "By"), Column("category", "Data"), Column("about", "About"),
    Column("count", "Records", kind="number"), Column("outcome", "What became of it"), Column("law", "Law"),
    Column("kept_until", "Kept until", kind="day"), Column("day", "Day", kind="day"), Column("words", "Words"),
]  # fmt: skip


def departure(actor: Any, parameters: Mapping[str, Any]) -> Table:
    """The certificates of one departure: attestations, what the portal deleted, and what is still held."""
    form = DepartureForm(parameters or {})
    key: Any = form.cleaned_data["departure"] if form.is_valid() else None
    rows = visible(actor, "agreements.view_departure", Departure.objects.select_related("agreement", "organization"))
    found = rows.filter(pk=key).first() if key else None
    given = [] if found is None else [*_attested(found), *_certified(found), *_held(found)]
    notes = [f"{found.reference}: {found.organization.name} leaves {found.agreement.reference} on {found.leaves_on:%-d %B %Y};"
             f" attestations are due by {found.attest_by:%-d %B %Y}."] if found is not None else []  # fmt: skip
    return Table(leaving.SOURCE, "Certificates of a departure", DEPARTURE, given=given, marking=2, notes=notes,
                 parameters={"departure": str(key)} if found is not None else {})  # fmt: skip


def _attested(found: Departure) -> list[list[Any]]:
    return [
        ["Attestation", row.organization.name, row.category.label, row.get_direction_display(), None,
         row.get_outcome_display(), row.law, row.kept_until, row.attested_at.date() if row.attested_at else None, row.statement]
        for row in leaving.attestations(found)
    ]  # fmt: skip


def _certified(found: Departure) -> list[list[Any]]:
    return [["Certificate of the portal", found.organization.name, line["category"], "Data that the leaving party gave", line["count"],
             line["done"].capitalize(), "", None, None, ""] for line in leaving.certificates(found)]  # fmt: skip


def _held(found: Departure) -> list[list[Any]]:
    today = local_day(timezone.now(), found.agreement.time_zone)
    return [
        ["Still held", "", "", what, None, "Not deleted", "", None, None, why]
        for what, why in leaving.held(found, today)
    ]


source(TableSource(leaving.SOURCE, "Certificates of a departure", "agreements.view_departure", departure, form=DepartureForm,
                   description="Attestations, the portal's certificates, and what is still held after a party left."))  # fmt: skip
