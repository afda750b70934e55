"""Start a child that dies with its parent, and stop it in peace or by force."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1


class NotStarted(RuntimeError):
    """A server did not come up; the text says why and where its log is."""


def start(
    command: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    user: str | None = None,
    death_signal: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, with its output in a log file.

    The death signal is bound to the thread that starts the child, so call this from the main thread.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def bind_to_parent() -> None:
        libc.prctl(PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:  # the parent died between fork and prctl
            os._exit(1)

    who: dict[str, Any] = {"user": user, "group": _group_of(user), "extra_groups": []} if user else {}
    with log.open("ab") as output:
        return subprocess.Popen(
            list(command), stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            env=dict(environment) if environment is not None else None, start_new_session=True,
            preexec_fn=bind_to_parent, **who,
        )  # fmt: skip


def _group_of(user: str | None) -> int | None:
    import pwd  # noqa: PLC0415  (absent where users do not exist)

    return pwd.getpwnam(user).pw_gid if user else None


def stop(process: subprocess.Popen[bytes], *, with_signal: int = signal.SIGTERM, patience: float = 20) -> None:
    """Ask a child to stop, then insist."""
    if process.poll() is not None:
        return
    process.send_signal(with_signal)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def tail(log: Path, lines: int = 15) -> str:
    """The end of a log, for a message to a person."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""
