"""Reports, indicators and imports for connected systems: the same actions and the same visibility as the pages."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_field, inline_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from agreements.models import Agreement, DataCategory
from incidents.actions import indicators, reports
from incidents.forms.filters import ImportFilters, IndicatorFilters, ReportFilters
from incidents.models import Import, IncidentKind, Indicator, Precision, Report
from partnership.access.decide import can
from partnership.access.scope import get_or_404
from partnership.api.router import router
from partnership.api.views import ReadOnly
from partnership.models import PAP, TLP, Organization, Sector


class ReportSerializer(serializers.ModelSerializer[Report]):
    """The head of a report; `narrative` is there only for those who may see the body."""

    organization_name = serializers.CharField(source="organization.name", read_only=True)
    agreement_reference = serializers.CharField(source="agreement.reference", read_only=True)
    version_number = serializers.IntegerField(
        source="version.number", read_only=True, help_text="Version of the agreement that governs it."
    )
    narrative = serializers.SerializerMethodField(help_text="Null when you may see the head only, and in lists.")

    class Meta:
        model = Report
        fields = (
            "id", "reference", "title", "organization", "organization_name", "agreement", "agreement_reference", "version_number",
            "category", "sector", "kind", "severity", "tlp", "pap", "state", "personal_data", "cross_border", "affected_service",
            "occurred_at", "occurred_precision", "aware_at", "aware_precision", "received_at", "released_at", "closed_at",
            "source", "source_key", "retention_start", "retain_until", "narrative",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_narrative(self, report: Report) -> str | None:
        view = self.context.get("view")
        if view is None or view.action == "list" or not can(view.actor, "incidents.view_report_body", report):
            return None
        body = getattr(report, "body", None)
        return body.narrative if body else ""


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


class IndicatorListSerializer(serializers.Serializer[Any]):
    """A pasted list of indicators."""

    indicators = serializers.CharField(
        max_length=500_000, help_text="One a line: value, or type: value, and a comment after #."
    )


class IndicatorSerializer(serializers.ModelSerializer[Indicator]):
    """An indicator in its plain form."""

    tlp = serializers.IntegerField(source="report.tlp", read_only=True, help_text="The marking of its report.")

    class Meta:
        model = Indicator
        fields = ("id", "report", "type", "value", "comment", "added_at", "tlp")
        read_only_fields = fields


class ImportSerializer(serializers.ModelSerializer[Import]):
    """An import of VERIS incidents and what its dry run found."""

    class Meta:
        model = Import
        fields = (
            "id", "organization", "agreement", "category", "tlp", "file_name", "state", "job", "read_count", "good_count", "bad_count",
            "known_count", "errors", "started_at", "imported_at",
        )  # fmt: skip
        read_only_fields = fields


class ReportViewSet(ReadOnly):
    """Incident reports."""

    permissions: ClassVar[dict[str, str]] = {
        "list": "incidents.view_report", "retrieve": "incidents.view_report", "create": "incidents.file_under",
        "partial_update": "incidents.change_report", "close": "incidents.change_report",
        "indicators": "incidents.view_report_body", "add_indicators": "incidents.change_report",
    }  # fmt: skip
    serializer_class = ReportSerializer
    filterset_class = ReportFilters
    actor: Any  # put here by DeclaredPermission

    def rows(self) -> Any:
        return Report.objects.select_related("organization", "agreement", "version", "body").order_by(
            "-received_at", "-id"
        )

    @extend_schema(request=ReportFilingSerializer, responses={201: ReportSerializer})
    def create(self, request: Request) -> Response:
        """File a report."""
        data = self._valid(ReportFilingSerializer)
        organization = get_or_404(
            self.actor, "incidents.file_report", Organization.objects.all(), pk=data["organization"]
        )
        agreement = get_or_404(self.actor, "incidents.file_under", Agreement.objects.all(), pk=data["agreement"])
        report = reports.file(
            organization=organization, agreement=agreement, category=data["category"], content=data, narrative=data.get("narrative", ""),
            indicator_list=data.get("indicators", ""), source=Report.Source.API, by=self.actor.user, at=self.now,
        )  # fmt: skip
        return Response(self.get_serializer(report).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ReportContentSerializer, responses=ReportSerializer)
    def partial_update(self, request: Request, pk: str | None = None) -> Response:
        """Change what a report says."""
        data = self._valid(ReportContentSerializer, partial=True)
        report = reports.change(
            report=self.get_object(), content=data, narrative=data.get("narrative"), by=self.actor.user, at=self.now
        )
        return Response(self.get_serializer(report).data)

    @extend_schema(request=BecauseSerializer, responses=ReportSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str | None = None) -> Response:
        """Close a report."""
        data = self._valid(BecauseSerializer)
        report = reports.close(report=self.get_object(), because=data["because"], by=self.actor.user, at=self.now)
        return Response(self.get_serializer(report).data)

    @extend_schema(responses=IndicatorSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], serializer_class=IndicatorSerializer, filterset_class=None)
    def indicators(self, request: Request, pk: str | None = None) -> Response:
        """The indicators of one report."""
        rows = self.get_object().indicators.select_related("report").order_by("type", "value")
        return self.get_paginated_response(IndicatorSerializer(self.paginate_queryset(rows), many=True).data)

    @extend_schema(
        request=IndicatorListSerializer,
        responses={
            201: inline_serializer(
                "IndicatorsAdded", {"added": serializers.IntegerField(), "repeated": serializers.IntegerField()}
            )
        },
    )
    @indicators.mapping.post
    def add_indicators(self, request: Request, pk: str | None = None) -> Response:
        """Add indicators to a report: all of the list, or none if a line is wrong."""
        data = self._valid(IndicatorListSerializer)
        added = indicators.add(report=self.get_object(), text=data["indicators"], by=self.actor.user, at=self.now)
        return Response({"added": len(added.indicators), "repeated": added.repeated}, status=status.HTTP_201_CREATED)

    def _valid(self, serializer_class: Any, partial: bool = False) -> dict[str, Any]:
        serializer = serializer_class(data=self.request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


class IndicatorViewSet(ReadOnly):
    """Indicators of all reports whose body one may see."""

    permissions: ClassVar[dict[str, str]] = {"list": "incidents.view_indicator", "retrieve": "incidents.view_indicator"}
    serializer_class = IndicatorSerializer
    filterset_class = IndicatorFilters

    def rows(self) -> Any:
        return Indicator.objects.select_related("report").order_by("-added_at", "-id")


class ImportViewSet(ReadOnly):
    """Imports of one's organizations."""

    permissions: ClassVar[dict[str, str]] = {"list": "incidents.view_import", "retrieve": "incidents.view_import"}
    serializer_class = ImportSerializer
    filterset_class = ImportFilters

    def rows(self) -> Any:
        return Import.objects.order_by("-started_at", "-id")


router.register("reports", ReportViewSet, basename="report")
router.register("indicators", IndicatorViewSet, basename="indicator")
router.register("imports", ImportViewSet, basename="import")
