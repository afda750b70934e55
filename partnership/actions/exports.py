"""Exports: files made of exactly what the person may see, kept for a week, each with a manifest and in the trail."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction

from partnership import files, verbs
from partnership.access import limits
from partnership.access.actor import Actor
from partnership.access.decide import Refused, may_somewhere
from partnership.actions import checkpoints
from partnership.audit.checkpoints import note
from partnership.audit.record import SYSTEM, record
from partnership.errors import DomainError
from partnership.exports import as_csv, as_json, as_pdf, as_xlsx, evidence_pack
from partnership.jobs import job as jobs
from partnership.models import TLP, AuditCheckpoint, AuditHead, Export, Job, User
from partnership.tables import GROUNDS, SOURCES, Asked, Table, TableSource

Writer = Callable[[Table], Iterator[bytes]]
FORMATS: dict[str, tuple[Writer, str]] = {
    "csv": (as_csv.write, "text/csv"),
    "xlsx": (as_xlsx.write, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pdf": (as_pdf.write, "application/pdf"),
    "json": (as_json.write, "application/json"),
}

PACK = "pack"  # a report with its proofs, in an archive

# Files that are no tables, each with the permission that is asked again at the download.
PACKS = {"partnership:trail": "partnership.export_trail"}


class UnknownFormat(DomainError):
    default = "Choose CSV, Excel, PDF or JSON; reports can also be had as an evidence pack."


class TooMany(DomainError):
    default = "You made as many exports as an hour allows. Try again later."


class MadeInAnotherRole(DomainError):
    default = "You do not hold every role any more in which this file was made. Make it again."


class NotOpenAnyMore(DomainError):
    default = "Something that this file rests on is not open to you any more. Make it again."


class Expired(DomainError):
    default = "The file is gone: exports are kept for a week. Make it again."


def find_source(name: str) -> TableSource | None:
    """A table by name; the pages that register tables are imported first, which a worker has not done."""
    import_module(settings.ROOT_URLCONF)
    return SOURCES.get(name)


def build(name: str, parameters: Mapping[str, Any], by: User) -> Table:
    """The table as this person may see it now."""
    entry, actor = find_source(name), Actor(by)
    if entry is None or not may_somewhere(actor, entry.permission):
        raise Refused(name)
    return entry.build(actor, Asked(parameters))


def formats_of(name: str) -> list[str]:
    """The formats in which a table can be had: every report is also an evidence pack."""
    entry = find_source(name)
    return [*FORMATS, PACK] if entry is not None and entry.is_report else [*FORMATS]


@transaction.atomic
def request(*, source: str, parameters: Mapping[str, Any], format: str, reason: str, by: User, at: datetime) -> Export:
    """Make an export: at once when it is short, else, and for evidence packs, as a job with a progress bar."""
    if format not in formats_of(source):
        raise UnknownFormat(field="format")
    if not limits.exports().take(str(by.pk), at=at):
        raise TooMany
    table = build(source, parameters, by)
    count = table.count()
    if format == "pdf" and count > settings.PORTAL_PDF_MAX_ROWS:
        list(as_pdf.write(table))
    export = Export.objects.create(
        report=source, format=format, parameters=dict(parameters), reason=reason, marking=table.marking,
        row_count=count, requested_at=at, requested_by=by, expires_at=at + timedelta(days=settings.PORTAL_EXPORT_KEPT_DAYS),
    )  # fmt: skip
    if count <= settings.PORTAL_EXPORT_INLINE_ROWS and format != PACK:
        _write(export, table, by, at)
    else:
        export.job = jobs.start(kind="export", title=f"Export: {table.title}", arguments={"export": str(export.pk)},
                                by=by, at=at, total=count)  # fmt: skip
        export.save(update_fields=["job"])
    return export


@jobs.runs("export")
def run(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Write a long export; what the person may see is asked again now."""
    export = Export.objects.select_related("requested_by").get(pk=job.arguments["export"])
    table = build(export.report, export.parameters, export.requested_by)
    progress(0, export.row_count, "Writing the file")
    _write(export, table, export.requested_by, job.started_at or job.requested_at)
    return {"message": f"{export.row_count} rows are ready to download.", "total": export.row_count}


def _write(export: Export, table: Table, by: User, at: datetime) -> None:
    entry = find_source(export.report)
    # A report for auditors says what the trail was when it was made, in words that the portal has signed.
    signed = checkpoints.sign(at=at, only_if_new=True) if entry is not None and entry.is_report else None
    table = evidence_pack.frozen(table) if export.format == PACK else table
    rests_on = {name: ground.of(Actor(by), table) for name, ground in GROUNDS.items()} if export.format == PACK else {}
    chunks, suffix, content_type = _chunks(export, table, signed, rests_on, by, at)
    name = f"{table.name.replace(':', '-')}-{at:%Y%m%d-%H%M}.{suffix}"
    export.file = files.store(chunks=chunks, name=name, content_type=content_type)
    export.manifest = _manifest(export, table, by, at)
    if signed is not None:
        export.manifest["checkpoint"] = note(signed)
    if export.format == PACK:
        export.row_count = export.manifest["rows"] = table.count()
        export.manifest["rests_on"] = {name: [fact["key"] for fact in facts] for name, facts in rests_on.items()}
    export.save(update_fields=["file", "manifest", "row_count"])
    record(verbs.EXPORT_MADE, export, by=by, at=at, because=export.reason, title=table.title,
           format="evidence pack" if export.format == PACK else export.format.upper(), rows=export.row_count)  # fmt: skip


def _chunks(
    export: Export, table: Table, signed: AuditCheckpoint | None, rests_on: dict[str, list[Any]], by: User, at: datetime
) -> tuple[Iterator[bytes], str, str]:
    """The bytes of the file, how its name ends, and its type."""
    if export.format == PACK:
        assert signed is not None, "only reports are packed, and each report is signed for"
        made = {"portal": settings.PORTAL_NAME, "version": settings.PORTAL_VERSION, "requested_by": by.email,
                "requested_at": at.isoformat(), "reason": export.reason}  # fmt: skip
        facts = [fact for found in rests_on.values() for fact in found]
        return evidence_pack.chunks(table, rests_on=facts, signed=signed, made=made), "zip", "application/zip"
    if signed is not None:
        table = replace(
            table, footer=f"Trail: {signed.size} entries, root {signed.root}, signed {signed.at:%Y-%m-%d %H:%M} UTC"
        )
    writer, content_type = FORMATS[export.format]
    return writer(table), export.format, content_type


def _roles(by: User) -> list[str]:
    """The roles that a person holds now: what an export showed came through them."""
    return sorted(f"{held.role} of {held.organization_id}" for held in Actor(by).holdings if held.is_vetted)


def _manifest(export: Export, table: Table, by: User, at: datetime) -> dict[str, Any]:
    head = AuditHead.objects.get(pk=1)
    assert export.file is not None
    return {
        "portal": settings.PORTAL_NAME, "version": settings.PORTAL_VERSION, "table": table.name, "title": table.title,
        "parameters": dict(table.parameters), "notes": list(table.notes), "rows": export.row_count, "marking": TLP(table.marking).label,
        "requested_by": by.email, "requested_at": at.isoformat(), "reason": export.reason,
        "made_as": _roles(by),
        "files": [{"name": export.file.name, "bytes": export.file.size, "sha256": export.file.sha256}],
        "audit_chain": {"size": head.seq, "head": head.hash},
    }  # fmt: skip


@transaction.atomic
def open_for_download(*, export: Export, by: User, at: datetime) -> BinaryIO:
    """The file, if it is there and its table is still open to the person."""
    entry = find_source(export.report)
    permission = entry.permission if entry is not None else PACKS.get(export.report)
    if permission is None or not may_somewhere(Actor(by), permission):
        raise Refused(export.report)
    if not set(export.manifest.get("made_as", ())) <= set(_roles(by)):
        raise MadeInAnotherRole
    for name, keys in export.manifest.get("rests_on", {}).items():
        if name not in GROUNDS or not GROUNDS[name].open_to(Actor(by), keys):
            raise NotOpenAnyMore
    if export.file is None or export.expires_at <= at:
        raise Expired
    try:
        opened = files.open_file(export.file)
    except FileNotFoundError as error:
        raise Expired from error
    record(verbs.EXPORT_DOWNLOADED, export, by=by, at=at, title=export.manifest.get("title", export.report))
    return opened


@transaction.atomic
def expire(*, at: datetime) -> int:
    """Remove the files of exports whose time is over; the rows and manifests stay."""
    over = list(
        Export.objects.select_related("file")
        .select_for_update(of=("self",))
        .filter(expires_at__lte=at, file__isnull=False)[:500]
    )
    files.request_erasure(keys=[export.file.key for export in over if export.file], at=at)
    for export in over:
        file, export.file = export.file, None
        export.save(update_fields=["file"])
        assert file is not None
        file.delete()
        record(verbs.EXPORT_EXPIRED, export, by=SYSTEM, at=at)
    return len(over)
