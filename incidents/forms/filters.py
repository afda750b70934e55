"""Filters of the lists; their choices are limited to what the person may see."""

from datetime import datetime, time
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.timezone import make_aware

from agreements.models import Agreement
from incidents.exchange.indicators import refang
from incidents.models import Import, IncidentKind, Indicator, Report
from incidents.policy import audited_agreements, officer_organizations, party_agreements, reading_organizations
from partnership.models import TLP, Organization, Sector

DAY = forms.DateInput(attrs={"type": "date"})


def _agreements(request: Any) -> QuerySet[Agreement]:
    actor = request.actor
    keys = actor.fact(party_agreements) | actor.fact(audited_agreements)
    return Agreement.objects.filter(pk__in=keys).order_by("reference")


def _organizations(request: Any) -> QuerySet[Organization]:
    """Organizations of the agreements that the person takes part in or audits, and the person's own."""
    actor = request.actor
    keys = actor.fact(party_agreements) | actor.fact(audited_agreements)
    return (
        Organization.objects.filter(Q(pk__in=actor.fact(reading_organizations)) | Q(parties__agreement__in=keys))
        .distinct()
        .order_by("name")
    )


class ReportFilters(django_filters.FilterSet):
    """What one looks for among reports."""

    q = django_filters.CharFilter(label="Text", method="by_text", max_length=200, help_text="Title or reference")
    sector = django_filters.ModelChoiceFilter(queryset=Sector.objects.order_by("position"), label="Sector")
    kind = django_filters.ModelChoiceFilter(queryset=IncidentKind.objects.order_by("position"), label="Kind")
    severity = django_filters.ChoiceFilter(choices=Report.Severity.choices, label="Severity")
    tlp = django_filters.ChoiceFilter(choices=TLP.choices, label="Marking")
    state = django_filters.ChoiceFilter(choices=Report.State.choices, label="State")
    agreement = django_filters.ModelChoiceFilter(queryset=_agreements, label="Agreement")
    organization = django_filters.ModelChoiceFilter(queryset=_organizations, label="Organization")
    received_from = django_filters.DateFilter(label="Received from", method="from_day", widget=DAY)
    received_until = django_filters.DateFilter(label="Received until", method="until_day", widget=DAY)
    mine = django_filters.BooleanFilter(label="Only my organization's", method="only_mine", widget=forms.CheckboxInput)

    class Meta:
        model = Report
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[Report], name: str, value: str) -> QuerySet[Report]:
        return rows.filter(Q(title__icontains=value) | Q(reference__iexact=value.strip()))

    def from_day(self, rows: QuerySet[Report], name: str, value: Any) -> QuerySet[Report]:
        return rows.filter(received_at__gte=make_aware(datetime.combine(value, time.min)))

    def until_day(self, rows: QuerySet[Report], name: str, value: Any) -> QuerySet[Report]:
        last = make_aware(datetime.combine(value, time.max))
        return rows.filter(received_at__lte=last)

    def only_mine(self, rows: QuerySet[Report], name: str, value: bool) -> QuerySet[Report]:
        return rows.filter(organization__in=self.request.actor.fact(reading_organizations)) if value else rows


class IndicatorFilters(django_filters.FilterSet):
    """What one looks for among indicators; defanged text is understood."""

    q = django_filters.CharFilter(
        label="Value", method="by_text", max_length=300, help_text="A part of it, defanged or not"
    )
    type = django_filters.ChoiceFilter(choices=Indicator.Type.choices, label="Type")
    sector = django_filters.ModelChoiceFilter(
        queryset=Sector.objects.order_by("position"), field_name="report__sector", label="Sector"
    )

    class Meta:
        model = Indicator
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[Indicator], name: str, value: str) -> QuerySet[Indicator]:
        return rows.filter(value__icontains=refang(value.strip()))


class ImportFilters(django_filters.FilterSet):
    """What one looks for among imports."""

    state = django_filters.ChoiceFilter(choices=Import.State.choices, label="State")
    organization = django_filters.ModelChoiceFilter(
        queryset=lambda request: Organization.objects.filter(pk__in=request.actor.fact(officer_organizations)).order_by(
            "name"
        ),
        label="Organization",
    )

    class Meta:
        model = Import
        fields: tuple[str, ...] = ()
