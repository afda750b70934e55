"""The run: due records go in batches, each in one transaction with its certificates, never one that is held.

Order inside a batch, and why: claim rows; lock their agreements; read holds in a second statement. A hold that is
placed at the same moment updates the agreement row, so it either waits for this batch or is seen by it. Reading the
holds in the statement that takes the lock would use a snapshot from before the wait, and delete what is held.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from agreements import verbs
from agreements.models import DeletionRun, QuarantinedRecord
from agreements.retention import certificates, plan, predicate, rows
from agreements.retention.due import period
from partnership import files
from partnership.audit.record import SYSTEM, record
from partnership.models import StoredFile, User

log = logging.getLogger(__name__)
ENGINE = "retention 1"
CHUNK = 1000
FIRST = (date.min, UUID(int=0))


class WrongIsolation(RuntimeError):
    """Under REPEATABLE READ the second statement would not see a hold that has just committed."""


class Undeclared(RuntimeError):
    """A relation of a governed model has no decision; nothing is deleted before it has one."""


@dataclass
class Tally:
    """What a run has done so far."""

    deleted: int = 0
    anonymised: int = 0
    held: int = 0
    failed: set[UUID] = field(default_factory=set)


@dataclass
class Claim:
    """Where a pass stands: the cursor, how many rows at once, and what was claimed last."""

    after: tuple[date, UUID] = FIRST
    size: int = CHUNK
    ids: list[UUID] = field(default_factory=list)
    last: tuple[date, UUID] = FIRST


def sweep(*, trigger: str, by: User | None = None, chunk: int = CHUNK) -> DeletionRun:
    """Delete or anonymise everything that is due, ready and not held. Run twice, it does nothing the second time."""
    _check_isolation()
    now = _database_now()
    run = DeletionRun.objects.create(
        cutoff_on=now.date(), trigger=trigger, engine=ENGINE, started_at=now, started_by=by, beat_at=now
    )
    tally = Tally()
    for model in rows.models():
        _check_declared(model)
        for skip_locked in (True, False):  # the second pass waits for rows that somebody was working on
            _pass(run, model, tally, chunk, skip_locked)
    return _finish(run, tally)


def _check_isolation() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        if cursor.fetchone()[0] != "read committed":
            raise WrongIsolation("The retention engine runs under READ COMMITTED only.")


def _database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cursor.fetchone()[0]


def _pass(run: DeletionRun, model: type[models.Model], tally: Tally, chunk: int, skip_locked: bool) -> None:
    claim = Claim(size=chunk)
    while True:
        try:
            with transaction.atomic():
                more = _batch(run, model, tally, claim, skip_locked)
        except DatabaseError as error:
            if claim.size > 1:
                claim.size = max(1, claim.size // 2)  # a deadlock, a lock that takes too long, or one bad record
                continue
            _quarantine(run, model, claim, tally, error)
            claim.after, more = claim.last, bool(claim.ids)
        else:
            claim.after = claim.last
            claim.size = min(chunk, claim.size * 2)
        if not more:
            return


def _batch(run: DeletionRun, model: type[models.Model], tally: Tally, claim: Claim, skip_locked: bool) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        cursor.execute("SET LOCAL portal.retention = 'on'")  # the guard of the table asks for it
        _claim(cursor, run, model, tally, claim, skip_locked)
        if not claim.ids:
            return False
        found = _read(cursor, run, model, claim.ids, skip_locked)
    gone = [row for row in found if row["held"] is None]
    tally.held += (len(found) - len(gone)) if not skip_locked else 0
    if gone:
        _remove(run, model, gone)
        tally.deleted += sum(row["action"] != "anonymise" for row in gone)
        tally.anonymised += sum(row["action"] == "anonymise" for row in gone)
    DeletionRun.objects.filter(pk=run.pk).update(beat_at=timezone.now())
    return True


def _claim(
    cursor: Any, run: DeletionRun, model: type[models.Model], tally: Tally, claim: Claim, skip_locked: bool
) -> None:
    cursor.execute(
        f"SELECT r.id, r.retain_until FROM {predicate.source(model)} WHERE {predicate.DUE} AND {predicate.READY}"
        " AND (r.retain_until, r.id) > (%(day)s, %(key)s) AND NOT r.id = ANY(%(failed)s)"
        f" ORDER BY r.retain_until, r.id LIMIT %(size)s FOR UPDATE OF r{' SKIP LOCKED' if skip_locked else ''}",
        {
            "at": run.started_at,
            "day": claim.after[0],
            "key": claim.after[1],
            "failed": list(tally.failed),
            "size": claim.size,
        },
    )
    claimed = cursor.fetchall()
    claim.ids = [key for key, _ in claimed]
    if claimed:
        claim.last = (claimed[-1][1], claimed[-1][0])


def _read(
    cursor: Any, run: DeletionRun, model: type[models.Model], ids: Sequence[UUID], skip_locked: bool
) -> list[dict[str, Any]]:
    cursor.execute(
        f'SELECT id FROM agreements_agreement WHERE id IN (SELECT agreement_id FROM "{model._meta.db_table}" WHERE id = ANY(%s))'
        f" ORDER BY id FOR SHARE{' SKIP LOCKED' if skip_locked else ''}",
        [list(ids)],
    )
    agreements = [key for (key,) in cursor.fetchall()]
    has_tlp = any(f.name == "tlp" for f in model._meta.fields)
    cursor.execute(
        f"SELECT r.id, r.reference, r.agreement_id, r.organization_id, r.version_id, v.number, r.term_id, t.action, t.months,"
        f" t.days, t.trigger, {'r.tlp' if has_tlp else 'NULL'}, r.retention_start, r.retain_until, a.retention_generation,"
        f" ({predicate.HOLD}) AS held FROM {predicate.source(model)} JOIN agreements_agreementversion v ON v.id = r.version_id"
        f" WHERE r.id = ANY(%(ids)s) AND r.agreement_id = ANY(%(agreements)s) AND {predicate.DUE} AND {predicate.READY}",
        {"ids": list(ids), "agreements": agreements, "label": predicate.label(model), "at": run.started_at},
    )
    names = ("id", "reference", "agreement_id", "organization_id", "version_id", "version_number", "term_id", "action", "months",
             "days", "trigger", "tlp", "started_on", "due_on", "generation", "held")  # fmt: skip
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def children(model: type[models.Model]) -> list[tuple[str, Any]]:
    """The relations whose rows go with a record, as declared on the model."""
    found: list[tuple[str, Any]] = []
    relation: Any
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete:
            found.append((relation.get_accessor_name(), relation))
    return found


def _check_declared(model: type[models.Model]) -> None:
    declared = model.data_policy.relations  # type: ignore[attr-defined]
    for name, relation in children(model):
        if declared.get(name, ("", ""))[0] != "delete":
            raise Undeclared(f"{model._meta.label}.{name} has no decision to delete.")
        nested = [
            r for r in relation.related_model._meta.get_fields(include_hidden=True) if r.auto_created and not r.concrete
        ]
        if nested:
            raise Undeclared(f"{relation.related_model._meta.label} has rows of its own pointing to it.")


def _remove(run: DeletionRun, model: type[models.Model], gone: list[dict[str, Any]]) -> None:
    whole = [row["id"] for row in gone if row["action"] != "anonymise"]
    partly = [row["id"] for row in gone if row["action"] == "anonymise"]
    counts: dict[UUID, Counter[str]] = {row["id"]: Counter() for row in gone}
    with connection.cursor() as cursor:
        for name, relation in children(model):
            ids = whole + (partly if name in getattr(model, "anonymise_removes", ()) else [])
            _remove_children(cursor, relation, name, ids, counts, run.started_at)
        if whole:
            cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE id = ANY(%s) RETURNING id', [whole])
            if {key for (key,) in cursor.fetchall()} != set(whole):
                raise DatabaseError("The rows deleted are not the rows intended.")
        if partly:
            _anonymise(cursor, model, partly, run.started_at.date())
    entries = [_certificate(model, row, counts[row["id"]]) for row in gone]
    batch = certificates.write(run, entries, _database_now())
    record(verbs.BATCH_DELETED, batch, by=SYSTEM, at=batch.at, count=len(gone), seq=batch.seq)


def _remove_children(
    cursor: Any, relation: Any, name: str, ids: list[UUID], counts: dict[UUID, Counter[str]], at: datetime
) -> None:
    child = relation.related_model
    column = relation.field.column
    kept = [f for f in child._meta.fields if f.related_model is StoredFile]
    returned = ", ".join([f'"{column}"', *(f'"{f.column}"' for f in kept)])
    cursor.execute(f'DELETE FROM "{child._meta.db_table}" WHERE "{column}" = ANY(%s) RETURNING {returned}', [ids])
    stored = []
    for owner, *keys in cursor.fetchall():
        counts[owner][name] += 1
        stored += [key for key in keys if key is not None]
    if stored:
        cursor.execute('DELETE FROM "partnership_storedfile" WHERE id = ANY(%s) RETURNING key', [stored])
        files.request_erasure(keys=[key for (key,) in cursor.fetchall()], at=at)


def _anonymise(cursor: Any, model: Any, ids: list[UUID], day: date) -> None:
    columns = {**model.anonymised, "anonymised_on": day}
    setters = ", ".join(f'"{name}" = %s' for name in columns)
    cursor.execute(f'UPDATE "{model._meta.db_table}" SET {setters} WHERE id = ANY(%s)', [*columns.values(), ids])


def _certificate(model: type[models.Model], row: dict[str, Any], counts: Counter[str]) -> dict[str, Any]:
    class _Term:
        months, days = row["months"], row["days"]

    after = {"received": "after receipt", "closed": "after closing", "agreement_ended": "after the agreement's end"}[
        row["trigger"]
    ]
    return {
        "record_type": predicate.label(model), "record_id": row["id"], "rule": f"{row['action']} {period(_Term)} {after}",  # type: ignore[arg-type]
        "counts": dict(sorted(counts.items())),
        **{name: row[name] for name in ("reference", "action", "agreement_id", "organization_id", "version_id", "version_number",
                                        "term_id", "tlp", "started_on", "due_on", "generation")},
    }  # fmt: skip


def _quarantine(run: DeletionRun, model: type[models.Model], claim: Claim, tally: Tally, error: Exception) -> None:
    for key in claim.ids[:1]:
        log.error("Retention could not delete %s %s: %s", predicate.label(model), key, error)
        tally.failed.add(key)
        QuarantinedRecord.objects.get_or_create(
            run=run, record_type=predicate.label(model), record_id=key,
            defaults={"error": str(error)[:500], "noted_at": timezone.now()},
        )  # fmt: skip


@transaction.atomic
def _finish(run: DeletionRun, tally: Tally) -> DeletionRun:
    """Completion is decided by counting what is left, never by an empty claim."""
    left, held, waiting = plan.counts(run.started_at)
    run.deleted_count, run.anonymised_count, run.held_count = tally.deleted, tally.anonymised, held
    run.waiting_count, run.failed_count, run.left_count = waiting, len(tally.failed), left
    run.state = DeletionRun.State.PARTIAL if left else DeletionRun.State.COMPLETE
    run.finished_at = run.beat_at = timezone.now()
    run.save()
    record(verbs.RUN_FINISHED, run, by=run.started_by or SYSTEM, at=run.finished_at, deleted=tally.deleted + tally.anonymised,
           held=held, left=left)  # fmt: skip
    return run
