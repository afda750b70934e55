"""Checkpoints as signed text: the checkpoint and signed note forms of C2SP, with Ed25519.

portal.example.org/trail          whose trail it is
20852163                          how many entries are sealed
CsUYapGGPo4dkMgIAUqom/Xajj7h2...  the root of the tree over the seals
head 5f2c...                      the last link of the chain
time 2026-11-24T08:00:00Z         when it was signed

— portal.example.org/trail ...    the portal's signature
— noordnet.example/witness ...    a partner's counter-signature, with its own time
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE, COSIGNATURE = 1, 4  # kinds of keys in the signed note form
DASH = "\N{EM DASH} "
NAME = re.compile(r"[^\s+]{1,200}")


class NotANote(ValueError):
    """A text is not what the form asks for; the words say which part."""


@dataclass(frozen=True)
class Verifier:
    """A public key with its name and kind, as written in `name+id+key`."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.kind]) + self.public).decode()}"

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


def verifier(text: str) -> Verifier:
    """Read `name+id+key`."""
    name, _, rest = text.strip().partition("+")
    identifier, _, key = rest.partition("+")
    raw = decoded(key)
    if not NAME.fullmatch(name) or len(raw) != 33 or raw[0] not in (SIGNATURE, COSIGNATURE):
        raise NotANote("A key is written as name+id+key, such as example.org/witness+1a2b3c4d+BAbc...")
    found = Verifier(name, raw[0], raw[1:])
    if identifier != found.id.hex():
        raise NotANote("The key does not belong to its name: the part between the plus signs does not fit.")
    return found


def decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotANote("A part that must be base64 is not.") from error


@dataclass(frozen=True)
class Statement:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes
    head: str
    at: datetime

    @property
    def text(self) -> str:
        moment = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\nhead {self.head}\ntime {moment}\n"


@dataclass(frozen=True)
class Signature:
    """One line below a checkpoint."""

    name: str
    id: bytes
    value: bytes

    @property
    def line(self) -> str:
        return f"{DASH}{self.name} {base64.b64encode(self.id + self.value).decode()}"


def sign(text: str, name: str, key: Ed25519PrivateKey) -> Signature:
    """The portal's own signature over a checkpoint's text."""
    own = Verifier(name, SIGNATURE, key.public_key().public_bytes_raw())
    return Signature(name, own.id, key.sign(text.encode()))


def cosigned(text: str, moment: int) -> bytes:
    """What a witness signs: that it saw this text at that second, and no fork of it."""
    return f"cosignature/v1\ntime {moment}\n{text}".encode()


def cosign(text: str, name: str, key: Ed25519PrivateKey, moment: int) -> Signature:
    own = Verifier(name, COSIGNATURE, key.public_key().public_bytes_raw())
    return Signature(name, own.id, moment.to_bytes(8, "big") + key.sign(cosigned(text, moment)))


def holds(signature: Signature, text: str, by: Verifier) -> bool:
    """Whether a signature or counter-signature under a text is that key's."""
    if (signature.name, signature.id) != (by.name, by.id):
        return False
    if by.kind == SIGNATURE:
        return by.is_signed(text.encode(), signature.value)
    return len(signature.value) == 72 and by.is_signed(cosigned(text, moment_of(signature)), signature.value[8:])


def moment_of(signature: Signature) -> int:
    """The second at which a witness counter-signed."""
    return int.from_bytes(signature.value[:8], "big")


def read_line(line: str) -> Signature:
    """Read a line `— name base64`."""
    name, _, rest = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or not NAME.fullmatch(name):
        raise NotANote("A signature line begins with a long dash, then the key's name, then base64.")
    raw = decoded(rest)
    if len(raw) not in (68, 76):
        raise NotANote("A signature has 64 bytes behind the key's id, a counter-signature 72.")
    return Signature(name, raw[:4], raw[4:])


def read(note: str) -> tuple[Statement, list[Signature]]:
    """Read a checkpoint with the signatures below it."""
    text, blank, below = note.partition("\n\n")
    lines = text.split("\n")
    if not blank or len(lines) != 5 or not lines[1].isdigit():
        raise NotANote("A checkpoint has five lines: name, size, root, head, time; then an empty line.")
    head, moment = lines[3].removeprefix("head "), lines[4].removeprefix("time ")
    try:
        at = datetime.strptime(moment, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise NotANote("The time of a checkpoint is written as 2026-11-24T08:00:00Z.") from error
    statement = Statement(lines[0], int(lines[1]), decoded(lines[2]), head, at)
    if statement.text != text + "\n":
        raise NotANote("A checkpoint is not written in its one form.")
    return statement, [read_line(line) for line in below.splitlines() if line]
