"""Reports: filed, changed, taken up, closed, shared, released; and that their data was returned."""

from datetime import timedelta
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from agreements.actions import retention
from agreements.models import Agreement
from incidents.actions import attachments, indicators, reading, reports
from incidents.api.parts import (
    AttachmentSerializer,
    FileSerializer,
    IndicatorListSerializer,
    IndicatorSerializer,
    content_of,
)
from incidents.api.shapes import (
    BecauseSerializer,
    LetInSerializer,
    ReleaseSerializer,
    ReportChangeSerializer,
    ReportFilingSerializer,
    ReportSerializer,
    ShareSerializer,
)
from incidents.forms.filters import ReportFilters
from incidents.models import Report
from incidents.policy import REPORTS
from partnership.access.decide import can
from partnership.access.rest import TOKEN_FOR_IT
from partnership.access.scope import get_or_404
from partnership.actions import grants
from partnership.api.router import router
from partnership.api.views import ReadOnly, deed
from partnership.models import Organization

ADDED = inline_serializer(
    "IndicatorsAdded", {"added": serializers.IntegerField(), "repeated": serializers.IntegerField()}
)


class ReportViewSet(ReadOnly):
    """Incident reports."""

    upload_limit = "PORTAL_ATTACHMENT_MAX_BYTES"
    permissions: ClassVar[dict[str, str]] = {
        "list": "incidents.view_report", "retrieve": "incidents.view_report", "create": "incidents.file_under",
        "partial_update": "incidents.change_report", "take_up": "incidents.change_report", "close": "incidents.change_report",
        "indicators": "incidents.view_report_body", "add_indicators": "incidents.change_report",
        "attachments": "incidents.view_report_body", "attach": "incidents.change_report",
        "share": "incidents.share_report", "release": "incidents.release_report", "let_in": "incidents.release_report",
        "confirm_return": "incidents.view_report",
    }  # fmt: skip
    fresh = {"release": TOKEN_FOR_IT, "let_in": TOKEN_FOR_IT}
    serializer_class = ReportSerializer
    filterset_class = ReportFilters

    def rows(self) -> Any:
        return Report.objects.select_related("organization", "agreement", "version", "body").order_by(
            "-received_at", "-id"
        )

    def retrieve(self, request: Request, pk: str) -> Response:
        """One report; when its narrative is in the answer, the trail says who read it and by which rule."""
        found = self.get_object()
        answer = self.answer(found)
        if can(self.actor, "incidents.view_report_body", found):
            body = reading.open_body(report=found, by=self.actor.user, at=self.now, actor=self.actor)
            answer.data["narrative"] = body.narrative if body else ""
        return answer

    @extend_schema(request=ReportFilingSerializer, responses={201: ReportSerializer})
    def create(self, request: Request) -> Response:
        """File a report."""
        data = self.given(ReportFilingSerializer)
        organization = get_or_404(
            self.actor, "incidents.file_report", Organization.objects.all(), pk=data["organization"]
        )
        agreement = get_or_404(self.actor, "incidents.file_under", Agreement.objects.all(), pk=data["agreement"])
        report = reports.file(
            organization=organization, agreement=agreement, category=data["category"], content=data, narrative=data.get("narrative", ""),
            indicator_list=data.get("indicators", ""), source=Report.Source.API, by=self.actor.user, at=self.now,
        )  # fmt: skip
        return self.answer(report, status=status.HTTP_201_CREATED)

    @extend_schema(request=ReportChangeSerializer, responses=ReportSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what a report says."""
        found, data = self.get_object(), self.given(ReportChangeSerializer, partial=True)
        report = reports.change(report=found, content=data, narrative=data.get("narrative"), because=data.get("because", ""),
                                by=self.actor.user, at=self.now)  # fmt: skip
        return self.answer(report)

    @deed(answers=ReportSerializer, path="take-up")
    def take_up(self, request: Request, pk: str) -> Response:
        """Begin to work on a report."""
        return self.answer(reports.take_up(report=self.get_object(), by=self.actor.user, at=self.now))

    @deed(takes=BecauseSerializer, answers=ReportSerializer)
    def close(self, request: Request, pk: str) -> Response:
        """Close a report."""
        found, data = self.get_object(), self.given(BecauseSerializer)
        return self.answer(reports.close(report=found, because=data["because"], by=self.actor.user, at=self.now))

    @deed(takes=ShareSerializer, answers=ReportSerializer)
    def share(self, request: Request, pk: str) -> Response:
        """Share a report, at most TLP:GREEN, with the partners of a sector."""
        found, data = self.get_object(), self.given(ShareSerializer)
        reports.share(report=found, sector=data["sector"], by=self.actor.user, at=self.now)
        return self._again(found)

    @deed(takes=ReleaseSerializer, answers=ReportSerializer)
    def release(self, request: Request, pk: str) -> Response:
        """Release a report, at most TLP:AMBER, to the members of a group."""
        found, data = self.get_object(), self.given(ReleaseSerializer)
        reports.release(report=found, audience=data["audience"], by=self.actor.user, at=self.now)
        return self._again(found)

    @deed(takes=LetInSerializer, answers=ReportSerializer, path="let-in")
    def let_in(self, request: Request, pk: str) -> Response:
        """Let a person or a group see the report for some days; for a person the only way to TLP:RED from outside."""
        found, data, at = self.get_object(), self.given(LetInSerializer), self.now
        whom: dict[str, Any] = {
            "until": at + timedelta(days=data["days"]),
            "because": data["because"],
            "by": self.actor.user,
        }
        if data.get("group"):
            grants.give(kind=REPORTS, obj=found, to=data["group"], at=at, **whom)
        else:
            reports.let_in(report=found, person=data["email"], at=at, **whom)
        return self._again(found)

    @deed(answers=ReportSerializer, path="confirm-return")
    def confirm_return(self, request: Request, pk: str) -> Response:
        """Note that the data was given back, by a liaison officer of a party; from now on it may be deleted."""
        found = self.get_object()
        retention.confirm_return(row=found, by=self.actor.user, at=self.now)
        return self._again(found)

    @extend_schema(responses=IndicatorSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], serializer_class=IndicatorSerializer, filterset_class=None)
    def indicators(self, request: Request, pk: str) -> Response:
        """The indicators of one report."""
        rows = self.get_object().indicators.select_related("report").order_by("type", "value")
        return self.get_paginated_response(IndicatorSerializer(self.paginate_queryset(rows), many=True).data)

    @extend_schema(request=IndicatorListSerializer, responses={201: ADDED})
    @indicators.mapping.post
    def add_indicators(self, request: Request, pk: str) -> Response:
        """Add indicators to a report: all of the list, or none if a line is wrong."""
        found, data = self.get_object(), self.given(IndicatorListSerializer)
        added = indicators.add(report=found, text=data["indicators"], by=self.actor.user, at=self.now)
        return Response({"added": len(added.indicators), "repeated": added.repeated}, status=status.HTTP_201_CREATED)

    @extend_schema(responses=AttachmentSerializer(many=True), filters=False)
    @action(
        detail=True,
        methods=["get"],
        serializer_class=AttachmentSerializer,
        filterset_class=None,
        parser_classes=[MultiPartParser],
    )
    def attachments(self, request: Request, pk: str) -> Response:
        """The files of one report."""
        rows = self.get_object().attachments.order_by("uploaded_at", "pk")
        return self.get_paginated_response(AttachmentSerializer(self.paginate_queryset(rows), many=True).data)

    @extend_schema(request=FileSerializer, responses={201: AttachmentSerializer})
    @attachments.mapping.post
    def attach(self, request: Request, pk: str) -> Response:
        """Attach a file that the upload policy takes."""
        found, data = self.get_object(), self.given(FileSerializer)
        name, content = data["file"].name, content_of(data["file"])
        made = attachments.add(report=found, name=name, data=content, by=self.actor.user, at=self.now)
        return self.answer(made, AttachmentSerializer, status=status.HTTP_201_CREATED)

    def _again(self, found: Report) -> Response:
        return self.answer(self.rows().get(pk=found.pk))


router.register("reports", ReportViewSet, basename="report")
