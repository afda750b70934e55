"""How reports look outside, and in which shape they are filed, changed, shared."""

from typing import Any

from rest_framework import serializers

from agreements.models import DataCategory
from incidents.models import IncidentKind, Precision, Report
from partnership.api.fields import VisibleField
from partnership.models import PAP, TLP, Audience, NamedGroup, Sector, User
from partnership.resources.grants import one_of_both


class ReportSerializer(serializers.ModelSerializer[Report]):
    """The head of a report; `narrative` is there only when it is opened by itself, by those who may see the body."""

    organization_name = serializers.CharField(source="organization.name", read_only=True)
    agreement_reference = serializers.CharField(source="agreement.reference", read_only=True)
    version_number = serializers.IntegerField(
        source="version.number", read_only=True, help_text="Version of the agreement that governs it."
    )
    narrative = serializers.CharField(
        allow_null=True, default=None, read_only=True,
        help_text="In the answer to a GET of this one report, which is recorded; null elsewhere, and when you may see the head only.",
    )  # fmt: skip

    class Meta:
        model = Report
        fields = (
            "id", "reference", "title", "organization", "organization_name", "agreement", "agreement_reference", "version_number",
            "category", "sector", "kind", "severity", "tlp", "pap", "state", "personal_data", "cross_border", "affected_service",
            "occurred_at", "occurred_precision", "aware_at", "aware_precision", "received_at", "released_at", "closed_at",
            "source", "source_key", "retention_start", "retain_until", "narrative",
        )  # fmt: skip
        read_only_fields = fields


class ReportContentSerializer(serializers.Serializer[Any]):
    """What can be said and changed about a report. Times coarser than a minute are written as their first day."""

    title = serializers.CharField(max_length=200, help_text="One line, without names of persons.")
    sector = serializers.SlugRelatedField(
        "code", queryset=Sector.objects.all(), help_text="Code of a sector, such as nis2:energy."
    )
    kind = serializers.SlugRelatedField(
        "code", queryset=IncidentKind.objects.all(), help_text="Code of a kind, such as malware."
    )
    severity = serializers.ChoiceField(Report.Severity.choices, required=False, help_text="0 unknown to 4 critical.")
    tlp = serializers.ChoiceField(TLP.choices, required=False, help_text="0 CLEAR to 4 RED; 2 (AMBER) unless given.")
    pap = serializers.ChoiceField(PAP.choices, required=False, help_text="0 CLEAR to 3 RED; 2 (AMBER) unless given.")
    personal_data = serializers.ChoiceField(Report.Answer.choices, required=False)
    cross_border = serializers.ChoiceField(Report.Answer.choices, required=False)
    affected_service = serializers.CharField(max_length=200, required=False, allow_blank=True)
    occurred_at = serializers.DateTimeField(required=False, allow_null=True)
    occurred_precision = serializers.ChoiceField(Precision.choices, required=False)
    aware_at = serializers.DateTimeField(required=False, allow_null=True)
    aware_precision = serializers.ChoiceField(Precision.choices, required=False)
    narrative = serializers.CharField(max_length=100_000, required=False, allow_blank=True)


class ReportFilingSerializer(ReportContentSerializer):
    """A new report: its content, for whom and under what it is filed."""

    organization = serializers.UUIDField(help_text="An organization whose liaison officer you are.")
    agreement = serializers.UUIDField(help_text="An agreement in force to which it is a party.")
    category = serializers.SlugRelatedField(
        "code",
        queryset=DataCategory.objects.all(),
        help_text="Code of a data category that the agreement covers, such as incident-report.",
    )
    indicators = serializers.CharField(
        max_length=500_000, required=False, allow_blank=True, help_text="One a line; defanged forms are understood."
    )


class BecauseSerializer(serializers.Serializer[Any]):
    """A reason for the trail."""

    because = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class ReportChangeSerializer(ReportContentSerializer):
    """What is to be said instead, and why."""

    because = serializers.CharField(max_length=300, required=False, allow_blank=True)


class ShareSerializer(serializers.Serializer[Any]):
    """With which sector."""

    sector = serializers.SlugRelatedField("code", queryset=Sector.objects.all(), help_text="Code of a sector.")


class ReleaseSerializer(serializers.Serializer[Any]):
    """To which group of people."""

    audience = serializers.SlugRelatedField(
        "name", queryset=Audience.objects.all(), help_text="Name of a group, such as the council whose members it is."
    )


class PersonField(serializers.SlugRelatedField[User]):
    """A person with an account, by address."""

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data.strip().lower() if isinstance(data, str) else data)


class LetInSerializer(serializers.Serializer[Any]):
    """Which person or which group, for how long, and why."""

    email = PersonField("email", queryset=User.objects.filter(is_active=True), required=False)
    group = VisibleField("partnership.view_group", queryset=NamedGroup.objects.all(), required=False)
    days = serializers.IntegerField(min_value=1, max_value=90)
    because = serializers.CharField(max_length=300)

    def validate(self, values: Any) -> Any:
        return {**values, "to": one_of_both(values)}
