"""Pages of reports: the list, one report, and what its owner does with it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Max, QuerySet
from django.urls import reverse

from agreements.models import PermittedUse
from incidents.actions import reading, reports
from incidents.exchange.indicators import defang
from incidents.forms.filters import ReportFilters
from incidents.forms.reports import (
    CloseForm,
    ReleaseForm,
    ReportChangeForm,
    ReportForm,
    ShareForm,
    initial_of,
)
from incidents.models import Report
from incidents.policy import REPORTS
from incidents.views.standing import similar_to, standing_of, times_of
from partnership.access.decide import can, may_somewhere
from partnership.actions import grants
from partnership.forms.grants import LetInForm
from partnership.policy import groups_for
from partnership.tables import Column, Table, TableSource, source
from partnership.web.pages import ConfirmPage, FormPage, ListPage, RecordFormPage, RecordPage, now

LIST = ("Reports", "incidents:report-list")
SEVERITY_TONE = {4: "bad", 3: "warn", 2: "info"}
STATE_TONE = {"received": "info", "in_work": "warn", "closed": "neutral"}
SHOWN_INDICATORS = 200


class ReportList(ListPage):
    """Every report that the person may see, newest first."""

    permission = "incidents.view_report"
    export_permission = "incidents.export_report"
    page_title = "Incident reports"
    source_name = "incidents:report-list"
    exportable = False  # registered below, under the permission to export
    row_url_name = "incidents:report-detail"
    count_label = "reports"
    filterset = ReportFilters
    ordering = ("-received_at", "-id")
    empty = ("No reports", "Nothing matches. Take a filter away, or file the first report.")
    columns: ClassVar[list[Column]] = [
        Column("reference", "Reference", links=True),
        Column("title", "What happened"),
        Column("organization", "Organization", "organization__name", sort=None),
        Column("sector", "Sector", "sector__label", sort=None),
        Column("kind", "Kind", "kind__label", on_screen=False),
        Column("severity", "Severity", kind="choice", choices=dict(Report.Severity.choices), tone=SEVERITY_TONE),
        Column("tlp", "Marking", kind="tlp"),
        Column("state", "State", kind="choice", choices=dict(Report.State.choices), tone=STATE_TONE),
        Column("agreement", "Agreement", "agreement__reference", on_screen=False),
        Column("occurred_at", "Happened", kind="moment", on_screen=False),
        Column("aware_at", "Became aware", kind="moment", on_screen=False),
        Column("received_at", "Received", kind="moment", brief=True),
        Column("closed_at", "Closed", kind="moment", on_screen=False),
        Column("retain_until", "Deletion due", kind="day"),
    ]

    def queryset(self) -> QuerySet[Report]:
        return Report.objects.all()

    def actions(self) -> list[tuple[str, str, bool]]:
        if not may_somewhere(self.actor, "incidents.file_under"):
            return []
        return [
            ("Report incident", reverse("incidents:report-new"), True),
            ("Import", reverse("incidents:import-new"), False),
        ]

    @classmethod
    def table(cls, actor: Any, parameters: Mapping[str, Any]) -> Table:
        """For exports: what may leave, marked as its strictest row."""
        page = cls()
        page.permission = cls.export_permission  # type: ignore[misc]
        rows, _ = page.filtered(actor, parameters)
        return Table(
            cls.source_name, cls.page_title, cls.columns, queryset=rows.order_by(*page.order(parameters)),
            marking=rows.order_by().aggregate(strictest=Max("tlp"))["strictest"] or 0,
            notes=["Reports above TLP:AMBER are in the file only where they are your own organization's."],
            parameters={name: str(value) for name, value in parameters.items()},
        )  # fmt: skip


source(TableSource(ReportList.source_name, ReportList.page_title, ReportList.export_permission, ReportList.table))


class ReportDetail(RecordPage):
    """One report: its head for everybody who may see it, its body for those who may see that."""

    permission = "incidents.view_report"
    model = Report
    template_name = "incidents/report_detail.html"

    def queryset(self) -> QuerySet[Report]:
        return Report.objects.select_related(
            "organization",
            "sector",
            "kind",
            "category",
            "agreement",
            "version",
            "term",
            "filed_by",
            "closed_by",
            "released_by",
        )

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [(LIST[0], reverse(LIST[1])), (self.object.reference, None)]

    def extra(self) -> dict[str, Any]:
        report, sees_body = self.object, can(self.actor, "incidents.view_report_body", self.object)
        is_officer = can(self.actor, "incidents.change_report", report)
        is_open = is_officer and report.state != Report.State.CLOSED
        return {
            "page_title": f"{report.reference}: {report.title}", "sees_body": sees_body, "standing": standing_of(report, self.actor),
            "is_officer": is_officer, "is_open": is_open, "actions": self._actions(report) if is_open else [],
            "times": times_of(report, self.actor.user.time_zone), "readers_url": self._readers_url(is_officer), "severity_tone": SEVERITY_TONE.get(report.severity, "neutral"),
            "state_tone": STATE_TONE[report.state], **(self._body(report) if sees_body else {}),
        }  # fmt: skip

    def _readers_url(self, is_officer: bool) -> str:
        return f"{reverse('partnership:read-list')}?object_id={self.object.pk}" if is_officer else ""

    @staticmethod
    def _actions(report: Report) -> list[tuple[str, str, bool]]:
        names = [
            ("Change", "report-edit"),
            ("Add indicators", "indicators-add"),
            ("Attach a file", "attachment-add"),
            ("Close", "report-close"),
        ]
        if report.state == Report.State.RECEIVED:
            names.insert(0, ("Begin work", "report-take-up"))
        return [
            (label, reverse(f"incidents:{name}", kwargs={"pk": report.pk}), n == 0)
            for n, (label, name) in enumerate(names)
        ]

    def _body(self, report: Report) -> dict[str, Any]:
        body = reading.open_body(report=report, by=self.actor.user, at=now(), actor=self.actor)
        rows = list(report.indicators.order_by("type", "value")[: SHOWN_INDICATORS + 1])
        return {
            "narrative": body.narrative if body else "", "raw": body.raw if body else {},
            "indicators": [(row, defang(row.type, row.value)) for row in rows[:SHOWN_INDICATORS]],
            "more_indicators": len(rows) > SHOWN_INDICATORS,
            "attachments": list(report.attachments.order_by("uploaded_at", "pk")),
            "shares": list(report.sector_shares.select_related("sector", "use__version")), "releases": list(report.releases.select_related("audience", "use__version")),
            "similar": similar_to(report, self.actor),
        }  # fmt: skip


class ReportNew(FormPage):
    """File a report."""

    permission = "incidents.file_under"
    page_title = "Report incident"
    lead = (
        "Write what is known now; it can be completed later. Times count from when you became aware, not from saving."
    )
    form_class = ReportForm
    template_name = "incidents/report_form.html"
    submit_label = "File report"

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        return [(LIST[0], reverse(LIST[1])), (self.page_title, None)]

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def act(self, form: Any) -> Report:
        data, term = form.cleaned_data, form.cleaned_data["filed_under"]
        report = reports.file(
            organization=data["organization"], agreement=term.version.agreement, category=term.category, content=data,
            narrative=data["narrative"], indicator_list=data["indicators"], by=self.actor.user, at=now(),
        )  # fmt: skip
        messages.success(self.request, f"{report.reference} is filed.")
        return report

    def success_url(self, made: Report) -> str:
        return reverse("incidents:report-detail", kwargs={"pk": made.pk})


class OfReport(RecordFormPage):
    """A form about one report; it leads back to it."""

    model = Report

    def queryset(self) -> QuerySet[Report]:
        return Report.objects.select_related("organization", "agreement", "body")

    def get_breadcrumbs(self) -> list[tuple[str, str | None]]:
        back = reverse("incidents:report-detail", kwargs={"pk": self.object.pk})
        return [(LIST[0], reverse(LIST[1])), (self.object.reference, back), (self.page_title, None)]


class ReportEdit(OfReport):
    permission = "incidents.change_report"
    page_title = "Change report"
    form_class = ReportChangeForm
    template_name = "incidents/report_form.html"
    success_message = "The report is changed."

    def form_kwargs(self) -> dict[str, Any]:
        if self.request.method == "GET":  # the form shows the narrative
            reading.open_body(report=self.object, by=self.actor.user, at=now(), actor=self.actor)
        return {"actor": self.actor, "initial": initial_of(self.object, self.actor.user.time_zone)}

    def act(self, form: Any) -> Report:
        data = form.cleaned_data
        return reports.change(
            report=self.object,
            content=data,
            narrative=data["narrative"],
            because=data["because"],
            by=self.actor.user,
            at=now(),
        )


class ReportTakeUp(ConfirmPage, OfReport):
    permission = "incidents.change_report"
    page_title = "Begin work"
    form_class = CloseForm
    submit_label = "Begin work"
    success_message = "The report is in work."
    consequences: ClassVar[list[str]] = ["The report's state becomes “In work”."]

    def make_form(self, data: Any = None, files: Any = None) -> Any:
        form = CloseForm(data)
        del form.fields["because"]
        return form

    def act(self, form: Any) -> Report:
        return reports.take_up(report=self.object, by=self.actor.user, at=now())


class ReportClose(ConfirmPage, OfReport):
    permission = "incidents.change_report"
    page_title = "Close report"
    form_class = CloseForm
    submit_label = "Close report"
    success_message = "The report is closed."

    def get_consequences(self) -> list[str]:
        found = ["The report can no longer be changed."]
        if self.object.term.trigger == "closed":
            found.append("Its retention period starts to count today.")
        return found

    def act(self, form: Any) -> Report:
        return reports.close(report=self.object, because=form.cleaned_data["because"], by=self.actor.user, at=now())


class Permitted(OfReport):
    """A form that says first what the agreement says to it."""

    template_name = "agreements/ask.html"
    recipients: ClassVar[str]

    def context(self, **more: Any) -> dict[str, Any]:
        answer = reports.permitted(report=self.object, recipients=self.recipients, at=now())
        return super().context(answer=answer, **more)


class ReportShare(Permitted):
    permission = "incidents.share_report"
    page_title = "Share with a sector"
    lead = "Liaison officers, analysts and coordinators of the sector's organizations will see the whole report. Up to TLP:GREEN."
    form_class = ShareForm
    recipients = PermittedUse.Recipients.SECTOR
    submit_label = "Share"
    success_message = "The report is shared."

    def act(self, form: Any) -> Any:
        return reports.share(report=self.object, sector=form.cleaned_data["sector"], by=self.actor.user, at=now())


class ReportRelease(Permitted):
    permission = "incidents.release_report"
    fresh = True
    page_title = "Release to a group"
    lead = "The members of the group, such as a council, will see the whole report. Up to TLP:AMBER."
    form_class = ReleaseForm
    recipients = PermittedUse.Recipients.AUDIENCES
    submit_label = "Release"
    success_message = "The report is released."

    def act(self, form: Any) -> Any:
        return reports.release(report=self.object, audience=form.cleaned_data["audience"], by=self.actor.user, at=now())


class ReportLetIn(OfReport):
    permission = "incidents.release_report"
    fresh = True
    page_title = "Let a person or a group in"
    lead = "The only way by which a TLP:RED report reaches somebody outside of your organization. It ends by itself."
    form_class = LetInForm
    submit_label = "Let in"
    success_message = "It may be seen now."

    def form_kwargs(self) -> dict[str, Any]:
        return {"groups": groups_for(self.actor, REPORTS, self.object)}

    def act(self, form: Any) -> Any:
        at, given = now(), form.cleaned_data
        whom: dict[str, Any] = {"until": at + form.length, "because": given["because"], "by": self.actor.user, "at": at}
        if given.get("group"):
            return grants.give(kind=REPORTS, obj=self.object, to=given["group"], **whom)
        return reports.let_in(report=self.object, person=given["email"], **whom)
