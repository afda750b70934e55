"""How a value looks in a list on the screen."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from partnership.models import TLP
from partnership.tables import Column

BRIEF = 16  # characters of a hash that tell it from others


@dataclass(frozen=True)
class Cell:
    """A cell of a list: its HTML, the link that it carries, and whether it lines up to the right."""

    html: str
    url: str = ""
    numeric: bool = False
    is_empty: bool = False


def cell(column: Column, value: Any, url: str = "") -> Cell:
    """The cell of a column for a value."""
    if value is None or value == "":
        return Cell(format_html('<span class="muted">{}</span>', "none"), url, column.kind == "number", True)
    return Cell(_html(column, value), url, column.kind == "number")


def _html(column: Column, value: Any) -> SafeString | str:
    if column.kind == "tlp":
        return render_to_string("components/_tlp.html", {"rank": int(value), "label": TLP(int(value)).label})
    if column.kind == "choice":
        label = (column.choices or {}).get(value, value)
        if column.tone is None:
            return format_html("{}", label)
        return render_to_string("components/_tag.html", {"text": label, "kind": column.tone.get(value, "neutral")})
    if column.kind == "flag":
        return "Yes" if value else "No"
    if column.kind == "number":
        return number_format(value, use_l10n=True, force_grouping=True)
    if isinstance(value, datetime):
        moment = timezone.localtime(value, timezone.get_fixed_timezone(0))
        if column.brief:
            return format_html(
                '<time datetime="{}" title="{}">{}</time>',
                moment.isoformat(timespec="minutes"), f"{moment:%H:%M} UTC", f"{moment:%-d %b %Y}",
            )  # fmt: skip
        return format_html(
            '<time datetime="{}">{}</time>', moment.isoformat(timespec="minutes"), f"{moment:%-d %b %Y, %H:%M} UTC"
        )
    if isinstance(value, date):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), f"{value:%-d %b %Y}")
    if column.brief and len(str(value)) > BRIEF:
        return format_html('<span title="{}">{}…</span>', value, str(value)[:BRIEF])
    return format_html("{}", value)
