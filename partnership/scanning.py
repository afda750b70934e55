"""Ask the operator's malware scanner (clamd, by its INSTREAM protocol) about a file before it is kept.

Without a scanner nothing is claimed: the file carries a mark that everybody sees. With one that does not answer, or
answers that something is wrong, the file is not taken.
"""

import socket
import struct
from pathlib import PurePath

from django.conf import settings

PATIENCE = 60  # seconds for the whole answer
_CHUNK = 64 * 1024


class Infected(Exception):
    """The scanner knows the content as harmful."""


class NoAnswer(Exception):
    """There is a scanner, and it did not say that the content is clean."""


def is_clean(data: bytes) -> bool:
    """True when a scanner found nothing; False when there is no scanner to ask."""
    if not settings.PORTAL_SCANNER:
        return False
    try:
        answer = _ask(settings.PORTAL_SCANNER, data)
    except (OSError, ValueError) as error:
        raise NoAnswer(str(error)) from error
    if answer.endswith(b"FOUND"):
        raise Infected
    if answer != b"stream: OK":
        raise NoAnswer("The scanner gave another answer than yes or no.")
    return True


def _ask(where: str, data: bytes) -> bytes:
    with _connect(where) as line:
        line.settimeout(PATIENCE)
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), _CHUNK):
            part = data[start : start + _CHUNK]
            line.sendall(struct.pack("!I", len(part)) + part)
        line.sendall(struct.pack("!I", 0))
        answer = b""
        while not answer.endswith(b"\0") and (more := line.recv(4096)):
            answer += more
    return answer.rstrip(b"\0\n ")


def _connect(where: str) -> socket.socket:
    if PurePath(where).is_absolute():
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(PATIENCE)
        line.connect(where)
        return line
    host, _, port = where.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)
