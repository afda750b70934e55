"""Versions: which one is under work, what it lacks, its canonical content and hash, and its way to signature."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from agreements import verbs
from agreements.models import (
    Agreement,
    AgreementVersion,
    Clause,
    DataItem,
    HandlingPolicy,
    LegalReview,
    PermittedUse,
    Purpose,
    RedactionStep,
    RetentionTerm,
    Transfer,
)
from partnership.access.actor import Actor
from partnership.access.decide import require
from partnership.audit.record import record
from partnership.countries import is_transfer
from partnership.errors import DomainError
from partnership.models import User

EDITABLE = (Agreement.State.DRAFT, Agreement.State.NEGOTIATION)
AMENDABLE = (Agreement.State.IN_FORCE, Agreement.State.SUSPENDED)  # while a version governs, the next may be drafted
ROWS = {"purposes": Purpose, "data_items": DataItem, "retention_terms": RetentionTerm, "redaction_steps": RedactionStep,
        "permitted_uses": PermittedUse, "handling_policies": HandlingPolicy, "transfers": Transfer, "clauses": Clause}  # fmt: skip


class NotEditable(DomainError):
    default = "This agreement cannot be changed in its present state. A signed version stands as it is."


class Incomplete(DomainError):
    """The agreement cannot be sent before the gaps are filled."""


class WrongState(DomainError):
    default = "The agreement is not in a state that allows this."


def editable(agreement: Agreement, by: User) -> tuple[Agreement, AgreementVersion]:
    """Lock an agreement that the person may edit, with its open version, whose words the person changes now."""
    agreement, version = _under_work(agreement, by)
    if version.changed_by_id != by.pk:
        version.changed_by = by
        version.save(update_fields=["changed_by"])
    return agreement, version


def _under_work(agreement: Agreement, by: User) -> tuple[Agreement, AgreementVersion]:
    require(Actor(by), "agreements.change_agreement", agreement)
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    version = open_version(agreement)
    if agreement.state not in (*EDITABLE, *AMENDABLE) or version is None:
        raise NotEditable
    return agreement, version


def last_changed_by(version: AgreementVersion) -> User:
    """Who is behind the words of a version: whoever changed it last, else whoever began it."""
    return version.changed_by or version.created_by


def approval(version: AgreementVersion) -> LegalReview | None:
    """The approving review of exactly these words, unless a later one objected to them."""
    of_these_words = version.legal_reviews.filter(content_hash=digest(content_of(version)))
    last = of_these_words.order_by("-reviewed_at").first()
    return last if last is not None and last.is_approved else None


def open_version(agreement: Agreement) -> AgreementVersion | None:
    """The version under work; None when the last one is frozen."""
    last = agreement.versions.order_by("-number").first()
    return last if last is not None and not last.is_frozen else None


def last_version(agreement: Agreement) -> AgreementVersion:
    """The version that people talk about: the one under work or for signature, else the governing one."""
    return agreement.versions.order_by("-number")[0]


def out_for_signature(agreement: Agreement) -> AgreementVersion | None:
    """The frozen version that waits for signatures; None when there is none."""
    last = last_version(agreement)
    if agreement.state == Agreement.State.SIGNATURE:
        return last
    waits = agreement.state in AMENDABLE and last.is_frozen
    return last if waits and last.pk not in (agreement.governing_id, agreement.coming_id) else None


def gaps(agreement: Agreement, version: AgreementVersion, today: date) -> list[tuple[str, str]]:
    """What is missing before it can be sent, as (step, sentence); ICO data sharing code, annexes A and B."""
    found: list[tuple[str, str]] = []
    if agreement.parties.filter(until__isnull=True).count() < 2:
        found.append(("parties", "Name at least two parties."))
    if not version.summary.strip():
        found.append(("basics", "Say why the parties share and what good comes of it."))
    if version.effective_on is None:
        found.append(("basics", "Give the first day."))
    purposes = list(version.purposes.select_related("legal_basis__rule_set"))
    if not purposes:
        found.append(("purposes", "Name at least one purpose with its legal basis."))
    found += [("purposes", fault) for purpose in purposes for fault in _law_faults(purpose, today)]
    found += _basis_gaps(agreement, purposes)
    found += _data_gaps(version) + _transfer_gaps(agreement, version)
    if approval(version) is None:
        found.append(("review", "A second person approves the words as they stand."))
    return found


def _law_faults(purpose: Purpose, today: date) -> list[str]:
    last = purpose.last_day_of_law
    if last is None or last >= today:
        return []
    return [f"The law behind “{purpose.text}” ended on {last:%-d %B %Y}. Choose another basis."]


def _basis_gaps(agreement: Agreement, purposes: list[Purpose]) -> list[tuple[str, str]]:
    """A party that is a public authority may have been named after the purpose was written."""
    closed = [purpose for purpose in purposes if purpose.legal_basis.refused_for_authorities]
    if not closed or not agreement.parties.filter(until__isnull=True, organization__kind="government").exists():
        return []
    return [("purposes", f"“{purpose.text}” rests on {purpose.legal_basis.article}, which is closed to public authorities, and a"
                         " party is one. Choose another basis.") for purpose in closed]  # fmt: skip


def _data_gaps(version: AgreementVersion) -> list[tuple[str, str]]:
    items = {item.category_id: item.category for item in version.data_items.select_related("category")}
    terms = {term.category_id: term.category for term in version.retention_terms.select_related("category")}
    found = [] if items else [("data", "List the categories of data.")]
    found += [("data", f"Say how long “{items[key].label}” is kept.") for key in items.keys() - terms.keys()]
    found += [
        ("data", f"“{terms[key].label}” has a retention period but is not listed as data.")
        for key in terms.keys() - items.keys()
    ]
    if not version.permitted_uses.exists():
        found.append(("uses", "Authorise at least one use beforehand."))
    return found


def _transfer_gaps(agreement: Agreement, version: AgreementVersion) -> list[tuple[str, str]]:
    """A party abroad needs a way for personal data to get there, and none that a law forbids."""
    if not version.data_items.filter(has_personal_data=True).exists():
        return []
    described = {transfer.organization_id: transfer for transfer in version.transfers.all()}
    parties = agreement.parties.filter(until__isnull=True).select_related("organization").order_by("organization__name")
    found = []
    for abroad in (p.organization for p in parties if is_transfer(agreement.lead.country, p.organization.country)):
        transfer = described.get(abroad.pk)
        if transfer is None:
            found.append(
                ("transfers", f"Say by which mechanism personal data goes to {abroad.name} ({abroad.country}).")
            )
        elif transfer.forbids:
            found.append(("transfers", f"Personal data may not go to {abroad.name}: {transfer.forbids}."))
    return found


@transaction.atomic
def send_for_signature(*, agreement: Agreement, by: User, at: datetime) -> AgreementVersion:
    """Freeze the version under its hash; from here on nobody changes it, the database included."""
    agreement, version = _under_work(agreement, by)
    missing = gaps(agreement, version, at.date())
    if missing:
        raise Incomplete("It cannot be sent yet: " + " ".join(sentence for _, sentence in missing))
    content = canonical(agreement, version)
    version.content, version.content_hash = content, digest(content)
    version.frozen_at, version.frozen_by = at, by
    version.save()
    if agreement.state not in AMENDABLE:
        agreement.state = Agreement.State.SIGNATURE
        agreement.save(update_fields=["state"])
    record(
        verbs.AGREEMENT_FROZEN,
        agreement,
        by=by,
        at=at,
        subject=agreement,
        number=version.number,
        hash=version.content_hash,
    )
    return version


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(agreement: Agreement, version: AgreementVersion) -> dict[str, Any]:
    """Everything that is signed, as plain values in a fixed order."""

    def day(value: date | None) -> str:
        return value.isoformat() if value else ""

    parties = (
        agreement.parties.filter(until__isnull=True).select_related("organization").order_by("organization__name", "pk")
    )
    return {
        "reference": agreement.reference, "title": agreement.title, "kind": agreement.kind, "time_zone": agreement.time_zone,
        "version": version.number, "summary": version.summary, "tlp_ceiling": version.tlp_ceiling,
        "minimum_group_size": version.minimum_group_size, "notice_days": version.notice_days, "effective_on": day(version.effective_on),
        "ends_on": day(version.ends_on), "review_on": day(version.review_on),
        "parties": [{"organization": p.organization.name, "country": p.organization.country, "role": p.role,
                     "controller_role": p.controller_role} for p in parties],
        "purposes": [{"text": p.text, "legal_basis": p.legal_basis_id, "law_cited": p.law_cited,
                      "law_valid_until": day(p.law_valid_until), "special_condition": p.special_condition_id or ""}
                     for p in version.purposes.order_by("position")],
        "data": [{"category": i.category_id, "description": i.description, "personal": i.has_personal_data}
                 for i in version.data_items.order_by("category_id")],
        "retention": [{"category": t.category_id, "trigger": t.trigger, "months": t.months, "days": t.days,
                       "action": t.action, "basis": t.basis} for t in version.retention_terms.order_by("category_id")],
        "redaction": [{"category": s.category_id, "instruction": s.instruction} for s in version.redaction_steps.order_by("position")],
        "uses": [{"purpose": u.purpose.text, "recipients": u.recipients, "conditions": u.conditions,
                  "highest_tlp": u.highest_tlp, "valid_from": day(u.valid_from), "valid_until": day(u.valid_until),
                  "categories": sorted(u.categories.values_list("pk", flat=True))}
                 for u in version.permitted_uses.select_related("purpose").order_by("position")],
        **_further(version),
    }  # fmt: skip


HANDLING = ("tlp", "encrypt_in_transit", "permitted_actions", "affected_party_notifications", "attribution", "unmodified_resale",
            "external_reference")  # fmt: skip
TRANSFER = ("documents", "residency", "export_control", "export_basis", "conflict_note")


def _further(version: AgreementVersion) -> dict[str, Any]:
    transfers = version.transfers.select_related("organization").order_by("organization__name", "pk")
    return {
        "handling": [{"category": policy.category_id, **{name: getattr(policy, name) for name in HANDLING}}
                     for policy in version.handling_policies.order_by("category_id")],
        "transfers": [{"organization": transfer.organization.name, "country": transfer.organization.country,
                       "mechanism": transfer.mechanism_id, **{name: getattr(transfer, name) for name in TRANSFER}}
                      for transfer in transfers],
        "clauses": [{"subject": clause.subject, "text": clause.text} for clause in version.clauses.order_by("subject")],
    }  # fmt: skip


def content_of(version: AgreementVersion) -> dict[str, Any]:
    """What a version says: the frozen content that was hashed, or what is under work in the same form."""
    return version.content if version.is_frozen else canonical(version.agreement, version)


@transaction.atomic
def take_back(*, agreement: Agreement, because: str, by: User, at: datetime) -> AgreementVersion:
    """Return to negotiation with a new version copied from the frozen one, which stays as it was sent."""
    require(Actor(by), "agreements.change_agreement", agreement)
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    out = out_for_signature(agreement)
    if out is None:
        raise WrongState
    made = copy(out, by, at)
    if agreement.state not in AMENDABLE:
        agreement.state = Agreement.State.NEGOTIATION
        agreement.save(update_fields=["state"])
    record(verbs.SIGNATURE_WITHDRAWN, agreement, by=by, at=at, because=because, subject=agreement)
    return made


def copy(old: AgreementVersion, by: User, at: datetime) -> AgreementVersion:
    made = AgreementVersion.objects.create(
        agreement=old.agreement, number=old.number + 1, summary=old.summary, tlp_ceiling=old.tlp_ceiling,
        minimum_group_size=old.minimum_group_size, notice_days=old.notice_days, effective_on=old.effective_on, ends_on=old.ends_on,
        review_on=old.review_on, created_at=at, created_by=by,
    )  # fmt: skip
    purposes: dict[Any, Any] = {}
    for name, model in ROWS.items():
        for row in model.objects.filter(version=old):  # type: ignore[attr-defined]
            columns = {
                f.attname: getattr(row, f.attname)
                for f in model._meta.concrete_fields
                if f.name not in ("id", "version")
            }
            if name == "permitted_uses":
                columns["purpose_id"] = purposes[columns["purpose_id"]]
            copy = model.objects.create(version=made, **columns)  # type: ignore[attr-defined]
            if name == "purposes":
                purposes[row.pk] = copy.pk
            if name == "permitted_uses":
                copy.categories.set(row.categories.all())
    return made
