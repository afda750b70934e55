"""Imports of VERIS files: given, checked as a whole, decided by a person, and brought in all at once or not at all.

Both passes stream the file in batches, so that memory stays flat. The second runs in one transaction with its job's
mark "done": a worker that dies in the middle leaves nothing behind.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from agreements.models import Agreement, DataCategory
from incidents import verbs
from incidents.actions import terms
from incidents.actions.veris_reader import Line, Reader
from incidents.actions.veris_writer import Writer
from incidents.models import Import
from partnership import files
from partnership.audit.record import record
from partnership.errors import DomainError
from partnership.jobs import job as jobs
from partnership.jobs.job import runs
from partnership.models import TLP, Job, Organization, User

MOST_FAULTS_KEPT = 1000
NAMES = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")

Tell = Callable[..., Any]


class NotImportable(DomainError):
    """A file that is no VERIS file by its name or size."""


class NeverClear(DomainError):
    """VERIS carries no marking, so an import is never public of itself."""

    default = "VERIS carries no marking, so an import is marked TLP:GREEN or stricter. Single reports can be marked TLP:CLEAR later."


class NotWaiting(DomainError):
    """Only a checked import waits for a decision."""

    default = "This import is not waiting for a decision. Look at its page for what became of it."


class HasBadLines(DomainError):
    """Bad lines are left out only when a person says so."""

    default = "The file has lines that cannot be imported. Choose to import the good ones, or mend the file and give it again."


def has_failed(given: Import) -> bool:
    """Whether the job that was to check or to import it gave up."""
    return given.job is not None and given.job.state == Job.State.FAILED


def may_decide(given: Import) -> bool:
    """Checked and waiting; or decided before, and its job gave up and changed nothing."""
    return given.state == Import.State.CHECKED or (given.state == Import.State.IMPORTING and has_failed(given))


def may_refuse(given: Import) -> bool:
    """The same, or a check that gave up."""
    return may_decide(given) or (given.state == Import.State.CHECKING and has_failed(given))


@transaction.atomic
def start(
    *, organization: Organization, agreement: Agreement, category: DataCategory, tlp: int, file_name: str,
    chunks: Iterable[bytes], size: int, by: User, at: datetime, with_job: bool = True,
) -> Import:  # fmt: skip
    """Take a file for import and have it checked; nothing of it comes in yet."""
    if not file_name.lower().endswith(NAMES):
        raise NotImportable("Give VERIS as .json or .jsonl, plain or packed with gzip (.gz).", field="file")
    if size > settings.PORTAL_IMPORT_MAX_BYTES:
        raise NotImportable(
            f"The file is larger than {settings.PORTAL_IMPORT_MAX_BYTES // 1024 // 1024} MB. Pack it with gzip or split it.",
            field="file",
        )
    if tlp == TLP.CLEAR:
        raise NeverClear(field="tlp")
    terms.governing(agreement=agreement, category=category, organization=organization, tlp=tlp, at=at)
    stored = files.store(chunks=chunks, name=file_name, content_type="application/json")
    given = Import.objects.create(
        organization=organization, agreement=agreement, category=category, tlp=tlp, file=stored, file_name=file_name[-200:],
        started_at=at, started_by=by,
    )  # fmt: skip
    record(verbs.IMPORT_STARTED, given, by=by, at=at, subject=organization, agreement=agreement.reference)
    if with_job:
        given.job = jobs.start(
            kind="veris_check", title=f"Check {file_name}", arguments={"import": str(given.pk)}, by=by, at=at
        )
        given.save(update_fields=["job"])
    return given


@transaction.atomic
def check(*, given: Import, tell: Tell) -> Import:
    """Read the whole file as an import would, and keep what is wrong with it, by line."""
    reader = Reader(given)
    for lines in reader.batches():
        _count(given, lines)
        tell(given.read_count, given.read_count, f"{given.read_count:,} lines read")
    _keep_unreadable(given, reader)
    fine = given.good_count + given.known_count
    given.state = Import.State.CHECKED if fine else Import.State.REFUSED
    if given.state == Import.State.REFUSED:
        _forget_file(given, given.started_at)
    given.save()
    return given


@transaction.atomic
def decide(*, given: Import, skip_bad: bool, by: User, at: datetime, with_job: bool = True) -> Import:
    """Go on with a checked import; bad lines are left out only when the person says so."""
    given = (
        Import.objects.select_for_update(of=("self",))
        .select_related("organization", "agreement", "category", "job")
        .get(pk=given.pk)
    )
    if not may_decide(given):
        raise NotWaiting
    if given.bad_count and not skip_bad:
        raise HasBadLines
    terms.governing(
        agreement=given.agreement, category=given.category, organization=given.organization, tlp=given.tlp, at=at
    )
    given.state, given.imported_at, given.imported_by = Import.State.IMPORTING, at, by
    record(
        verbs.IMPORT_DECIDED,
        given,
        by=by,
        at=at,
        subject=given.organization,
        good=given.good_count,
        bad=given.bad_count,
    )
    if with_job:
        given.job = jobs.start(
            kind="veris_import", title=f"Import {given.file_name}", arguments={"import": str(given.pk)}, by=by, at=at,
            total=given.read_count,
        )  # fmt: skip
    given.save()
    return given


@transaction.atomic
def refuse(*, given: Import, by: User, at: datetime) -> Import:
    """Give an import up; its file goes."""
    given = Import.objects.select_for_update(of=("self",)).select_related("organization", "job").get(pk=given.pk)
    if not may_refuse(given):
        raise NotWaiting
    given.state = Import.State.REFUSED
    _forget_file(given, at)
    given.save()
    record(verbs.IMPORT_REFUSED, given, by=by, at=at, subject=given.organization)
    return given


@transaction.atomic
def bring_in(*, given: Import, tell: Tell) -> Import:
    """Bring the good lines in: all of them, in one transaction."""
    assert given.imported_at and given.imported_by
    version, term = terms.governing(
        agreement=given.agreement,
        category=given.category,
        organization=given.organization,
        tlp=given.tlp,
        at=given.imported_at,
    )
    reader, writer = Reader(given), Writer(given, version, term)
    total, given.read_count, given.good_count, given.known_count, given.bad_count, given.errors = (
        given.read_count,
        0,
        0,
        0,
        0,
        [],
    )
    for lines in reader.batches():
        _count(given, lines)
        writer.write([line for line in lines if line.incident is not None and not line.is_known])
        tell(given.read_count, max(total, given.read_count), f"{given.good_count:,} imported")
    _keep_unreadable(given, reader)
    given.state = Import.State.IMPORTED
    _forget_file(given, given.imported_at)
    given.save()
    record(
        verbs.IMPORT_DONE, given, by=given.imported_by, at=given.imported_at, subject=given.organization,
        agreement=given.agreement.reference, count=given.good_count, known=given.known_count,
    )  # fmt: skip
    return given


@runs("veris_check")
def run_check(job: Job, progress: Any) -> dict[str, Any]:
    given = check(given=_loaded(job), tell=progress)
    return {
        "total": given.read_count,
        "message": f"{given.good_count:,} good, {given.bad_count:,} bad, {given.known_count:,} known",
    }


@runs("veris_import")
def run_import(job: Job, progress: Any) -> dict[str, Any]:
    given = bring_in(given=_loaded(job), tell=progress)
    return {"total": given.read_count, "message": f"{given.good_count:,} incidents imported"}


def _loaded(job: Job) -> Import:
    related = ("organization", "agreement", "category", "file", "started_by", "imported_by")
    return Import.objects.select_related(*related).get(pk=job.arguments["import"])


def _count(given: Import, lines: list[Line]) -> None:
    given.read_count += len(lines)
    given.bad_count += sum(1 for line in lines if line.faults)
    given.known_count += sum(1 for line in lines if line.is_known)
    given.good_count += sum(1 for line in lines if line.incident is not None and not line.is_known)
    for line in lines:
        notes = [{"line": line.number, "reason": fault} for fault in line.faults]
        notes += [
            {"line": line.number, "reason": remark, "remark": True}
            for remark in (line.incident.remarks if line.incident else ())
        ]
        given.errors.extend(notes[: max(0, MOST_FAULTS_KEPT - len(given.errors))])


def _keep_unreadable(given: Import, reader: Reader) -> None:
    """A file that ends in the middle is bad as a whole: what came before may be wanted, and the person decides."""
    if reader.unreadable:
        given.bad_count += 1
        given.errors.append({"line": given.read_count + 1, "reason": reader.unreadable})


def _forget_file(given: Import, at: datetime) -> None:
    """The file goes with the decision: what was taken of it stands in the reports, by the record."""
    if given.file is not None:
        stored, given.file = given.file, None
        given.save(update_fields=["file"])
        files.request_erasure(keys=[stored.key], at=at)
        stored.delete()
