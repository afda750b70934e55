"""Filters of the trail, and input about keys, signatures and reasons: shape and syntax only."""

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.db.models.functions import Cast

from partnership.models import AuditCheckpoint, AuditEntry, Organization, User
from partnership.registry import VERBS


def _verbs() -> list[tuple[str, str]]:
    return [(code, code.split(".")[1].replace("_", " ")) for code in sorted(VERBS)]


def reading_verbs() -> list[str]:
    """Codes of the verbs that tell of a reading."""
    return [code for code in sorted(VERBS) if VERBS[code].is_read]


class AuditFilter(django_filters.FilterSet):
    verb = django_filters.ChoiceFilter(label="Deed", choices=_verbs)
    person = django_filters.CharFilter(label="Person (name or e-mail contains)", method="of_person")
    actor_id = django_filters.UUIDFilter(label="Person's key")
    organization = django_filters.CharFilter(label="Organization (name contains)", method="of_organization")
    subject_id = django_filters.CharFilter(label="Organization's or agreement's key")
    object_type = django_filters.CharFilter(label="Kind of record", lookup_expr="icontains")
    object_id = django_filters.CharFilter(label="Record's key")
    outcome = django_filters.ChoiceFilter(choices=AuditEntry._meta.get_field("outcome").choices)
    since = django_filters.DateFilter(label="From", field_name="at", lookup_expr="date__gte")
    until = django_filters.DateFilter(label="Until", field_name="at", lookup_expr="date__lte")

    class Meta:
        model = AuditEntry
        fields = [
            "verb", "person", "actor_id", "organization", "subject_id", "object_type", "object_id", "outcome", "since", "until",
        ]  # fmt: skip

    def of_person(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        found = User.objects.filter(Q(name__icontains=value) | Q(email__icontains=value))
        return rows.filter(actor_id__in=found.values("pk"))

    def of_organization(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        keys = Organization.objects.filter(name__icontains=value)
        return rows.filter(
            subject_id__in=keys.values_list(Cast("pk", AuditEntry._meta.get_field("subject_id")), flat=True)
        )


class ReadFilter(AuditFilter):
    verb = django_filters.ChoiceFilter(
        label="What was done", choices=lambda: [pair for pair in _verbs() if pair[0] in reading_verbs()]
    )


class CheckpointFilter(django_filters.FilterSet):
    since = django_filters.DateFilter(label="From", field_name="at", lookup_expr="date__gte")
    until = django_filters.DateFilter(label="Until", field_name="at", lookup_expr="date__lte")

    class Meta:
        model = AuditCheckpoint
        fields = ["since", "until"]


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=300, help_text="One sentence; it stands in the trail and in the manifest.")


class BecauseForm(forms.Form):
    because = forms.CharField(label="Reason", max_length=300, help_text="One sentence; it stands in the trail.")


class WitnessForm(forms.Form):
    key = forms.CharField(
        label="Public key", max_length=300,
        help_text="The line that witness_trail.py printed when it made the key: name+id+key. The private key stays with you.",
    )  # fmt: skip


class CosignForm(forms.Form):
    signature = forms.CharField(
        label="Counter-signature", max_length=400, help_text="The line that begins with a long dash."
    )
