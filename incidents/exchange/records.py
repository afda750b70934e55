"""Records out of a JSON file, one at a time, whatever its shape: JSON lines, one array, one object; plain or gzip.

Memory stays flat: at most one record is held. A record comes with the line on which it begins, so that a fault can be
named by it. Nothing is parsed here.
"""

import gzip
import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

LONGEST = 2 * 1024 * 1024  # bytes of one record
MOST_BYTES = 1024 * 1024 * 1024  # bytes of a file once unpacked
CHUNK = 64 * 1024
_STOPS = re.compile(rb'["\\\[\]{},\n]')
_INSIDE = re.compile(rb'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)  # texts and whatever is no bracket
_ENCODINGS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"\x00\x00": "UTF-32"}


class Unreadable(ValueError):
    """The file as a whole cannot be read; the message says why and what would be right."""


class Raw(NamedTuple):
    """The bytes of one record and the line on which it begins; `fault` says why the bytes were not kept."""

    line: int
    data: bytes
    fault: str = ""


def records(file: BinaryIO) -> Iterator[Raw]:
    """Every record of the file, in its order."""
    source = _Source(file)
    head = source.peek()
    if not head.strip():
        raise Unreadable("The file is empty.")
    for mark, name in _ENCODINGS.items():
        if head.startswith(mark):
            raise Unreadable(f"The file is written in {name}. Save it as UTF-8 and give it again.")
    body = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if body.startswith(b"["):
        yield from _elements(source)
    elif body.startswith(b"{") and not _is_lines(body):
        yield Raw(1, *_whole(source))
    else:
        yield from _lines(source)


def _is_lines(body: bytes) -> bool:
    """JSON lines begin each line with a brace; one object over several lines goes on with a name or a closing brace."""
    lines = [line.strip() for line in body.split(b"\n")]
    rest = [line for line in lines[1:] if line]
    return not rest or rest[0].startswith(b"{") or lines[0].endswith(b"}")


class _Source:
    """A stream of bytes, unpacked when it is gzip, that counts what it gave and stops at a limit."""

    def __init__(self, file: BinaryIO):
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        self._file = gzip.GzipFile(fileobj=file) if packed else file
        self._head, self._given = b"", 0

    def peek(self) -> bytes:
        self._head = self._read(CHUNK)
        return self._head

    def read(self) -> bytes:
        head, self._head = self._head, b""
        return head or self._read(CHUNK)

    def _read(self, size: int) -> bytes:
        try:
            data = self._file.read(size)
        except (EOFError, OSError, zlib.error) as error:
            raise Unreadable("The gzip file is damaged or cut off. Pack it again.") from error
        self._given += len(data)
        if self._given > MOST_BYTES:
            raise Unreadable("The file is larger than 1 GB once unpacked. Split it.")
        return data


def _lines(source: _Source) -> Iterator[Raw]:
    number, kept, dropped = 1, bytearray(), False
    first = True
    while data := source.read():
        if first:
            data, first = data.removeprefix(b"\xef\xbb\xbf"), False
        *ended, rest = data.split(b"\n")
        for piece in ended:
            if not dropped:
                kept += piece
            yield from _line(number, kept, dropped or len(kept) > LONGEST)
            number, kept, dropped = number + 1, bytearray(), False
        if not dropped:
            kept += rest
            if len(kept) > LONGEST:
                kept, dropped = bytearray(), True
    yield from _line(number, kept, dropped)


def _line(number: int, kept: bytearray, too_long: bool) -> Iterator[Raw]:
    if too_long:
        yield Raw(number, b"", f"The record is larger than {LONGEST // 1024 // 1024} MB.")
    elif kept.strip():
        yield Raw(number, bytes(kept))


def _whole(source: _Source) -> tuple[bytes, str]:
    kept = bytearray()
    while data := source.read():
        kept += data
        if len(kept) > LONGEST:
            return b"", f"The record is larger than {LONGEST // 1024 // 1024} MB."
    return bytes(kept), ""


def _elements(source: _Source) -> Iterator[Raw]:
    """The elements of one array. Brackets are counted outside of texts; the elements themselves are not judged."""
    state = _Array()
    while data := source.read():
        yield from state.feed(data)
    if not state.is_closed:
        yield Raw(state.line, b"", "The array is not closed: the file seems to be cut off.")


class _Array:
    """Cuts a growing text at the commas of its outermost array."""

    def __init__(self) -> None:
        self.depth, self.line, self.start_line = 0, 1, 1
        self.in_text = self.escaped = self.is_closed = self.dropped = False
        self.kept = bytearray()

    def feed(self, data: bytes) -> Iterator[Raw]:
        at = 0
        if self.escaped:
            self._keep(data[:1])
            at, self.escaped = 1, False
        while True:
            if self.depth > 1 and not self.in_text:
                at = self._skip(data, at)
            if not (found := _STOPS.search(data, at)):
                break
            mark, here = found.group(), found.start()
            self._keep(data[at:here])
            at = found.end()
            if mark == b"\n":
                self.line += 1
            if self.in_text:
                self._keep(mark)
                if mark == b"\\":
                    self._keep(data[at : at + 1])
                    self.escaped = at >= len(data)
                    at += 1
                elif mark == b'"':
                    self.in_text = False
                continue
            yield from self._outside(mark)
        self._keep(data[at:])

    def _skip(self, data: bytes, at: int) -> int:
        """Go on to the next bracket at once: inside a record, nothing else matters."""
        until = _INSIDE.match(data, at).end()  # type: ignore[union-attr]  # it matches nothing at least
        self._keep(data[at:until])
        self.line += data.count(b"\n", at, until)
        return until

    def _outside(self, mark: bytes) -> Iterator[Raw]:
        if mark in b"[{":
            self.depth += 1
            if self.depth > 1:
                self._keep(mark)
        elif mark in b"]}":
            self.depth -= 1
            if self.depth >= 1:
                self._keep(mark)
            elif not self.is_closed:
                self.is_closed = True
                yield from self._end()
        elif mark == b"," and self.depth == 1:
            yield from self._end()
        else:
            self.in_text = mark == b'"'
            self._keep(mark)

    def _keep(self, piece: bytes) -> None:
        if self.depth < 1 or self.dropped:
            return
        if not self.kept:
            piece = piece.lstrip()
            self.start_line = self.line
        self.kept += piece
        if len(self.kept) > LONGEST:
            self.kept, self.dropped = bytearray(), True

    def _end(self) -> Iterator[Raw]:
        yield from _line(self.start_line, self.kept, self.dropped)
        self.kept, self.dropped = bytearray(), False
