"""Proof of deletions: a certificate per record without content, batches in a chain, and the check of both."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from agreements.models import DeletionBatch, DeletionRecord, DeletionRun
from agreements.retention import merkle

GENESIS = "0" * 64
CHAIN_LOCK = 7_211_984
COLUMNS = (
    "id", "record_type", "record_id", "reference", "action", "batch_id", "agreement_id", "organization_id", "version_id",
    "version_number", "term_id", "rule", "tlp", "started_on", "due_on", "deleted_at", "counts", "generation", "leaf",
)  # fmt: skip
IN_LEAF = tuple(name for name in COLUMNS if name not in ("batch_id", "leaf"))


def leaf_of(values: dict[str, Any]) -> str:
    """The hash of one certificate over its columns in canonical JSON."""
    plain = {name: _plain(values[name]) for name in IN_LEAF}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return merkle.leaf(text.encode()).hex()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def link(previous: str, seq: int, size: int, root: str) -> str:
    return hashlib.sha256(f"{previous}|{seq}|{size}|{root}".encode()).hexdigest()


def write(run: DeletionRun, entries: Sequence[dict[str, Any]], at: datetime) -> DeletionBatch:
    """Add a batch with its certificates to the chain, inside the transaction that deletes."""
    for entry in entries:
        entry["id"] = uuid4()
        entry["deleted_at"] = at
        entry["leaf"] = leaf_of(entry)
    root = merkle.root(sorted(bytes.fromhex(entry["leaf"]) for entry in entries)).hex()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])  # taken last, held until commit
        cursor.execute("SELECT seq, hash FROM agreements_deletionbatch ORDER BY seq DESC LIMIT 1")
        last, previous = cursor.fetchone() or (0, GENESIS)
        batch = DeletionBatch(
            seq=last + 1, run=run, at=at, size=len(entries), root=root, previous=previous,
            hash=link(previous, last + 1, len(entries), root),
        )  # fmt: skip
        batch.save(force_insert=True)
        with cursor.copy(f"COPY agreements_deletionrecord ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for entry in entries:
                entry["batch_id"] = batch.seq
                copy.write_row([json.dumps(entry[c]) if c == "counts" else entry[c] for c in COLUMNS])
    return batch


def verify() -> list[str]:
    """Recompute every certificate and link; the faults found, the first bad one first. Empty when all is well."""
    faults: list[str] = []
    previous, expected = GENESIS, 1
    for batch in DeletionBatch.objects.order_by("seq").iterator(chunk_size=500):
        if batch.seq != expected:
            faults.append(f"Batch {expected} is missing: the next one found is {batch.seq}.")
        if batch.previous != previous or batch.hash != link(batch.previous, batch.seq, batch.size, batch.root):
            faults.append(f"Batch {batch.seq} does not follow the batch before it, or was altered.")
        faults += _check_records(batch)
        previous, expected = batch.hash, batch.seq + 1
    return faults


def _check_records(batch: DeletionBatch) -> list[str]:
    faults, leaves = [], []
    for record in DeletionRecord.objects.filter(batch=batch).values(*COLUMNS):
        if leaf_of(record) != record["leaf"]:
            faults.append(f"The certificate of {record['reference']} (batch {batch.seq}) was altered.")
        leaves.append(record["leaf"])
    if len(leaves) != batch.size:
        faults.append(f"Batch {batch.seq} certifies {batch.size} records and holds {len(leaves)}.")
    elif merkle.root(sorted(bytes.fromhex(leaf) for leaf in leaves)).hex() != batch.root:
        faults.append(f"The root of batch {batch.seq} does not fit its certificates.")
    return faults
