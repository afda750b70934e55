"""Addresses of this floor's pages."""

from django.urls import path

from incidents.views import imports, operations, parts, reports

app_name = "incidents"
urlpatterns = [
    path("", reports.ReportList.as_view(), name="report-list"),
    path("new", reports.ReportNew.as_view(), name="report-new"),
    path("<uuid:pk>", reports.ReportDetail.as_view(), name="report-detail"),
    path("<uuid:pk>/edit", reports.ReportEdit.as_view(), name="report-edit"),
    path("<uuid:pk>/begin", reports.ReportTakeUp.as_view(), name="report-take-up"),
    path("<uuid:pk>/close", reports.ReportClose.as_view(), name="report-close"),
    path("<uuid:pk>/share", reports.ReportShare.as_view(), name="report-share"),
    path("<uuid:pk>/release", reports.ReportRelease.as_view(), name="report-release"),
    path("<uuid:pk>/let-in", reports.ReportLetIn.as_view(), name="report-let-in"),
    path("<uuid:pk>/indicators/new", parts.IndicatorsAdd.as_view(), name="indicators-add"),
    path("<uuid:pk>/attachments/new", parts.AttachmentAdd.as_view(), name="attachment-add"),
    path("indicators/", parts.IndicatorList.as_view(), name="indicator-list"),
    path("indicators/<uuid:pk>/report", parts.IndicatorReport.as_view(), name="indicator-report"),
    path("indicators/<uuid:pk>/remove", parts.IndicatorRemove.as_view(), name="indicator-remove"),
    path("attachments/<uuid:pk>", parts.AttachmentDownload.as_view(), name="attachment-download"),
    path("attachments/<uuid:pk>/remove", parts.AttachmentRemove.as_view(), name="attachment-remove"),
    path("operations", operations.OperationsPage.as_view(), name="operations"),
    path("imports/", imports.ImportList.as_view(), name="import-list"),
    path("imports/new", imports.ImportNew.as_view(), name="import-new"),
    path("imports/<uuid:pk>", imports.ImportDetail.as_view(), name="import-detail"),
    path("imports/<uuid:pk>/accept", imports.ImportAccept.as_view(), name="import-accept"),
    path("imports/<uuid:pk>/accept-good", imports.ImportAcceptGood.as_view(), name="import-accept-good"),
    path("imports/<uuid:pk>/refuse", imports.ImportRefuse.as_view(), name="import-refuse"),
]
