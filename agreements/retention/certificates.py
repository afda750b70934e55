"""Proof of deletions: a certificate per record without content, batches in a chain, and the check of both.

Certificates are written by one statement from the rows that are about to go, and their hashes computed in it, since a
run makes very many. The check computes every hash again by itself, in Python.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, models

from agreements.models import DeletionBatch, DeletionRecord, DeletionRun
from agreements.retention import merkle, predicate

GENESIS = "0" * 64
CHAIN_LOCK = 7_211_984
CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)

# What a certificate says, in the order of its hash, and where it stands while the record is there; g is what was done.
FACTS = {
    "action": "t.action", "agreement_id": "r.agreement_id", "approval_id": "g.approval", "counts": "g.counts", "deleted_at": "%(stamp)s::text",
    "due_on": "r.retain_until", "generation": "a.retention_generation", "id": "gen_random_uuid()",
    "organization_id": "r.organization_id", "record_id": "r.id", "record_type": "%(label)s::text",
    "reference": "r.reference", "rule": "g.rule", "source_digest": "g.source", "started_on": "r.retention_start", "term_id": "r.term_id",
    "tlp": "r.tlp", "version_id": "r.version_id", "version_number": "v.number",
}  # fmt: skip
# Facts that came after the first certificates, and how they look where there are none: then the hash leaves them out.
LATER = {"approval_id": "null", "source_digest": '""'}
JSON = "row_to_json(c)::text"
# Inside a text of JSON a quotation mark is escaped, so that these words stand for the column alone.
for _name, _none in LATER.items():
    JSON = f"""replace({JSON}, '"{_name}":{_none},', '')"""
LEAF = rf"encode(sha256('\x00'::bytea || convert_to({JSON}, 'UTF8')), 'hex')"  # the same as leaf_of


def leaf_of(values: dict[str, Any]) -> str:
    """The hash of one certificate over its columns in canonical JSON."""
    return merkle.leaf(text_of(values).encode()).hex()


def text_of(values: dict[str, Any]) -> str:
    """What a certificate says, in the one form that its hash covers."""
    return CANONICAL.encode(facts_of(values))


def facts_of(values: dict[str, Any]) -> dict[str, Any]:
    """What the hash of a certificate is made of, as plain values."""
    return {name: plain(values[name]) for name in FACTS if name not in LATER or values[name]}


def plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def link(previous: str, seq: int, size: int, root: str) -> str:
    return hashlib.sha256(f"{previous}|{seq}|{size}|{root}".encode()).hexdigest()


def write(
    run: DeletionRun, model: type[models.Model], entries: Sequence[dict[str, Any]], at: datetime
) -> DeletionBatch:
    """Add a batch to the chain, inside the transaction that deletes and before it does: entries say id, rule, counts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])  # after all row locks, held until commit
        cursor.execute("SELECT seq, hash FROM agreements_deletionbatch ORDER BY seq DESC LIMIT 1")
        last, previous = cursor.fetchone() or (0, GENESIS)
        cursor.execute(
            _insert(model),
            {
                "label": predicate.label(model),
                "stamp": plain(at),
                "batch": last + 1,
                "entries": CANONICAL.encode(entries),
            },
        )
        leaves = [bytes.fromhex(leaf) for (leaf,) in cursor.fetchall()]
    if len(leaves) != len(entries):
        raise DatabaseError("The records certified are not the records intended.")
    root = merkle.root(sorted(leaves)).hex()
    batch = DeletionBatch(
        seq=last + 1, run=run, at=at, size=len(leaves), root=root, previous=previous,
        hash=link(previous, last + 1, len(leaves), root),
    )  # fmt: skip
    batch.save(force_insert=True)
    return batch


def _insert(model: type[models.Model]) -> str:
    has_tlp = any(f.name == "tlp" for f in model._meta.fields)
    facts = FACTS if has_tlp else FACTS | {"tlp": "NULL::smallint"}
    taken = ", ".join("c.deleted_at::timestamptz" if name == "deleted_at" else f"c.{name}" for name in FACTS)
    return (
        f"INSERT INTO agreements_deletionrecord ({', '.join(FACTS)}, batch_id, leaf)"
        f" SELECT {taken}, %(batch)s, {LEAF}"
        f" FROM (SELECT {', '.join(f'{where} AS {name}' for name, where in facts.items())}"
        f" FROM {predicate.source(model)} JOIN agreements_agreementversion v ON v.id = r.version_id"
        " JOIN json_to_recordset(%(entries)s) AS g(id uuid, rule text, counts json, approval uuid, source text) ON g.id = r.id) c"
        " RETURNING leaf"
    )


def verify() -> list[str]:
    """Recompute every certificate and link; the faults found, the first bad one first. Empty when all is well."""
    faults: list[str] = []
    previous, expected = GENESIS, 1
    for batch in DeletionBatch.objects.order_by("seq").iterator(chunk_size=500):
        if batch.seq != expected:
            faults.append(f"Batch {expected} is missing: the next one found is {batch.seq}.")
        if batch.previous != previous or batch.hash != link(batch.previous, batch.seq, batch.size, batch.root):
            faults.append(f"Batch {batch.seq} does not follow the batch before it, or was altered.")
        faults += faults_of(batch)
        previous, expected = batch.hash, batch.seq + 1
    return faults


def chain_holds(until: int) -> bool:
    """Whether every link from the first batch to this one follows the one before."""
    previous, expected = GENESIS, 1
    links = DeletionBatch.objects.filter(seq__lte=until).order_by("seq")
    for seq, size, root, before, found in links.values_list("seq", "size", "root", "previous", "hash").iterator():
        if seq != expected or before != previous or found != link(before, seq, size, root):
            return False
        previous, expected = found, seq + 1
    return expected == until + 1


def faults_of(batch: DeletionBatch) -> list[str]:
    """What is wrong with the certificates of one batch, each computed again."""
    faults, leaves = [], []
    for record in DeletionRecord.objects.filter(batch=batch).values(*FACTS, "leaf"):
        if leaf_of(record) != record["leaf"]:
            faults.append(f"The certificate of {record['reference']} (batch {batch.seq}) was altered.")
        leaves.append(record["leaf"])
    if len(leaves) != batch.size:
        faults.append(f"Batch {batch.seq} certifies {batch.size} records and holds {len(leaves)}.")
    elif merkle.root(sorted(bytes.fromhex(leaf) for leaf in leaves)).hex() != batch.root:
        faults.append(f"The root of batch {batch.seq} does not fit its certificates.")
    return faults
