"""One supervisor: the servers, the right to run them on a state folder, and the environment of the children."""

import fcntl
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from partnership.embedded import postgres, process, redis
from partnership.embedded.folders import State

ROOT = Path(__file__).resolve().parent.parent.parent
LOCAL = "partnership.settings.local"


class AlreadyRunning(RuntimeError):
    """Another portal holds this state folder."""


class Servers:
    """PostgreSQL and Redis: those named in the environment, else embedded ones."""

    def __init__(self, state: State, for_tests: bool = False):
        self.database = None if os.environ.get("DATABASE_URL") else postgres.Postgres(state, for_tests)
        self.queue = None if os.environ.get("REDIS_URL") else redis.Redis(state)

    def start(self) -> dict[str, str]:
        """Start what is needed and return both addresses."""
        if self.database is None:
            postgres.check_version(os.environ["DATABASE_URL"])
        else:
            self.database.start()
        if self.queue is None:
            redis.check_version(os.environ["REDIS_URL"])
        else:
            self.queue.start()
        return {
            "DATABASE_URL": self.database.url if self.database else os.environ["DATABASE_URL"],
            "REDIS_URL": self.queue.url if self.queue else os.environ["REDIS_URL"],
        }

    def stop(self) -> None:
        for server in (self.queue, self.database):
            if server is not None:
                server.stop()

    def fallen(self) -> str | None:
        """Which server has ended by itself, in a sentence."""
        for name, server in (("PostgreSQL", self.database), ("Redis", self.queue)):
            if server is not None and server.child is not None and server.child.poll() is not None:
                return f"{name} ended by itself; its log is {server.log}:\n{process.tail(server.log)}"
        return None


@contextmanager
def held(state: State) -> Iterator[bool]:
    """Try to hold the state folder, so that one supervisor runs on it at a time; False when another holds it."""
    state.prepare()
    with (state.root / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        _told(state).unlink(missing_ok=True)  # of one that was killed
        try:
            yield True
        finally:
            _told(state).unlink(missing_ok=True)


@contextmanager
def guests(state: State, how: int) -> Iterator[None]:
    """Commands that use somebody else's servers share this lock; who wants to stop servers takes it alone."""
    with (state.root / "guests").open("a") as file:
        fcntl.flock(file, how)
        yield


def tell(state: State, command: str, addresses: dict[str, str], **facts: str) -> None:
    """Leave word for commands that come later on the same state folder."""
    part = state.root / "running.json.part"
    part.touch(mode=0o600)
    part.write_text(json.dumps({"pid": str(os.getpid()), "command": command, **addresses, **facts}))
    part.rename(_told(state))


def running(state: State) -> dict[str, str]:
    """What the holder of the state folder has told: process id and addresses."""
    try:
        return dict(json.loads(_told(state).read_text()))
    except (OSError, ValueError):
        return {}


def _told(state: State) -> Path:
    return state.root / "running.json"


def refusal(state: State) -> AlreadyRunning:
    """Why a second supervisor is not possible here."""
    told = running(state)
    what = {"up": "A portal runs", "manage": "A management command runs"}.get(told.get("command", ""), "Servers run")
    who = f"process {told['pid']}" if "pid" in told else "it is just starting"
    return AlreadyRunning(
        f"{what} on {state.root} already ({who}). Stop it, or name another state folder with --state DIR."
    )


def environment_for(state: State, addresses: dict[str, str]) -> dict[str, str]:
    """The environment of everything that runs Django."""
    kept = {name: value for name, value in os.environ.items() if not (name.startswith("PG") and name.isupper())}
    if "DATABASE_URL" in os.environ:
        kept = dict(os.environ)  # PGSSLROOTCERT and the like may be meant for that server
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # compiling everything anew doubles the time of every start
    kept.setdefault("DJANGO_SETTINGS_MODULE", LOCAL)
    return {
        **kept, **addresses, "PORTAL_STATE_DIR": str(state.root), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1",
    }  # fmt: skip


def manage(environment: dict[str, str], *arguments: str, apart: bool = False) -> int:
    """Run a management command to its end on this terminal, in the caller's folder."""
    return process.run_to_end([sys.executable, str(ROOT / "manage.py"), *arguments], environment, apart=apart)
