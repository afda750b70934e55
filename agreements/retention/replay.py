"""After a restore: do again, from the ledger outside the database, what had been deleted and held since the backup.

The ledger is looked through from end to end before anything is changed. Then its lines are done again in their order,
each batch in a transaction with its certificates, so that a replay that is killed goes on where it stopped. Holds take
effect where they stood among the batches: what they protect is not touched, and the database's own guard says so.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection, models, transaction
from django.db.models import F
from django.utils import timezone

from agreements import verbs
from agreements.models import Agreement, DeletionBatch, DeletionRun, LegalHold
from agreements.retention import anchors, certificates, execute, ledger, rows, standing
from partnership.audit.record import SYSTEM, record
from partnership.models import AuditDetail, AuditEntry, AuditHead, Organization, User

LOCK = 7_211_986
LOST = "Placed again from the ledger after a restore; its reason was lost with the database."
_FACTS = re.compile(r'"action":"(\w+)".*"record_id":"([0-9a-f-]{36})","record_type":"([\w.]+)"')
_COLUMNS = {
    "action": "text", "agreement_id": "uuid", "approval_id": "uuid", "counts": "jsonb", "deleted_at": "timestamptz", "due_on": "date",
    "generation": "int", "id": "uuid", "organization_id": "uuid", "record_id": "uuid", "record_type": "text", "reference": "text",
    "rule": "text", "source_digest": "text", "started_on": "date", "term_id": "uuid", "tlp": "smallint", "version_id": "uuid",
    "version_number": "smallint",
}  # fmt: skip
_TAKEN = ", ".join(f"coalesce(x.{name}, '')" if name == "source_digest" else f"x.{name}" for name in _COLUMNS)
_INSERT = (
    f"INSERT INTO agreements_deletionrecord ({', '.join(_COLUMNS)}, batch_id, leaf) SELECT {_TAKEN}, %s, x.leaf"
    f" FROM ROWS FROM (json_to_recordset(%s) AS ({', '.join(f'{name} {kind}' for name, kind in _COLUMNS.items())}),"
    f" unnest(%s::text[])) AS x({', '.join(_COLUMNS)}, leaf)"
)


class Refused(ledger.Unfit):
    """Nothing was replayed; the words say why and what to do."""


@dataclass
class Replayed:
    """What a replay did."""

    batches: int = 0
    records: int = 0
    gone: int = 0  # of the records, those that were there again
    holds: int = 0
    seq: int = 0


def replay(progress: Callable[[Replayed], None] = lambda done: None) -> Replayed:
    """Bring the database to the state of the ledger. Run twice, the second time does nothing. Raises Refused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise Refused("Another replay is under way.")
        try:
            return _replay(progress)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _replay(progress: Callable[[Replayed], None]) -> Replayed:
    lines, done = _fit_to_go_by(), Replayed()
    done.seq = DeletionBatch.objects.aggregate(most=models.Max("seq"))["most"] or 0
    was_needed = bool(standing.why_not())
    for said in lines:
        _LINES[said["kind"]](said, done)
        if said["kind"] == "batch":
            progress(done)
    if was_needed:
        with transaction.atomic():
            record(verbs.DELETIONS_REPLAYED, AuditHead.objects.get(), by=SYSTEM, at=timezone.now(), seq=done.seq, holds=done.holds,
                   batches=done.batches, records=done.records, gone=done.gone)  # fmt: skip
    return done


def _fit_to_go_by() -> list[dict[str, Any]]:
    """The lines of the ledger, after everything in it was looked at and found to go on from where the database is."""
    found, faults = ledger.read()
    if faults:
        raise Refused(
            f"{len(faults)} faults in the ledger, the first: {faults[0]} Put back an unaltered copy of it. Nothing was replayed."
        )
    _check_lines(found)
    newest = DeletionBatch.objects.order_by("-seq").first()
    seq, link = (newest.seq, newest.hash) if newest else (0, certificates.GENESIS)
    if found.head[0] < seq:
        raise Refused(
            f"The ledger ends at batch {found.head[0]} and the database at batch {seq}: the ledger is behind, or was lost."
            " Put back its newest copy. Nothing was replayed."
        )
    if seq and next(said["hash"] for said in found.batches if said["seq"] == seq) != link:
        raise Refused(
            f"Batch {seq} of the ledger is not batch {seq} of the database: it is the ledger of another portal. Nothing was replayed."
        )
    for said in found.batches[seq:]:
        if fault := ledger.fault_of(said) or _unknown(said):
            raise Refused(f"{fault} Nothing was replayed.")
    return found.lines


def _check_lines(found: ledger.Ledger) -> None:
    """The ledger must begin with what it was when the backup was taken."""
    restored = AuditEntry.objects.filter(verb=verbs.DATABASE_RESTORED.code).order_by("-id").first()
    if restored is None:
        return
    detail = AuditDetail.objects.filter(entry_id=restored.pk).values_list("detail", flat=True).first() or {}
    count, link = int(detail.get("ledger_lines", 0)), detail.get("ledger_link")
    if count and (len(found.links) < count or found.links[count - 1] != link):
        raise Refused(
            f"The ledger had {count} lines when the backup was taken, and this one does not begin with them: it is behind, was lost, or is"
            " of another portal. Put back its newest copy. Nothing was replayed."
        )


def _unknown(said: dict[str, Any]) -> str:
    kinds = {_told(text)[2] for text in ledger.records_of(said)}
    known = {model._meta.label_lower for model in rows.models()}
    return (
        f"Batch {said['seq']} deletes {sorted(kinds - known)[0]}, which this version does not know."
        if kinds - known
        else ""
    )


def _told(text: str) -> tuple[str, str, str]:
    """Action, key and kind of a certificate, quicker than reading all of it; inside a text of JSON a quotation mark is escaped."""
    found = _FACTS.search(text)
    return (found[1], found[2], found[3]) if found else ("", "", "no kind of record")


def _batch(said: dict[str, Any], done: Replayed) -> None:
    if said["seq"] <= done.seq:
        return
    texts = ledger.records_of(said)
    by_kind: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for action, key, kind in map(_told, texts):
        by_kind[kind, action == "anonymise"].append(key)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL portal.retention = 'on'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [certificates.CHAIN_LOCK])
        run = _run_of(said["run"])
        try:
            gone = sum(_remove(kind, is_partly, keys, run) for (kind, is_partly), keys in by_kind.items())
        except DatabaseError as error:
            raise Refused(f"Batch {said['seq']} could not be deleted again: {execute.in_words(error)} What was replayed before it stays.") from error  # fmt: skip
        batch = DeletionBatch.objects.create(
            run=run, **{name: said[name] for name in ("seq", "at", "size", "root", "previous", "hash")}
        )
        cursor.execute(_INSERT, [said["seq"], f"[{','.join(texts)}]", [leaf.hex() for leaf in ledger.leaves_of(texts)]])
        record(verbs.BATCH_REPLAYED, batch, by=SYSTEM, at=timezone.now(), seq=batch.seq, size=batch.size, gone=gone)
    done.seq, done.batches, done.records, done.gone = (
        batch.seq,
        done.batches + 1,
        done.records + batch.size,
        done.gone + gone,
    )


def _remove(kind: str, is_partly: bool, keys: list[str], run: DeletionRun) -> int:
    """Delete or anonymise what is there of these records; returns how many that were."""
    model = next(found for found in rows.models() if found._meta.label_lower == kind)
    if not is_partly:
        return execute.erase(model, keys, run.started_at)
    there = model._default_manager.filter(pk__in=keys, anonymised_on__isnull=True).values_list("pk", flat=True)
    if found := [str(key) for key in there]:
        execute.anonymise(model, found, run.started_at)
    return len(found)


def _run_of(told: dict[str, Any]) -> DeletionRun:
    """The run, as it was told last; by nobody where the person is not known to this database."""
    columns = {name: told[name] for name in anchors.RUN}
    if not User.objects.filter(pk=columns["started_by_id"]).exists():
        columns["started_by_id"] = None
    run, _ = DeletionRun.objects.get_or_create(pk=told["id"], defaults=columns)
    run.refresh_from_db()
    return run


def _run(said: dict[str, Any], done: Replayed) -> None:
    with transaction.atomic():
        run = _run_of(said["run"])
        if run.finished_at is None:
            told = {name: said["run"][name] for name in anchors.RUN if name != "started_by_id"}
            DeletionRun.objects.filter(pk=run.pk).update(**told)
        execute.clear(run)


def _hold(said: dict[str, Any], done: Replayed) -> None:
    """Place a hold again that was placed after the backup, unless what it protects came after the backup too."""
    told = dict(said["hold"])
    agreement = Agreement.objects.filter(pk=told["agreement_id"]).first() if told["agreement_id"] else None
    organization = Organization.objects.filter(pk=told["organization_id"]).first() if told["organization_id"] else None
    if LegalHold.objects.filter(pk=said["id"]).exists() or (scope := agreement or organization) is None:
        return
    owner = Organization.objects.filter(pk=told["owner_id"]).first() or (agreement.lead if agreement else organization)
    told["owner_id"] = owner.pk if owner else None
    if not User.objects.filter(pk=told["placed_by_id"]).exists():  # somebody who came after the backup
        told["placed_by_id"] = User.objects.order_by("date_joined", "pk").values_list("pk", flat=True).first()
    with transaction.atomic():
        hold = LegalHold.objects.create(pk=said["id"], reason=LOST, **{name: told[name] for name in anchors.HOLD})
        record(verbs.HOLD_PLACED, hold, by=SYSTEM, at=timezone.now(), because=LOST, subject=scope, protected="its")
        _count_up(hold)
    done.holds += 1


def _lift(said: dict[str, Any], done: Replayed) -> None:
    hold = LegalHold.objects.filter(pk=said["id"], lifted_at__isnull=True).first()
    if hold is None:
        return
    with transaction.atomic():
        by = User.objects.filter(pk=said["by"]).first() or hold.placed_by
        hold.lifted_at, hold.lifted_by, hold.lifted_reason = said["at"], by, LOST.replace("Placed", "Lifted")
        hold.save(update_fields=["lifted_at", "lifted_by", "lifted_reason"])
        record(
            verbs.HOLD_LIFTED,
            hold,
            by=SYSTEM,
            at=timezone.now(),
            because=hold.lifted_reason,
            subject=hold.agreement or hold.organization,
        )
        _count_up(hold)


def _count_up(hold: LegalHold) -> None:
    if hold.agreement_id:
        Agreement.objects.filter(pk=hold.agreement_id).update(retention_generation=F("retention_generation") + 1)


def _backup(said: dict[str, Any], done: Replayed) -> None:
    """Note a backup again that the restored one does not know: certificates name it as long as it is kept."""
    if not AuditEntry.objects.filter(verb=verbs.BACKUP_TAKEN.code, at=said["at"]).exists():
        with transaction.atomic():
            record(verbs.BACKUP_TAKEN, AuditHead.objects.get(), by=SYSTEM, at=datetime.fromisoformat(said["at"]), backup=said["id"],
                   until=said["until"])  # fmt: skip


def _begin(said: dict[str, Any], done: Replayed) -> None:
    """The first line says nothing to be done."""


_LINES: dict[str, Callable[[dict[str, Any], Replayed], None]] = {
    "backup": _backup, "begin": _begin, "batch": _batch, "run": _run, "hold": _hold, "lift": _lift,
}  # fmt: skip
