"""One supervisor: start everything in order, watch it, stop it in reverse."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from partnership.embedded import postgres, process, redis
from partnership.embedded.folders import State

ROOT = Path(__file__).resolve().parent.parent.parent


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
        for name, server in (("PostgreSQL", self.database), ("Redis", self.queue)):
            if server is not None and server.child is not None and server.child.poll() is not None:
                return f"{name} ended by itself; its log is {server.log}."
        return None


@contextmanager
def locked(state: State):
    """Hold the state folder, so that one portal runs on it at a time. Yields None when another holds it."""
    state.prepare()
    with (state.root / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        try:
            yield file
        finally:
            (state.root / "running.json").unlink(missing_ok=True)


def running(state: State) -> dict[str, str]:
    """What the portal that holds the state folder has told: process id and addresses."""
    try:
        return dict(json.loads((state.root / "running.json").read_text()))
    except (OSError, ValueError):
        return {}


def tell(state: State, file: IO[str], **facts: str) -> None:
    target = state.root / "running.json"
    target.write_text(json.dumps({"pid": str(os.getpid()), **facts}))
    target.chmod(0o600)


def environment_for(state: State, addresses: dict[str, str]) -> dict[str, str]:
    return {
        **os.environ, **addresses, "PORTAL_STATE_DIR": str(state.root),
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "partnership.settings.local"),
        "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT),
    }  # fmt: skip


def manage(environment: dict[str, str], *arguments: str, quiet: bool = False) -> int:
    """Run a management command to its end."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.run(
        command, env=environment, cwd=Path.cwd(), stdout=subprocess.DEVNULL if quiet else None, check=False
    ).returncode


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise process.NotStarted(f"Port {port} is in use. Name another with --port N.") from error


class Parts:
    """Web server, worker and schedule."""

    def __init__(self, state: State, environment: dict[str, str], port: int):
        python, self.logs = sys.executable, state.logs
        folder = Path(python).parent
        self.commands = {
            "web": [str(folder / "gunicorn"), "partnership.wsgi:application", "--bind", f"127.0.0.1:{port}", "--workers", "2",
                    "--threads", "4", "--worker-class", "gthread", "--no-control-socket", "--graceful-timeout", "10",
                    "--timeout", "120"],
            "worker": [str(folder / "celery"), "-A", "partnership.celery", "worker", "--concurrency", "2", "--loglevel", "INFO",
                       "--hostname", f"portal-{os.getpid()}@localhost", "--without-gossip", "--without-mingle"],
            "beat": [str(folder / "celery"), "-A", "partnership.celery", "beat", "--loglevel", "INFO", "--schedule",
                     str(state.root / "beat-schedule"), "--pidfile="],
        }  # fmt: skip
        self.environment = environment
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        for name, command in self.commands.items():
            self.children[name] = process.start(command, log=self.logs / f"{name}.log", environment=self.environment)

    def stop(self) -> None:
        for child in self.children.values():
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for child in reversed(self.children.values()):
            process.stop(child, patience=15)

    def fallen(self) -> str | None:
        for name, child in self.children.items():
            if child.poll() is not None:
                log = self.logs / f"{name}.log"
                return f"The {name} process ended by itself; its log is {log}:\n{process.tail(log)}"
        return None


def wait_until_ready(port: int, parts: Parts, patience: float = 60) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if (fault := parts.fallen()) is not None:
            raise process.NotStarted(fault)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise process.NotStarted(f"The portal did not become ready within {patience:.0f} s; the logs are in {parts.logs}.")
