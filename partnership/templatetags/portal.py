"""Small words of the templates: markings, tags, moments and days."""

from datetime import UTC

from django import template
from django.utils.html import format_html

from partnership.models import TLP

register = template.Library()


@register.inclusion_tag("components/_tlp.html")
def tlp(rank):
    """A TLP label in its standard colours, from the stored rank."""
    return {"rank": int(rank), "label": TLP(int(rank)).label}


@register.inclusion_tag("components/_tag.html")
def tag(text, kind="neutral"):
    """A state as a word with a tone: good, warn, bad, info or neutral."""
    return {"text": text, "kind": kind}


@register.filter
def moment(value):
    """A moment with its zone; nothing for an unknown one."""
    if value is None:
        return "not yet"
    there = value.astimezone(UTC)
    return format_html(
        '<time datetime="{}">{}</time>', there.isoformat(timespec="minutes"), f"{there:%-d %b %Y, %H:%M} UTC"
    )


@register.filter
def day(value):
    """A calendar day; nothing for an unknown one."""
    if value is None:
        return "not set"
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), f"{value:%-d %b %Y}")
