"""Moments that may be known by the year alone: a year, and as much more as somebody knows."""

from calendar import month_name, monthrange
from datetime import UTC, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms

from incidents.models import Precision

MONTHS: list[tuple[Any, str]] = [("", "not known")] + [(n, month_name[n]) for n in range(1, 13)]
EARLIEST = 1950


class MomentsForm(forms.Form):
    """Adds four fields for each moment named in `moments`, and reads them into `<name>_at` and `<name>_precision`.

    Coarse dates are calendar days and stand at midnight UTC; a time is one of the person's zone.
    """

    moments: ClassVar[dict[str, str]] = {}
    zone = "UTC"

    def add_moments(self, zone: str) -> None:
        self.zone = zone
        for name, label in self.moments.items():
            self.fields[f"{name}_year"] = forms.IntegerField(
                label=f"{label}: year",
                required=False,
                min_value=EARLIEST,
                max_value=2100,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )
            self.fields[f"{name}_month"] = forms.TypedChoiceField(
                label=f"{label}: month", required=False, choices=MONTHS, coerce=int, empty_value=None
            )
            self.fields[f"{name}_day"] = forms.IntegerField(
                label=f"{label}: day", required=False, min_value=1, max_value=31
            )
            self.fields[f"{name}_time"] = forms.TimeField(
                label=f"{label}: time",
                required=False,
                help_text=f"Such as 14:30, in the zone {zone}.",
                widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            )

    def read_moments(self, data: dict[str, Any]) -> dict[str, Any]:
        for name in self.moments:
            data[f"{name}_at"], data[f"{name}_precision"] = self._read(name, data)
        return data

    def _read(self, name: str, data: dict[str, Any]) -> tuple[datetime | None, str]:
        parts: list[Any] = [data.get(f"{name}_{part}") for part in ("year", "month", "day", "time")]
        year, month, day, time = parts
        if year is None:
            if (month or day or time is not None) and f"{name}_year" not in self.errors:
                self.add_error(f"{name}_year", "Enter the year as well, or leave month, day and time empty.")
            return None, Precision.DAY
        if day and not month:
            self.add_error(f"{name}_month", "Choose the month as well, or leave the day empty.")
        elif time is not None and not day:
            self.add_error(f"{name}_day", "Enter the day as well, or leave the time empty.")
        elif day and day > monthrange(year, month)[1]:
            self.add_error(f"{name}_day", f"{month_name[month]} {year} has {monthrange(year, month)[1]} days.")
        elif time is not None:
            moment = datetime(year, month, day, time.hour, time.minute, tzinfo=ZoneInfo(self.zone))
            return moment.astimezone(UTC), Precision.MINUTE
        else:
            precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
            return datetime(year, month or 1, day or 1, tzinfo=UTC), precision
        return None, Precision.DAY

    @classmethod
    def parts_of(cls, name: str, moment: datetime | None, precision: str, zone: str) -> dict[str, Any]:
        """The four fields of a stored moment, for a form that changes it."""
        if moment is None:
            return {}
        if precision == Precision.MINUTE:
            moment = moment.astimezone(ZoneInfo(zone))
        parts: dict[str, Any] = {f"{name}_year": moment.year}
        if precision != Precision.YEAR:
            parts[f"{name}_month"] = moment.month
        if precision in (Precision.DAY, Precision.MINUTE):
            parts[f"{name}_day"] = moment.day
        if precision == Precision.MINUTE:
            parts[f"{name}_time"] = moment.time().replace(second=0, microsecond=0)
        return parts
