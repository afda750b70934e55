"""Lay down outside the database what was deleted and what is held, and compare both.

Called after each batch, each hold and each knock of the schedule, so that what a crash or a full disk left out follows.
"""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from agreements.models import DeletionBatch, DeletionRecord, DeletionRun, LegalHold
from agreements.retention import certificates, ledger, merkle
from agreements.retention.certificates import plain

RUN = ("cutoff_on", "trigger", "state", "engine", "started_at", "started_by_id", "beat_at", "finished_at", "deleted_count", "anonymised_count",
       "held_count", "waiting_count", "unapproved_count", "failed_count", "left_count")  # fmt: skip
# Without the reason, which may name people: a hold that comes back from the ledger says where its reason was lost.
HOLD = ("reference", "organization_id", "agreement_id", "record_type", "record_id", "record_name", "owner_id", "ground", "authority", "review_on",
        "placed_at", "placed_by_id")  # fmt: skip


class Behind(ledger.Unfit):
    default = "The ledger holds deletions that the database does not know; nothing is written until they are replayed."


def publish() -> int:
    """Write what the ledger does not hold yet; returns how many batches that were."""
    with ledger.appending() as writer:
        if not writer.ledger.lines:
            writer.add(kind="begin", at=plain(timezone.now()))
        batches = list(_batches_after(*writer.ledger.head))
        # A lifting goes before the batches that it made possible, and a new hold behind those that it came too late for.
        active = _write_holds(writer)
        for batch in batches:
            _write_batch(writer, batch)
        for hold in active:
            _write_hold(writer, hold)
        _write_runs(writer)
    return len(batches)


def publish_batches() -> int:
    """The same for batches alone, as after each of a long run."""
    with ledger.appending() as writer:
        batches = list(_batches_after(*writer.ledger.head)) if writer.ledger.lines else []
        for batch in batches:
            _write_batch(writer, batch)
    return len(batches) if writer.ledger.lines else publish()


def _batches_after(seq: int, link: str) -> Iterator[DeletionBatch]:
    if seq and not DeletionBatch.objects.filter(seq=seq, hash=link).exists():
        raise Behind
    yield from DeletionBatch.objects.filter(seq__gt=seq).select_related("run").order_by("seq")


def _write_batch(writer: ledger.Writer, batch: DeletionBatch) -> None:
    found = DeletionRecord.objects.filter(batch=batch).order_by("leaf").values(*certificates.FACTS)
    records = [certificates.text_of(values) for values in found]
    if merkle.root(sorted(ledger.leaves_of(records))).hex() != batch.root:
        raise ledger.Unfit(f"Batch {batch.seq} of the database does not fit its root, so it is not laid down.")
    writer.add(
        kind="batch", seq=batch.seq, size=batch.size, root=batch.root, previous=batch.previous, hash=batch.hash,
        at=plain(batch.at), digest=ledger.write_records(batch.seq, records), run=_told(batch.run),
    )  # fmt: skip


def _write_holds(writer: ledger.Writer) -> list[LegalHold]:
    """Write the holds that are lifted; returns those that are still to be written and are not."""
    placed, lifted = writer.ledger.keys("hold"), writer.ledger.keys("lift")
    active = []
    for hold in LegalHold.objects.exclude(pk__in=placed & lifted).order_by("placed_at", "pk"):
        if hold.lifted_at is None:
            active += [hold] if str(hold.pk) not in placed else []
            continue
        if str(hold.pk) not in placed:
            _write_hold(writer, hold)
        writer.add(kind="lift", id=str(hold.pk), at=plain(hold.lifted_at), by=plain(hold.lifted_by_id))
    return active


def _write_hold(writer: ledger.Writer, hold: LegalHold) -> None:
    writer.add(kind="hold", id=str(hold.pk), hold={name: plain(getattr(hold, name)) for name in HOLD})


def _write_runs(writer: ledger.Writer) -> None:
    runs = DeletionRun.objects.filter(finished_at__isnull=False)
    for run in runs.exclude(pk__in=writer.ledger.keys("run")).order_by("finished_at"):
        writer.add(kind="run", id=str(run.pk), run=_told(run))


def _told(run: DeletionRun) -> dict[str, Any]:
    return {"id": str(run.pk), **{name: plain(getattr(run, name)) for name in RUN}}


def faults() -> list[str]:
    """What is wrong in the ledger itself, and where it and the database tell different things."""
    found, faults = ledger.read()
    told = {said["seq"]: said for said in found.batches}
    kept = dict(DeletionBatch.objects.values_list("seq", "hash"))
    for seq, said in told.items():
        if fault := ledger.fault_of(said):
            faults.append(fault)
        if kept.get(seq) != said["hash"]:
            faults.append(f"Batch {seq} of the ledger is missing in the database, or was altered there.")
    return faults + [
        f"{ledger.file().name} has no line of batch {seq}: it was removed, or could not be written. The schedule writes it."
        for seq in sorted(set(kept) - set(told))
    ]
