"""Forms about reports: filing, changing, closing, sharing, releasing."""

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from agreements.models import Agreement, RetentionTerm
from agreements.retention.due import period
from incidents.forms.moments import MomentsForm
from incidents.models import IncidentKind, Report
from incidents.policy import filing_agreements, officer_organizations
from partnership.access.actor import Actor
from partnership.models import PAP, TLP, Audience, Organization, Sector


class TermChoice(forms.ModelChoiceField):
    """An agreement and a category of its data, in one choice that says how long it is kept."""

    def label_from_instance(self, term: RetentionTerm) -> str:
        agreement = term.version.agreement
        return (
            f"{agreement.reference} {agreement.title}: {term.category.label.lower()}, kept {period(term)} from “{term.get_trigger_display().lower()}”,"
            f" up to {TLP(term.version.tlp_ceiling).label}"
        )


def terms_for(actor: Actor) -> QuerySet[RetentionTerm]:
    """The terms of agreements in force under which this person may file."""
    governing = Agreement.objects.filter(pk__in=actor.fact(filing_agreements)).values("governing")
    terms = RetentionTerm.objects.filter(version__in=governing).select_related("version__agreement", "category")
    return terms.order_by("version__agreement__reference", "category__position")


class ReportForm(MomentsForm):
    """What somebody under pressure can say; all but six fields may stay as they are."""

    moments: ClassVar[dict[str, str]] = {"aware": "Became aware", "occurred": "Happened"}

    title = forms.CharField(
        max_length=200,
        label="What happened",
        help_text="One line. Leave names of persons out: titles are seen by more people than the rest.",
    )
    organization = forms.ModelChoiceField(Organization.objects.none(), label="For organization", empty_label=None)
    filed_under = TermChoice(
        RetentionTerm.objects.none(),
        label="Filed under",
        help_text="The agreement decides who may see it and how long it is kept.",
    )
    sector = forms.ModelChoiceField(Sector.objects.order_by("position"))
    kind = forms.ModelChoiceField(IncidentKind.objects.order_by("position"), label="Kind of incident")
    severity = forms.TypedChoiceField(choices=Report.Severity.choices, coerce=int, initial=Report.Severity.UNKNOWN)
    tlp = forms.TypedChoiceField(
        label="Marking",
        choices=TLP.choices,
        coerce=int,
        initial=TLP.AMBER,
        help_text="Traffic Light Protocol 2.0: how far it may travel.",
    )
    affected_service = forms.CharField(max_length=200, required=False, label="Service affected")
    personal_data = forms.ChoiceField(
        choices=Report.Answer.choices, initial=Report.Answer.UNKNOWN, label="Personal data concerned"
    )
    cross_border = forms.ChoiceField(
        choices=Report.Answer.choices, initial=Report.Answer.UNKNOWN, label="Concerns other countries"
    )
    pap = forms.TypedChoiceField(
        label="Permissible actions",
        choices=PAP.choices,
        coerce=int,
        initial=PAP.AMBER,
        help_text="What recipients may do with it.",
    )
    narrative = forms.CharField(
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        label="Narrative",
        help_text="What happened, what was done. Seen only by those who may see the whole report.",
    )
    indicators = forms.CharField(
        required=False,
        max_length=500_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        label="Indicators",
        help_text="One a line: addresses, domains, URLs, hashes, CVE numbers. Defanged forms such as hxxp:// and [.] are understood.",
    )

    sections: ClassVar[list[tuple[str, list[str]]]] = [
        ("What happened", ["title", "organization", "filed_under", "sector", "kind", "severity", "tlp"]),
        (
            "When",
            [
                "aware_year",
                "aware_month",
                "aware_day",
                "aware_time",
                "occurred_year",
                "occurred_month",
                "occurred_day",
                "occurred_time",
            ],
        ),
        ("More, if known", ["affected_service", "personal_data", "cross_border", "pap", "narrative", "indicators"]),
    ]

    fields: dict[str, Any]

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.add_moments(getattr(actor.user, "time_zone", "UTC"))
        own = Organization.objects.filter(pk__in=actor.fact(officer_organizations)).order_by("name")
        self.fields["organization"].queryset = own
        self.fields["filed_under"].queryset = terms_for(actor)
        self.order_fields([name for _, names in self.sections for name in names])

    def clean(self) -> dict[str, Any]:
        return self.read_moments(super().clean() or self.cleaned_data)

    @property
    def grouped(self) -> list[dict[str, Any]]:
        """The fields in their sections, for the page."""
        hints = {
            "When": f"Times are in the zone {self.zone}. The year alone is enough; leave the rest empty if it is not known."
        }
        return [
            {
                "title": title,
                "hint": hints.get(title, ""),
                "rows": self._in_rows([name for name in names if name in self.fields]),
            }
            for title, names in self.sections
        ]

    def _in_rows(self, names: list[str]) -> list[list[Any]]:
        """The parts of one moment side by side; every other field in a row of its own."""
        rows: dict[str, list[Any]] = {}
        for name in names:
            moment = name.rpartition("_")[0]
            rows.setdefault(moment if moment in self.moments else name, []).append(self[name])
        return list(rows.values())


class ReportChangeForm(ReportForm):
    """The same, without what a report keeps for good: organization, agreement, indicators."""

    because = forms.CharField(max_length=300, required=False, label="Why it is changed", help_text="Kept in the trail.")
    sections: ClassVar[list[tuple[str, list[str]]]] = [
        ("What happened", ["title", "sector", "kind", "severity", "tlp"]),
        ReportForm.sections[1],
        ("More", ["affected_service", "personal_data", "cross_border", "pap", "narrative", "because"]),
    ]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("organization", "filed_under", "indicators"):
            del self.fields[name]


def initial_of(report: Report, zone: str) -> dict[str, Any]:
    """A stored report as the change form shows it."""
    names = ("title", "sector", "kind", "severity", "tlp", "affected_service", "personal_data", "cross_border", "pap")
    return {
        **{name: getattr(report, name) for name in names}, "narrative": report.body.narrative,
        **MomentsForm.parts_of("occurred", report.occurred_at, report.occurred_precision, zone),
        **MomentsForm.parts_of("aware", report.aware_at, report.aware_precision, zone),
    }  # fmt: skip


class CloseForm(forms.Form):
    """Why a report is closed."""

    because = forms.CharField(
        max_length=300, required=False, label="Outcome in one sentence", help_text="Kept in the trail."
    )


class ShareForm(forms.Form):
    """With which sector."""

    sector = forms.ModelChoiceField(Sector.objects.order_by("position"))


class ReleaseForm(forms.Form):
    """To which audience."""

    audience = forms.ModelChoiceField(
        Audience.objects.order_by("name"), help_text="Its members see the whole report, as long as they belong to it."
    )
