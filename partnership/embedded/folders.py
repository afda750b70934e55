"""Where the servers keep their data, sockets and logs."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

LONGEST_SOCKET_PATH = 85  # bytes; the system allows 107 with the socket's own name

NOBODY = "nobody"


class NotOurs(RuntimeError):
    """A folder belongs to somebody else."""


@dataclass(frozen=True)
class State:
    """A state folder and what follows from it."""

    root: Path

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def runs_as_nobody(self) -> bool:
        return os.geteuid() == 0

    def prepare(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.root.stat().st_uid != os.geteuid():
            raise NotOurs(f"The state folder {self.root} belongs to another user. Name your own with --state DIR.")
        self.root.chmod(0o700)
        self.logs.mkdir(exist_ok=True, mode=0o700)

    def hidden(self, purpose: str) -> Path:
        """A private folder in the temporary folder, named by the state folder's hash."""
        name = hashlib.sha256(f"{purpose} {self.root}".encode()).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"portal-{name}"
        folder.mkdir(mode=0o711, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
            raise NotOurs(f"{folder} belongs to another user; remove it or name another state folder with --state DIR.")
        return folder

    @property
    def sockets(self) -> Path:
        """Inside the state folder where its path is short enough; as root, where nobody may reach it too."""
        own = self.root / "sockets"
        if not self.runs_as_nobody and len(os.fsencode(own)) <= LONGEST_SOCKET_PATH:
            own.mkdir(exist_ok=True, mode=0o700)
            return own
        folder = self.hidden("sockets")
        folder.chmod(0o711 if self.runs_as_nobody else 0o700)
        return folder
