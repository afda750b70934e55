"""Backups, restores and their rehearsal: what the portal's parts have to say to each."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from django.core.management import call_command
from django.db import connection, connections, transaction

from agreements import verbs
from agreements.retention import anchors, ledger, rows, standing
from partnership import backups, files
from partnership.audit.record import SYSTEM, record
from partnership.models import AuditHead

ROOT = Path(__file__).resolve().parents[2]


def take(*, at: datetime) -> backups.Backup:
    """Take a backup, note it in the trail and in the ledger, and remove those whose days are over. Raises Unfit."""
    standing.check()
    anchors.publish()
    found, faults = ledger.read()
    if faults:
        raise ledger.Unfit(f"The ledger of deletions is not in order, so no backup is taken: {faults[0]}")
    seq, link = found.head
    made = backups.take(
        at=at, facts={"ledger": {"lines": len(found.links), "link": found.links[-1], "seq": seq, "hash": link}}
    )
    until = made.kept_until.date().isoformat()
    with transaction.atomic():
        record(verbs.BACKUP_TAKEN, AuditHead.objects.get(), by=SYSTEM, at=at, backup=made.folder.name, until=until)
    with ledger.appending() as writer:
        writer.add(kind="backup", id=made.folder.name, at=at.isoformat(), until=until)
    backups.prune(at)
    return made


def restore(*, folder: Path, at: datetime) -> backups.Backup:
    """Restore into an empty database; nothing is served until the replay. Raises Unfit before anything is written."""
    backup = backups.read(folder)
    backups.check_fit(backup)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {standing.UNFINISHED} ()")  # what breaks off now is never taken for a database
    backups.load(backup)
    connection.close()
    call_command("migrate", verbosity=0, interactive=False)
    said = backup.said["ledger"]
    with transaction.atomic(), connection.cursor() as cursor:
        record(verbs.DATABASE_RESTORED, AuditHead.objects.get(), by=SYSTEM, at=at, backup=folder.name, taken=backup.said["taken_at"][:19],
               ledger_lines=said["lines"], ledger_link=said["link"])  # fmt: skip
        cursor.execute(f"DROP TABLE {standing.UNFINISHED}")
    return backup


def erase_all_files(*, at: datetime) -> tuple[int, int]:
    """Drain the outbox of files to its end, as after a replay. (erased, failed)."""
    erased = failed = 0
    while True:
        done, failed = files.erase_pending(at=at)
        erased += done
        if not done:
            return erased, failed


@dataclass
class Drill:
    """What a rehearsal found; it went well without faults."""

    backup: str
    faults: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def drill(*, folder: Path | None, at: datetime) -> Drill:
    """Restore a backup into a scratch database of the same server, replay, compare with the present, and drop it again."""
    standing.check()
    anchors.publish()
    folder = folder or (backups.every() or [take(at=at)])[0].folder  # the oldest has the most to be replayed
    found = Drill(folder.name)
    name = f"{connection.settings_dict['NAME'][:40]}_drill_{uuid4().hex[:8]}"
    place = Path(tempfile.mkdtemp(prefix="portal-drill-"))
    _on_server(f'CREATE DATABASE "{name}"')
    try:
        url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
        environment = os.environ | {"DATABASE_URL": url, "PORTAL_FILES_DIR": str(place)}
        for what, *arguments in (["restore", str(folder)], ["retention", "replay"], ["retention", "verify"]):
            begun = time.monotonic()
            done = subprocess.run([sys.executable, str(ROOT / "manage.py"), what, *arguments], env=environment, capture_output=True, text=True, check=False)  # fmt: skip
            found.seconds[arguments[0] if what == "retention" else what] = round(time.monotonic() - begun, 2)
            found.told += done.stdout.strip().splitlines()
            if done.returncode:
                found.faults.append(f"{what} {arguments[0]} failed: {(done.stderr or done.stdout).strip()[-1000:]}")
                break
        else:
            found.faults += _differences(name, place)
    finally:
        shutil.rmtree(place, ignore_errors=True)
        _on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _record(found, at)
    return found


@transaction.atomic
def _record(found: Drill, at: datetime) -> None:
    result = "well" if not found.faults else f"{len(found.faults)} faults, the first: {found.faults[0][:200]}"
    record(
        verbs.DRILL_DONE, AuditHead.objects.get(), by=SYSTEM, at=at, outcome="done" if not found.faults else "failed",
        backup=found.backup, result=result, seconds=found.seconds,
    )  # fmt: skip


def _differences(name: str, place: Path) -> list[str]:
    """What the scratch database or its files hold and the portal does not, and certificates that differ."""
    faults = []
    for model in rows.models():
        here, there = (_keys(database, f'SELECT id::text FROM "{model._meta.db_table}"') for database in (None, name))
        if extra := there - here:
            faults.append(
                f"{len(extra)} records of {model._meta.verbose_name_plural} are there again that were deleted."
            )
    chain = "SELECT hash FROM agreements_deletionbatch UNION ALL SELECT leaf FROM agreements_deletionrecord"
    if _keys(None, chain) != _keys(name, chain):
        faults.append("The certificates after the replay are not those of the portal.")
    stored = _keys(None, "SELECT key FROM partnership_storedfile")
    if extra := {path.name for path in place.rglob("*") if path.is_file()} - stored:
        faults.append(f"{len(extra)} files are there again whose records were deleted.")
    return faults


def _keys(database: str | None, sql: str) -> set[str]:
    with _connected(database) as cursor:
        cursor.execute(sql)
        return {key for (key,) in cursor.fetchall()}


def _on_server(statement: str) -> None:
    with _connected("postgres") as cursor:
        cursor.execute(statement)


class _connected:
    """A cursor in a database of the same server; None for the portal's own."""

    def __init__(self, database: str | None):
        self._other = connections.create_connection("default") if database else None
        if self._other is not None:
            self._other.settings_dict = {**connection.settings_dict, "NAME": database}

    def __enter__(self):
        return (self._other or connection).cursor()

    def __exit__(self, *_):
        if self._other is not None:
            self._other.close()
