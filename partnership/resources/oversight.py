"""Oversight: exports and what may be exported, jobs."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from partnership.access.decide import may_somewhere
from partnership.access.rest import TOKEN_FOR_IT
from partnership.actions import exports
from partnership.api.downloads import BYTES, Whatever, attached
from partnership.api.fields import WordsField
from partnership.api.router import router
from partnership.api.shapes import ProgressSerializer
from partnership.api.views import ReadOnly, ScopedViewSet, deed
from partnership.jobs.job import progress_of
from partnership.models import Export, Job, SecurityEvent
from partnership.tables import SOURCES


class JobSerializer(serializers.ModelSerializer):
    progress = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = ["id", "kind", "title", "state", "message", "requested_at", "finished_at", "progress", "result"]

    @extend_schema_field(ProgressSerializer)
    def get_progress(self, job):
        return progress_of(job)


class JobViewSet(ReadOnly):
    """Jobs that the caller asked for."""

    serializer_class = JobSerializer
    filterset_fields = ["state", "kind"]
    permissions = {"list": "partnership.view_job", "retrieve": "partnership.view_job"}

    def rows(self):
        return Job.objects.order_by("-requested_at", "pk")


class ExportSerializer(serializers.ModelSerializer):
    format = serializers.ChoiceField(
        [("csv", "CSV"), ("xlsx", "Excel"), ("pdf", "PDF"), ("json", "JSON"), ("pack", "Evidence pack, for reports")]
    )
    parameters = serializers.DictField(child=WordsField(), required=False, help_text="Filters, named as on the pages.")
    reason = serializers.CharField(
        max_length=300, help_text="One sentence; it stands in the trail and in the manifest."
    )
    is_ready = serializers.SerializerMethodField(help_text="Whether the file can be downloaded; else follow the job.")

    class Meta:
        model = Export
        fields = [
            "id", "report", "format", "parameters", "reason", "row_count", "manifest", "requested_at", "expires_at", "job", "is_ready",
        ]  # fmt: skip
        read_only_fields = ["id", "row_count", "manifest", "requested_at", "expires_at", "job"]

    def get_is_ready(self, export) -> bool:
        return export.file_id is not None


class ExportViewSet(ReadOnly):
    """Exports that the caller asked for."""

    serializer_class = ExportSerializer
    permissions = {name: "partnership.view_export" for name in ("list", "retrieve", "create", "file")}
    fresh = {"create": TOKEN_FOR_IT}

    def rows(self):
        return Export.objects.select_related("file").order_by("-requested_at", "pk")

    def create(self, request):
        """Make an export of a list or report, named as in `export-sources`; a long one runs as a job."""
        values = self.given(ExportSerializer)
        made = exports.request(source=values["report"], parameters=values.get("parameters", {}), format=values["format"],
                               reason=values["reason"], by=request.user, at=self.now)  # fmt: skip
        return self.answer(made, status=201)

    @deed(answers=BYTES, methods=["get"], content_negotiation_class=Whatever)
    def file(self, request, pk):
        """The file itself, while it is kept and its table is open to the caller."""
        export = self.get_object()
        opened = exports.open_for_download(export=export, by=request.user, at=self.now)
        return attached(opened, name=export.file.name, content_type=export.file.content_type)


class SourceSerializer(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    is_report = serializers.BooleanField(help_text="A compliance report, rather than a list.")


class SourceViewSet(ScopedViewSet):
    """Lists and reports that the caller may export."""

    serializer_class = SourceSerializer
    permissions = {"list": "partnership.view_export"}
    pagination_class = None
    filter_backends = ()

    def rows(self):
        return Export.objects.none()

    def list(self, request):
        """Names to use as `report` of an export."""
        found = [entry for entry in SOURCES.values() if may_somewhere(self.actor, entry.permission)]
        return self.answer(sorted(found, key=lambda entry: entry.name), many=True)


class SecurityEventSerializer(serializers.ModelSerializer):
    class Meta:
        model = SecurityEvent
        fields = ["id", "at", "kind", "person_id", "network", "place", "record", "request_id", "detail"]


class SecurityEventViewSet(ReadOnly):
    """What was tried and refused, as far as the caller may see it."""

    serializer_class = SecurityEventSerializer
    filterset_fields = ["kind", "person_id"]
    permissions = {"list": "partnership.view_security_event", "retrieve": "partnership.view_security_event"}

    def rows(self):
        return SecurityEvent.objects.order_by("-at", "pk")


router.register("security-events", SecurityEventViewSet, basename="security-event")
router.register("jobs", JobViewSet, basename="job")
router.register("exports", ExportViewSet, basename="export")
router.register("export-sources", SourceViewSet, basename="export-source")
