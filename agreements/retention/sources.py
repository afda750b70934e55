"""What was deleted does not come in again: a keyed digest of its number at its source, in the certificate. Never content."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from agreements.models import DeletionRecord
from partnership import keys

_BETWEEN = "\x1f"  # stands in no number that a source gives


def identity(model: type[models.Model]) -> str:
    """SQL for what a source knows a record by, joined; NULL where it has no source. See `source_identity` of the model."""
    columns: tuple[str, ...] = getattr(model, "source_identity", ())
    if not columns:
        return "NULL::text"
    parts = ", ".join(f'r."{column}"' for column in columns)
    return f"CASE WHEN r.\"{columns[-1]}\" <> '' THEN concat_ws(chr({ord(_BETWEEN)}), {parts}) END"


def joined(*parts: Any) -> str:
    """The same as `identity` gives for a record with these columns."""
    return _BETWEEN.join(str(part) for part in parts)


def digest(source: str | None) -> str:
    """The digest of a joined identity; empty for a record without a source."""
    return keys.search_digest("agreements.deleted_source", source) if source else ""


def deleted(digests: Iterable[str]) -> set[str]:
    """Which of these digests stand in a certificate."""
    wanted = [found for found in digests if found]
    return set(DeletionRecord.objects.filter(source_digest__in=wanted).values_list("source_digest", flat=True))
