"""Turn entries into sentences and timelines."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model

from partnership.models import AuditDetail, AuditEntry
from partnership.registry import VERBS

WHO = {"system": "The portal", "anonymous": "Somebody without an account"}


@dataclass(frozen=True)
class Line:
    """One entry in words."""

    id: int
    at: datetime
    sentence: str
    who: str
    because: str
    changes: dict[str, list[Any]]
    entry: AuditEntry
    url: str = ""


def lines(entries: Iterable[AuditEntry]) -> list[Line]:
    """Entries with their details, in the order given; one query for all details."""
    entries = list(entries)
    details = AuditDetail.objects.in_bulk([entry.pk for entry in entries])
    return [_line(entry, details.get(entry.pk)) for entry in entries]


def timeline(target: Model, limit: int = 50) -> list[Line]:
    """What happened to one row, newest first."""
    entries = AuditEntry.objects.filter(object_type=target._meta.label_lower, object_id=str(target.pk))
    return lines(entries.order_by("-id")[:limit])


def timeline_of(targets: Sequence[Model], limit: int = 50) -> list[Line]:
    """What happened to several rows, newest first."""
    keys = defaultdict(list)
    for target in targets:
        keys[target._meta.label_lower].append(str(target.pk))
    found = AuditEntry.objects.none()
    for kind, ids in keys.items():
        found = found | AuditEntry.objects.filter(object_type=kind, object_id__in=ids)
    return lines(found.order_by("-id")[:limit])


def _line(entry: AuditEntry, kept: AuditDetail | None) -> Line:
    detail = kept.detail if kept else {}
    who = WHO.get(entry.actor_kind) or detail.get("who") or "A person whose name was removed"
    words = defaultdict(lambda: "(removed)", {**detail, "who": who})
    words.setdefault("because", "")
    verb = VERBS.get(entry.verb)
    sentence = verb.sentence.format_map(words) if verb else f"{who}: {entry.verb}"
    return Line(entry.pk, entry.at, sentence, who, detail.get("because", ""), detail.get("changes", {}), entry)
