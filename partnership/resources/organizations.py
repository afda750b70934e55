"""The directory: organizations entered, changed, vetted, suspended."""

from django.core.exceptions import ValidationError
from django.http import Http404
from rest_framework import serializers
from rest_framework.response import Response

from partnership.actions import organizations
from partnership.api.fields import VisibleField
from partnership.api.router import router
from partnership.api.shapes import ReasonSerializer
from partnership.api.views import ReadOnly, deed
from partnership.forms.organizations import identifier, known_country, known_zone
from partnership.models import Organization, OrganizationIdentifier, Sector


class IdentifierSerializer(serializers.ModelSerializer):
    class Meta:
        model = OrganizationIdentifier
        fields = ["id", "scheme", "value"]
        read_only_fields = ["id"]
        validators: list = []

    def validate(self, values):
        try:
            return {**values, "value": identifier(values["scheme"], values["value"])}
        except ValidationError as error:
            raise serializers.ValidationError({"value": error.messages}) from error


class OrganizationSerializer(serializers.ModelSerializer):
    sectors = serializers.PrimaryKeyRelatedField(many=True, queryset=Sector.objects.all(), required=False)
    parent = VisibleField(  # type: ignore[assignment]  # a serializer's parent is something else
        "partnership.view_organization", required=False, allow_null=True,
        queryset=Organization.objects.filter(parent__isnull=True),
    )  # fmt: skip
    country = serializers.CharField(min_length=2, max_length=2, validators=[known_country])
    time_zone = serializers.CharField(max_length=64, required=False, validators=[known_zone])
    identifiers = IdentifierSerializer(many=True, read_only=True)

    class Meta:
        model = Organization
        fields = [
            "id", "name", "short_name", "kind", "size", "country", "parent", "website", "time_zone", "sectors",
            "identifiers", "vetting", "tier", "revet_on", "suspended_at",
        ]  # fmt: skip
        read_only_fields = ["id", "vetting", "tier", "revet_on", "suspended_at"]
        validators: list = []

    def validate_country(self, code):
        return code.upper()


class VettingSerializer(serializers.Serializer):
    decision = serializers.ChoiceField(Organization.Vetting.choices)
    tier = serializers.IntegerField(min_value=0, max_value=3, help_text="0 (none) to 3 (highest).")
    revet_on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="Needed when it is vetted."
    )
    because = serializers.CharField(max_length=500)


class OrganizationViewSet(ReadOnly):
    """Organizations of the directory."""

    serializer_class = OrganizationSerializer
    filterset_fields = ["kind", "country", "vetting", "sectors"]
    permissions = {
        "list": "partnership.view_organization", "retrieve": "partnership.view_organization",
        "create": "partnership.create_organization", "partial_update": "partnership.change_organization",
        "vet": "partnership.vet_organization", "suspend": "partnership.vet_organization", "resume": "partnership.vet_organization",
        "add_identifier": "partnership.change_organization", "remove_identifier": "partnership.change_organization",
    }  # fmt: skip

    def rows(self):
        return Organization.objects.prefetch_related("sectors", "identifiers").order_by("name", "pk")

    def create(self, request):
        """Enter an organization as an applicant."""
        values = self.given(OrganizationSerializer)
        made = organizations.create(columns=values, sectors=values.pop("sectors", []), by=request.user, at=self.now)
        return self.answer(made, status=201)

    def partial_update(self, request, pk):
        """Change the profile."""
        found, values = self.get_object(), self.given(OrganizationSerializer, partial=True)
        changed = organizations.change(
            organization=found, columns=values, sectors=values.pop("sectors", None), by=request.user, at=self.now
        )
        return self.answer(changed)

    @deed(takes=VettingSerializer, answers=OrganizationSerializer)
    def vet(self, request, pk):
        """Decide on the vetting; what the organization may see follows at the next request."""
        found, values = self.get_object(), self.given(VettingSerializer)
        return self.answer(organizations.vet(organization=found, by=request.user, at=self.now, **values))

    @deed(takes=ReasonSerializer, answers=OrganizationSerializer)
    def suspend(self, request, pk):
        """Take everything away from its members, at their next request."""
        found, values = self.get_object(), self.given(ReasonSerializer)
        return self.answer(organizations.suspend(organization=found, by=request.user, at=self.now, **values))

    @deed(takes=ReasonSerializer, answers=OrganizationSerializer)
    def resume(self, request, pk):
        """Lift the suspension."""
        found, values = self.get_object(), self.given(ReasonSerializer)
        return self.answer(organizations.resume(organization=found, by=request.user, at=self.now, **values))

    @deed(takes=IdentifierSerializer, answers=IdentifierSerializer, status=201, path="identifiers")
    def add_identifier(self, request, pk):
        """Enter a number under which a register knows the organization."""
        found, values = self.get_object(), self.given(IdentifierSerializer)
        made = organizations.add_identifier(organization=found, by=request.user, at=self.now, **values)
        return self.answer(made, IdentifierSerializer, status=201)

    @deed(status=204, path="identifiers/{key}", methods=["delete"])
    def remove_identifier(self, request, pk, key):
        """Take a number away that was entered by mistake or has lapsed."""
        known = {str(one.pk): one for one in self.get_object().identifiers.select_related("organization")}
        if key not in known:
            raise Http404
        organizations.remove_identifier(identifier=known[key], by=request.user, at=self.now)
        return Response(status=204)


router.register("organizations", OrganizationViewSet, basename="organization")
