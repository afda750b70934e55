"""From a bare clone to the first page, and later starts. By hand: `python -m tests.benchmarks.bench_start`.

Two clones are set up one after the other: the first may have to download packages, the second finds them in the
installer's cache, so that its time is the work beyond downloading.
"""

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LATER = 5  # starts on a state folder that is set up
PATIENCE = 600.0
OURS = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "PYTHONPATH", "VIRTUAL_ENV")  # not a newcomer's


def main():
    with tempfile.TemporaryDirectory(prefix="bench-start-") as folder:
        for name in ("may_download", "from_cache"):
            clone, state = Path(folder) / name, Path(folder) / f"{name}-state"
            subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
            print(json.dumps({"start": f"bare clone, {name}", **start(clone, state)}), flush=True)
        laters = [start(clone, state) for _ in range(LATER)]
        for later in laters:
            print(json.dumps({"start": "later", **later}), flush=True)
        ready = [later["ready_s"] for later in laters]
        print(json.dumps({"start": "later, median", "ready_s": statistics.median(ready), "worst_s": max(ready)}))


def start(clone, state):
    """Start the portal of a clone until it is ready and its first page is there; the lines it prints, with their time."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    command = [sys._base_executable, "portal.py", "up", "--port", str(port), "--state", str(state)]
    begin = time.perf_counter()
    with running(command, clone, environment, begin) as lines:
        answer(port, "/health/ready")
        ready = time.perf_counter() - begin
        answer(port, "/")
        page = time.perf_counter() - begin
    installed = next((at for at, line in lines if line.startswith("Starting PostgreSQL")), 0.0)
    return {
        "ready_s": round(ready, 2), "first_page_s": round(page, 2), "install_s": round(installed, 2),
        "steps": {line: round(at, 2) for at, line in lines if line.endswith("...") or (line.endswith(" s") and "..." not in line)},
    }  # fmt: skip


@contextmanager
def running(command, folder, environment, begin):
    lines = []
    child = subprocess.Popen(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )

    def read():
        for line in child.stdout:
            lines.append((time.perf_counter() - begin, line.strip()))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield lines
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(60)
        reader.join()


def answer(port, path):
    """Ask until there is a good answer."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as given:
                if given.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise TimeoutError(f"{path} did not answer within {PATIENCE:.0f} s.")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    main()
