"""Pages of what reports carry: indicators and files."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import messages
from django.db.models import Max, QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import redirect
from django.urls import reverse

from incidents.actions import attachments, indicators
from incidents.exchange.indicators import defang
from incidents.forms.filters import IndicatorFilters
from incidents.forms.parts import AttachmentForm, IndicatorsForm
from incidents.forms.reports import CloseForm
from incidents.models import Attachment, Indicator, Report
from incidents.views.reports import LIST, OfReport
from partnership.access.scope import get_or_404
from partnership.errors import DomainError
from partnership.tables import Column, Table, TableSource, source
from partnership.web.cells import Cell, cell
from partnership.web.pages import ConfirmPage, ListPage, Page, now


class IndicatorList(ListPage):
    """Indicators of all reports whose body the person may see; defanged on the screen, plain in exports."""

    permission = "incidents.view_indicator"
    page_title = "Indicators"
    source_name = "incidents:indicator-list"
    exportable = False  # registered below, under the permission to export
    count_label = "indicators"
    filterset = IndicatorFilters
    ordering = ("-added_at", "-id")
    columns: ClassVar[list[Column]] = [
        Column("value", "Value"),
        Column("type", "Type", kind="choice", choices=dict(Indicator.Type.choices)),
        Column("comment", "Comment", sort=None),
        Column("report", "Report", "report__reference", sort=None, links=True),
        Column("report_id", "Report key", sort=None, on_screen=False),
        Column("sector", "Sector", "report__sector__label", sort=None),
        Column("tlp", "Marking", "report__tlp", kind="tlp", sort=None),
        Column("added_at", "Added", kind="moment", brief=True),
    ]

    def queryset(self) -> QuerySet[Indicator]:
        return Indicator.objects.all()

    def _row(self, shown: list[Column], values: tuple[Any, ...]) -> list[Cell]:
        named = dict(zip((column.name for column in shown), values[1:], strict=True))
        named["value"] = defang(named["type"], named["value"])
        url = reverse("incidents:indicator-report", kwargs={"pk": values[0]})
        return [cell(column, named[column.name], url if column.links else "") for column in shown]

    @classmethod
    def table(cls, actor: Any, parameters: Mapping[str, Any]) -> Table:
        page = cls()
        page.permission = "incidents.export_indicator"  # type: ignore[misc]
        rows, _ = page.filtered(actor, parameters)
        strictest = rows.order_by().aggregate(strictest=Max("report__tlp"))["strictest"] or 0
        return Table(cls.source_name, cls.page_title, cls.columns, queryset=rows.order_by(*page.order(parameters)), marking=strictest,
                     parameters={name: str(value) for name, value in parameters.items()})  # fmt: skip


source(
    TableSource(IndicatorList.source_name, IndicatorList.page_title, "incidents.export_indicator", IndicatorList.table)
)


class IndicatorReport(Page):
    """From an indicator to its report."""

    permission = "incidents.view_indicator"

    def get(self, request: HttpRequest, pk: Any) -> Any:
        found = get_or_404(self.actor, self.permission, Indicator.objects.all(), pk=pk)
        return redirect("incidents:report-detail", pk=found.report_id)


class IndicatorsAdd(OfReport):
    permission = "incidents.change_report"
    page_title = "Add indicators"
    form_class = IndicatorsForm
    submit_label = "Add"

    def act(self, form: Any) -> indicators.Added:
        added = indicators.add(report=self.object, text=form.cleaned_data["indicators"], by=self.actor.user, at=now())
        messages.success(self.request, added.sentence)
        return added


class AttachmentAdd(OfReport):
    permission = "incidents.change_report"
    page_title = "Attach a file"
    upload_limit = "PORTAL_ATTACHMENT_MAX_BYTES"
    form_class = AttachmentForm
    submit_label = "Attach"
    success_message = "The file is attached."

    def act(self, form: Any) -> Attachment:
        given = form.cleaned_data["file"]
        data = given.read(settings.PORTAL_ATTACHMENT_MAX_BYTES + 1)
        return attachments.add(report=self.object, name=given.name, data=data, by=self.actor.user, at=now())


class PartRemove(ConfirmPage):
    """Take a part off its report, by the liaison officers of its owner."""

    permission = "incidents.change_report"
    form_class = CloseForm
    is_dangerous = True
    submit_label = "Remove"

    def prepare(self) -> None:
        part = self.model._default_manager.filter(pk=self.kwargs["pk"]).select_related("report__organization").first()
        if part is None:
            raise Http404
        get_or_404(self.actor, self.permission, Report.objects.all(), pk=part.report_id)
        self.object = part

    def make_form(self, data: Any = None, files: Any = None) -> Any:
        form = CloseForm(data)
        del form.fields["because"]
        return form

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        report = self.object.report
        return [
            (LIST[0], reverse(LIST[1])),
            (report.reference, reverse("incidents:report-detail", kwargs={"pk": report.pk})),
            (self.page_title, None),
        ]


class IndicatorRemove(PartRemove):
    model = Indicator
    page_title = "Remove indicator"
    success_message = "The indicator is removed."
    consequences: ClassVar[list[str]] = [
        "The indicator is taken off the report for everybody. The trail keeps that it was there."
    ]

    def act(self, form: Any) -> None:
        indicators.remove(indicator=self.object, by=self.actor.user, at=now())


class AttachmentRemove(PartRemove):
    model = Attachment
    page_title = "Remove file"
    success_message = "The file is removed."
    consequences: ClassVar[list[str]] = ["The file is erased for good. The trail keeps that it was there."]

    def act(self, form: Any) -> None:
        attachments.remove(attachment=self.object, by=self.actor.user, at=now())


class AttachmentDownload(Page):
    """The bytes of a file, for saving only: no browser shows or runs it in our name."""

    permission = "incidents.view_attachment"

    def get(self, request: HttpRequest, pk: Any) -> Any:
        rows = Attachment.objects.select_related("file", "report__organization")
        attachment = get_or_404(self.actor, self.permission, rows, pk=pk)
        try:
            opened = attachments.download(attachment=attachment, by=self.actor.user, at=now())
        except DomainError as error:
            raise Http404(str(error)) from error
        return FileResponse(
            opened, as_attachment=True, filename=attachment.name, content_type="application/octet-stream"
        )
