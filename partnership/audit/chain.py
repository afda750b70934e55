"""Check the chain: recompute every link from the entries and name what does not fit.

The canonical text of an entry is a JSON array over its columns as text. It is composed here from the columns and
hashed in Python, apart from the database's own sealing functions, so that a changed function is found too. One
statement streams the rows, so that the database reads ahead while Python hashes.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

from partnership.audit import guards, merkle, witnessed
from partnership.audit.checkpoints import Unfit, tree_of
from partnership.audit.verdict import GENESIS, Verdict
from partnership.models import AuditCheckpoint

COLUMNS = """e.id::text, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), coalesce(e.actor_id::text, ''),
    e.actor_kind, e.verb, e.object_type, e.object_id, e.subject_id, e.request_id::text, e.outcome, e.commitment"""
_ROWS = f"""
    SELECT s.seq, s.entry_id, s.previous, s.hash, CASE WHEN e.id IS NOT NULL THEN json_build_array({COLUMNS})::text END,
           e.commitment, d.salt, d.detail::text
    FROM partnership_auditseal s
    LEFT JOIN partnership_auditentry e ON e.id = s.entry_id
    LEFT JOIN partnership_auditdetail d ON d.entry_id = s.entry_id
    WHERE s.seq > %s AND s.seq <= %s ORDER BY s.seq
"""
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
Progress = Callable[[int, int, str], None]


def link(previous: str, columns: list[str]) -> str:
    """The hash of one link: SHA-256 of 0x00, the link before, and the canonical text."""
    return _link(previous, json.dumps(columns, ensure_ascii=False))


def _link(previous: str, text: str) -> str:
    return hashlib.sha256(b"\x00" + (previous + text).encode()).hexdigest()


def verify(
    *, since: AuditCheckpoint | None = None, most_faults: int = 100, progress: Progress | None = None
) -> Verdict:
    """Walk the chain, from its beginning or from a checkpoint. Rows: edited, removed, inserted, reordered, cut off, unsealed."""
    walk = _Walk(since, most_faults)
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, hash FROM partnership_audithead WHERE id = 1")
        head = cursor.fetchone()
        cursor.execute("SELECT coalesce(max(seq), 0) FROM partnership_auditseal")
        (most,) = cursor.fetchone()
    until = head[0] if head else most
    for number, row in enumerate(_stream(_ROWS, [walk.begin, until])):
        if walk.is_full:
            break
        walk.take(*row)
        if progress and number % 20_000 == 0:
            progress(number, until - walk.begin, "Computing the links")
    walk.close()
    if not walk.is_full:
        walk.verdict.faults += _ends(walk.expected - 1, walk.previous, head)
    walk.verdict.faults += guards.faults()
    return walk.verdict


class _Walk:
    """Goes along the chain link by link and keeps what it has seen."""

    def __init__(self, since: AuditCheckpoint | None, most_faults: int):
        self.verdict = Verdict(begin=since.size if since else 0)
        self.begin = self.verdict.begin
        self.expected, self.previous = self.begin + 1, since.head if since else GENESIS
        self._most, self._pending = most_faults, list[bytes]()
        self._outside = witnessed.Outside(self.verdict, since)
        try:
            self._tree = tree_of(since)
        except Unfit:
            self.verdict.faults.append(f"The {since} does not fit its own frontier: begin from an earlier one.")
            self._tree = merkle.Tree()
        self._next = self._outside.next_after(self.begin - 1)
        self._meet()

    @property
    def is_full(self) -> bool:
        return len(self.verdict.faults) >= self._most

    def take(self, seq: str, entry: str, previous: str, said: str, text: str | None, committed: str | None,
             salt: str | None, detail: str | None) -> None:  # fmt: skip
        """One link with its entry and its detail."""
        if (number := int(seq)) != self.expected:
            self._say(f"Link {self.expected} is missing: the next one found is {number}.")
            self.expected = number
        if previous != self.previous:
            self._say(f"Link {number} (entry {entry}) does not follow the link before it.")
        if text is None:
            self._say(f"Entry {entry} (link {number}) was removed.")
        elif _link(previous, text) != said:
            self._say(f"Entry {entry} (link {number}) was altered after it was sealed.")
        if salt is None:
            self.verdict.shredded += 1
        elif detail is not None and committed is not None and not _is_kept(salt, detail, committed):
            self._say(f"The detail of entry {entry} was altered.")
        self.previous, self.expected = said, number + 1
        self.verdict.entries += 1
        self._pending.append(_bytes(said))
        if number == self._next or len(self._pending) == 4096:
            self._meet()

    def close(self) -> None:
        self._meet()
        self.verdict.head, self.verdict.root = self.previous, self._tree.root.hex()
        self._outside.close(self._tree.size)

    def _meet(self) -> None:
        """Bring the tree up to here, and compare it with what was said of this size."""
        self._tree.extend(self._pending)
        self._pending.clear()
        if self._tree.size == self._next:
            self._outside.meet(self._tree.size, self._tree.root, self.previous)
            self._next = self._outside.next_after(self._tree.size)

    def _say(self, fault: str) -> None:
        self.verdict.faults.append(fault)


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:  # an altered seal, which its link has named
        return text.encode()


def _is_kept(salt: str, detail: str, committed: str) -> bool:
    return hashlib.sha256(f"{salt}|{_canonical(json.loads(detail))}".encode()).hexdigest() == committed


def _ends(last: int, newest: str, head: tuple[int, str] | None) -> list[str]:
    faults = []
    if head is None:
        faults.append("The head of the chain is missing.")
    elif head != (last, newest):
        faults.append(f"The head says link {head[0]}, the chain ends at link {last}: its end was cut off or added.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.seq, s.entry_id FROM partnership_auditseal s, partnership_audithead h"
            " WHERE s.seq > h.seq ORDER BY s.seq LIMIT 20"
        )
        faults += [f"Link {seq} (entry {entry}) stands behind the head: it was added by hand." for seq, entry in cursor]
        cursor.execute(
            "SELECT e.id FROM partnership_auditentry e LEFT JOIN partnership_auditseal s ON s.entry_id = e.id"
            " WHERE s.seq IS NULL ORDER BY e.id LIMIT 20"
        )
        faults += [f"Entry {pk} is not sealed: it was put in behind the chain's back." for (pk,) in cursor]
    return faults


def _stream(sql: str, parameters: list[Any]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor, cursor.copy(f"COPY ({sql}) TO STDOUT", parameters) as copy:
        yield from copy.rows()
