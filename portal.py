"""Set up and run the portal on a machine with nothing but Python 3.11: `python3 portal.py up`.

This file uses the standard library alone. It makes .venv, installs the hash-pinned lock, and hands over to
partnership/embedded, which starts the servers.
"""

from __future__ import annotations  # an old Python must get as far as the sentence that says so

import fcntl
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".installed"
OLDEST = (3, 11)
COMMANDS = ("up", "manage", "servers", "test")
USAGE = """Usage: python3 portal.py COMMAND

  up [--port N] [--state DIR] [--no-demo]   run everything; stop with Ctrl-C
  manage [--state DIR] COMMAND ...          run a management command against the portal's servers
  servers [--state DIR]                     run PostgreSQL and Redis alone and print their addresses
  test [pytest arguments]                   run the tests; --slow and --journeys add the long ones
"""
QUIET_PIP = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]


class NotPossible(SystemExit):
    """Set-up cannot go on; the text says what is missing and what to do."""


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(USAGE)
        return 0 if arguments else 2
    command, rest = arguments[0], arguments[1:]
    if command not in COMMANDS:
        print(f"There is no command {command!r}.\n\n{USAGE}", file=sys.stderr)
        return 2
    check_python()
    try:
        install("test" if command == "test" else "run")
    except KeyboardInterrupt:
        raise NotPossible("\nStopped. The next run goes on from here.") from None
    hand_over(command, rest)
    return 1


def hand_over(command: str, rest: list[str]) -> None:
    """Become the Python of .venv, which has what the rest needs."""
    sys.stdout.flush()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if command != "test":
        arguments = ["-P", "-m", "partnership.embedded", command, *rest]
        os.execve(PYTHON, [str(PYTHON), *arguments], environment)
    os.chdir(ROOT)
    environment["DJANGO_SETTINGS_MODULE"] = "partnership.settings.test"
    os.execve(PYTHON, [str(PYTHON), "-m", "pytest", *rest], environment)


def check_python() -> None:
    if sys.version_info < OLDEST:
        wanted = ".".join(str(part) for part in OLDEST)
        raise NotPossible(
            f"The portal needs Python {wanted} or newer; this is {sys.version.split()[0]}. "
            f"Call it with a newer one, such as: python{wanted} portal.py up"
        )


def install(lock: str) -> None:
    """Bring .venv to the state of a lock file; do nothing when it is there already.

    The test lock holds everything that the run lock holds, in the same versions.
    """
    if _is_installed(lock):
        return
    if not os.access(ROOT, os.W_OK):
        raise NotPossible(f"You may not write in {ROOT}, where .venv goes. Copy the folder to a place of your own.")
    with _alone():
        if _is_installed(lock):  # by whoever had the turn before
            return
        if not _venv_works():
            _make_venv()
        _step("Fetching the installer", [str(PYTHON), *QUIET_PIP, *_locked("installer")])
        if not _step("Installing the locked packages", [*_uv(), *_locked(lock)], may_fail=True):
            _step("Installing the locked packages with pip instead", [str(PYTHON), *QUIET_PIP, *_locked(lock)])
        STAMP.write_text(digest(lock))


def _is_installed(lock: str) -> bool:
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text() in (digest(lock), digest("test"))


def digest(lock: str) -> str:
    """What .venv is stamped with: the lock and the Python that it was installed for."""
    python = "{}.{}".format(*sys.version_info)
    return hashlib.sha256((ROOT / "requirements" / f"{lock}.lock").read_bytes() + python.encode()).hexdigest()


def _locked(lock: str) -> list[str]:
    return ["--require-hashes", "-r", str(ROOT / "requirements" / f"{lock}.lock")]


def _uv() -> list[str]:
    return [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--compile-bytecode", "--python", str(PYTHON)]


@contextmanager
def _alone():
    """Two first starts at once install one after the other."""
    with Path(__file__).open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:
            print("(This folder's file system knows no locks; start one command at a time.)")
        yield


def _venv_works() -> bool:
    """Whether .venv is whole and of this Python's version; an interrupted or outlived one is made anew."""
    if not PYTHON.exists():
        return False
    question = "import sys, pip; print('{}.{}'.format(*sys.version_info))"
    answer = subprocess.run([str(PYTHON), "-c", question], capture_output=True, text=True, check=False)
    return answer.returncode == 0 and answer.stdout.strip() == "{}.{}".format(*sys.version_info)


def _make_venv() -> None:
    if any(importlib.util.find_spec(name) is None for name in ("venv", "ensurepip")):
        package = "python{}.{}-venv".format(*sys.version_info)
        raise NotPossible(
            "This Python cannot make virtual environments: its venv module is not installed.\n"
            f"On Debian or Ubuntu: sudo apt-get install {package}"
        )
    _step("Making the virtual environment", [sys.executable, "-m", "venv", "--clear", str(VENV)])


def _step(label: str, command: list[str], may_fail: bool = False) -> bool:
    """Run a command and show that time passes; stop with its output when it fails."""
    begun = time.monotonic()
    try:
        process = subprocess.Popen(
            command, cwd=ROOT, env=_installer_environment(), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    except OSError as error:  # such as a uv that this machine cannot run
        if may_fail:
            return False
        raise NotPossible(f"{label} failed: {error}") from error
    with process, _clock(label, begun):
        output, _ = process.communicate()
    _say(f"{label}: {'' if process.returncode == 0 else 'failed after '}{time.monotonic() - begun:.1f} s", last=True)
    if process.returncode and not may_fail:
        raise NotPossible(
            f"{label} failed:\n{output[-3000:]}\nThe package index must be in reach: directly, or as a mirror named in "
            "pip's configuration (pip config set global.index-url ADDRESS)."
        )
    return process.returncode == 0


def _installer_environment() -> dict[str, str]:
    """The environment, with pip's package index handed on to uv, which does not read pip's configuration."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    if not any(name in environment for name in ("UV_INDEX_URL", "UV_DEFAULT_INDEX")) and (index := _index_of_pip()):
        environment["UV_DEFAULT_INDEX"] = index
    return environment


def _index_of_pip() -> str | None:
    if "PIP_INDEX_URL" in os.environ:
        return os.environ["PIP_INDEX_URL"]
    places = ["/etc/pip.conf", "~/.pip/pip.conf", "~/.config/pip/pip.conf", os.environ.get("PIP_CONFIG_FILE", "")]
    files = [Path(place).expanduser() for place in places if place]
    texts = [file.read_text(errors="replace") for file in files if file.is_file()]
    found = [match for text in texts for match in re.findall(r"^\s*index[-_]url\s*[=:]\s*(\S+)", text, re.MULTILINE)]
    return found[-1] if found else None


@contextmanager
def _clock(label: str, begun: float):
    """Say every second on a terminal, and every five seconds elsewhere, how long a step has taken so far."""
    done = threading.Event()

    def tick() -> None:
        while not done.wait(1.0 if sys.stdout.isatty() else 5.0):
            _say(f"{label} ... {time.monotonic() - begun:.0f} s")

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()


def _say(text: str, last: bool = False) -> None:
    """On a terminal, progress overwrites its own line."""
    if sys.stdout.isatty():
        print(f"\r{text:<60}", end="\n" if last else "", flush=True)
    else:
        print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
