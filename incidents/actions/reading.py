"""Open what is not for everybody: each reading leaves an entry with the way by which it was allowed, or is not done."""

from datetime import datetime

from django.db import transaction

from incidents import verbs
from incidents.models import Report, ReportBody
from partnership.access.actor import Actor
from partnership.access.decide import way
from partnership.audit.record import record
from partnership.models import User


@transaction.atomic
def open_body(*, report: Report, by: User, at: datetime, actor: Actor | None = None) -> ReportBody | None:
    """Narrative and source record of a report. They are handed out once the entry is committed, and not before."""
    because = way(actor or Actor(by), "incidents.view_report_body", report)
    record(verbs.BODY_READ, report, by=by, at=at, subject=report.organization, way=because)
    return ReportBody.objects.filter(report=report).first()
