"""Agreements: drafted, filled, sent for signature as a frozen version, suspended, ended."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from agreements import verbs
from agreements.models import (
    Agreement,
    AgreementVersion,
    DataCategory,
    DataItem,
    Party,
    PermittedUse,
    Purpose,
    RedactionStep,
    RetentionTerm,
)
from agreements.retention import rows as governed
from partnership.access.actor import Actor
from partnership.access.decide import require
from partnership.audit.record import record
from partnership.errors import DomainError
from partnership.models import Organization, User

FAR_AHEAD = datetime(9999, 1, 1, tzinfo=UTC)  # a party named but not yet bound
EDITABLE = (Agreement.State.DRAFT, Agreement.State.NEGOTIATION)
ROWS = {"purposes": Purpose, "data_items": DataItem, "retention_terms": RetentionTerm, "redaction_steps": RedactionStep,
        "permitted_uses": PermittedUse}  # fmt: skip


class NotEditable(DomainError):
    default = "This agreement cannot be changed in its present state. A signed version stands as it is."


class Incomplete(DomainError):
    """The agreement cannot be sent before the gaps are filled."""


class WrongState(DomainError):
    default = "The agreement is not in a state that allows this."


class NotInForce(DomainError):
    """Data is shared only under an agreement in force."""


class NotCovered(DomainError):
    """The agreement says nothing about this category of data."""


class PartyTwice(DomainError):
    default = "This organization is a party already."


def _next_reference(at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('agreements.reference'))")
    prefix = f"DSA-{at.year}-"
    last = Agreement.objects.filter(reference__startswith=prefix).aggregate(last=Max("reference"))["last"]
    return f"{prefix}{int(last.rsplit('-', 1)[1]) + 1 if last else 1:04d}"


@transaction.atomic
def draft(*, title: str, kind: str, lead: Organization, time_zone: str = "UTC", by: User, at: datetime) -> Agreement:
    """Begin an agreement with its lead as first party and an empty version 1."""
    actor = Actor(by)
    require(actor, "agreements.draft_agreement")
    if lead.pk not in actor.organizations("liaison_officer"):
        raise DomainError("You draft agreements for organizations whose liaison officer you are.", field="lead")
    agreement = Agreement.objects.create(
        reference=_next_reference(at),
        title=title,
        kind=kind,
        lead=lead,
        time_zone=time_zone,
        created_at=at,
        created_by=by,
    )
    AgreementVersion.objects.create(agreement=agreement, number=1, created_at=at, created_by=by)
    Party.objects.create(agreement=agreement, organization=lead, since=FAR_AHEAD)
    record(verbs.AGREEMENT_DRAFTED, agreement, by=by, at=at, subject=agreement)
    return agreement


def editable(agreement: Agreement, by: User) -> tuple[Agreement, AgreementVersion]:
    """Lock an agreement that the person may edit, with its open version."""
    require(Actor(by), "agreements.change_agreement", agreement)
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    version = open_version(agreement)
    if agreement.state not in EDITABLE or version is None:
        raise NotEditable
    return agreement, version


def open_version(agreement: Agreement) -> AgreementVersion | None:
    """The version under work; None when the last one is frozen."""
    last = agreement.versions.order_by("-number").first()
    return last if last is not None and not last.is_frozen else None


def last_version(agreement: Agreement) -> AgreementVersion:
    """The version that people talk about: the one under work or for signature, else the governing one."""
    return agreement.versions.order_by("-number")[0]


@transaction.atomic
def change_basics(*, agreement: Agreement, columns: Mapping[str, Any], by: User, at: datetime) -> Agreement:
    """Change title, kind and calendar, and of the version: summary, ceiling, group size, days."""
    agreement, version = editable(agreement, by)
    for name in ("title", "kind", "time_zone"):
        if name in columns:
            setattr(agreement, name, columns[name])
    for name in ("summary", "tlp_ceiling", "minimum_group_size", "effective_on", "ends_on", "review_on"):
        if name in columns:
            setattr(version, name, columns[name])
    if version.ends_on and (not version.effective_on or version.ends_on <= version.effective_on):
        raise DomainError("The end comes after the first day, which is needed too. Check both days.", field="ends_on")
    agreement.save()
    version.save()
    record(verbs.AGREEMENT_CHANGED, agreement, by=by, at=at, subject=agreement, part="the basics")
    return agreement


@transaction.atomic
def add_party(
    *,
    agreement: Agreement,
    organization: Organization,
    role: str,
    controller_role: str,
    contact: str = "",
    by: User,
    at: datetime,
) -> Party:
    """Name a party; it becomes one in force with the last signature."""
    agreement, _ = editable(agreement, by)
    if agreement.parties.filter(organization=organization, until__isnull=True).exists():
        raise PartyTwice(field="organization")
    party = Party.objects.create(
        agreement=agreement, organization=organization, role=role, controller_role=controller_role, contact=contact,
        since=FAR_AHEAD,
    )  # fmt: skip
    record(verbs.AGREEMENT_CHANGED, agreement, by=by, at=at, subject=agreement, part="the parties")
    return party


@transaction.atomic
def remove_party(*, party: Party, by: User, at: datetime) -> None:
    """Take a named party out of a draft."""
    agreement, _ = editable(party.agreement, by)
    if party.organization_id == agreement.lead_id:
        raise DomainError("The lead is always a party.")
    party.delete()
    record(verbs.AGREEMENT_CHANGED, agreement, by=by, at=at, subject=agreement, part="the parties")


@transaction.atomic
def add_row(*, agreement: Agreement, kind: str, columns: Mapping[str, Any], by: User, at: datetime) -> Any:
    """Add a term of a kind: purposes, data_items, retention_terms, redaction_steps, permitted_uses."""
    agreement, version = editable(agreement, by)
    values = dict(columns)
    categories = values.pop("categories", None)
    model = ROWS[kind]
    if kind in ("purposes", "redaction_steps", "permitted_uses"):
        values["position"] = (model.objects.filter(version=version).aggregate(last=Max("position"))["last"] or 0) + 1  # type: ignore[attr-defined]
    _check_row(agreement, version, kind, values)
    made = model.objects.create(version=version, **values)  # type: ignore[attr-defined]
    if categories is not None:
        made.categories.set(categories)
    record(verbs.AGREEMENT_CHANGED, agreement, by=by, at=at, subject=agreement, part=model._meta.verbose_name_plural)
    return made


@transaction.atomic
def remove_row(*, agreement: Agreement, kind: str, key: Any, by: User, at: datetime) -> None:
    """Take a term out of the open version."""
    agreement, version = editable(agreement, by)
    ROWS[kind].objects.filter(version=version, pk=key).delete()  # type: ignore[attr-defined]
    record(
        verbs.AGREEMENT_CHANGED, agreement, by=by, at=at, subject=agreement, part=ROWS[kind]._meta.verbose_name_plural
    )


def _check_row(agreement: Agreement, version: AgreementVersion, kind: str, values: Mapping[str, Any]) -> None:
    if kind == "purposes":
        _check_basis(agreement, values)
    rows: Any = ROWS[kind]._default_manager.filter(version=version)  # type: ignore[misc]
    if kind in ("data_items", "retention_terms") and rows.filter(category=values["category"]).exists():
        raise DomainError("This category is listed already. Remove its row first.", field="category")
    if kind == "retention_terms" and not (values.get("months") or values.get("days")):
        raise DomainError("Give a period: months, days or both.", field="months")


def _check_basis(agreement: Agreement, values: Mapping[str, Any]) -> None:
    basis = values["legal_basis"]
    if basis.needs_law_cited and not values.get("law_cited"):
        raise DomainError(f"{basis.article} needs the law that is relied on. Cite it.", field="law_cited")
    authorities = agreement.parties.filter(until__isnull=True, organization__kind="government").exists()
    if basis.refused_for_authorities and authorities:
        raise DomainError(
            f"{basis.article} is closed to public authorities in their tasks, and a party is one. Choose another basis.",
            field="legal_basis",
        )


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
    return found + _data_gaps(version)


def _law_faults(purpose: Purpose, today: date) -> list[str]:
    ends = [day for day in (purpose.law_valid_until, purpose.legal_basis.rule_set.valid_until) if day is not None]
    return [
        f"The law behind “{purpose.text}” ended on {day:%-d %B %Y}. Choose another basis."
        for day in ends
        if day <= today
    ]


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


@transaction.atomic
def open_negotiation(*, agreement: Agreement, by: User, at: datetime) -> Agreement:
    """Show the draft to all parties."""
    agreement, _ = editable(agreement, by)
    agreement.state = Agreement.State.NEGOTIATION
    agreement.save(update_fields=["state"])
    record(verbs.NEGOTIATION_OPENED, agreement, by=by, at=at, subject=agreement)
    return agreement


@transaction.atomic
def send_for_signature(*, agreement: Agreement, by: User, at: datetime) -> AgreementVersion:
    """Freeze the version under its hash; from here on nobody changes it, the database included."""
    agreement, version = editable(agreement, by)
    missing = gaps(agreement, version, at.date())
    if missing:
        raise Incomplete("It cannot be sent yet: " + " ".join(sentence for _, sentence in missing))
    content = canonical(agreement, version)
    version.content, version.content_hash = content, digest(content)
    version.frozen_at, version.frozen_by = at, by
    version.save()
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
        "minimum_group_size": version.minimum_group_size, "effective_on": day(version.effective_on),
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
    }  # fmt: skip


@transaction.atomic
def take_back(*, agreement: Agreement, because: str, by: User, at: datetime) -> AgreementVersion:
    """Return to negotiation with a new version copied from the frozen one, which stays as it was sent."""
    require(Actor(by), "agreements.change_agreement", agreement)
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    if agreement.state != Agreement.State.SIGNATURE:
        raise WrongState
    made = _copy(last_version(agreement), by, at)
    agreement.state = Agreement.State.NEGOTIATION
    agreement.save(update_fields=["state"])
    record(verbs.SIGNATURE_WITHDRAWN, agreement, by=by, at=at, because=because, subject=agreement)
    return made


def _copy(old: AgreementVersion, by: User, at: datetime) -> AgreementVersion:
    made = AgreementVersion.objects.create(
        agreement=old.agreement, number=old.number + 1, summary=old.summary, tlp_ceiling=old.tlp_ceiling,
        minimum_group_size=old.minimum_group_size, effective_on=old.effective_on, ends_on=old.ends_on,
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


@transaction.atomic
def suspend(*, agreement: Agreement, because: str, by: User, at: datetime) -> Agreement:
    """Stop new sharing under the agreement; what is there stays under its terms."""
    return _move(
        agreement, [Agreement.State.IN_FORCE], Agreement.State.SUSPENDED, verbs.AGREEMENT_SUSPENDED, because, by, at
    )


@transaction.atomic
def resume(*, agreement: Agreement, because: str, by: User, at: datetime) -> Agreement:
    """Lift a suspension."""
    return _move(
        agreement, [Agreement.State.SUSPENDED], Agreement.State.IN_FORCE, verbs.AGREEMENT_RESUMED, because, by, at
    )


@transaction.atomic
def terminate(*, agreement: Agreement, because: str, by: User, at: datetime) -> Agreement:
    """End the agreement: sharing stops, parties leave, retention duties go on and clocks of the end begin."""
    states: list[str] = [Agreement.State.IN_FORCE, Agreement.State.SUSPENDED]
    ended = _move(agreement, states, Agreement.State.TERMINATED, verbs.AGREEMENT_TERMINATED, because, by, at)
    governed.agreement_ended(ended)
    return ended


def _move(
    agreement: Agreement, allowed: list[str], to: str, verb: Any, because: str, by: User, at: datetime
) -> Agreement:
    require(Actor(by), "agreements.end_agreement", agreement)
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    if agreement.state not in allowed:
        raise WrongState
    agreement.state, agreement.state_reason = to, because
    if to == Agreement.State.TERMINATED:
        agreement.ended_on = at.date()
    agreement.save()
    record(verb, agreement, by=by, at=at, because=because, subject=agreement)
    return agreement


def covered(agreement: Agreement, category: DataCategory) -> tuple[AgreementVersion, RetentionTerm]:
    """The governing version and retention term for data of a category; or, in a sentence, why nothing may be shared."""
    if agreement.state != Agreement.State.IN_FORCE or agreement.governing is None:
        raise NotInForce(
            f"{agreement.reference} is not in force ({agreement.get_state_display().lower()}).", field="filed_under"
        )
    term = RetentionTerm.objects.filter(version=agreement.governing, category=category).first()
    if term is None:
        raise NotCovered(
            f"{agreement.reference} does not cover “{category.label}”. Choose another agreement.", field="filed_under"
        )
    return agreement.governing, term
