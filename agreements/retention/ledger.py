"""The ledger of deletions: what was deleted, in files outside the database, so that a restore brings nothing back.

`deletions.txt` has a line for each batch, run, hold and lifting, in the order in which they may be done again. A line is
canonical JSON and, behind it, the portal's signature over it and over the line before, so that a line that is changed,
added, moved or taken out is found. `deletions/` has a file for each batch with its certificates, whose digest stands in
the line: kind, key, term and days of each record, never its content and no hash of that.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from agreements.retention import certificates, merkle
from partnership.audit import checkpoints, notes, witnessed
from partnership.errors import DomainError
from partnership.guarded_json import loads

NOTHING = "0" * 64
BETWEEN = f" {notes.DASH}"
FORMS = {  # the kinds of lines, and what each says at least
    "begin": {"at"},
    "batch": {"seq", "size", "root", "previous", "hash", "at", "digest", "run"},
    "run": {"id", "run"},
    "hold": {"id", "hold"},
    "lift": {"id", "at", "by"},
    "backup": {"id", "at", "until"},
}
TAIL = 64 * 1024  # bytes from the end in which the newest batch nearly always stands


class Unfit(DomainError):
    """The ledger cannot be gone by; the words name the line and what to do."""


@dataclass
class Ledger:
    """The lines of the file, each as what it says."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)  # the digest of each line, which the next one's signature covers

    @property
    def batches(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["kind"] == "batch"]

    @property
    def head(self) -> tuple[int, str]:
        """Number and hash of the newest batch."""
        return next(((line["seq"], line["hash"]) for line in reversed(self.lines) if line["kind"] == "batch"), (0, certificates.GENESIS))  # fmt: skip

    def keys(self, kind: str) -> set[str]:
        return {line["id"] for line in self.lines if line["kind"] == kind}


def file() -> Path:
    return Path(settings.PORTAL_TRAIL_DIR) / "deletions.txt"


def records_file(seq: int) -> Path:
    """The certificates of a batch."""
    return Path(settings.PORTAL_TRAIL_DIR) / "deletions" / f"{seq:012}.jsonl"


def link(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


def _message(origin: str, before: str, text: str) -> str:
    return f"{origin}\n{before}\n{text}\n"


class _Fault(ValueError):
    """What is wrong with one line."""


def read() -> tuple[Ledger, list[str]]:
    """Every line, and what is wrong with signatures, form and order. A last line cut short by a crash counts for nothing."""
    ledger, faults, is_broken = Ledger(), list[str](), False
    origin, trusted = checkpoints.origin(), witnessed.trusted()
    for number, line in enumerate(_whole_lines(), 1):
        text, _, below = line.partition(BETWEEN)
        said, head, before = _said(text), ledger.head, ledger.links[-1] if ledger.links else NOTHING
        ledger.links.append(link(line))
        if said is not None:
            ledger.lines.append(said)
        try:
            _check_signature(_message(origin, before, text), below, origin, trusted)
            if said is None:
                raise _Fault("is not in the form of the ledger")
            _check_order(said, head)
        except _Fault as fault:
            if not is_broken:  # the line behind a bad one does not fit it either
                faults.append(f"Line {number} of {file().name} {fault}.")
            is_broken = not is_broken
        else:
            is_broken = False
    return ledger, faults


def _said(text: str) -> dict[str, Any] | None:
    try:
        said = loads(text.encode())
    except ValueError:
        return None
    has_form = isinstance(said, dict) and FORMS.get(said.get("kind", ""), {"-"}) <= set(said)
    return said if has_form else None


def _check_signature(message: str, below: str, origin: str, trusted: list[notes.Verifier]) -> None:
    try:
        signature = notes.read_line(notes.DASH + below)
    except notes.NotANote as error:
        raise _Fault("carries no signature") from error
    if signature.name != origin:
        raise _Fault(f"is of another portal: it is signed by {signature.name}, and this is {origin}")
    if not any(notes.holds(signature, message, key) for key in trusted):
        raise _Fault("was changed, added or moved, or the line before it was: its signature does not fit")


def _check_order(said: dict[str, Any], head: tuple[int, str]) -> None:
    if said["kind"] != "batch":
        return
    if (said["seq"] - 1, said["previous"]) != head:
        raise _Fault(f"does not follow batch {head[0]}: a line before it is missing")
    if said["hash"] != certificates.link(said["previous"], said["seq"], said["size"], said["root"]):
        raise _Fault("has a hash that does not fit")


def _whole_lines() -> list[str]:
    try:
        text = file().read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    return text.split("\n")[:-1]  # behind the last line break stands nothing, or what a crash cut short


def records_of(said: dict[str, Any]) -> list[str]:
    """The certificates of a batch as text, after a look at their digest; raises Unfit."""
    path = records_file(said["seq"])
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Unfit(
            f"{path.name}, the certificates of batch {said['seq']}, cannot be read: {error.strerror}."
        ) from error
    if hashlib.sha256(data).hexdigest() != said["digest"]:
        raise Unfit(f"{path.name}, the certificates of batch {said['seq']}, was changed after it was written.")
    return data.decode().splitlines()


def leaves_of(records: Iterable[str]) -> list[bytes]:
    return [merkle.leaf(text.encode()) for text in records]


def fault_of(said: dict[str, Any]) -> str:
    """What is wrong with the certificates of a batch against its root; empty when all is well."""
    try:
        leaves = leaves_of(records_of(said))
    except Unfit as error:
        return str(error)
    if len(leaves) != said["size"] or merkle.root(sorted(leaves)).hex() != said["root"]:
        return f"The certificates of batch {said['seq']} in the ledger do not fit its root."
    return ""


_seen: dict[tuple[Any, ...], tuple[int, str]] = {}


def head() -> tuple[int, str] | None:
    """The newest batch of the file, None without a file; cheap enough for every request: read only when the file changed."""
    path = file()
    try:
        found = path.stat()
    except OSError:
        return None
    mark = (str(path), found.st_ino, found.st_size, found.st_mtime_ns)
    if mark not in _seen:
        newest = _newest(path, found.st_size)
        _seen.clear()
        _seen[mark] = newest
    return _seen[mark]


def _newest(path: Path, size: int) -> tuple[int, str]:
    for start in dict.fromkeys((max(0, size - TAIL), 0)):
        with path.open("rb") as source:
            source.seek(start)
            lines = source.read().split(b"\n")[:-1]
        for line in reversed(lines):
            if line.startswith(b"{") and b'"kind":"batch"' in line:
                try:
                    said = loads(line.split(BETWEEN.encode())[0])
                    return int(said["seq"]), str(said["hash"])
                except (ValueError, KeyError, TypeError):
                    continue
    return 0, certificates.GENESIS


@contextmanager
def appending() -> Iterator["Writer"]:
    """Hold the file alone and write behind its last whole line; what is written is on the disk at the end."""
    path = file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as output:
        fcntl.flock(output, fcntl.LOCK_EX)
        data = output.read()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            output.truncate(whole)
        writer = Writer(data[:whole].decode(errors="replace").split("\n")[:-1])
        yield writer
        if writer.added:
            output.seek(whole)
            output.write("".join(f"{line}\n" for line in writer.added).encode())
            output.flush()
            os.fsync(output.fileno())
            _sync_folder(path.parent)


class Writer:
    """Puts signed lines behind those that stand there."""

    def __init__(self, lines: list[str]):
        self.ledger, self.added = Ledger(), list[str]()
        for number, line in enumerate(lines, 1):
            try:
                self.ledger.lines.append(loads(line.partition(BETWEEN)[0].encode()))
            except ValueError as error:
                raise Unfit(f"Line {number} of {file().name} is not in the form of the ledger; nothing is written behind it.") from error  # fmt: skip
            self.ledger.links.append(link(line))
        self._before = self.ledger.links[-1] if lines else NOTHING
        self._origin = checkpoints.origin()

    def add(self, **said: Any) -> None:
        text = certificates.CANONICAL.encode(said)
        signature = checkpoints.sign_text(_message(self._origin, self._before, text), self._origin)
        line = f"{text} {signature}"
        self._before = link(line)
        self.ledger.lines.append(said)
        self.added.append(line)


def write_records(seq: int, records: list[str]) -> str:
    """Lay the certificates of a batch down, whole or not at all; returns their digest."""
    path, data = records_file(seq), "".join(f"{text}\n" for text in records).encode()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as output:
        output.write(data)
        output.flush()
        os.fsync(output.fileno())
    part.replace(path)
    _sync_folder(path.parent)
    return hashlib.sha256(data).hexdigest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
