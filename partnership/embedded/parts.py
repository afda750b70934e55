"""The portal's own processes: web server, worker and schedule."""

import errno
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from partnership.embedded import process
from partnership.embedded.folders import State
from partnership.embedded.supervisor import ROOT

PATIENCE = 90.0  # seconds until the first answer; a busy machine reads the packages slowly
# When the supervisor was killed, its servers are going too: nothing is left to finish gracefully, and each task that is
# cut short is delivered again. Waiting for one that waits for a server that has gone would only keep the family alive.
ON_THE_DEATH_OF_THE_SUPERVISOR = {"web": signal.SIGQUIT, "worker": signal.SIGKILL, "beat": signal.SIGTERM}


def check_port(port: int) -> None:
    """Refuse a port that cannot be used, before anything else is started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            why = {errno.EADDRINUSE: "is in use", errno.EACCES: "is kept for the system"}
            what = why.get(error.errno or 0, f"cannot be used ({error.strerror})")
            raise process.NotStarted(
                f"Port {port} {what}. Name another with --port N, such as {_free_port()}."
            ) from error


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Parts:
    """Web server, worker and schedule, started in this order and stopped in the other."""

    def __init__(self, state: State, environment: dict[str, str], port: int):
        self.state, self.environment, self.port = state, environment, port
        celery = ["celery", "-A", "partnership.celery"]
        self.commands = {
            "web": ["gunicorn", "partnership.wsgi:application", "--bind", f"127.0.0.1:{port}", "--workers", "2",
                    "--threads", "4", "--worker-class", "gthread", "--preload", "--no-control-socket",
                    "--graceful-timeout", "10", "--timeout", "120"],
            "worker": [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO",
                       "--hostname", f"portal-{os.getpid()}@localhost", "--without-gossip", "--without-mingle"],
            "beat": [*celery, "beat", "--loglevel", "INFO", "--schedule", str(state.root / "beat-schedule"), "--pidfile="],
        }  # fmt: skip
        self.children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        for name, command in self.commands.items():
            self.children[name] = process.start(
                [sys.executable, "-m", *command], log=self.state.logs / f"{name}.log",
                environment=self.environment, folder=ROOT, death_signal=ON_THE_DEATH_OF_THE_SUPERVISOR[name],
            )  # fmt: skip

    def stop(self) -> None:
        for child in reversed(self.children.values()):
            process.ask(child, signal.SIGTERM)
        for child in reversed(self.children.values()):
            process.stop(child, patience=15)

    def fallen(self) -> str | None:
        """Which part has ended by itself, in a sentence."""
        for name, child in self.children.items():
            if child.poll() is not None:
                log = self.state.logs / f"{name}.log"
                return f"The {name} process ended by itself; its log is {log}:\n{process.tail(log)}"
        return None

    def wait_until_ready(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if (fault := self.fallen()) is not None:
                raise process.NotStarted(fault)
            if _answers(self.port, self.environment.get("PORTAL_ALLOWED_HOSTS", "")):
                return
            time.sleep(0.1)
        raise process.NotStarted(
            f"The portal did not become ready within {PATIENCE:.0f} s; the logs are in {self.state.logs}."
        )


def _answers(port: int, allowed_hosts: str) -> bool:
    """Whether the portal says that it is ready; asked without the proxy that the environment may name."""
    question = urllib.request.Request(f"http://127.0.0.1:{port}/health/ready")
    if allowed_hosts:
        question.add_header("Host", allowed_hosts.split(",")[0].lstrip(" ."))
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(question, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
