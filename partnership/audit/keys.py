"""The key that signs checkpoints, and the list of public keys that ever did."""

import fcntl
import os
import stat
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

MAKE_ONE = "Make one with: openssl genpkey -algorithm ed25519 -out FILE && chmod 600 FILE"
# Seeds of the examples in RFC 8032, which stand in every manual.
KNOWN = {
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
}


class UnfitKey(RuntimeError):
    """The trail's key is missing or nobody should sign with it; the words say what to do."""


def load(path: Path) -> Ed25519PrivateKey:
    """The private key of a PEM file that only its owner can read."""
    try:
        mode, text = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise UnfitKey(f"The trail's key {path} cannot be read: {error.strerror}. {MAKE_ONE}") from error
    if stat.S_IMODE(mode) & 0o077:
        raise UnfitKey(f"The trail's key {path} can be read by others. Run: chmod 600 {path}")
    try:
        key = serialization.load_pem_private_key(text, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UnfitKey(f"The trail's key {path} is not a private key in PEM form. {MAKE_ONE}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UnfitKey(f"The trail's key {path} is not an Ed25519 key. {MAKE_ONE}")
    seed = key.private_bytes_raw()
    if seed.hex() in KNOWN or len(set(seed)) < 12:
        raise UnfitKey(f"The trail's key {path} is a known or guessable one. {MAKE_ONE}")
    return key


def load_or_make(path: Path) -> Ed25519PrivateKey:
    """The key of an evaluation set-up, made at its first use."""
    if not path.exists():
        made = Ed25519PrivateKey.generate()
        pem = made.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
            output.write(pem)
        try:
            os.link(part, path)  # of two processes that make one at once, the first one's stays
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return load(path)


def known(file: Path) -> list[str]:
    """The public keys that ever signed, from the file beside the checkpoints."""
    try:
        return [line.strip() for line in file.read_text().splitlines() if line.strip() and not line.startswith("#")]
    except FileNotFoundError:
        return []


def note_down(file: Path, key: str) -> None:
    """Add a public key to the file, once."""
    if key in known(file):
        return
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with file.open("a") as output:
        fcntl.flock(output, fcntl.LOCK_EX)
        if key not in known(file):
            output.write(key + "\n")
            output.flush()
            os.fsync(output.fileno())
