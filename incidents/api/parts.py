"""What reports carry: indicators and files, found over all reports, taken off, downloaded."""

from typing import Any, ClassVar

from django.conf import settings
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.actions import attachments, indicators
from incidents.forms.filters import IndicatorFilters
from incidents.models import Attachment, Indicator, Report
from partnership.access.scope import visible
from partnership.api.downloads import BYTES, Whatever, attached
from partnership.api.router import router
from partnership.api.views import ReadOnly, deed

CHANGE = "incidents.change_report"


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


class FileSerializer(serializers.Serializer[Any]):
    """One file, as a form sends it."""

    file = serializers.FileField(
        max_length=200,
        help_text="PDF, PNG, JPEG, TXT, CSV or STIX JSON, at most 10 MB. `is_scanned` says whether a scanner saw it.",
    )


class AttachmentSerializer(serializers.ModelSerializer[Attachment]):
    """A file of a report; its bytes are under `file`."""

    class Meta:
        model = Attachment
        fields = ("id", "report", "name", "content_type", "size", "is_scanned", "uploaded_at")
        read_only_fields = fields


def content_of(given: Any) -> bytes:
    """The bytes of an upload, up to one more than is taken."""
    return given.read(settings.PORTAL_ATTACHMENT_MAX_BYTES + 1)


class Parts(ReadOnly):
    """Seen by whom the report's body is open to, taken off by the liaison officers of its owner."""

    def scoped(self) -> Any:
        if self.permissions[self.action] != CHANGE:
            return super().scoped()
        return self.rows().filter(report__in=visible(self.actor, CHANGE, Report.objects.all()))

    def get_object(self) -> Any:
        return get_object_or_404(self.scoped(), pk=self.kwargs["pk"])


class IndicatorViewSet(Parts):
    """Indicators of all reports whose body one may see."""

    permissions: ClassVar[dict[str, str]] = {
        "list": "incidents.view_indicator", "retrieve": "incidents.view_indicator", "destroy": CHANGE,
    }  # fmt: skip
    serializer_class = IndicatorSerializer
    filterset_class = IndicatorFilters

    def rows(self) -> Any:
        return Indicator.objects.select_related("report__organization").order_by("-added_at", "-id")

    def destroy(self, request: Request, pk: str) -> Response:
        """Take one indicator off its report."""
        indicators.remove(indicator=self.get_object(), by=self.actor.user, at=self.now)
        return Response(status=204)


class AttachmentViewSet(Parts):
    """Files of all reports whose body one may see."""

    permissions: ClassVar[dict[str, str]] = {
        "list": "incidents.view_attachment", "retrieve": "incidents.view_attachment", "file": "incidents.view_attachment",
        "destroy": CHANGE,
    }  # fmt: skip
    serializer_class = AttachmentSerializer

    def rows(self) -> Any:
        return Attachment.objects.select_related("file", "report__organization").order_by("-uploaded_at", "-id")

    def destroy(self, request: Request, pk: str) -> Response:
        """Take a file off its report; its bytes are erased."""
        attachments.remove(attachment=self.get_object(), by=self.actor.user, at=self.now)
        return Response(status=204)

    @deed(answers=BYTES, methods=["get"], content_negotiation_class=Whatever)
    def file(self, request: Request, pk: str) -> Any:
        """The bytes, for saving only; that they were taken stands in the trail."""
        found = self.get_object()
        return attached(attachments.download(attachment=found, by=self.actor.user, at=self.now), name=found.name)


router.register("indicators", IndicatorViewSet, basename="indicator")
router.register("attachments", AttachmentViewSet, basename="attachment")
