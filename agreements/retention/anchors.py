"""What each run deleted, as one line in a file outside the database, beside the checkpoints of the trail.

A line holds the Merkle root over the roots of the run's batches, and the head of the chain then. Whoever removes the
newest certificates, or computes the whole chain anew, has not rewritten the file.
"""

import fcntl
import os
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from agreements.models import DeletionBatch, DeletionRun
from agreements.retention import merkle


def file() -> Path:
    return Path(settings.PORTAL_TRAIL_DIR) / "deletions.txt"


def publish() -> int:
    """Lay down every finished run that the file does not hold yet, as after a full disk; returns how many."""
    path = file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+", encoding="utf-8") as output:
        fcntl.flock(output, fcntl.LOCK_EX)
        lines = [_line(run) for run in _without_a_line(output.read().splitlines())]
        if lines:
            output.seek(0, os.SEEK_END)
            output.writelines(f"{line}\n" for line in lines)
            output.flush()
            os.fsync(output.fileno())
    return len(lines)


def faults() -> list[str]:
    """Runs of the file that the database tells otherwise or no longer, and finished runs that the file does not hold."""
    try:
        lines = file().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        lines = []
    altered = [
        f"Line {number} of {file().name}: the run is missing in the database, or its batches were altered."
        for number, line in enumerate(lines, 1)
        if line.strip() and line != _told(line.split()[0])
    ]
    return altered + [
        f"{file().name} has no line of the run that ended on {run.finished_at:%Y-%m-%d %H:%M} UTC ({run.pk}): it was"
        " removed, or could not be written. The next run writes it."
        for run in _without_a_line(lines)
    ]


def _without_a_line(lines: list[str]) -> QuerySet[DeletionRun]:
    known = {line.split()[0] for line in lines if line.strip()}
    runs = DeletionRun.objects.filter(finished_at__isnull=False, batches__isnull=False).distinct()
    return runs.exclude(pk__in={UUID(key) for key in known if _is_a_key(key)}).order_by("finished_at")


def _is_a_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _told(key: str) -> str:
    run = DeletionRun.objects.filter(pk=key).first() if _is_a_key(key) else None
    return _line(run) if run is not None else ""


def _line(run: DeletionRun) -> str:
    """Run, when it ended, first and last batch, records, root over the batches, head of the chain."""
    batches: list[DeletionBatch] = list(run.batches.order_by("seq"))
    if not batches or run.finished_at is None:
        return ""
    root = merkle.root([bytes.fromhex(batch.root) for batch in batches]).hex()
    size = sum(batch.size for batch in batches)
    ended = run.finished_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{run.pk} {ended} {batches[0].seq} {batches[-1].seq} {size} {root} {batches[-1].hash}"
