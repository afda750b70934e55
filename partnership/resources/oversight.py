"""Oversight: exports and what may be exported, jobs, the trail."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import mixins, serializers

from partnership.access.decide import may_somewhere
from partnership.actions import exports, trail
from partnership.api.downloads import BYTES, Whatever, attached
from partnership.api.fields import WordsField
from partnership.api.router import router
from partnership.api.shapes import ProgressSerializer
from partnership.api.views import ReadOnly, ScopedViewSet, deed
from partnership.audit.sentences import lines
from partnership.jobs.job import progress_of
from partnership.models import AuditEntry, Export, Job
from partnership.tables import SOURCES


class JobSerializer(serializers.ModelSerializer):
    progress = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = ["id", "kind", "title", "state", "message", "requested_at", "finished_at", "progress"]

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
    format = serializers.ChoiceField([("csv", "CSV"), ("xlsx", "Excel"), ("pdf", "PDF"), ("json", "JSON")])
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


class LineSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    verb = serializers.CharField(source="entry.verb")
    who = serializers.CharField()
    sentence = serializers.CharField()
    because = serializers.CharField()
    object_type = serializers.CharField(source="entry.object_type")
    object_id = serializers.CharField(source="entry.object_id")
    outcome = serializers.CharField(source="entry.outcome")
    request_id = serializers.UUIDField(source="entry.request_id")


class VerdictSerializer(serializers.Serializer):
    is_intact = serializers.BooleanField()
    entries = serializers.IntegerField()
    shredded = serializers.IntegerField(help_text="Entries whose words were taken away.")
    head = serializers.CharField()
    faults = serializers.ListField(child=serializers.CharField())


class AuditViewSet(mixins.ListModelMixin, ScopedViewSet):
    """The trail, as far as it concerns the caller."""

    serializer_class = LineSerializer
    filterset_fields = ["verb", "object_type", "object_id", "outcome"]
    permissions = {"list": "partnership.view_audit", "verify": "partnership.verify_audit"}

    def rows(self):
        return AuditEntry.objects.order_by("-id")

    def paginate_queryset(self, queryset):
        return lines(super().paginate_queryset(queryset))

    @deed(answers=VerdictSerializer, detail=False)
    def verify(self, request):
        """Check the whole chain and name what was altered; the check itself is the next entry."""
        return self.answer(trail.verify(by=request.user, at=self.now), VerdictSerializer)


router.register("jobs", JobViewSet, basename="job")
router.register("exports", ExportViewSet, basename="export")
router.register("export-sources", SourceViewSet, basename="export-source")
router.register("audit", AuditViewSet, basename="audit")
