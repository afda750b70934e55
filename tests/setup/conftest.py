"""Real supervisors on folders of their own, and a count of what they leave behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from partnership.embedded.folders import State
from partnership.embedded.supervisor import ROOT

MEANT_FOR_THE_SUITE = ("DATABASE_URL", "REDIS_URL", "PORTAL_STATE_DIR", "DJANGO_SETTINGS_MODULE", "PORTAL_SECRET_KEY")
PATIENCE = 120


class Supervisor:
    """`portal.py COMMAND` as a process, without the installation that comes before."""

    def __init__(self, state: Path, command: str, *arguments: str):
        self.state = State(state)
        self.output = state.parent / f"{command}-{time.monotonic_ns()}.out"
        environment = {name: value for name, value in os.environ.items() if name not in MEANT_FOR_THE_SUITE}
        given = [command, "--state", str(state), *arguments]
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "partnership.embedded", *given], stdout=output, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL, env={**environment, "PYTHONPATH": str(ROOT)}, cwd=state.parent,
            )  # fmt: skip

    @property
    def said(self) -> str:
        return self.output.read_text()

    def says(self, words: str) -> bool:
        """Wait until it has said something; False when it ended without."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if words in self.said:
                return True
            if self.process.poll() is not None:
                return words in self.said
            time.sleep(0.05)
        return False

    def address(self, name: str) -> str:
        """An address that `servers` has printed."""
        return next(line.split("'")[1] for line in self.said.splitlines() if line.startswith(f"export {name}="))

    def family(self) -> set[int]:
        """Process ids of everything that descends from it."""
        found, ahead = set(), [self.process.pid]
        while ahead:
            pid = ahead.pop()
            try:
                children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            except OSError:
                continue
            found |= {int(child) for child in children}
            ahead += [int(child) for child in children]
        return found

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def all_gone(pids: set[int], patience: float = 20) -> bool:
    """Whether every process has ended within the patience; a zombie is as good as gone."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if not any(_lives(pid) for pid in pids):
            return True
        time.sleep(0.1)
    return False


def survivors(pids: set[int]) -> list[str]:
    """The command lines of those that still live, for the message of a failure."""
    return [Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ") for pid in pids if _lives(pid)]


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def state_folder(tmp_path):
    folder = tmp_path / "state"
    yield folder
    if folder.exists():
        State(folder).discard()


@pytest.fixture
def start(state_folder):
    """Start a supervisor on the test's own state folder; whatever still runs at the end is ended."""
    started = []

    def begin(command, *arguments):
        supervisor = Supervisor(state_folder, command, *arguments)
        started.append(supervisor)
        return supervisor

    yield begin
    for supervisor in started:
        if supervisor.process.poll() is None:
            supervisor.end()
