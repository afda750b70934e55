"""How versions and their terms look outside, and in which shape new ones are given."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from agreements.actions.versions import gaps
from agreements.models import (
    Agreement,
    AgreementVersion,
    Clause,
    DataCategory,
    DataItem,
    HandlingPolicy,
    LegalBasis,
    Party,
    PermittedUse,
    Purpose,
    RedactionStep,
    RetentionTerm,
    Signature,
    SpecialCondition,
    Transfer,
)
from partnership.api.fields import VisibleField
from partnership.forms.organizations import known_zone
from partnership.models import Organization, TransferMechanism


class ValidField(serializers.PrimaryKeyRelatedField):
    """A term of a list that is valid today."""

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        return rows.valid_on()


class OfVersionField(serializers.PrimaryKeyRelatedField):
    """A row of the version that is being drafted, or a category that it lists."""

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        version = self.context["version"]
        if rows.model is Purpose:
            return rows.filter(version=version)
        return rows.filter(pk__in=version.data_items.values("category"))


class PartySerializer(serializers.ModelSerializer):
    organization = VisibleField("partnership.view_organization", queryset=Organization.objects.filter(vetting="vetted"))

    class Meta:
        model = Party
        fields = ["id", "organization", "role", "controller_role", "contact"]
        extra_kwargs = {
            "role": {"required": True},
            "controller_role": {"required": True},
            "contact": {"write_only": True},
        }
        validators: list = []


class PurposeSerializer(serializers.ModelSerializer):
    legal_basis = ValidField(queryset=LegalBasis.objects.all())
    special_condition = ValidField(queryset=SpecialCondition.objects.all(), required=False, allow_null=True)

    class Meta:
        model = Purpose
        fields = ["id", "text", "legal_basis", "law_cited", "law_valid_until", "special_condition"]


class DataItemSerializer(serializers.ModelSerializer):
    category = ValidField(queryset=DataCategory.objects.all())

    class Meta:
        model = DataItem
        fields = ["id", "category", "description", "has_personal_data"]


class TermSerializer(serializers.ModelSerializer):
    category = ValidField(queryset=DataCategory.objects.all())

    class Meta:
        model = RetentionTerm
        fields = ["id", "category", "trigger", "months", "days", "action", "basis"]
        extra_kwargs = {"months": {"max_value": 1200}, "trigger": {"required": True}, "action": {"required": True}}


class RedactionSerializer(serializers.ModelSerializer):
    category = ValidField(queryset=DataCategory.objects.all())

    class Meta:
        model = RedactionStep
        fields = ["id", "position", "category", "instruction"]
        read_only_fields = ["id", "position"]
        validators: list = []


class UseSerializer(serializers.ModelSerializer):
    purpose = OfVersionField(queryset=Purpose.objects.all(), help_text="A purpose of the same version.")
    categories = OfVersionField(many=True, required=False, queryset=DataCategory.objects.all(),
                                help_text="Listed as data of the same version.")  # fmt: skip

    class Meta:
        model = PermittedUse
        fields = ["id", "purpose", "categories", "recipients", "conditions", "highest_tlp", "valid_from", "valid_until"]


class HandlingSerializer(serializers.ModelSerializer):
    category = ValidField(queryset=DataCategory.objects.all())

    class Meta:
        model = HandlingPolicy
        fields = ["id", "category", "tlp", "encrypt_in_transit", "permitted_actions", "affected_party_notifications", "attribution",
                  "unmodified_resale", "external_reference"]  # fmt: skip


class TransferSerializer(serializers.ModelSerializer):
    organization = VisibleField("partnership.view_organization", queryset=Organization.objects.all())
    mechanism = ValidField(queryset=TransferMechanism.objects.all())

    class Meta:
        model = Transfer
        fields = [
            "id",
            "organization",
            "mechanism",
            "documents",
            "residency",
            "export_control",
            "export_basis",
            "conflict_note",
        ]


class ClauseSerializer(serializers.ModelSerializer):
    text = serializers.CharField(max_length=4000)

    class Meta:
        model = Clause
        fields = ["id", "subject", "text"]


class VersionSerializer(serializers.ModelSerializer):
    """The version that governs."""

    purposes = PurposeSerializer(many=True)
    retention_terms = TermSerializer(many=True)

    class Meta:
        model = AgreementVersion
        fields = ["id", "number", "summary", "tlp_ceiling", "minimum_group_size", "notice_days", "effective_on", "ends_on", "frozen_at", "content_hash",
                  "purposes", "retention_terms"]  # fmt: skip


class SignatureSerializer(serializers.ModelSerializer):
    class Meta:
        model = Signature
        fields = ["party", "content_hash", "signed_at"]


class GapSerializer(serializers.Serializer):
    part = serializers.CharField()
    sentence = serializers.CharField()


class WholeVersionSerializer(VersionSerializer):
    """Everything that a version says, who signed it, and what is missing before it can be sent."""

    data_items = DataItemSerializer(many=True)
    redaction_steps = RedactionSerializer(many=True)
    permitted_uses = UseSerializer(many=True)
    handling_policies = HandlingSerializer(many=True)
    transfers = TransferSerializer(many=True)
    clauses = ClauseSerializer(many=True)
    signatures = SignatureSerializer(many=True)
    gaps = serializers.SerializerMethodField(help_text="What is missing before it can be sent.")

    @extend_schema_field(GapSerializer(many=True))
    def get_gaps(self, version):
        found = [] if version.is_frozen else gaps(version.agreement, version, self.context["view"].now.date())
        return [{"part": part, "sentence": sentence} for part, sentence in found]

    class Meta(VersionSerializer.Meta):
        fields = [
            *VersionSerializer.Meta.fields,
            "review_on",
            "data_items",
            "redaction_steps",
            "permitted_uses",
            "handling_policies",
            "transfers",
            "clauses",
            "signatures",
            "gaps",
        ]


class BasicsSerializer(serializers.ModelSerializer):
    """The head of an agreement and of its open version."""

    title = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(Agreement.Kind.choices)
    time_zone = serializers.CharField(max_length=64, validators=[known_zone])

    class Meta:
        model = AgreementVersion
        fields = [
            "title",
            "kind",
            "time_zone",
            "summary",
            "tlp_ceiling",
            "minimum_group_size",
            "notice_days",
            "effective_on",
            "ends_on",
            "review_on",
        ]
        extra_kwargs = {"minimum_group_size": {"min_value": 3}}
