"""Set up and run the portal on a machine with nothing but Python 3.11: `python3 portal.py up`.

This file uses the standard library alone. It makes .venv, installs the hash-pinned lock, and hands over to
partnership/embedded, which starts the servers.
"""

import hashlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
USAGE = """Usage: python3 portal.py COMMAND

  up [--port N] [--state DIR] [--no-demo]   run everything; stop with Ctrl-C
  manage [--state DIR] COMMAND ...          run a management command against the portal's servers
  servers [--state DIR]                     run PostgreSQL and Redis alone and print their addresses
  test [pytest arguments]                   run the tests
"""


class NotPossible(SystemExit):
    """Set-up cannot go on; the text says what is missing and what to do."""


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 11):
        raise NotPossible(f"The portal needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(USAGE)
        return 0 if arguments else 2
    command, rest = arguments[0], arguments[1:]
    if command not in ("up", "manage", "servers", "test"):
        print(f"There is no command {command!r}.\n\n{USAGE}", file=sys.stderr)
        return 2
    install("test" if command == "test" else "run")
    os.chdir(ROOT)
    if command == "test":
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "partnership.settings.test"}
        os.execve(PYTHON, [str(PYTHON), "-m", "pytest", *rest], environment)
    os.execv(PYTHON, [str(PYTHON), "-m", "partnership.embedded", command, *rest])


def install(lock: str) -> None:
    """Bring .venv to the state of a lock file; do nothing when it is there already.

    The test lock holds everything that the run lock holds, in the same versions.
    """
    wanted = {name: _digest(name) for name in ("run", "test")}
    stamp = VENV / ".installed"
    have = stamp.read_text().split() if stamp.exists() else []
    if wanted[lock] in have or wanted["test"] in have:
        return
    if not PYTHON.exists():
        _make_venv()
    _step("Fetching the installer", [str(PYTHON), "-m", "pip", "install", *_QUIET, "--require-hashes", "-r",
                                     "requirements/installer.lock"])  # fmt: skip
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(PYTHON)]
    with_pip = [str(PYTHON), "-m", "pip", "install", *_QUIET]
    rest = ["--require-hashes", "-r", f"requirements/{lock}.lock"]
    if not _step("Installing the locked packages", [*uv, *rest], may_fail=True):
        _step("Installing the locked packages with pip", [*with_pip, *rest])
    stamp.write_text(wanted[lock])


_QUIET = ["--quiet", "--disable-pip-version-check", "--no-input"]


def _digest(name: str) -> str:
    text = (ROOT / "requirements" / f"{name}.lock").read_bytes() + sys.version.encode()
    return hashlib.sha256(text).hexdigest()


def _make_venv() -> None:
    try:
        import ensurepip  # noqa: F401, PLC0415  (Debian parts it from Python; asked for here to say so)
    except ImportError:
        raise NotPossible("Python's venv module is incomplete. On Debian: apt-get install python3-venv") from None
    _step("Making the virtual environment", [sys.executable, "-m", "venv", str(VENV)])


def _step(label: str, command: list[str], may_fail: bool = False) -> bool:
    """Run a command and show that time passes; stop with its output when it fails."""
    begun = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    done = threading.Event()
    ticker = threading.Thread(target=_tick, args=(label, begun, done), daemon=True)
    ticker.start()
    output, _ = process.communicate()
    done.set()
    ticker.join()
    print(f"{chr(13) if sys.stdout.isatty() else ''}{label}: {time.monotonic() - begun:.1f} s", flush=True)
    if process.returncode and not may_fail:
        raise NotPossible(f"{label} failed:\n{output[-3000:]}")
    return process.returncode == 0


def _tick(label: str, begun: float, done: threading.Event) -> None:
    while not done.wait(1.0):
        if sys.stdout.isatty():
            print(f"\r{label}: {time.monotonic() - begun:.0f} s", end="", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
