"""Agreements: drafted, filled with parties and terms, shown to the parties, suspended, ended."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from agreements import verbs
from agreements.actions.versions import EDITABLE, ROWS, NotEditable, WrongState, editable
from agreements.models import Agreement, AgreementVersion, GoverningPeriod, Party
from agreements.retention import rows as governed
from partnership.access.actor import Actor
from partnership.access.decide import require
from partnership.audit.record import record
from partnership.countries import is_transfer
from partnership.errors import DomainError
from partnership.models import TLP, Organization, User

FAR_AHEAD = datetime(9999, 1, 1, tzinfo=UTC)  # a party named but not yet bound


class PartyTwice(DomainError):
    default = "This organization is a party already."


class SignedWithTheFirst(DomainError):
    default = "Every version was signed with it, so it stays. For another one, draft a new agreement."


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


@transaction.atomic
def change_basics(*, agreement: Agreement, columns: Mapping[str, Any], by: User, at: datetime) -> Agreement:
    """Change title, kind and calendar, and of the version: summary, ceiling, group size, days.

    Title, kind and calendar belong to the agreement and not to one version of it: what was signed with them stays as it
    is, so they can be changed until the first version governs (else SignedWithTheFirst).
    """
    agreement, version = editable(agreement, by)
    for name in ("title", "kind", "time_zone"):
        if name not in columns or columns[name] == getattr(agreement, name):
            continue
        if agreement.governing_id is not None:
            raise SignedWithTheFirst(field=name)
        setattr(agreement, name, columns[name])
    for name in ("summary", "tlp_ceiling", "minimum_group_size", "notice_days", "effective_on", "ends_on", "review_on"):
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
    agreement, version = editable(agreement, by)
    if agreement.parties.filter(organization=organization, until__isnull=True).exists():
        raise PartyTwice(field="organization")
    party = Party.objects.create(
        agreement=agreement, organization=organization, role=role, controller_role=controller_role, contact=contact,
        since=FAR_AHEAD,
    )  # fmt: skip
    _usual_transfer(agreement, version, organization)
    record(verbs.AGREEMENT_CHANGED, agreement, by=by, at=at, subject=agreement, part="the parties")
    return party


def _usual_transfer(agreement: Agreement, version: AgreementVersion, organization: Organization) -> None:
    """A template says by which way data usually goes abroad; its row waits in the draft to be looked at."""
    template = agreement.template
    if template is None or template.mechanism is None or not is_transfer(agreement.lead.country, organization.country):
        return
    if not version.transfers.filter(organization=organization).exists():
        put_row(agreement, version, "transfers", {"organization": organization, "mechanism": template.mechanism,
                                                  "documents": template.documents})  # fmt: skip


@transaction.atomic
def remove_party(*, party: Party, by: User, at: datetime) -> None:
    """Take a named party out of a draft."""
    agreement, _ = editable(party.agreement, by)
    if party.organization_id == agreement.lead_id:
        raise DomainError("The lead is always a party.")
    if party.since <= at:
        raise DomainError("This party is bound by the governing version. It leaves by its exit, not by an amendment.")
    party.delete()
    record(verbs.AGREEMENT_CHANGED, agreement, by=by, at=at, subject=agreement, part="the parties")


@transaction.atomic
def add_row(*, agreement: Agreement, kind: str, columns: Mapping[str, Any], by: User, at: datetime) -> Any:
    """Add a term of one of the kinds in ROWS."""
    agreement, version = editable(agreement, by)
    made = put_row(agreement, version, kind, columns)
    record(verbs.AGREEMENT_CHANGED, agreement, by=by, at=at, subject=agreement, part=made._meta.verbose_name_plural)
    return made


def put_row(agreement: Agreement, version: AgreementVersion, kind: str, columns: Mapping[str, Any]) -> Any:
    """Check and create a row; the caller holds the lock, has asked for the permission, and records."""
    values = dict(columns)
    categories = values.pop("categories", None)
    model = ROWS[kind]
    if kind in ("purposes", "redaction_steps", "permitted_uses"):
        values["position"] = (model.objects.filter(version=version).aggregate(last=Max("position"))["last"] or 0) + 1  # type: ignore[attr-defined]
    _check_row(agreement, version, kind, values)
    made = model.objects.create(version=version, **values)  # type: ignore[attr-defined]
    if categories is not None:
        made.categories.set(categories)
    return made


@transaction.atomic
def remove_row(*, agreement: Agreement, kind: str, key: Any, by: User, at: datetime) -> None:
    """Take a term out of the open version."""
    agreement, version = editable(agreement, by)
    ROWS[kind].objects.filter(version=version, pk=key).delete()  # type: ignore[attr-defined]
    record(
        verbs.AGREEMENT_CHANGED, agreement, by=by, at=at, subject=agreement, part=ROWS[kind]._meta.verbose_name_plural
    )


ONE_EACH = {"data_items": "category", "retention_terms": "category", "handling_policies": "category", "transfers": "organization",
            "clauses": "subject"}  # fmt: skip


def _check_row(agreement: Agreement, version: AgreementVersion, kind: str, values: Mapping[str, Any]) -> None:
    if kind == "purposes":
        _check_basis(agreement, values)
    rows: Any = ROWS[kind]._default_manager.filter(version=version)  # type: ignore[misc]
    column = ONE_EACH.get(kind)
    if column and rows.filter(**{column: values[column]}).exists():
        raise DomainError(f"This {column} is listed already. Remove its row first.", field=column)
    if kind == "retention_terms" and not (values.get("months") or values.get("days")):
        raise DomainError("Give a period: months, days or both.", field="months")
    if kind == "handling_policies" and values.get("tlp", TLP.AMBER) > version.tlp_ceiling:
        ceiling = TLP(version.tlp_ceiling).label
        raise DomainError(f"The agreement takes data up to {ceiling}. Choose that or a lower marking.", field="tlp")
    if kind == "transfers":
        _check_transfer(agreement, values)


def _check_transfer(agreement: Agreement, values: Mapping[str, Any]) -> None:
    if not agreement.parties.filter(organization=values["organization"], until__isnull=True).exists():
        raise DomainError("Data goes to parties. Name this organization as a party first.", field="organization")
    if values.get("export_control") in ("exception", "licence") and not values.get("export_basis"):
        raise DomainError("Name the exception or the licence.", field="export_basis")


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


@transaction.atomic
def open_negotiation(*, agreement: Agreement, by: User, at: datetime) -> Agreement:
    """Show the draft to all parties."""
    require(Actor(by), "agreements.change_agreement", agreement)
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    if agreement.state not in EDITABLE:
        raise NotEditable
    agreement.state = Agreement.State.NEGOTIATION
    agreement.save(update_fields=["state"])
    record(verbs.NEGOTIATION_OPENED, agreement, by=by, at=at, subject=agreement)
    return agreement


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
        agreement.ended_on, agreement.coming = at.date(), None
        GoverningPeriod.objects.filter(agreement=agreement, until__isnull=True).update(until=at)
    agreement.save()
    record(verb, agreement, by=by, at=at, because=because, subject=agreement)
    return agreement
