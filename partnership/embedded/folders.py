"""Where the servers keep their data, sockets and logs."""

import hashlib
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

LONGEST_SOCKET_FOLDER = 85  # bytes; the system allows 107 with the socket's own name
PLAIN_PATH = re.compile(r"[A-Za-z0-9_./+-]+")  # PostgreSQL reads commas and quotes in a socket folder as syntax
LARGEST_LOG = 10 * 1024 * 1024  # bytes; a longer one is put aside at the next start

NOBODY = "nobody"
OWNER = "belongs-to"  # a file that names the state folder for which a private folder was made


class NotOurs(RuntimeError):
    """A folder belongs to somebody else or cannot be used."""


def private(name: str, mode: int = 0o700, belongs_to: Path | None = None) -> Path:
    """A folder of this user in the temporary folder; one that somebody else has put there is refused."""
    parent = Path(tempfile.gettempdir())
    if len(os.fsencode(parent / name)) > LONGEST_SOCKET_FOLDER - 8:
        parent = Path("/tmp")  # noqa: S108  (a socket's path must be short)
    folder = parent / name
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise NotOurs(f"{folder} belongs to another user; remove it or name another state folder with --state DIR.")
    folder.chmod(mode)
    if belongs_to is not None:
        (folder / OWNER).write_text(str(belongs_to))
    return folder


def clear_orphans() -> None:
    """Remove private folders whose state folder was a temporary one and is gone, as after a killed run of the suite."""
    for mark in Path(tempfile.gettempdir()).glob(f"portal-*/{OWNER}"):
        try:
            is_ours, owner = mark.stat().st_uid == os.geteuid(), Path(mark.read_text())
        except OSError:
            continue
        if is_ours and owner.is_relative_to(tempfile.gettempdir()) and not owner.exists():
            shutil.rmtree(mark.parent, ignore_errors=True)


@dataclass(frozen=True)
class State:
    """A state folder and what follows from it."""

    root: Path

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def runs_as_nobody(self) -> bool:
        """PostgreSQL refuses to run as root."""
        return os.geteuid() == 0

    def prepare(self) -> None:
        """Make the folder and keep it to this user."""
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            owner = self.root.stat().st_uid
        except OSError as error:
            raise NotOurs(
                f"{self.root} cannot be a state folder: {error.strerror}. Name another with --state."
            ) from error
        if owner != os.geteuid():
            raise NotOurs(
                f"The state folder {self.root} belongs to another user. Name one of your own with --state DIR."
            )
        self.root.chmod(0o700)
        self.logs.mkdir(exist_ok=True, mode=0o700)

    def put_long_logs_aside(self) -> None:
        for log in self.logs.glob("*.log"):
            if log.stat().st_size > LARGEST_LOG:
                log.replace(log.with_suffix(".log.1"))

    def hidden_name(self, purpose: str) -> str:
        return "portal-" + hashlib.sha256(f"{purpose} {self.root}".encode()).hexdigest()[:16]

    def sockets(self) -> Path:
        """Inside the state folder where its path is short and plain; as root, where nobody may reach it too."""
        own = self.root / "sockets"
        fits = len(os.fsencode(own)) <= LONGEST_SOCKET_FOLDER and PLAIN_PATH.fullmatch(str(own))
        if self.runs_as_nobody or not fits:
            return private(self.hidden_name("sockets"), 0o711 if self.runs_as_nobody else 0o700, self.root)
        own.mkdir(exist_ok=True, mode=0o700)
        return own

    def data(self) -> Path:
        """Where PostgreSQL's data folder goes: as root, a place that nobody can reach."""
        return private(self.hidden_name("postgres"), 0o711, self.root) if self.runs_as_nobody else self.root

    def discard(self) -> None:
        """Remove everything, for the tests' short-lived folders."""
        for folder in {self.sockets(), self.data(), self.root}:
            shutil.rmtree(folder, ignore_errors=True)
