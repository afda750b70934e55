"""Values as exports show them, and the guard against formulas in text cells."""

from datetime import UTC, date, datetime
from typing import Any

from partnership.models import TLP
from partnership.tables import Column

# OWASP ASVS 5.0, 1.2.10; the full-width forms are read as their plain ones by spreadsheets.
DANGEROUS = "=+-@\t\r＝＋－＠"  # noqa: RUF001


def guarded(text: str) -> str:
    """A text cell that no spreadsheet takes for a formula: one quote before a first character that would start one."""
    return f"'{text}" if text[:1] and text[0] in DANGEROUS else text


def shown(column: Column, value: Any) -> Any:
    """The value for people: labels for codes; numbers, days and moments stay typed."""
    if value is None:
        return None
    if column.kind == "tlp":
        return TLP(int(value)).label
    if column.kind == "choice":
        return str((column.choices or {}).get(value, value))
    if column.kind == "flag":
        return "yes" if value else "no"
    if column.kind == "number" or isinstance(value, int | float | date | datetime):
        return value
    return str(value)


def as_text(value: Any) -> str:
    """A value in words that machines read too: ISO 8601, moments in UTC."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat() if isinstance(value, date) else str(value)


def is_text(column: Column) -> bool:
    return column.kind not in ("number", "day", "moment")
