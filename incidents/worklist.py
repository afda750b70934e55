"""What waits for liaison officers: reports nobody has taken up, and imports that need a decision."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from incidents.models import Import, Report
from incidents.policy import REPORTS
from partnership.access.decide import may_somewhere
from partnership.access.scope import listed, visible
from partnership.registry import Glance, Waiting, glance, worklist
from partnership.worklist import about_exceptions

MOST = 10
NOTIFY_WITHIN = timedelta(hours=72)  # NIS2 Directive, Article 23(4)(b)
WATCHED = timedelta(days=14)


@worklist
def reports_to_take_up(actor: Any) -> Iterator[Waiting]:
    """Received lately and not yet in work; the 72 hours count from becoming aware."""
    since = timezone.now() - WATCHED
    rows = visible(actor, "incidents.change_report", Report.objects.all()).filter(
        state=Report.State.RECEIVED, received_at__gte=since, source__in=[Report.Source.FORM, Report.Source.API]
    )
    for report in rows.order_by("received_at", "pk").only("reference", "title", "aware_at", "severity", "received_at")[
        :MOST
    ]:
        yield Waiting(
            title=f"Take up {report.reference}: {report.title}", url=reverse("incidents:report-detail", kwargs={"pk": report.pk}),
            kind="Report", due=report.aware_at + NOTIFY_WITHIN if report.aware_at else None,
            detail=f"{report.get_severity_display()} severity", is_urgent=report.severity >= Report.Severity.HIGH,
        )  # fmt: skip


@worklist
def imports_to_decide(actor: Any) -> Iterator[Waiting]:
    """Checked files whose content waits outside until somebody says yes or no."""
    rows = visible(actor, "incidents.view_import", Import.objects.all()).filter(state=Import.State.CHECKED)
    for given in rows.order_by("started_at", "pk")[:MOST]:
        yield Waiting(
            title=f"Decide on the import of {given.file_name}", url=reverse("incidents:import-detail", kwargs={"pk": given.pk}),
            kind="Import", detail=f"{given.good_count:,} good, {given.bad_count:,} bad, {given.known_count:,} known",
        )  # fmt: skip


@glance
def lately(actor: Any) -> Iterator[Glance]:
    """Reports of the last week that the person may see."""
    if not may_somewhere(actor, "incidents.view_report"):
        return
    today = timezone.now()
    rows = listed(actor, "incidents.view_report", Report.objects.filter(received_at__gte=today - timedelta(days=7)))
    count = rows.count()
    severe = rows.filter(severity__gte=Report.Severity.HIGH).count()
    since = (today - timedelta(days=7)).date().isoformat()
    yield Glance("Reports of the last 7 days", f"{count:,}", f"{reverse('incidents:report-list')}?received_from={since}",
                 f"{severe:,} of high or critical severity")  # fmt: skip


about_exceptions(REPORTS)
