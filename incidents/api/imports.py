"""Imports of VERIS incidents: a file given, checked, decided upon."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from agreements.models import Agreement, DataCategory
from incidents.actions import imports
from incidents.forms.filters import ImportFilters
from incidents.models import Import
from partnership.api.fields import VisibleField
from partnership.api.parsers import GuardedJSONParser
from partnership.api.router import router
from partnership.api.shapes import ProgressSerializer
from partnership.api.views import ReadOnly, deed
from partnership.jobs.job import progress_of
from partnership.models import TLP, Organization


class ImportSerializer(serializers.ModelSerializer[Import]):
    """An import, how far it is, what its dry run found, and what may be decided."""

    progress = serializers.SerializerMethodField()
    may_decide = serializers.SerializerMethodField()
    may_refuse = serializers.SerializerMethodField()

    class Meta:
        model = Import
        fields = (
            "id", "organization", "agreement", "category", "tlp", "file_name", "state", "job", "progress", "may_decide", "may_refuse",
            "read_count", "good_count", "bad_count", "known_count", "errors", "started_at", "imported_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(ProgressSerializer(allow_null=True))
    def get_progress(self, given: Import) -> Any:
        return progress_of(given.job) if given.job else None

    def get_may_decide(self, given: Import) -> bool:
        return imports.may_decide(given)

    def get_may_refuse(self, given: Import) -> bool:
        return imports.may_refuse(given)


class ImportFilingSerializer(serializers.Serializer[Any]):
    """A file, and under what its incidents come in."""

    file = serializers.FileField(
        max_length=200, help_text="JSON lines, an array or a single incident; .json or .jsonl, plain or with .gz, at most 50 MB."
    )  # fmt: skip
    organization = VisibleField("incidents.file_report", queryset=Organization.objects.all())
    agreement = VisibleField("incidents.file_under", queryset=Agreement.objects.all())
    category = serializers.SlugRelatedField(
        "code", queryset=DataCategory.objects.all(), help_text="Covered by the agreement."
    )
    tlp = serializers.ChoiceField(
        [choice for choice in TLP.choices if choice[0] != TLP.CLEAR], help_text="The marking of every incident; VERIS carries none."
    )  # fmt: skip


class DecisionSerializer(serializers.Serializer[Any]):
    """Whether lines that cannot be imported are left out."""

    skip_bad = serializers.BooleanField(default=False)


class ImportViewSet(ReadOnly):
    """Imports of one's organizations."""

    permissions: ClassVar[dict[str, str]] = {
        "list": "incidents.view_import", "retrieve": "incidents.view_import", "create": "incidents.file_under",
        "decide": "incidents.view_import", "refuse": "incidents.view_import",
    }  # fmt: skip
    serializer_class = ImportSerializer
    filterset_class = ImportFilters
    upload_limit = "PORTAL_IMPORT_MAX_BYTES"
    parser_classes = (MultiPartParser,)  # of the file alone; a decision is JSON

    def rows(self) -> Any:
        return Import.objects.select_related("job").order_by("-started_at", "-id")

    @extend_schema(request=ImportFilingSerializer, responses={201: ImportSerializer})
    def create(self, request: Request) -> Response:
        """Give a file: it is checked as a whole, and nothing of it comes in before the decision."""
        data = self.given(ImportFilingSerializer)
        file = data.pop("file")
        made = imports.start(
            file_name=file.name, chunks=file.chunks(), size=file.size, by=self.actor.user, at=self.now, **data
        )
        return self._again(made, status=201)

    @deed(takes=DecisionSerializer, answers=ImportSerializer, parser_classes=[GuardedJSONParser])
    def decide(self, request: Request, pk: str) -> Response:
        """Bring the good lines in: all at once or not at all; bad ones are left out only when that is said."""
        found, data = self.get_object(), self.given(DecisionSerializer)
        return self._again(imports.decide(given=found, skip_bad=data["skip_bad"], by=self.actor.user, at=self.now))

    @deed(answers=ImportSerializer, parser_classes=[GuardedJSONParser])
    def refuse(self, request: Request, pk: str) -> Response:
        """Give the import up; the file is erased."""
        return self._again(imports.refuse(given=self.get_object(), by=self.actor.user, at=self.now))

    def _again(self, found: Import, status: int = 200) -> Response:
        return self.answer(self.rows().get(pk=found.pk), status=status)


router.register("imports", ImportViewSet, basename="import")
