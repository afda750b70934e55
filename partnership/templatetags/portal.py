"""Small words of the templates: markings, tags, moments and days."""

import hashlib
import json
from base64 import b64encode
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django import template
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from django.utils.html import format_html

from partnership.models import TLP

register = template.Library()


@register.simple_tag
def script(name):
    """A script of our own with the digest of its text: a browser refuses one that was altered on its way."""
    return format_html('<script src="{}" integrity="{}" defer></script>', static(name), _digest(name))


@cache
def _digest(name):
    stored = getattr(staticfiles_storage, "stored_name", None)  # in production the name carries a digest too
    if stored is not None:
        with staticfiles_storage.open(stored(name)) as file:
            text = file.read()
    else:
        text = Path(finders.find(name)).read_bytes()
    return f"sha384-{b64encode(hashlib.sha384(text).digest()).decode()}"


@register.inclusion_tag("components/_tlp.html")
def tlp(rank):
    """A TLP label in its standard colours, from the stored rank."""
    return {"rank": int(rank), "label": TLP(int(rank)).label}


@register.inclusion_tag("components/_tag.html")
def tag(text, kind="neutral"):
    """A state as a word with a tone: good, warn, bad, info or neutral."""
    return {"text": text, "kind": kind}


@register.filter
def moment(value, zone="UTC"):
    """A moment as clocks show it in a zone, which is named; nothing for an unknown one."""
    if value is None:
        return "not yet"
    there = value.astimezone(ZoneInfo(zone))
    words = f"{there:%-d %b %Y, %H:%M} {zone if zone == 'UTC' else f'({zone})'}"
    return format_html('<time datetime="{}">{}</time>', there.isoformat(timespec="minutes"), words)


@register.filter
def day(value):
    """A calendar day; nothing for an unknown one."""
    if value is None:
        return "not set"
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), f"{value:%-d %b %Y}")


@register.filter
def as_json(value):
    """Data for a script, as the text of an attribute."""
    return json.dumps(value)
