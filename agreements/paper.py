"""Agreements and certificates on paper, for archives and screen readers."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.http import FileResponse

from agreements.actions.versions import digest
from agreements.models import AgreementVersion, DeletionRecord, DeletionRun
from agreements.retention import sanitization
from agreements.retention.sanitization import LIMITS, Fields
from agreements.wording import Names, sections
from partnership.api.downloads import attached
from partnership.exports.as_pdf import FONTS, compile_template, printable
from partnership.models import TLP

TEMPLATE = Path(__file__).with_name("agreement.typ")
CERTIFICATE = Path(__file__).with_name("certificate.typ")


class OtherHash(Exception):
    """The stored words do not have the stored hash; such a version is not printed."""


@dataclass(frozen=True)
class Paper:
    """A document and the name under which it is saved."""

    name: str
    content: bytes


def of_version(version: AgreementVersion) -> Paper:
    """A frozen version, as pages and calls hand it out."""
    return Paper(f"{version.content['reference']}-version-{version.number}.pdf", printed(version))


def of_record(record: DeletionRecord, address: str) -> Paper:
    """The certificate of one record; `address` is where anybody verifies it."""
    return _certificate(
        f"Certificate of sanitization {record.pk}", sanitization.of_record(record), f"To verify it: {address}"
    )


def of_run(run: DeletionRun) -> Paper:
    """The certificate of a whole run: counts and roots, no single record."""
    return _certificate(f"Certificate of the retention run {run.pk}", sanitization.of_run(run), "")


def _certificate(title: str, fields: Fields, check: str) -> Paper:
    return Paper(f"{title.lower().replace(' ', '-')}.pdf", certificate(title, fields, check))


def saved(made: Paper) -> FileResponse:
    """The answer by which a browser or a connected system saves a document."""
    return attached(BytesIO(made.content), name=made.name, content_type="application/pdf")


def printed(version: AgreementVersion) -> bytes:
    """PDF/A-2a with PDF/UA-1 tags of a frozen version: the same words and hash as its page, and its signatures."""
    if digest(version.content) != version.content_hash:
        raise OtherHash(version.pk)
    signatures = version.signatures.select_related("signed_by", "party__organization").order_by("signed_at")
    content = version.content
    return compile_template(TEMPLATE, {
        "title": printable(content["title"]), "reference": f"{content['reference']}, version {content['version']}",
        "portal": printable(settings.PORTAL_NAME), "marking": TLP.AMBER.label, "fonts": FONTS, "hash": version.content_hash,
        "sections": [{"title": section.title, "clauses": [printable(clause.sentence) for clause in section.clauses]}
                     for section in sections(content, Names()) if section.clauses],
        "signatures": [printable(f"{s.party.organization.name}: {s.signed_by.name}, {s.signed_at:%-d %B %Y, %H:%M} UTC. {s.statement}")
                       for s in signatures],
    })  # fmt: skip


def certificate(title: str, fields: Fields, check: str) -> bytes:
    """PDF/A-2a with PDF/UA-1 tags of a certificate of sanitization; `check` is where anybody verifies it."""
    lead = "After NIST SP 800-88 Rev. 2, as far as it fits logical erasure in a database."
    return compile_template(CERTIFICATE, {
        "title": printable(title), "lead": f"{lead} {printable(check)}".strip(), "reference": printable(title),
        "portal": printable(settings.PORTAL_NAME), "marking": TLP.AMBER.label, "fonts": FONTS,
        "fields": [[printable(name), printable(value)] for name, value in fields], "limits": LIMITS,
    })  # fmt: skip
