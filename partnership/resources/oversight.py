"""REST resources of the ground floor: the same actions and the same visibility as the pages."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from partnership.actions import exports, organizations
from partnership.api.router import router
from partnership.api.views import ReadOnly, ScopedViewSet
from partnership.jobs.job import progress_of
from partnership.models import Export, Job, Organization, Sector


class OrganizationSerializer(serializers.ModelSerializer):
    sectors = serializers.PrimaryKeyRelatedField(many=True, queryset=Sector.objects.all(), required=False)

    class Meta:
        model = Organization
        fields = [
            "id",
            "name",
            "short_name",
            "kind",
            "size",
            "country",
            "parent",
            "website",
            "time_zone",
            "sectors",
            "vetting",
            "tier",
            "revet_on",
        ]
        read_only_fields = ["id", "vetting", "tier", "revet_on"]
        validators: list = []


class OrganizationViewSet(ReadOnly):
    """Organizations of the directory."""

    serializer_class = OrganizationSerializer
    permissions = {"list": "partnership.view_organization", "retrieve": "partnership.view_organization",
                   "create": "partnership.create_organization", "partial_update": "partnership.change_organization"}  # fmt: skip

    def rows(self):
        return Organization.objects.prefetch_related("sectors").order_by("name", "pk")

    def create(self, request):
        """Enter an organization as an applicant."""
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        made = organizations.create(columns=values, sectors=values.pop("sectors", []), by=request.user, at=self.now)
        return Response(self.get_serializer(made).data, status=201)

    def partial_update(self, request, pk):
        """Change the profile."""
        found = self.get_object()
        given = self.get_serializer(found, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        changed = organizations.change(
            organization=found, columns=values, sectors=values.pop("sectors", None), by=request.user, at=self.now
        )
        return Response(self.get_serializer(changed).data)


class JobSerializer(serializers.ModelSerializer):
    progress = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = ["id", "kind", "title", "state", "message", "requested_at", "finished_at", "progress"]

    def get_progress(self, job) -> dict:
        return progress_of(job)


class JobViewSet(ReadOnly):
    """Jobs that the caller asked for."""

    serializer_class = JobSerializer
    permissions = {"list": "partnership.view_job", "retrieve": "partnership.view_job"}

    def rows(self):
        return Job.objects.order_by("-requested_at", "pk")


class ExportSerializer(serializers.ModelSerializer):
    class Meta:
        model = Export
        fields = [
            "id",
            "report",
            "format",
            "parameters",
            "reason",
            "row_count",
            "manifest",
            "requested_at",
            "expires_at",
        ]
        read_only_fields = ["id", "row_count", "manifest", "requested_at", "expires_at"]


class ExportViewSet(ReadOnly):
    """Exports that the caller asked for."""

    serializer_class = ExportSerializer
    permissions = {
        "list": "partnership.view_export",
        "retrieve": "partnership.view_export",
        "create": "partnership.view_export",
    }

    def rows(self):
        return Export.objects.order_by("-requested_at", "pk")

    def create(self, request):
        """Make an export of a list or report, named as on the pages."""
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        made = exports.request(source=values["report"], parameters=values.get("parameters", {}), format=values["format"],
                               reason=values.get("reason", ""), by=request.user, at=self.now)  # fmt: skip
        return Response(self.get_serializer(made).data, status=201)


class MeSerializer(serializers.Serializer):
    email = serializers.EmailField()
    name = serializers.CharField()
    roles = serializers.ListField(child=serializers.DictField())


class MeViewSet(ScopedViewSet):
    """Who the caller is."""

    serializer_class = MeSerializer
    permissions = {"list": "partnership.view_job"}
    pagination_class = None
    filter_backends = ()

    @extend_schema(responses=MeSerializer)
    def list(self, request):
        """The caller's address, name and roles."""
        roles = [
            {"organization": h.organization_name, "role": h.role, "vetted": h.is_vetted} for h in self.actor.holdings
        ]
        return Response({"email": request.user.email, "name": request.user.name, "roles": roles})

    def rows(self):
        return Job.objects.none()


router.register("organizations", OrganizationViewSet, basename="organization")
router.register("jobs", JobViewSet, basename="job")
router.register("exports", ExportViewSet, basename="export")
router.register("me", MeViewSet, basename="me")
