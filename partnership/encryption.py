"""Single values kept encrypted in the database: AES-256-GCM, bound to where they stand, under the key of fields."""

import base64
import secrets
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from partnership import keys

PURPOSE = "fields"
_REWRITERS: dict[str, Callable[[], int]] = {}


class Unreadable(ValueError):
    """The value was not encrypted here, was moved or altered, or its key was dropped."""


def encrypt(text: str, context: str) -> str:
    """Encrypt a text for one place, such as a column; it can be read at that place alone."""
    key, nonce = keys.current(PURPOSE), secrets.token_bytes(12)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), context.encode())
    return f"v1.{keys.fingerprint(key)}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def decrypt(text: str, context: str) -> str:
    """Read a text back, also when it was encrypted under a former key."""
    version, _, rest = text.partition(".")
    name, _, data = rest.partition(".")
    key = next((key for key in keys.accepted(PURPOSE) if keys.fingerprint(key) == name), None)
    if version != "v1" or key is None:
        raise Unreadable(f"No key {name!r} is known. Put it back: {keys.KEYS[PURPOSE].former_name}.")
    raw = base64.urlsafe_b64decode(data)
    try:
        return AESGCM(key).decrypt(raw[:12], raw[12:], context.encode()).decode()
    except InvalidTag as error:
        raise Unreadable(f"The value at {context} was altered or moved.") from error


def is_current(text: str) -> bool:
    """Whether a value is encrypted under the current key."""
    return text.startswith(f"v1.{keys.fingerprint(keys.current(PURPOSE))}.")


def rewrites(name: str) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Register a function that encrypts a kind of value anew under the current key and returns how many it wrote."""

    def add(rewrite: Callable[[], int]) -> Callable[[], int]:
        _REWRITERS[name] = rewrite
        return rewrite

    return add


def rewrite_all() -> dict[str, int]:
    """Encrypt everything anew under the current key: how many values of each kind were written."""
    return {name: rewrite() for name, rewrite in sorted(_REWRITERS.items())}
