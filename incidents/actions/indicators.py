"""Indicators of a report: added as a pasted list, all or none; removed one by one."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from incidents import verbs
from incidents.exchange.indicators import Fault, parse
from incidents.models import Indicator, Report
from partnership.audit.record import record
from partnership.errors import DomainError
from partnership.models import User

MOST = 10_000


class NotUnderstood(DomainError):
    """Some lines are no indicators; nothing was added."""

    def __init__(self, faults: list[Fault]):
        self.faults = faults
        many = f" and {len(faults) - 10} more" if len(faults) > 10 else ""
        super().__init__(
            "Nothing was added, because some lines were not understood. "
            + " ".join(str(f) for f in faults[:10])
            + many,
            field="indicators",
        )


class NothingGiven(DomainError):
    """An empty list adds nothing."""

    default = "Write at least one indicator, one a line."


class TooMany(DomainError):
    """A report holds a limited number of indicators."""


@dataclass(frozen=True)
class Added:
    """What came of a pasted list."""

    indicators: list[Indicator]
    repeated: int

    @property
    def sentence(self) -> str:
        count = len(self.indicators)
        text = f"{count} indicator{'' if count == 1 else 's'} added."
        return f"{text} {self.repeated} stood there already and were left as they are." if self.repeated else text


@transaction.atomic
def add(*, report: Report, text: str, by: User, at: datetime) -> Added:
    """Add a pasted list of indicators; if one line is not understood, none is added."""
    parsed = parse(text)
    if parsed.faults:
        raise NotUnderstood(parsed.faults)
    if not parsed.found:
        raise NothingGiven(field="indicators")
    Report.objects.select_for_update().only("pk").get(pk=report.pk)
    known = set(report.indicators.values_list("type", "value"))
    if len(known) + len(parsed.found) > MOST:
        raise TooMany(f"A report holds at most {MOST:,} indicators; this one has {len(known):,}.", field="indicators")
    rows = [
        Indicator(report=report, type=found.type, value=found.value, comment=found.comment, added_at=at, added_by=by)
        for found in parsed.found if (found.type, found.value) not in known
    ]  # fmt: skip
    Indicator.objects.bulk_create(rows, batch_size=1000)
    if rows:
        record(verbs.INDICATORS_ADDED, report, by=by, at=at, subject=report.organization, count=len(rows))
    return Added(rows, len(parsed.repeated) + len(parsed.found) - len(rows))


@transaction.atomic
def remove(*, indicator: Indicator, by: User, at: datetime) -> None:
    """Take one indicator off its report."""
    report, type_ = indicator.report, indicator.get_type_display()
    indicator.delete()
    record(verbs.INDICATOR_REMOVED, report, by=by, at=at, subject=report.organization, type=type_)
