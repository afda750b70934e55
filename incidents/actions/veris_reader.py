"""Reads the file of an import in batches: each line translated, or with its faults, or known already."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from agreements.retention import sources
from incidents.exchange.records import Raw, Unreadable, records
from incidents.exchange.veris import Faulty, Incident, storable, translate
from incidents.models import Import, Report
from partnership import files
from partnership.guarded_json import BadJson, loads

BATCH = 500
GONE = "incident_id names a record that was deleted here when its time was over. Take the line out of the file."
_PLACE = re.compile(r"Line (\d+), column (\d+): ")


@dataclass
class Line:
    """One record of the file: the line it begins on, and what became of it."""

    number: int
    incident: Incident | None = None
    raw: bytes = b""
    faults: tuple[str, ...] = ()
    is_known: bool = False


class Reader:
    """Streams a file; `unreadable` says, once the batches are through, why it could not be read to its end."""

    def __init__(self, given: Import):
        self.given, self.unreadable = given, ""
        self.scheme = "us16" if given.organization.country == "US" else "nis2"

    def batches(self) -> Iterator[list[Line]]:
        """Lines in batches, each with one look at what is known already."""
        self._prepare_seen()
        batch: list[Line] = []
        for line in self._lines():
            batch.append(line)
            if len(batch) >= BATCH:
                yield self._marked(batch)
                batch = []
        if batch:
            yield self._marked(batch)

    def _lines(self) -> Iterator[Line]:
        assert self.given.file is not None
        try:
            with files.open_file(self.given.file) as file:
                for raw in records(file):
                    yield self._line(raw)
        except FileNotFoundError:
            self.unreadable = "The file is no longer in the store. Give it again."
        except Unreadable as error:
            self.unreadable = str(error)

    def _line(self, raw: Raw) -> Line:
        if raw.fault:
            return Line(raw.line, faults=(raw.fault,))
        try:
            record = loads(raw.data)
            stored = storable(record)
            return Line(raw.line, translate(record, self.scheme), stored)
        except BadJson as error:
            return _broken(raw.line, str(error))
        except Faulty as error:
            return Line(raw.line, faults=error.reasons)

    def _marked(self, batch: list[Line]) -> list[Line]:
        """Mark lines whose key came in before, in an earlier import or on an earlier line of this file."""
        keys = [line.incident.key for line in batch if line.incident]
        known = set(
            Report.objects.filter(
                organization=self.given.organization_id, source=Report.Source.VERIS, source_key__in=keys
            ).values_list("source_key", flat=True)
        ) | self._seen(keys)
        self._refuse_deleted(batch)
        for line in batch:
            if line.incident:
                line.is_known = line.incident.key in known
                known.add(line.incident.key)
        return batch

    def _refuse_deleted(self, batch: list[Line]) -> None:
        """Make lines faulty whose record was here before and went when its time was over."""
        digests = {
            sources.digest(sources.joined(self.given.organization_id, Report.Source.VERIS, line.incident.key)): line
            for line in batch if line.incident
        }  # fmt: skip
        for found in sources.deleted(digests):
            line = digests[found]
            line.incident, line.faults = None, (GONE,)

    @staticmethod
    def _prepare_seen() -> None:
        """Keys of this file are kept by the database for the length of the transaction, so that memory stays flat."""
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS import_seen (key text PRIMARY KEY) ON COMMIT DROP")
            cursor.execute("TRUNCATE import_seen")

    @staticmethod
    def _seen(keys: list[str]) -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT key FROM import_seen WHERE key = ANY(%s)", [keys])
            found = {key for (key,) in cursor.fetchall()}
            cursor.execute("INSERT INTO import_seen SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", [keys])
        return found


def _broken(first: int, reason: str) -> Line:
    """A record that is no JSON: the line within the record becomes the line of the file."""
    found = _PLACE.match(reason)
    if found is None:
        return Line(first, faults=(reason,))
    return Line(
        first + int(found[1]) - 1,
        faults=(f"At column {found[2]} the JSON breaks off or is wrong: {reason[found.end() :]}",),
    )
