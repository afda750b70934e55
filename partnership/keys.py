"""The secrets of an installation: what each is for, how it is read, made, judged and rotated; one key per purpose.

A key is a random text. It comes from the environment or from a file named after its purpose in the folder of keys,
the current one on the first line and former ones below. What a part of the portal computes with is derived from the
text and the purpose, so that even a text used twice by mistake would give two different keys; such a start is refused.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Secret:
    """One line of the inventory."""

    purpose: str
    name: str  # of the variable; former values stand in NAME + former_suffix, parted by commas
    what: str
    where: str
    rotation: str
    who: str
    former_suffix: str = "_FORMER"
    least: int = 43  # characters: 256 bits in base64

    @property
    def former_name(self) -> str:
        return self.name + self.former_suffix


FILES = "environment, or a file in the folder of keys"
OPERATOR = "the operator; no page shows it"
KEYS: dict[str, Secret] = {
    secret.purpose: secret
    for secret in (
        Secret("sessions", "PORTAL_SECRET_KEY", "signs sessions, form tokens and links that are mailed", FILES,
               "yearly and after a suspicion; former values stay for 12 hours", OPERATOR, "_FALLBACKS", 50),
        Secret("fields", "PORTAL_FIELD_KEY", "encrypts single values, such as the seeds of second factors", FILES,
               "yearly; `rotate_key fields` writes every value anew and then drops former keys", OPERATOR),
        Secret("queue", "PORTAL_QUEUE_KEY", "signs messages to the workers", FILES,
               "yearly; former values stay until the queue is empty", OPERATOR),
        Secret("search", "PORTAL_SEARCH_KEY", "digests values that are compared and not read", FILES,
               "only after a suspicion: digests made before no longer match", OPERATOR),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Credential:
    """A secret that is not a key of ours: given by another system, or kept as a digest alone."""

    name: str
    what: str
    where: str
    rotation: str
    who: str


CREDENTIALS = (
    Credential("DATABASE_URL", "password of the portal's role in PostgreSQL", "environment",
               "with the database's own means; then start again", OPERATOR),
    Credential("REDIS_URL", "password of queue and cache", "environment", "with the server's own means", OPERATOR),
    Credential("PORTAL_EMAIL_URL", "password of the mail server", "environment", "with the mail server's means", OPERATOR),
    Credential("PORTAL_SIGN_ON_SECRET", "shows the provider of single sign-on that the portal asks", "environment",
               "with the provider's means, yearly and after a suspicion; then start again", OPERATOR),
    Credential("PORTAL_TRAIL_KEY_FILE", "signs checkpoints (Ed25519); former public keys stay, to verify old ones",
               "a file of its own, apart from the folder of keys", "when its holder changes",
               "the one who runs the checkpoint command"),
    Credential("passwords", "what people sign in with", "database, Argon2id", "by the person; at once after a suspicion", "the person"),
    Credential("API tokens", "what connected systems sign in with, 256 bits", "database, SHA-256",
               "by the person who made it; they end by themselves", "the person"),
    Credential("invitations", "the link by which a person joins, 256 bits", "database, SHA-256", "used once, ends after 14 days", "the invited person"),
)  # fmt: skip

KNOWN = ("django-insecure", "change", "secret", "example", "password", "the-suite-", "not-for-production")


class MissingKey(RuntimeError):
    """A purpose has no key; the text names the variable."""


def read(purpose: str, environment: Mapping[str, str], folder: Path) -> tuple[str, ...]:
    """The texts of a purpose, the current one first; empty when there is none."""
    secret = KEYS[purpose]
    if current := environment.get(secret.name, "").strip():
        former = environment.get(secret.former_name, "")
        return (current, *(text.strip() for text in former.split(",") if text.strip()))
    try:
        lines = (folder / purpose).read_text().splitlines()
    except OSError:
        return ()
    return tuple(line.strip() for line in lines if line.strip())


def make(purpose: str, folder: Path) -> None:
    """Write a new random key, unless there is one; of two processes at once, one key wins."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / purpose).exists():
        part = _write(folder / f".{purpose}.{secrets.token_hex(4)}", [secrets.token_urlsafe(48)])
        try:
            os.link(part, folder / purpose)
        except FileExistsError:
            pass
        finally:
            part.unlink()


def rotate(purpose: str, folder: Path) -> None:
    """Put a new key before the present ones."""
    present = read(purpose, {}, folder)
    _write(folder / f".{purpose}.new", [secrets.token_urlsafe(48), *present]).replace(folder / purpose)


def drop_former(purpose: str, folder: Path) -> int:
    """Forget all but the current key; how many were forgotten."""
    present = read(purpose, {}, folder)
    _write(folder / f".{purpose}.new", list(present[:1])).replace(folder / purpose)
    return len(present) - 1


def _write(path: Path, lines: list[str]) -> Path:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as target:
        target.write("\n".join(lines) + "\n")
        target.flush()
        os.fsync(target.fileno())
    return path


def faults(keys: Mapping[str, tuple[str, ...]], folder: Path, passwords: Iterable[str] = ()) -> list[str]:
    """Every reason not to start with these keys, each naming a variable and what would be right."""
    found, seen = [], {text: "a password" for text in passwords if text}
    for purpose, secret in KEYS.items():
        texts = keys.get(purpose, ())
        for name, text in [(secret.name, texts[0] if texts else ""), *((secret.former_name, t) for t in texts[1:])]:
            if fault := _fault(secret, text):
                found.append(f"{name} {fault}")
            elif text in seen:
                found.append(f"{name} must differ from {seen[text]}: a key serves one purpose.")
            seen.setdefault(text, name)
        if _is_open(folder / purpose):
            found.append(f"{secret.name} must be in a file that only its owner can read: chmod 600 {folder / purpose}")
    return found


def _fault(secret: Secret, text: str) -> str:
    if len(text) < secret.least or len(set(text)) < 10 or any(word in text.lower() for word in KNOWN):
        return f"must be a random text of at least {secret.least} characters."
    return ""


def _is_open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & 0o077)
    except OSError:
        return False


def current(purpose: str) -> bytes:
    """The 32 bytes to make new things with."""
    return accepted(purpose)[0]


def accepted(purpose: str) -> list[bytes]:
    """The keys by which things made before are still read: the current one first, then former ones."""
    texts = settings.PORTAL_KEYS.get(purpose, ())
    if not texts:
        raise MissingKey(f"Set {KEYS[purpose].name}: it {KEYS[purpose].what}.")
    return [derive(text, purpose) for text in texts]


def derive(text: str, purpose: str) -> bytes:
    """HKDF-SHA256 (RFC 5869) of a text for one purpose."""
    extracted = hmac.digest(b"portal", text.encode(), "sha256")
    return hmac.digest(extracted, purpose.encode() + b"\x01", "sha256")


def fingerprint(key: bytes) -> str:
    """Names a key without telling it."""
    return hashlib.sha256(b"fingerprint" + key).hexdigest()[:8]


def search_digest(context: str, value: str) -> str:
    """A digest by which equal values are found and none is read; `context` keeps columns apart."""
    return hmac.digest(current("search"), f"{context}\x00{value}".encode(), "sha256").hex()
