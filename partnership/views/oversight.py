"""Pages of oversight: exports, compliance reports, jobs, health."""

from itertools import chain, islice, repeat

import django_filters
from django.contrib import messages
from django.http import FileResponse, Http404, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views import View

from partnership.access.decide import may_somewhere
from partnership.access.declare import SignedIn
from partnership.access.scope import get_or_404, visible
from partnership.actions import exports
from partnership.errors import DomainError
from partnership.forms.people import ExportForm
from partnership.jobs.job import progress_of
from partnership.models import Export, Heartbeat, Job
from partnership.registry import HEALTH
from partnership.tables import SOURCES, Asked, Column
from partnership.web.cells import cell
from partnership.web.pages import EXPORT_FORMATS, FormPage, ListPage, Page, RecordPage, now

SHOWN_ROWS = 500


class ExportNew(FormPage):
    permission = SignedIn("Which table may be exported is asked of the table's own permission.")
    fresh = True
    page_title = "Export"
    form_class = ExportForm
    submit_label = "Make the file"
    template_name = "partnership/export_new.html"

    def prepare(self):
        self.source = exports.find_source(self.kwargs["source"])
        if self.source is None or not may_somewhere(self.actor, self.source.permission):
            raise Http404
        asked = self.request.GET
        self.parameters = {
            key: asked.getlist(key) if len(asked.getlist(key)) > 1 else asked[key] for key in asked if key != "format"
        }
        self.table = self.source.build(self.actor, _as_query(self.parameters))
        self.page_title = f"Export: {self.source.title}"

    def form_kwargs(self):
        return {"initial": {"format": self.request.GET.get("format", "csv")}, "is_report": self.source.is_report}

    def context(self, **more):
        return super().context(count=self.table.count(), parameters=self.parameters, **more)

    def act(self, form):
        return exports.request(source=self.source.name, parameters=_as_query(self.parameters), by=self.request.user, at=now(),
                               **form.cleaned_data)  # fmt: skip

    def success_url(self, made):
        return reverse("partnership:export-detail", kwargs={"pk": made.pk})


def _as_query(parameters):
    return Asked(parameters)


class ExportDetail(RecordPage):
    permission = "partnership.view_export"
    model = Export
    template_name = "partnership/export_detail.html"

    def queryset(self):
        return Export.objects.select_related("file", "job")

    def get_breadcrumbs(self):
        return [("Jobs and downloads", reverse("partnership:job-list")), ("Export", None)]

    def extra(self):
        job = self.object.job
        return {
            "page_title": self.object.manifest.get("title", "Export"),
            "job": job,
            "progress": progress_of(job) if job else None,
        }


class ExportDownload(View):
    permission = "partnership.view_export"

    def get(self, request, pk):
        export = get_or_404(request.actor, self.permission, Export.objects.select_related("file"), pk=pk)
        try:
            opened = exports.open_for_download(export=export, by=request.user, at=now())
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("partnership:export-detail", pk=pk)
        return FileResponse(
            opened, as_attachment=True, filename=export.file.name, content_type=export.file.content_type
        )


class ExportManifest(View):
    permission = "partnership.view_export"

    def get(self, request, pk):
        export = get_or_404(request.actor, self.permission, Export.objects.all(), pk=pk)
        return JsonResponse(export.manifest, json_dumps_params={"indent": 2})


class JobFilter(django_filters.FilterSet):
    title = django_filters.CharFilter(lookup_expr="icontains", label="Job contains")
    state = django_filters.ChoiceFilter(choices=Job.State.choices)

    class Meta:
        model = Job
        fields = ["title", "state"]


class JobList(ListPage):
    permission = "partnership.view_job"
    page_title = "Jobs and downloads"
    source_name = "partnership:job-list"
    filterset = JobFilter
    ordering = ("-requested_at", "pk")
    row_url_name = "partnership:job-detail"
    count_label = "jobs"
    empty = ("No jobs yet", "Long imports and exports appear here, with their progress.")
    columns = [
        Column("title", "Job", links=True),
        Column(
            "state",
            "State",
            kind="choice",
            choices=dict(Job.State.choices),
            tone={"done": "good", "failed": "bad", "running": "info"},
        ),
        Column("requested_at", "Asked for", kind="moment"),
        Column("message", "Result"),
    ]
    template_name = "partnership/job_list.html"

    def queryset(self):
        return Job.objects.all()

    def context(self, **more):
        mine = visible(self.actor, "partnership.view_export", Export.objects.all())
        return super().context(downloads=mine.order_by("-requested_at")[:20], **more)


class JobDetail(RecordPage):
    permission = "partnership.view_job"
    model = Job
    template_name = "partnership/job_detail.html"

    def get_breadcrumbs(self):
        return [("Jobs and downloads", reverse("partnership:job-list")), (self.object.title, None)]

    def extra(self):
        return {"page_title": self.object.title, "job": self.object, "progress": progress_of(self.object),
                "export": Export.objects.filter(job=self.object).first()}  # fmt: skip


class JobProgress(JobDetail):
    """The part of the page that refreshes itself."""

    template_name = "components/_progress.html"


class ReportList(Page):
    permission = "partnership.view_reports"
    page_title = "Compliance reports"
    lead = "Tables for auditors: on the page and in four formats, with identical figures."
    template_name = "partnership/report_list.html"

    def get(self, request):
        found = [entry for entry in SOURCES.values() if entry.is_report and may_somewhere(self.actor, entry.permission)]
        return self.show(reports=found)


class ReportDetail(Page):
    permission = "partnership.view_reports"
    template_name = "partnership/report_detail.html"

    def get_breadcrumbs(self):
        return [("Compliance reports", reverse("partnership:report-list")), (self.page_title, None)]

    def get(self, request, name):
        entry = SOURCES.get(name)
        if entry is None or not entry.is_report or not may_somewhere(self.actor, entry.permission):
            raise Http404
        form = entry.form(request.GET or None) if entry.form else None
        if form is not None and hasattr(form, "scope"):
            form.scope(self.actor)
        # What is not understood goes to the report as it came: it then shows nothing, and the form says why.
        parameters = {} if form is None or not form.is_bound else form.cleaned_data if form.is_valid() else request.GET
        table = entry.build(self.actor, parameters)
        self.page_title, self.lead = entry.title, entry.description
        asked = request.GET.urlencode()
        base = reverse("partnership:export-new", kwargs={"source": name})
        links = [(label, f"{base}?{asked}{'&' if asked else ''}format={code}") for code, label in
                 [*EXPORT_FORMATS, ("pack", "Evidence pack")]]  # fmt: skip
        rows = [_cells(table, row, link) for row, link in
                zip(islice(table.rows(), SHOWN_ROWS), chain(table.links, repeat("")), strict=False)]  # fmt: skip
        return self.show(table=table, rows=rows, exports=links, filter_form=form, count=table.count(),
                         meanings=[column for column in table.columns if column.meaning])  # fmt: skip


def _cells(table, row, link):
    return [cell(column, value, link if column.links else "") for column, value in zip(table.columns, row, strict=True)]


class Health(Page):
    permission = "partnership.view_health"
    page_title = "Health"
    template_name = "partnership/health.html"

    def get(self, request):
        checks = [(check.name, *check.ask()) for check in HEALTH.values()]
        return self.show(checks=checks, hearts=Heartbeat.objects.order_by("name"))
