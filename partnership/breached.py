"""The list of passwords known from breaches: a file that the operator brings, searched where it lies.

It holds SHA-1 hashes in hexadecimal, one a line, in ascending order; what follows a colon is not read. This is the form of
the download of Have I Been Pwned that is ordered by hash. To save space the lines may hold the first characters of the
hashes alone, all of one length; then a few other passwords are refused as well. Nothing is asked of anybody outside.
"""

import hashlib
import re
from pathlib import Path
from typing import BinaryIO

SHORTEST, LONGEST = 10, 40  # characters of a line: 40 bits at least, or too many other passwords would be refused
SAMPLES = 256  # places at which a start compares neighbours; a file in another order would be searched in vain


class Unreadable(Exception):
    """The file is not there, may not be read, or is no such list; the text says which."""


def holds(path: Path, password: str) -> bool:
    """Whether the list knows a password; raises `Unreadable`. About forty reads, whatever the size of the file."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    try:
        with path.open("rb") as file:
            return _search(file, wanted)
    except OSError as error:
        raise Unreadable(f"{type(error).__name__}") from error


def check(path: Path) -> None:
    """Look at samples of the file: raises `Unreadable` where it is no list in ascending order."""
    try:
        with path.open("rb") as file:
            size, width, before = file.seek(0, 2), _width(file), ""
            for offset in range(0, size, max(1, size // SAMPLES)):
                hashed = _first_from(file, offset, width)
                if hashed and hashed < before:
                    raise Unreadable("its lines are not in ascending order")
                before = hashed or before
    except OSError as error:
        raise Unreadable(f"{type(error).__name__}") from error


def _search(file: BinaryIO, wanted: str) -> bool:
    width = _width(file)
    wanted, low, high = wanted[:width], 0, file.seek(0, 2)
    while low < high:  # the smallest offset from which the next line is not below the wanted one
        middle = (low + high) // 2
        found = _first_from(file, middle, width)
        low, high = (middle + 1, high) if found and found < wanted else (low, middle)
    return _first_from(file, low, width) == wanted


def _width(file: BinaryIO) -> int:
    file.seek(0)
    return len(_hash(file.readline(LONGEST * 2)))


def _first_from(file: BinaryIO, offset: int, width: int) -> str:
    """The hash of the first line that begins at an offset or after it; empty behind the last one."""
    file.seek(max(0, offset - 1))
    if offset:
        file.readline(LONGEST * 2)
    line = file.readline(LONGEST * 2)
    found = _hash(line) if line.strip() else ""
    if found and len(found) != width:
        raise Unreadable("its lines are not of one length")
    return found


def _hash(line: bytes) -> str:
    found = line.split(b":")[0].strip().upper()
    if not re.fullmatch(rb"[0-9A-F]{%d,%d}" % (SHORTEST, LONGEST), found):
        raise Unreadable("a line that is no SHA-1 hash in hexadecimal")
    return found.decode()
