"""The steps in the life of one report, each from the row that says so."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse

from agreements.models import (
    Agreement,
    AgreementVersion,
    DeletionRecord,
    DeletionRun,
    LegalHold,
    NamedRecord,
    RetentionApproval,
    RetentionTerm,
)
from agreements.retention import sanitization
from agreements.retention.due import period
from incidents.models import Report
from partnership.access.scope import visible
from partnership.models import AuditEntry, AuditSeal

MOST = 500  # entries of the trail
MOST_RUNS = 50  # that left an item which is over its day
REPORT = Report._meta.label_lower


@dataclass(frozen=True)
class Step:
    """One line of the chain; rank orders what happened at the same moment."""

    rank: int
    name: str
    at: datetime
    what: str
    agreement: str = ""
    proof: str = ""
    url: str = ""


def of_version(actor: Any, agreement_id: UUID, version_id: UUID, term_id: UUID) -> Iterator[Step]:
    """The version of the agreement that governs, its purposes, and the term of retention."""
    seen = visible(actor, "agreements.view_agreement", Agreement.objects.all())
    found = AgreementVersion.objects.filter(pk=version_id, agreement__in=seen, agreement_id=agreement_id)
    version = found.select_related("agreement", "governing_period").first()
    if version is None or not hasattr(version, "governing_period"):
        return
    at, name = version.governing_period.since, f"{version.agreement.reference}, version {version.number}"
    url = reverse("agreements:agreement-version", args=[version.agreement_id, version.number])
    yield Step(0, "Agreement in force", at, "This version governs the item.", name, version.content_hash, url)
    for purpose in version.purposes.select_related("legal_basis").order_by("position"):
        what = f"{purpose.text}; {purpose.legal_basis.label}, {purpose.legal_basis.article}"
        yield Step(1, "Purpose and legal basis", at, what, name, url=url)
    term = RetentionTerm.objects.filter(pk=term_id, version=version).select_related("category").first()
    if term is not None:
        what = f"{term.category.label}: {period(term)} from: {term.get_trigger_display().lower()}; then: {term.get_action_display().lower()}"
        yield Step(2, "Retention term", at, what, name, url=url)


def of_report(report: Report) -> Iterator[Step]:
    """Receipt, marking, to whom it went, and until when it is kept."""
    agreement, url = report.agreement.reference, reverse("incidents:report-detail", args=[report.pk])
    came = f"{report.reference}, {report.category.label}, from {report.organization.name}, by {report.get_source_display()}"
    yield Step(3, "Received", report.received_at, came, agreement, url=url)
    yield Step(
        4,
        "Marking now",
        report.received_at,
        f"{report.get_tlp_display()}, {report.get_pap_display()}",
        agreement,
        url=url,
    )
    for share in report.sector_shares.select_related("sector", "use__purpose"):
        yield Step(5, "Shared with a sector", share.shared_at, f"{share.sector.label}{_use(share)}", agreement, url=url)
    for release in report.releases.select_related("audience", "use__purpose"):
        yield Step(
            5, "Released to a group", release.released_at, f"{release.audience}{_use(release)}", agreement, url=url
        )
    if report.closed_at:
        yield Step(6, "Closed", report.closed_at, "The incident is closed.", agreement, url=url)
    if report.expires_at:
        what = f"Kept until the end of {report.retain_until:%-d %B %Y}, {report.agreement.time_zone}; withheld from ordinary use from then on"
        yield Step(20, "End of keeping", report.expires_at, what, agreement, url=url)
        for run in DeletionRun.objects.filter(started_at__gte=report.expires_at).order_by("started_at")[:MOST_RUNS]:
            run_url = reverse("agreements:retention-run-detail", args=[run.pk])
            yield Step(
                30,
                "Left by a run",
                run.started_at,
                f"Run {run.pk} left it; {run.held_count} records were held",
                url=run_url,
            )
    for named in NamedRecord.objects.filter(record_id=report.pk, record_type=REPORT).select_related("approval"):
        yield from _of_approval(named.approval)


def _use(row: Any) -> str:
    """The permitted use by which something went out."""
    return (
        f"; permitted use {row.use.position}: {row.use.purpose.text}"
        if row.use_id
        else "; before permitted uses were asked for"
    )


def of_trail(key: UUID) -> Iterator[Step]:
    """What the trail holds about the record: what was done and when, with the link that seals it; who and which words are apart."""
    entries = list(AuditEntry.objects.filter(object_type=REPORT, object_id=str(key)).order_by("id")[:MOST])
    links = dict(AuditSeal.objects.filter(entry_id__in=[entry.pk for entry in entries]).values_list("entry_id", "hash"))
    for entry in entries:
        deed = entry.verb.rpartition(".")[2].replace("_", " ").capitalize()
        actor = {"person": "by a person", "system": "by the portal", "anonymous": "by somebody without an account"}[
            entry.actor_kind
        ]
        yield Step(
            10, "Recorded in the trail", entry.at, f"{deed}, {actor}, entry {entry.pk}", proof=links.get(entry.pk, "")
        )


def of_holds(actor: Any, report: Report | None, records: list[DeletionRecord]) -> Iterator[Step]:
    """Legal holds over the item, placed and lifted, as far as the actor may see them."""
    seen = visible(actor, "agreements.view_hold", LegalHold.objects.select_related("agreement"))
    for hold in _over(seen, report, records).order_by("placed_at", "pk"):
        url, name = (
            reverse("agreements:hold-detail", args=[hold.pk]),
            hold.agreement.reference if hold.agreement else "",
        )
        kept = f"{hold.reference}: {hold.get_ground_display()}; to be reviewed on {hold.review_on:%-d %B %Y}"
        yield Step(21, "Hold placed", hold.placed_at, kept, name, url=url)
        if hold.lifted_at:
            yield Step(22, "Hold lifted", hold.lifted_at, hold.reference, name, url=url)


def _over(holds: Any, report: Report | None, records: list[DeletionRecord]) -> Any:
    """Holds whose scope takes in the item, as long as it was there."""
    if report is not None:
        return holds.over(report)
    record = records[-1]
    wide = Q(agreement=record.agreement_id, record_id__isnull=True) | Q(
        organization=record.organization_id, agreement__isnull=True
    )
    own = Q(record_type=record.record_type, record_id=record.record_id)
    return holds.filter(own | wide).filter(Q(placed_at__lte=record.deleted_at))


def of_certificate(record: DeletionRecord) -> Iterator[Step]:
    """The end: last day, approval, run, batch, certificate, and whether they still hold."""
    agreement = Agreement.objects.get(pk=record.agreement_id)
    name = f"{agreement.reference}, version {record.version_number}"
    ended = datetime.combine(record.due_on + timedelta(days=1), datetime.min.time(), ZoneInfo(agreement.time_zone))
    yield Step(
        20,
        "End of keeping",
        ended,
        f"Kept from {record.started_on:%-d %B %Y} to {record.due_on:%-d %B %Y}: {record.rule}",
        name,
    )
    if record.approval_id and (approval := RetentionApproval.objects.filter(pk=record.approval_id).first()):
        yield from _of_approval(approval)
    run, batch = record.batch.run, record.batch
    url = reverse("agreements:retention-run-detail", args=[run.pk])
    yield Step(
        30,
        "Retention run",
        run.started_at,
        f"Run {run.pk}, trigger: {run.get_trigger_display().lower()}, {run.engine}",
        url=url,
    )
    what = f"Certificate {record.pk}: {sanitization.ACTIONS[record.action]} of {record.reference} and its parts; no content is left in it"
    own = reverse("agreements:certificate-detail", args=[record.pk])
    yield Step(31, "Certificate", record.deleted_at, what, name, record.leaf, own)
    stands = sanitization.standing(record)
    fits = (
        "the certificate, its batch and every link before it fit"
        if stands.is_intact
        else "DOES NOT FIT: verify the certificates"
    )
    yield Step(
        32,
        "Merkle root",
        batch.at,
        f"Batch {batch.seq} of {batch.size} certificates; computed again now: {fits}",
        name,
        batch.root,
        url,
    )


def _of_approval(approval: RetentionApproval) -> Iterator[Step]:
    yield Step(
        23,
        "Approval asked for",
        approval.asked_at,
        f"{approval.reference}, {approval.size} records named",
        proof=approval.hash,
    )
    if approval.decided_at:
        what = f"{approval.reference}: {approval.get_state_display().lower()}, by a second coordinator"
        yield Step(24, "Approval decided", approval.decided_at, what, proof=approval.hash)
