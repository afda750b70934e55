"""The run: due records go in batches, each in one transaction with its certificates, never one that is held.

Order inside a batch, and why: claim rows; lock their agreements; read holds in a second statement. A hold that is
placed at the same moment updates the agreement row, so it either waits for this batch or is seen by it. Reading the
holds in the statement that takes the lock would use a snapshot from before the wait, and delete what is held.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from agreements import verbs
from agreements.models import DeletionRun, QuarantinedRecord
from agreements.retention import anchors, certificates, clock, gate, plan, predicate, rows, sources, standing
from agreements.retention.due import length
from partnership import files
from partnership.audit.record import SYSTEM, record
from partnership.models import StoredFile, User

log = logging.getLogger(__name__)
ENGINE = "retention 1"
CHUNK = 1000
FIRST = (date.min, str(UUID(int=0)))
WINDOW = 100_000  # due records that are put into the order of the table at once


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
    failed: set[str] = field(default_factory=set)
    asked: dict[UUID, str] = field(default_factory=dict)  # terms that wait for a second person, frozen like the cut-off


@dataclass
class Claim:
    """Where a pass stands: the window that is worked on, how many rows at once, and what is claimed. Keys are text: see array."""

    after: tuple[date, str] = FIRST  # the last of the window, by due day and key
    window: list[str] = field(default_factory=list)  # in the order in which they lie in the table
    size: int = CHUNK
    ids: list[str] = field(default_factory=list)


class Found(NamedTuple):
    """A record that was claimed, read again after its agreement was locked."""

    id: str
    action: str
    months: int
    days: int
    trigger: str
    held: str | None
    approval: str | None
    source: str | None


def sweep(*, trigger: str, by: User | None = None, chunk: int = CHUNK) -> DeletionRun:
    """Delete or anonymise everything that is due, ready and not held. Run twice, it does nothing the second time.

    Raises ClockInDoubt, before anything is written, where the database's clock is not to be believed.
    """
    _check_isolation()
    standing.check()
    clock.check()
    now = _database_now()
    transaction.on_commit(anchors.publish, robust=True)  # what a crash left out, before anything is added
    run = DeletionRun.objects.create(
        cutoff_on=now.date(), trigger=trigger, engine=ENGINE, started_at=now, started_by=by, beat_at=now
    )
    tally = Tally(asked=gate.terms_that_wait(now))
    for model in rows.models():
        _check_declared(model)
        for skip_locked in (True, False):  # the second pass waits for rows that somebody was working on
            _pass(run, model, tally, chunk, skip_locked)
    finished = _finish(run, tally)
    transaction.on_commit(anchors.publish, robust=True)  # a full disk is logged; the next knock lays it down
    return finished


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
    while claim.window or _next_window(run, model, tally, claim):
        claim.ids = claim.window[: claim.size]
        try:
            with transaction.atomic():
                _batch(run, model, tally, claim, skip_locked)
        except DatabaseError as error:
            if len(claim.ids) > 1:
                claim.size = max(1, len(claim.ids) // 2)  # a deadlock, a lock that takes too long, or one bad record
                continue
            _quarantine(run, model, claim, tally, error)
        else:
            claim.size = min(chunk, claim.size * 2)
        del claim.window[: len(claim.ids)]


def _next_window(run: DeletionRun, model: type[models.Model], tally: Tally, claim: Claim) -> bool:
    """Find what is due next, without a lock, and put it into the order of the table: its pages are then read once."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id::text, retain_until FROM (SELECT r.id, r.retain_until, r.ctid AS place FROM {predicate.source(model)}"
            f" WHERE {predicate.DUE} AND {predicate.READY} AND {predicate.PASSED}"
            " AND (r.retain_until, r.id) > (%(day)s, %(key)s) AND NOT r.id = ANY(%(failed)s::uuid[])"
            " ORDER BY r.retain_until, r.id LIMIT %(window)s) x ORDER BY place",
            {
                "at": run.started_at, "day": claim.after[0], "key": claim.after[1], "failed": array(tally.failed),
                "window": WINDOW, "asked": list(tally.asked), "label": predicate.label(model),
            },
        )  # fmt: skip
        found = cursor.fetchall()
    if found:
        claim.window = [key for key, _ in found]
        claim.after = max((day, key) for key, day in found)
    return bool(found)


def _batch(run: DeletionRun, model: type[models.Model], tally: Tally, claim: Claim, skip_locked: bool) -> None:
    with connection.cursor() as cursor:
        # A lock that takes longer is left for the next pass; the guard of the table asks for the second setting.
        cursor.execute("SET LOCAL lock_timeout = '2s'; SET LOCAL portal.retention = 'on'")
        cursor.execute(
            f'SELECT r.id::text, r.agreement_id::text FROM "{model._meta.db_table}" r WHERE r.id = ANY(%s::uuid[])'
            f" FOR UPDATE{' SKIP LOCKED' if skip_locked else ''}",
            [array(claim.ids)],
        )
        locked = cursor.fetchall()
        if not locked:
            return
        ids, agreements = [key for key, _ in locked], sorted({agreement for _, agreement in locked})
        found = _read(cursor, run, model, tally, ids, agreements, skip_locked)
    gone = [row for row in found if row.held is None]
    tally.held += (len(found) - len(gone)) if not skip_locked else 0
    if gone:
        _remove(run, model, gone)
        tally.deleted += sum(row.action != "anonymise" for row in gone)
        tally.anonymised += sum(row.action == "anonymise" for row in gone)
        transaction.on_commit(anchors.publish_batches, robust=True)
    DeletionRun.objects.filter(pk=run.pk).update(beat_at=timezone.now())


def array(keys: Iterable[str]) -> str:
    """Keys as PostgreSQL writes an array: one text is much quicker to send, for each child table, than many UUIDs."""
    return "{" + ",".join(keys) + "}"


def _read(
    cursor: Any, run: DeletionRun, model: type[models.Model], tally: Tally, ids: list[str], agreements: list[str],
    skip_locked: bool,
) -> list[Found]:  # fmt: skip
    """What is due among locked rows, asked anew after their agreements are locked too: a hold may have come meanwhile."""
    cursor.execute(
        "SELECT id::text FROM agreements_agreement WHERE id = ANY(%s::uuid[])"
        f" ORDER BY id FOR SHARE{' SKIP LOCKED' if skip_locked else ''}",
        [array(agreements)],
    )
    locked = array(key for (key,) in cursor.fetchall())
    cursor.execute(
        # The approval is looked for once: an offset keeps the inner question from being merged into the outer one.
        "SELECT id, action, months, days, trigger, held, approval::text, source FROM ("
        f"SELECT r.id::text, r.term_id, t.action, t.months, t.days, t.trigger, ({predicate.HOLD}) AS held,"
        f" ({predicate.APPROVAL}) AS approval, {sources.identity(model)} AS source FROM {predicate.source(model)}"
        " WHERE r.id = ANY(%(ids)s::uuid[]) AND r.agreement_id = ANY(%(agreements)s::uuid[])"
        f" AND {predicate.DUE} AND {predicate.READY} OFFSET 0"
        ") x WHERE NOT term_id = ANY(%(asked)s::uuid[]) OR approval IS NOT NULL",
        {
            "ids": array(ids),
            "agreements": locked,
            "label": predicate.label(model),
            "at": run.started_at,
            "asked": list(tally.asked),
        },
    )
    return [Found(*row) for row in cursor.fetchall()]


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


def _remove(run: DeletionRun, model: type[models.Model], gone: list[Found]) -> None:
    whole = [row.id for row in gone if row.action != "anonymise"]
    partly = [row.id for row in gone if row.action == "anonymise"]
    counts = _remove_all_children(model, whole, partly, run.started_at)
    entries = [
        {
            "id": row.id,
            "rule": _rule(row.action, row.months, row.days, row.trigger),
            "counts": counts.get(row.id, {}),
            "approval": row.approval,
            "source": sources.digest(row.source),
        }
        for row in gone
    ]
    batch = certificates.write(run, model, entries, _database_now())
    _remove_rows(model, whole, partly, run.started_at)
    record(verbs.BATCH_DELETED, batch, by=SYSTEM, at=batch.at, count=len(gone), seq=batch.seq)


def erase(model: type[models.Model], ids: list[str], at: datetime) -> int:
    """Delete what is there of some records, with all that hangs on them, without a count of each; how many records that were.

    For a replay: the certificates exist already. The keys of the child tables take the rows along.
    """
    stored: list[str] = []
    with connection.cursor() as cursor:
        for _, relation in children(model):
            table = relation.related_model._meta.db_table
            for file in (f.column for f in relation.related_model._meta.fields if f.related_model is StoredFile):
                cursor.execute(
                    f'SELECT "{file}"::text FROM "{table}" WHERE "{relation.field.column}" = ANY(%s::uuid[]) AND "{file}" IS NOT NULL',
                    [array(ids)],
                )
                stored += [key for (key,) in cursor.fetchall()]
        cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE id = ANY(%s::uuid[])', [array(ids)])
        gone = cursor.rowcount
    if stored:
        files.delete(ids=stored, at=at)
    return gone


def anonymise(model: type[models.Model], ids: list[str], at: datetime) -> None:
    """Anonymise records, and delete what goes with that; certificates are the caller's to write."""
    _remove_all_children(model, [], ids, at)
    _remove_rows(model, [], ids, at)


def _remove_all_children(
    model: type[models.Model], whole: list[str], partly: list[str], at: datetime
) -> dict[str, dict[str, int]]:
    """How many rows of each kind went with each record."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        for name, relation in children(model):
            ids = whole + (partly if name in getattr(model, "anonymise_removes", ()) else [])
            _remove_children(cursor, relation, name, ids, counts, at)
    return counts


def _remove_rows(model: type[models.Model], whole: list[str], partly: list[str], at: datetime) -> None:
    with connection.cursor() as cursor:
        if whole:
            cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE id = ANY(%s::uuid[])', [array(whole)])
            if cursor.rowcount != len(whole):
                raise DatabaseError("The rows deleted are not the rows intended.")
        if partly:
            _anonymise(cursor, model, partly, at.date())


def _remove_children(
    cursor: Any, relation: Any, name: str, ids: list[str], counts: dict[str, dict[str, int]], at: datetime
) -> None:
    child, column = relation.related_model, f'"{relation.field.column}"'
    kept = [f'"{f.column}"' for f in child._meta.fields if f.related_model is StoredFile]
    returned, gathered = ", ".join([column, *kept]), "".join(f", array_agg({file}::text)" for file in kept)
    cursor.execute(
        f'WITH gone AS (DELETE FROM "{child._meta.db_table}" WHERE {column} = ANY(%s::uuid[]) RETURNING {returned})'
        f" SELECT {column}::text, count(*){gathered} FROM gone GROUP BY {column}",
        [array(ids)],
    )
    stored: list[str] = []
    for owner, count, *columns in cursor.fetchall():
        counts[owner][name] = count
        stored += [key for keys in columns for key in keys if key is not None]
    if stored:
        files.delete(ids=stored, at=at)


def _anonymise(cursor: Any, model: Any, ids: list[str], day: date) -> None:
    columns = {**model.anonymised, "anonymised_on": day}
    setters = ", ".join(f'"{name}" = %s' for name in columns)
    cursor.execute(
        f'UPDATE "{model._meta.db_table}" SET {setters} WHERE id = ANY(%s::uuid[])', [*columns.values(), array(ids)]
    )


@cache  # a portal has few different terms, and a run many records
def _rule(action: str, months: int, days: int, trigger: str) -> str:
    after = {"received": "after receipt", "closed": "after closing", "agreement_ended": "after the agreement's end"}
    return f"{action} {length(months, days)} {after[trigger]}"


def _quarantine(run: DeletionRun, model: type[models.Model], claim: Claim, tally: Tally, error: Exception) -> None:
    for key in claim.ids[:1]:
        log.error("Retention could not delete %s %s: %s", predicate.label(model), key, in_words(error))
        tally.failed.add(key)
        QuarantinedRecord.objects.get_or_create(
            run=run, record_type=predicate.label(model), record_id=key,
            defaults={"error": in_words(error)[:500], "noted_at": timezone.now()},
        )  # fmt: skip


def in_words(error: Exception) -> str:
    """What the database said, without its details: they quote the row, and a note must not outlive what it quotes."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "message_primary", None) or str(error).partition("\n")[0]


@transaction.atomic
def _finish(run: DeletionRun, tally: Tally) -> DeletionRun:
    """Completion is decided by counting what is left, never by an empty claim."""
    left, held, waiting, unapproved = plan.counts(run.started_at, tally.asked)
    run.deleted_count, run.anonymised_count, run.held_count = tally.deleted, tally.anonymised, held
    run.waiting_count, run.unapproved_count = waiting, unapproved
    run.failed_count, run.left_count = len(tally.failed), left
    clear(run)  # after the count, so that what waited in this run is counted as waiting
    run.state = DeletionRun.State.PARTIAL if left else DeletionRun.State.COMPLETE
    run.finished_at = run.beat_at = timezone.now()
    run.save()
    record(verbs.RUN_FINISHED, run, by=run.started_by or SYSTEM, at=run.finished_at, deleted=tally.deleted + tally.anonymised,
           held=held, unapproved=unapproved, left=left)  # fmt: skip
    return run


def clear(run: DeletionRun) -> None:
    """Note the terms under which the run did something: the next run under them is not the first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO agreements_clearedterm (term_id, cleared_at) SELECT DISTINCT d.term_id, now()"
            " FROM agreements_deletionrecord d JOIN agreements_deletionbatch b ON b.seq = d.batch_id WHERE b.run_id = %s"
            " ON CONFLICT DO NOTHING",
            [run.pk],
        )
