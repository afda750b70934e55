"""Negotiation: parties remark on clauses and propose changes, the lead answers, a second person reviews the words."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction

from agreements import verbs
from agreements.actions.agreements import add_row, put_row, remove_row
from agreements.actions.versions import (
    AMENDABLE,
    EDITABLE,
    ROWS,
    content_of,
    digest,
    last_changed_by,
    open_version,
)
from agreements.models import Agreement, AgreementVersion, LegalReview, Proposal, Remark
from agreements.redline import compare
from agreements.wording import Names, sections
from partnership.access.actor import Actor
from partnership.access.decide import require
from partnership.audit.record import record
from partnership.errors import DomainError
from partnership.models import Organization, User


class NotNegotiated(DomainError):
    default = "Nothing is negotiated here now: no version is under work."


class NotYourOrganization(DomainError):
    default = "You speak for a party of this agreement whose liaison officer or signatory you are. Choose such a party."


class UnknownClause(DomainError):
    default = "This version has no such clause. Load the page again: it may have been changed."


class DecidedAlready(DomainError):
    default = "This has been decided already."


class OutOfDate(DomainError):
    default = "The row that it was about is no longer there. Decline it and ask for a new proposal."


class OwnWork(DomainError):
    default = "A second person reviews the words: you changed them last."


def _negotiated(agreement: Agreement, by: User) -> tuple[Agreement, AgreementVersion]:
    """Lock an agreement that is negotiated and of which the person's organization is a party."""
    require(Actor(by), "agreements.negotiate_agreement", agreement)
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    version = open_version(agreement)
    if version is None or agreement.state not in (*EDITABLE, *AMENDABLE):
        raise NotNegotiated
    return agreement, version


def own_parties(agreement: Agreement, actor: Actor) -> models.QuerySet[Organization]:
    """The organizations for which a person may speak here."""
    own = actor.organizations("liaison_officer", "signatory")
    parties = agreement.parties.filter(until__isnull=True).values("organization")
    return Organization.objects.filter(pk__in=own).filter(pk__in=parties).order_by("name")


def _for(agreement: Agreement, organization: Organization, by: User) -> None:
    if not own_parties(agreement, Actor(by)).filter(pk=organization.pk).exists():
        raise NotYourOrganization(field="organization")


@transaction.atomic
def remark(
    *, agreement: Agreement, clause: str, text: str, organization: Organization, by: User, at: datetime
) -> Remark:
    """Comment on one clause of the version under work."""
    agreement, version = _negotiated(agreement, by)
    _for(agreement, organization, by)
    known = {c.key for section in sections(content_of(version), Names()) for c in section.clauses}
    if clause not in known:
        raise UnknownClause(field="clause")
    made = Remark.objects.create(
        version=version, clause=clause, organization=organization, text=text, made_at=at, made_by=by
    )
    record(verbs.REMARK_MADE, agreement, by=by, at=at, subject=agreement, organization=organization.name, clause=clause)
    return made


@transaction.atomic
def close_remark(*, found: Remark, answer: str, by: User, at: datetime) -> Remark:
    """Close a comment with an answer: whoever leads, or whoever made it."""
    found = Remark.objects.select_for_update(of=("self",)).select_related("version__agreement").get(pk=found.pk)
    agreement = found.version.agreement
    if found.made_by_id != by.pk:
        require(Actor(by), "agreements.change_agreement", agreement)
    if found.closed_at is not None:
        raise DecidedAlready
    found.closed_at, found.closed_by, found.answer = at, by, answer
    found.save(update_fields=["closed_at", "closed_by", "answer"])
    record(verbs.REMARK_CLOSED, agreement, by=by, at=at, subject=agreement, clause=found.clause)
    return found


class _Tried(Exception):
    """Carries the effect of a trial out of a transaction that is rolled back."""

    def __init__(self, effect: list[dict[str, str]]):
        self.effect = effect


@transaction.atomic
def propose(
    *, agreement: Agreement, kind: str, columns: Mapping[str, Any], removes: UUID | None, reason: str,
    organization: Organization, by: User, at: datetime,
) -> Proposal:  # fmt: skip
    """Propose to add a row, to leave one out, or to put one in the place of another; it is tried before it is kept."""
    agreement, version = _negotiated(agreement, by)
    _for(agreement, organization, by)
    effect = _try(agreement, version, kind, columns, removes)
    made = Proposal.objects.create(
        version=version, kind=kind, columns=_plain(columns), removes=removes, effect=effect, reason=reason,
        organization=organization, made_at=at, made_by=by,
    )  # fmt: skip
    record(
        verbs.PROPOSAL_MADE, agreement, by=by, at=at, because=reason, subject=agreement, organization=organization.name
    )
    return made


def _try(
    agreement: Agreement, version: AgreementVersion, kind: str, columns: Mapping[str, Any], removes: UUID | None
) -> list[dict[str, str]]:
    """What a change would do, as clauses before and after; the same refusals as when it is done; nothing is kept."""
    names, before = Names(), content_of(version)
    try:
        with transaction.atomic():
            if removes is not None and not ROWS[kind]._default_manager.filter(version=version, pk=removes).delete()[0]:  # type: ignore[misc]
                raise OutOfDate(field="removes")
            if columns:
                put_row(agreement, version, kind, columns)
            found = compare(sections(before, names), sections(content_of(version), names))
            raise _Tried([
                {"title": section.title, "old": "".join(p.text for p in line.old), "new": "".join(p.text for p in line.new)}
                for section in found for line in section.lines if line.change != "same"
            ])  # fmt: skip
    except _Tried as tried:
        return tried.effect


def _plain(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as JSON can say them."""

    def plain(value: Any) -> Any:
        if isinstance(value, models.Model):
            return str(value.pk)
        if isinstance(value, date):
            return value.isoformat()
        return [plain(item) for item in value] if isinstance(value, list | models.QuerySet) else value

    return {name: plain(value) for name, value in columns.items()}


def restored(kind: str, columns: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as a row takes them; a term of a list or a row that has gone meanwhile is refused."""
    found: dict[str, Any] = {}
    for name, value in columns.items():
        field: Any = ROWS[kind]._meta.get_field(name)
        if value is None or not field.is_relation:
            found[name] = value if value is None else field.to_python(value)
            continue
        rows = field.related_model._default_manager.filter(pk__in=value if field.many_to_many else [value])
        if len(rows) != (len(value) if field.many_to_many else 1):
            raise OutOfDate
        found[name] = list(rows) if field.many_to_many else rows[0]
    return found


@transaction.atomic
def accept(*, proposal: Proposal, answer: str, by: User, at: datetime) -> Proposal:
    """Do what was proposed and say so; only the lead, and only while the version is under work."""
    proposal, agreement = _open(proposal, by)
    if proposal.version != open_version(agreement):
        raise OutOfDate
    if proposal.removes is not None:
        if not ROWS[proposal.kind]._default_manager.filter(version=proposal.version, pk=proposal.removes).exists():  # type: ignore[misc]
            raise OutOfDate
        remove_row(agreement=agreement, kind=proposal.kind, key=proposal.removes, by=by, at=at)
    if proposal.columns:
        add_row(
            agreement=agreement, kind=proposal.kind, columns=restored(proposal.kind, proposal.columns), by=by, at=at
        )
    return _decide(proposal, agreement, Proposal.State.ACCEPTED, verbs.PROPOSAL_ACCEPTED, answer, by, at)


@transaction.atomic
def decline(*, proposal: Proposal, answer: str, by: User, at: datetime) -> Proposal:
    """Say no to a proposal, with the reason."""
    proposal, agreement = _open(proposal, by)
    return _decide(proposal, agreement, Proposal.State.DECLINED, verbs.PROPOSAL_DECLINED, answer, by, at)


@transaction.atomic
def withdraw_proposal(*, proposal: Proposal, by: User, at: datetime) -> Proposal:
    """Take one's own proposal back."""
    proposal = _locked(proposal)
    if proposal.made_by_id != by.pk:
        raise NotYourOrganization
    return _decide(proposal, proposal.version.agreement, Proposal.State.WITHDRAWN, verbs.PROPOSAL_WITHDRAWN, "", by, at)


def _locked(proposal: Proposal) -> Proposal:
    rows = Proposal.objects.select_for_update(of=("self",)).select_related("version__agreement")
    proposal = rows.get(pk=proposal.pk)
    if proposal.state != Proposal.State.OPEN:
        raise DecidedAlready
    return proposal


def _open(proposal: Proposal, by: User) -> tuple[Proposal, Agreement]:
    proposal = _locked(proposal)
    require(Actor(by), "agreements.change_agreement", proposal.version.agreement)
    return proposal, Agreement.objects.select_for_update().get(pk=proposal.version.agreement_id)


def _decide(
    proposal: Proposal, agreement: Agreement, state: str, verb: Any, answer: str, by: User, at: datetime
) -> Proposal:
    proposal.state, proposal.decided_at, proposal.decided_by, proposal.answer = state, at, by, answer
    proposal.save(update_fields=["state", "decided_at", "decided_by", "answer"])
    record(verb, agreement, by=by, at=at, because=answer, subject=agreement, organization=proposal.organization.name)
    return proposal


@transaction.atomic
def review(
    *, agreement: Agreement, is_approved: bool, opinion: str, content_hash: str, by: User, at: datetime
) -> LegalReview:
    """Approve or object to the words whose hash the reviewer saw; never those that the reviewer wrote last."""
    require(Actor(by), "agreements.review_agreement", agreement)
    agreement = Agreement.objects.select_for_update().get(pk=agreement.pk)
    version = open_version(agreement)
    if version is None:
        raise NotNegotiated
    if digest(content_of(version)) != content_hash:
        raise UnknownClause("The words were changed while you read them. Read them again before you give an opinion.")
    drafter = last_changed_by(version)
    if drafter.pk == by.pk:
        raise OwnWork
    made = LegalReview.objects.create(
        version=version, content_hash=content_hash, is_approved=is_approved, opinion=opinion, drafted_by=drafter,
        reviewed_at=at, reviewed_by=by,
    )  # fmt: skip
    verb = verbs.VERSION_APPROVED if is_approved else verbs.VERSION_OBJECTED
    record(verb, agreement, by=by, at=at, because=opinion, subject=agreement, number=version.number)
    return made
