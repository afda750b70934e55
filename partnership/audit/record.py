"""Write the trail. Only actions call this, inside the transaction of the act, so that neither is without the other."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Literal

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from partnership.models import AuditDetail, AuditEntry, User
from partnership.registry import VERBS, Verb
from partnership.request_id import current

SYSTEM: Final = "system"
ANONYMOUS: Final = "anonymous"
By = User | Literal["system", "anonymous"]


class NotInTransaction(RuntimeError):
    """An entry belongs to the transaction of its act."""


def commitment(salt: str, detail: Mapping[str, Any]) -> str:
    """SHA-256 over salt and canonical detail, by which an entry vouches for a detail kept apart."""
    text = json.dumps(detail, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{salt}|{text}".encode()).hexdigest()


def record(
    verb: Verb,
    target: models.Model,
    *,
    by: By,
    at: datetime,
    because: str = "",
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    subject: models.Model | None = None,
    outcome: str = "done",
    **words: Any,
) -> AuditEntry:
    """Record one deed on one row.

    `subject` is the organization or agreement that the deed concerns; `changes` maps a column to (before, after);
    further keyword arguments are names for the verb's sentence. Values must be JSON-able.
    """
    return record_many(verb, [target], by=by, at=at, because=because, changes=changes, subject=subject,
                       outcome=outcome, **words)[0]  # fmt: skip


def record_many(
    verb: Verb,
    targets: Iterable[models.Model],
    *,
    by: By,
    at: datetime,
    because: str = "",
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    subject: models.Model | None = None,
    outcome: str = "done",
    **words: Any,
) -> list[AuditEntry]:
    """Record the same deed on many rows, an entry for each."""
    if VERBS.get(verb.code) is not verb:
        raise ValueError(f"The verb {verb.code} is not declared.")
    if not connection.in_atomic_block:
        raise NotInTransaction(verb.code)
    request_id = current()
    actor_id, actor_kind = (by.pk, "person") if isinstance(by, User) else (None, by)
    entries, details = [], []
    for target in targets:
        detail = _detail(target, by, because, changes, words)
        salt = secrets.token_hex(16)
        entries.append(
            AuditEntry(
                at=at, actor_id=actor_id,
                actor_kind=actor_kind, verb=verb.code,
                object_type=target._meta.label_lower, object_id=str(target.pk),
                subject_id=str(subject.pk) if subject is not None else "", request_id=request_id, outcome=outcome,
                commitment=commitment(salt, detail),
            )
        )  # fmt: skip
        details.append((salt, detail))
    AuditEntry.objects.bulk_create(entries, batch_size=1000)
    AuditDetail.objects.bulk_create(
        [AuditDetail(entry_id=entry.pk, salt=salt, detail=detail)
         for entry, (salt, detail) in zip(entries, details, strict=True)], batch_size=1000,
    )  # fmt: skip
    return entries


def _detail(target: models.Model, by: By, because: str, changes: Any, words: Mapping[str, Any]) -> dict[str, Any]:
    detail: dict[str, Any] = {"who": by.name if isinstance(by, User) else "", "what": str(target), **words}
    if because:
        detail["because"] = because
    if changes:
        detail["changes"] = {column: list(pair) for column, pair in changes.items()}
    return json.loads(json.dumps(detail, cls=DjangoJSONEncoder))
