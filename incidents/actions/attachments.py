"""Files of a report: checked by content, images made anew, within a quota, never served as they lie."""

from datetime import datetime
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from incidents import verbs
from incidents.exchange.uploads import RefusedFile, inspect
from incidents.models import Attachment, Report
from partnership import files, scanning
from partnership.access.actor import Actor
from partnership.access.decide import way
from partnership.audit.record import record
from partnership.errors import DomainError
from partnership.models import Organization, User

QUOTA_BYTES = 1024 * 1024 * 1024  # of one organization
MOST_PER_REPORT = 20


class NotTaken(DomainError):
    """The upload policy refuses the file."""

    alarm = "upload_refused"


class NotInStore(DomainError):
    """The row is there and its bytes are gone."""

    default = "The file is no longer in the store. Ask the organization that filed the report."


class QuotaReached(DomainError):
    """An organization stores a limited amount of files."""


@transaction.atomic
def add(*, report: Report, name: str, data: bytes, by: User, at: datetime) -> Attachment:
    """Attach a file that the upload policy takes."""
    try:
        taken = inspect(name, data, settings.PORTAL_ATTACHMENT_MAX_BYTES)
    except RefusedFile as error:
        raise NotTaken(str(error), field="file") from error
    is_scanned = _scanned(taken.data)
    organization = Organization.objects.select_for_update(of=("self",)).get(pk=report.organization_id)
    if report.attachments.count() >= MOST_PER_REPORT:
        raise QuotaReached(f"A report carries at most {MOST_PER_REPORT} files. Remove one first.", field="file")
    if used(organization) + len(taken.data) > QUOTA_BYTES:
        raise QuotaReached(
            "Your organization's 1 GB for files is used up. Remove files that are no longer needed.", field="file"
        )
    file = files.store(chunks=[taken.data], name=taken.name, content_type=taken.content_type)
    attachment = Attachment.objects.create(
        report=report, file=file, name=taken.name, content_type=taken.content_type, size=len(taken.data),
        is_scanned=is_scanned, uploaded_at=at, uploaded_by=by,
    )  # fmt: skip
    record(
        verbs.ATTACHMENT_ADDED,
        report,
        by=by,
        at=at,
        subject=organization,
        type=taken.content_type,
        size=len(taken.data),
    )
    return attachment


def _scanned(data: bytes) -> bool:
    try:
        return scanning.is_clean(data)
    except scanning.Infected as error:
        raise NotTaken("The scanner knows this file as harmful. It was not kept.", field="file") from error
    except scanning.NoAnswer as error:
        raise NotTaken(
            "The scanner does not answer now, so no file is taken. Try again later.", field="file"
        ) from error


def used(organization: Organization) -> int:
    """Bytes that an organization's attachments take."""
    return Attachment.objects.filter(report__organization=organization).aggregate(sum=Sum("size"))["sum"] or 0


@transaction.atomic
def remove(*, attachment: Attachment, by: User, at: datetime) -> None:
    """Take a file off its report; its bytes are erased through the outbox."""
    report, file = attachment.report, attachment.file
    attachment.delete()
    files.request_erasure(keys=[file.key], at=at)
    file.delete()
    record(verbs.ATTACHMENT_REMOVED, report, by=by, at=at, subject=report.organization)


@transaction.atomic
def download(*, attachment: Attachment, by: User, at: datetime) -> BinaryIO:
    """Open a file for somebody who may have it, and note that it was taken."""
    try:
        opened = files.open_file(attachment.file)
    except FileNotFoundError as missing:
        raise NotInStore from missing
    record(verbs.ATTACHMENT_DOWNLOADED, attachment.report, by=by, at=at, subject=attachment.report.organization,
           way=way(Actor(by), "incidents.view_attachment", attachment))  # fmt: skip
    return opened
