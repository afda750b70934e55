"""Start a child that dies with its parent, and stop it in peace or by force."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class NotStarted(RuntimeError):
    """A server did not come up; the text says why and where its log is."""


class Stopped(Exception):
    """A person or the system asked for the end."""


def start(
    command: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str],
    folder: Path | None = None,
    user: str | None = None,
    death_signal: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, with its output in a log file."""
    log.parent.mkdir(parents=True, exist_ok=True)
    who: dict[str, Any] = {}
    if user:
        who = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}
    with log.open("ab") as output:
        return subprocess.Popen(
            list(command), stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=folder,
            env=dict(environment), start_new_session=True, preexec_fn=dies_with_parent(death_signal), **who,
        )  # fmt: skip


def dies_with_parent(death_signal: int) -> Callable[[], None] | None:
    """What a child does before it becomes its program: ask the system for a signal when the parent is gone.

    The signal is bound to the *thread* that starts the child, so children are started from the main thread.
    """
    if sys.platform != "linux":
        return None
    libc, parent = ctypes.CDLL(None, use_errno=True), os.getpid()

    def bind() -> None:
        libc.prctl(PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:  # the parent died between fork and prctl
            os._exit(1)

    return bind


def run_to_end(command: Sequence[str], environment: Mapping[str, str], *, apart: bool = False) -> int:
    """Run a command on this terminal, hand requests to end on to it, and return its exit code.

    `apart` keeps the terminal's Ctrl-C from it, so that it ends in silence when this process is asked to stop.
    """
    child = subprocess.Popen(
        list(command), env=dict(environment), start_new_session=apart, preexec_fn=dies_with_parent(signal.SIGTERM)
    )
    asked: list[int] = []

    def hand_on(number: int, frame: object) -> None:
        asked.append(number)
        if apart:
            child.send_signal(signal.SIGTERM)
        elif number != signal.SIGINT or not sys.stdin.isatty():  # Ctrl-C on a terminal reaches the child by itself
            child.send_signal(number)

    before = {number: signal.signal(number, hand_on) for number in ENDINGS}
    try:
        code = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if apart and asked:
        raise Stopped(signal.Signals(asked[0]).name)
    return code if code >= 0 else 128 - code


def ask(process: subprocess.Popen[bytes], number: int) -> None:
    if process.poll() is None:
        process.send_signal(number)


def stop(process: subprocess.Popen[bytes], *, with_signal: int = signal.SIGTERM, patience: float = 20) -> None:
    """Ask a child to stop, then insist, and leave nobody of its session behind."""
    if process.poll() is None:
        process.send_signal(with_signal)
        for insist in (signal.SIGQUIT, signal.SIGKILL):
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                process.send_signal(insist)
                patience = 5
        process.wait()
    if not Path(f"/proc/{process.pid}").exists():  # else the number is somebody else's by now
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def tail(log: Path, lines: int = 15) -> str:
    """The end of a log, for a message to a person."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""
