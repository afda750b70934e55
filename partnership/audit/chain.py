"""Check the chain: recompute every link from the entries and name what does not fit.

The canonical text of an entry is PostgreSQL's `json_build_array` over its columns as text; the same is computed here
in Python, apart from the database's own sealing function, so that a changed function is found too.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from partnership.audit.record import commitment

GENESIS = "0" * 64
_ROWS = """
    SELECT s.seq, s.entry_id, s.previous, s.hash,
           e.id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), coalesce(e.actor_id::text, ''),
           e.actor_kind, e.verb, e.object_type, e.object_id, e.subject_id, e.request_id::text, e.outcome, e.commitment,
           d.salt, d.detail
    FROM partnership_auditseal s
    LEFT JOIN partnership_auditentry e ON e.id = s.entry_id
    LEFT JOIN partnership_auditdetail d ON d.entry_id = s.entry_id
    ORDER BY s.seq
"""


@dataclass
class Verdict:
    """The result of a check; `faults` name rows, the first bad one first."""

    entries: int = 0
    shredded: int = 0
    head: str = GENESIS
    faults: list[str] = field(default_factory=list)

    @property
    def is_intact(self) -> bool:
        return not self.faults


def link(previous: str, columns: list[str]) -> str:
    """The hash of one link: SHA-256 of 0x00, the link before, and the canonical text."""
    text = json.dumps(columns, ensure_ascii=False)
    return hashlib.sha256(b"\x00" + (previous + text).encode()).hexdigest()


def verify(most_faults: int = 100) -> Verdict:
    """Walk the whole chain in one consistent snapshot. Rows: edited, removed, inserted, reordered, cut off, unsealed."""
    verdict = Verdict()
    expected, previous = 1, GENESIS
    for row in _stream(_ROWS):
        seq, entry_id, said_previous, said_hash, *columns, salt, detail = row
        if seq != expected:
            verdict.faults.append(f"Link {expected} is missing: the next one found is {seq}.")
            expected = seq
        previous = _check(verdict, seq, entry_id, said_previous, said_hash, columns, previous)
        _check_detail(verdict, entry_id, columns, salt, detail)
        verdict.entries += 1
        expected += 1
        if len(verdict.faults) >= most_faults:
            break
    verdict.head = previous
    if len(verdict.faults) < most_faults:
        _check_ends(verdict, expected - 1, previous)
    return verdict


def _check(
    verdict: Verdict, seq: int, entry_id: int, said_previous: str, said_hash: str, columns: list[Any], previous: str
) -> str:
    if columns[0] is None:
        verdict.faults.append(f"Entry {entry_id} (link {seq}) was removed.")
        return said_hash
    if said_previous != previous:
        verdict.faults.append(f"Link {seq} (entry {entry_id}) does not follow the link before it.")
    if link(said_previous, [str(value) for value in columns]) != said_hash:
        verdict.faults.append(f"Entry {entry_id} (link {seq}) was altered after it was sealed.")
    return said_hash


def _check_detail(verdict: Verdict, entry_id: int, columns: list[Any], salt: str | None, detail: Any) -> None:
    if columns[0] is None:
        return
    if salt is None:
        verdict.shredded += 1
    elif commitment(salt, detail if isinstance(detail, dict) else json.loads(detail)) != columns[-1]:
        verdict.faults.append(f"The detail of entry {entry_id} was altered.")


def _check_ends(verdict: Verdict, last: int, head: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, hash FROM partnership_audithead WHERE id = 1")
        said = cursor.fetchone()
        if said is None:
            verdict.faults.append("The head of the chain is missing.")
        elif said != (last, head):
            verdict.faults.append(
                f"The head says link {said[0]}, the chain ends at link {last}: its end was cut off or added."
            )
        cursor.execute(
            "SELECT e.id FROM partnership_auditentry e LEFT JOIN partnership_auditseal s ON s.entry_id = e.id"
            " WHERE s.seq IS NULL ORDER BY e.id LIMIT 20"
        )
        verdict.faults.extend(f"Entry {pk} is not sealed: it was put in behind the chain's back." for (pk,) in cursor)


def _stream(sql: str) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(2000):
            yield from rows
