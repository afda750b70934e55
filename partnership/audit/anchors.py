"""The file of checkpoints outside the database: whoever rewrites the tables has not rewritten it."""

import fcntl
import os
from pathlib import Path

from django.conf import settings

from partnership.audit import keys, notes


def _folder() -> Path:
    return Path(settings.PORTAL_TRAIL_DIR)


def file() -> Path:
    return _folder() / "checkpoints.txt"


def keys_file() -> Path:
    return _folder() / "keys.txt"


def append(note: str) -> None:
    """Write a checkpoint behind the others and to the disk."""
    path = file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as output:
        fcntl.flock(output, fcntl.LOCK_EX)
        output.write(note.rstrip("\n") + "\n\n")
        output.flush()
        os.fsync(output.fileno())


def every() -> list[str]:
    """The checkpoints of the file, each as its note; none when there is no file."""
    try:
        pieces = file().read_text(encoding="utf-8").split("\n\n")
    except FileNotFoundError:
        return []
    pieces = [piece for piece in pieces if piece.strip()]
    return [f"{text}\n\n{below}\n" for text, below in zip(pieces[::2], pieces[1::2], strict=False)]


def signing_key():
    """The key that signs now; only an evaluation set-up makes its own."""
    path = Path(settings.PORTAL_TRAIL_KEY_FILE)
    return keys.load_or_make(path) if settings.PORTAL_TRAIL_KEY_IS_MADE else keys.load(path)


def trusted() -> list[notes.Verifier]:
    """Public keys that may have signed a checkpoint: those noted down outside the database."""
    return [notes.verifier(text) for text in keys.known(keys_file())]
