"""The trail to take away: entries, proofs, checkpoints, keys, and the program that checks them without the portal."""

import json
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.contrib.staticfiles import finders
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from partnership.audit import anchors, checkpoints, keys
from partnership.audit.chain import COLUMNS
from partnership.models import AuditCheckpoint, AuditHead, AuditWitness

PROGRAM = "verify_trail.py"
README = """The audit trail of {origin}

trail.jsonl      one line for each entry: its link in the chain, its columns, and its words where they are included
checkpoints.txt  what the portal signed, with the counter-signatures of the partners
keys.txt         public keys, written as name+id+key
verify_trail.py  checks all of it; it needs Python 3.9 or newer and nothing else

    python3 -I verify_trail.py trail.zip --key "KEY THAT YOU KNOW"

Do not trust the copy of the program or of the keys in here more than the portal: get the program from another source
if you can, compare the keys with those that a partner holds, and add checkpoints that you kept with --checkpoints FILE.
Entries hold no names: words are apart from them and vouched for by a digest.
"""


def write(target: BinaryIO, *, words_of: QuerySet | None, since: AuditCheckpoint | None = None) -> int:
    """Write the pack and return the number of entries; `words_of` are the entries whose words go along (None: all)."""
    head = AuditHead.objects.get(pk=1)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as pack:
        with pack.open("trail.jsonl", "w", force_zip64=True) as file:
            count = 0
            for count, line in enumerate(_lines(head, words_of, since)):  # noqa: B007  (the first line is the heading)
                file.write(line)
        pack.writestr("checkpoints.txt", "\n".join(_checkpoints(head.seq)))
        pack.writestr("keys.txt", "\n".join([*_keys(), ""]))
        pack.writestr("README.txt", README.format(origin=checkpoints.origin()))
        pack.write(program(), PROGRAM)
    return count


def chunks(**what: Any) -> Iterator[bytes]:
    """The pack in chunks of bytes, from a temporary file."""
    with tempfile.TemporaryFile() as file:
        write(file, **what)
        file.seek(0)
        while chunk := file.read(65536):
            yield chunk


def program() -> Path:
    found = finders.find(f"trail/{PROGRAM}")
    assert isinstance(found, str), "static/trail/verify_trail.py belongs to the portal"
    return Path(found)


def _lines(head: AuditHead, words_of: QuerySet | None, since: AuditCheckpoint | None) -> Iterator[bytes]:
    begin = since.size if since else 0
    heading = {
        "format": 1, "trail": checkpoints.origin(), "begin": begin, "frontier": since.frontier.split() if since else [],
        "previous": since.head if since else checkpoints.GENESIS, "size": head.seq, "head": head.hash,
    }  # fmt: skip
    yield json.dumps(heading).encode() + b"\n"
    allowed, parameters = _allowed(words_of)
    sql = f"""
        SELECT s.seq, s.entry_id, s.previous, s.hash,
               CASE WHEN e.id IS NULL THEN 'null' ELSE json_build_array({COLUMNS})::text END, d.salt, d.detail::text
        FROM partnership_auditseal s
        LEFT JOIN partnership_auditentry e ON e.id = s.entry_id
        LEFT JOIN partnership_auditdetail d ON d.entry_id = s.entry_id{allowed}
        WHERE s.seq > %s AND s.seq <= %s ORDER BY s.seq"""
    with connection.cursor() as cursor, cursor.copy(f"COPY ({sql}) TO STDOUT", [*parameters, begin, head.seq]) as copy:
        for row in copy.rows():
            yield _line(*row)


def _allowed(words_of: QuerySet | None) -> tuple[str, tuple[Any, ...]]:
    """The condition on details that leaves the words of these entries."""
    if words_of is None:
        return "", ()
    try:
        inner, parameters = words_of.order_by().values("pk").query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:  # Django knows without asking that there is no row
        return " AND false", ()
    return f" AND d.entry_id IN ({inner})", tuple(parameters)


def _line(
    seq: str, entry_id: str, previous: str, link: str, columns: str, salt: str | None, detail: str | None
) -> bytes:
    words = f',"salt":{json.dumps(salt)},"detail":{detail}' if salt is not None else ""
    return (
        f'{{"seq":{seq},"entry_id":{entry_id},"previous":{json.dumps(previous)},"hash":{json.dumps(link)}'
        f',"entry":{columns}{words}}}\n'
    ).encode()


def _checkpoints(most: int) -> list[str]:
    rows = AuditCheckpoint.objects.filter(size__lte=most).order_by("size", "id").prefetch_related("cosignatures")
    return [checkpoints.note(row) for row in rows]


def _keys() -> list[str]:
    """Keys that signed, then keys of witnesses, with the organization that each belongs to."""
    found = [f"# the portal\n{key}" for key in keys.known(anchors.keys_file())]
    rows = AuditWitness.objects.select_related("organization").order_by("registered_at")
    return [*found, *(f"# {row.organization.name}\n{row.key}" for row in rows)]
