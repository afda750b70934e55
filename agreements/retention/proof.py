"""The way of a certificate to the root of its batch, so that anybody can walk it without the portal."""

import hashlib
from collections.abc import Iterable
from typing import Any

from agreements.models import DeletionBatch, DeletionRecord
from agreements.retention import certificates

Path = list[tuple[str, str]]


def of(records: Iterable[DeletionRecord]) -> list[dict[str, Any]]:
    """For each certificate: its facts, its hash, the hashes beside its way, and the link of its batch. No content."""
    wanted = {record.pk: record for record in records}
    batches = DeletionBatch.objects.in_bulk({record.batch_id for record in wanted.values()})
    levels = {seq: _levels(sorted(bytes.fromhex(leaf) for leaf in
              DeletionRecord.objects.filter(batch=seq).values_list("leaf", flat=True))) for seq in batches}  # fmt: skip
    facts = DeletionRecord.objects.filter(pk__in=wanted).order_by("reference", "pk").values("pk", *certificates.FACTS)
    return [_proof(values, wanted[values.pop("pk")], batches, levels) for values in facts]


def _proof(
    values: dict[str, Any], record: DeletionRecord, batches: dict[int, DeletionBatch], levels: Any
) -> dict[str, Any]:
    batch = batches[record.batch_id]
    return {
        "certificate": certificates.facts_of(values), "leaf": record.leaf, "path": path(levels[batch.seq], bytes.fromhex(record.leaf)),
        "batch": {"seq": batch.seq, "size": batch.size, "root": batch.root, "previous": batch.previous, "hash": batch.hash},
    }  # fmt: skip


def _levels(leaves: list[bytes]) -> list[list[bytes]]:
    """The tree of `merkle.root`, level by level: a node without a neighbour goes up as it is."""
    levels = [leaves]
    while len(level := levels[-1]) > 1:
        paired = [hashlib.sha256(b"\x01" + level[n] + level[n + 1]).digest() for n in range(0, len(level) - 1, 2)]
        levels.append(paired + ([level[-1]] if len(level) % 2 else []))
    return levels


def path(levels: list[list[bytes]], leaf: bytes) -> Path:
    """The neighbours on the way from a leaf to the root, each with the side on which it stands."""
    at, found = levels[0].index(leaf), []
    for level in levels[:-1]:
        beside = at ^ 1
        if beside < len(level):
            found.append(("left" if beside < at else "right", level[beside].hex()))
        at //= 2
    return found
