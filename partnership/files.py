"""Files outside the database: stored under own random names, opened by key, erased by an outbox that never forgets."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import connection

from partnership.models import FileErasure, StoredFile


def path_of_key(key: str) -> Path:
    """Where the file of a key lies, or would."""
    return Path(settings.PORTAL_FILES_DIR) / key[:2] / key


def store(*, chunks: Iterable[bytes], name: str, content_type: str) -> StoredFile:
    """Write a file to disk and return its row. A file whose row is rolled back is found by `orphans`."""
    key = secrets.token_hex(20)
    path = path_of_key(key)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as target:
        path.chmod(0o600)
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            target.write(chunk)
    return StoredFile.objects.create(
        key=key, name=name[:200], content_type=content_type, size=size, sha256=digest.hexdigest()
    )


def path_of(file: StoredFile) -> Path:
    return path_of_key(file.key)


def open_file(file: StoredFile) -> BinaryIO:
    """The file's bytes; FileNotFoundError when it is gone."""
    return path_of_key(file.key).open("rb")


def request_erasure(*, keys: Iterable[str], at: datetime) -> None:
    """Note, in the transaction that deletes the rows, that these files must go."""
    FileErasure.objects.bulk_create([FileErasure(key=key, requested_at=at) for key in keys], ignore_conflicts=True)


def delete(*, ids: Iterable[str], at: datetime) -> None:
    """Delete rows of stored files and note that their files must go, in one statement: a sweep deletes very many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH gone AS (DELETE FROM partnership_storedfile WHERE id = ANY(%s::uuid[]) RETURNING key)"
            " INSERT INTO partnership_fileerasure (key, requested_at, attempts, last_error)"
            " SELECT key, %s, 0, '' FROM gone ON CONFLICT (key) DO NOTHING",
            ["{" + ",".join(ids) + "}", at],
        )


def erase_pending(*, at: datetime, limit: int = 1000) -> tuple[int, int]:
    """Erase what is noted; a missing file counts as erased, an error is kept and tried again. (erased, failed)."""
    erased = failed = 0
    for row in FileErasure.objects.filter(erased_at__isnull=True).order_by("attempts", "id")[:limit]:
        row.attempts += 1
        try:
            path_of_key(row.key).unlink(missing_ok=True)
        except OSError as error:
            row.last_error, failed = str(error)[:300], failed + 1
        else:
            row.erased_at, row.last_error, erased = at, "", erased + 1
        row.save(update_fields=["attempts", "last_error", "erased_at"])
    return erased, failed
