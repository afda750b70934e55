"""The exact numbers of today that a secretariat needs to do its work; every look is recorded. Never for councils."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Count, Q
from django.db.models.functions import Now

from agreements.models import unexpired
from incidents import verbs
from incidents.models import Report
from partnership.access.actor import actor_of
from partnership.access.decide import require
from partnership.audit.record import record
from partnership.models import TLP, User

PERMISSION = "incidents.view_operations"
MONTHS = 6


@dataclass(frozen=True)
class Line:
    """A sector with its reports: those open now, and those received by month."""

    sector: str
    open: int
    months: tuple[int, ...]


@dataclass(frozen=True)
class Operations:
    """What came in, and what is still open."""

    months: tuple[date, ...]
    lines: tuple[Line, ...]

    @property
    def open(self) -> int:
        return sum(line.open for line in self.lines)

    @property
    def received(self) -> tuple[int, ...]:
        return tuple(sum(line.months[n] for line in self.lines) for n in range(len(self.months)))


@transaction.atomic
def look(*, by: User, at: datetime) -> Operations:
    """Count the reports of every sector, this month and the five before it, TLP:RED apart."""
    require(actor_of(by), PERMISSION)
    first = at.date().replace(day=1)
    months = tuple(first - relativedelta(months=n) for n in reversed(range(MONTHS)))
    by_month = {f"month_{n}": Count("pk", filter=Q(month=month)) for n, month in enumerate(months)}
    rows: Any = (
        Report.objects.filter(unexpired(Now()), tlp__lt=TLP.RED).values("sector__label", "sector__position", "sector__scheme")
        .annotate(open=Count("pk", filter=~Q(state=Report.State.CLOSED)), **by_month)
        .filter(Q(open__gt=0) | Q(month__gte=months[0])).order_by("sector__scheme", "sector__position")
    )  # fmt: skip
    record(verbs.OPERATIONS_VIEWED, by, by=by, at=at, months=MONTHS)
    lines = tuple(Line(row["sector__label"], row["open"], tuple(row[name] for name in by_month)) for row in rows)
    return Operations(months, lines)
