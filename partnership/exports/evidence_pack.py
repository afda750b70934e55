"""A report to take away as evidence: four formats, what the figures mean, what they rest on, and the program that checks it.

The same figures over the same versions give the same bytes in every file but three: pack.json (who, when, why),
checkpoint.txt (the trail at that moment), and with them the list of hashes and its signature.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.serializers.json import DjangoJSONEncoder

from partnership.audit import anchors, checkpoints, keys, notes
from partnership.exports import as_csv, as_json, as_pdf, as_xlsx
from partnership.models import TLP, AuditCheckpoint
from partnership.tables import Table

PROGRAM = "verify_evidence.py"
SUMS, SIGNATURE = "SHA256SUMS", "signature.txt"
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # of every file in the archive: an archive knows no zone and no earlier day
README = """{title}

Evidence from {portal}, {marking}.

report.csv, report.xlsx, report.pdf, report.json   one table in four formats, with the same figures{paper}
definitions.json   what each column means, how its figures are made, which period and filters were asked for
rests_on.json      the versions of agreements and the retention terms on which the rows rest, with their hashes
proofs.json        certificates of deletion in this report, each with its way to the root of its batch
checkpoint.txt     what the audit trail was when this was made, signed by the portal
keys.txt           public keys of the portal, written as name+id+key
pack.json          who asked for this, when and why, and the version of the software
SHA256SUMS         the SHA-256 of every file above and of the program
signature.txt      the portal's signature under SHA256SUMS
verify_evidence.py checks all of it; it needs Python 3.9 or newer and nothing else

    python3 -I verify_evidence.py evidence.zip --key "KEY THAT YOU KNOW"

Unpacked, give the folder in place of the archive. Do not trust the copy of the program or of the keys in here more than
the portal: get the program from another source if you can, and compare the key with one that a partner holds. The PDF is
checked by its hash alone, since Python's standard library does not read it.
"""


def chunks(
    table: Table, *, rests_on: list[dict[str, Any]], signed: AuditCheckpoint, made: Mapping[str, Any]
) -> Iterator[bytes]:
    """The archive in chunks of bytes."""
    files = _signed(_files(table, rests_on, signed, made))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, LONG_AGO)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, data)
    target.seek(0)
    while chunk := target.read(65536):
        yield chunk


def frozen(table: Table) -> Table:
    """The table with its rows read once, so that all formats hold the same ones."""
    return replace(table, given=[list(row) for row in table.rows()], queryset=None)


def _files(
    table: Table, rests_on: list[dict[str, Any]], signed: AuditCheckpoint, made: Mapping[str, Any]
) -> dict[str, bytes]:
    has_paper = table.count() <= settings.PORTAL_PDF_MAX_ROWS
    writers = {"csv": as_csv.write, "xlsx": as_xlsx.write, "json": as_json.write} | (
        {"pdf": as_pdf.write} if has_paper else {}
    )
    found = {f"report.{name}": b"".join(write(table)) for name, write in writers.items()}
    readme = README.format(
        title=table.title, portal=settings.PORTAL_NAME, marking=TLP(table.marking).label,
        paper="" if has_paper else f"\n                   (no PDF: more than {settings.PORTAL_PDF_MAX_ROWS} rows)",
    )  # fmt: skip
    return found | {
        "definitions.json": _json(definitions(table)), "rests_on.json": _json(rests_on), "proofs.json": _json(list(table.proofs())),
        "checkpoint.txt": checkpoints.note(signed).encode(), "keys.txt": ("\n".join(keys.known(anchors.keys_file())) + "\n").encode(),
        "pack.json": _json({"format": 1, "table": table.name, "title": table.title, "has_pdf": has_paper, **made}),
        "README.txt": readme.encode(), PROGRAM: program().read_bytes(),
    }  # fmt: skip


def definitions(table: Table) -> dict[str, Any]:
    """What stands beside the figures on the page, for machines."""
    return {
        "table": table.name, "title": table.title, "marking": TLP(table.marking).label, "parameters": dict(table.parameters),
        "columns": [{"name": c.name, "label": c.label, "kind": c.kind, "meaning": c.meaning} for c in table.columns],
        "notes": list(table.notes),
    }  # fmt: skip


def _signed(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files with the list of their hashes and the portal's signature under it."""
    sums = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    line = notes.sign(statement(checkpoints.origin(), sums), checkpoints.origin(), anchors.signing_key()).line
    return files | {SUMS: sums.encode(), SIGNATURE: f"{line}\n".encode()}


def statement(origin: str, sums: str) -> str:
    """What is signed: no checkpoint begins like this, so that neither passes for the other."""
    return f"evidence pack of {origin}\n{hashlib.sha256(sums.encode()).hexdigest()}\n"


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, cls=DjangoJSONEncoder) + "\n").encode()


def program() -> Path:
    found = finders.find(f"trail/{PROGRAM}")
    assert isinstance(found, str), "static/trail/verify_evidence.py belongs to the portal"
    return Path(found)
