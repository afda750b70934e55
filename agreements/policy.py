"""Who may see and do what with agreements, holds, retention and certificates."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from uuid import UUID

from django.db.models import F, Q, QuerySet

from agreements.models import (
    Agreement,
    AgreementGroupGrant,
    AgreementUserGrant,
    Attestation,
    DeletionRecord,
    DeletionRun,
    Departure,
    Engagement,
    LegalHold,
    Party,
    Proposal,
    Remark,
    RetentionApproval,
)
from partnership.access.actor import Actor
from partnership.access.exceptions import Kind, offer
from partnership.access.grants import granted
from partnership.access.scope import one_of, via
from partnership.access.table import EVERY_ROW, Branch, Standing, extend, in_general, on_rows
from partnership.models import Organization, Role

COORDINATOR = "You are a coordinator of the secretariat."
AS_COORDINATOR = Branch("coordinator", COORDINATOR, lambda actor: EVERY_ROW if actor.is_coordinator else None)
IS_COORDINATOR = Standing("coordinator", COORDINATOR, lambda actor: actor.is_coordinator)


def _shown_to(own: Iterable[UUID]) -> QuerySet[Party]:
    """Places of organizations as parties; a draft is shown to the organization that leads it, to others once negotiated."""
    if not own:
        return Party.objects.none()
    drafted_by_others = Q(agreement__state=Agreement.State.DRAFT) & ~Q(agreement__lead=F("organization"))
    return Party.objects.not_over().filter(organization__in=own).exclude(drafted_by_others)


def agreements_of_own_organizations(actor: Actor) -> frozenset[UUID]:
    """Agreements that name one of the person's organizations as a party, but not drafts of others; not after a withdrawal."""
    own = actor.organizations()
    rows = _shown_to(own)
    return frozenset(rows.values_list("agreement_id", flat=True))


def agreements_to_negotiate(actor: Actor) -> frozenset[UUID]:
    """Agreements of which an organization is a party for which the person speaks; drafts are the lead's alone."""
    own = actor.organizations(Role.LIAISON_OFFICER, Role.SIGNATORY)
    rows = _shown_to(own)
    return frozenset(rows.exclude(agreement__state=Agreement.State.DRAFT).values_list("agreement_id", flat=True))


def agreements_to_sign(actor: Actor) -> frozenset[UUID]:
    own = actor.organizations(Role.SIGNATORY)
    rows = _shown_to(own)
    return frozenset(rows.values_list("agreement_id", flat=True))


def audited_agreements(actor: Actor) -> frozenset[UUID]:
    """Agreements for which the person is engaged as an auditor now."""
    if not actor.has_role(Role.AUDITOR):
        return frozenset()
    rows = Engagement.objects.in_force().filter(auditor_id=actor.user.pk, agreements__isnull=False)
    return frozenset(rows.values_list("agreements", flat=True))


def agreements_left(actor: Actor) -> frozenset[UUID]:
    """Agreements that an organization of the person has left, unless another one of the person is still a party."""
    own = actor.organizations(vetted=False)
    if not own:
        return frozenset()
    still = Party.objects.in_force().filter(organization__in=own)
    left = Departure.objects.over().filter(organization__in=own).exclude(agreement__in=still.values("agreement"))
    return frozenset(left.values_list("agreement_id", flat=True))


def apart(rows: Callable[[Actor], Q | None], field: str) -> Callable[[Actor], Q | None]:
    """The rows of a branch without what stands under agreements that were left.

    Whoever left has to attest that what came by the agreement is destroyed; another door to it would make that untrue.
    """

    def rest(actor: Actor) -> Q | None:
        found = rows(actor)
        if found is None or not (left := actor.fact(agreements_left)):
            return found
        return found & ~Q(**{f"{field}__in": sorted(left)})

    return rest


def not_after_leaving(branch: Branch, field: str = "pk") -> Branch:
    """The branch as it is for everybody but those who left the agreement."""
    return replace(branch, rows=apart(branch.rows, field))


def _party(field: str = "pk"):
    return lambda actor: one_of(field, actor.fact(agreements_of_own_organizations))


def _audited(field: str = "pk"):
    return lambda actor: one_of(field, actor.fact(audited_agreements))


def _officer(field: str):
    return lambda actor: one_of(field, actor.organizations(Role.LIAISON_OFFICER))


LEAD = Branch("lead", "You are a liaison officer of the organization that leads it.", _officer("lead_id"))
PARTY = Branch("party", "Your organization is a party.", _party())
AUDITOR = Branch("auditor", "You are engaged as an auditor of it.", _audited())

on_rows("agreements.view_agreement", Agreement, "See an agreement and its terms", [
    LEAD, PARTY, AUDITOR, AS_COORDINATOR, not_after_leaving(granted(AgreementUserGrant, "view_agreement")),
    not_after_leaving(granted(AgreementGroupGrant, "view_agreement")),
])  # fmt: skip
on_rows("agreements.change_agreement", Agreement, "Draft, edit and send an agreement", [LEAD])
on_rows("agreements.negotiate_agreement", Agreement, "Remark on clauses and propose changes", [
    LEAD,
    Branch("party", "You are a liaison officer or signatory of a party.",
           lambda actor: one_of("pk", actor.fact(agreements_to_negotiate))),
])  # fmt: skip
on_rows("agreements.review_agreement", Agreement, "Give an opinion on the words of a version", [
    Branch("second person", "You are a liaison officer, signatory or analyst of the organization that leads it.",
           lambda actor: one_of("lead_id", actor.organizations(Role.LIAISON_OFFICER, Role.SIGNATORY, Role.ANALYST))),
    AS_COORDINATOR,
])  # fmt: skip
LEADS_IT = Branch(
    "lead", "You are a liaison officer of the organization that leads it.", _officer("version__agreement__lead_id")
)
MADE_IT = not_after_leaving(
    Branch("author", "You made it.", lambda actor: Q(made_by_id=actor.user.pk) if actor.is_member else None),
    "version__agreement_id",
)
on_rows("agreements.view_remark", Remark, "Read remarks on clauses",
        via("version__agreement", "agreements.view_agreement", Agreement))  # fmt: skip
on_rows("agreements.close_remark", Remark, "Answer and close a remark", [LEADS_IT, MADE_IT])
on_rows("agreements.view_proposal", Proposal, "Read proposals",
        via("version__agreement", "agreements.view_agreement", Agreement))  # fmt: skip
on_rows("agreements.decide_proposal", Proposal, "Accept or decline a proposal", [LEADS_IT])
on_rows("agreements.withdraw_proposal", Proposal, "Withdraw a proposal", [MADE_IT])
on_rows("agreements.sign_agreement", Agreement, "Sign an agreement for a party", [
    Branch("signatory", "You are a signatory of a party.", lambda actor: one_of("pk", actor.fact(agreements_to_sign))),
])  # fmt: skip
on_rows("agreements.end_agreement", Agreement, "Suspend, resume and terminate", [LEAD, AS_COORDINATOR])
in_general("agreements.draft_agreement", "Draft a new agreement", [
    Standing("liaison officer", "You are a liaison officer.", lambda actor: actor.has_role(Role.LIAISON_OFFICER)),
])  # fmt: skip
on_rows("agreements.hold_organization", Organization, "Place a legal hold on what an organization filed", [
    Branch("own officer", "You are a liaison officer of it.", lambda actor: one_of("pk", actor.organizations(Role.LIAISON_OFFICER))),
    AS_COORDINATOR,
])  # fmt: skip
on_rows("agreements.end_engagement", Engagement, "End an audit engagement", [AS_COORDINATOR])
on_rows("agreements.view_engagement", Engagement, "See audit engagements", [
    AS_COORDINATOR, Branch("own", "It is your engagement.", lambda actor: Q(auditor_id=actor.user.pk)),
])  # fmt: skip
in_general("agreements.engage_auditor", "Engage an auditor", [IS_COORDINATOR])

OWNER = not_after_leaving(Branch("owner", "It was placed for your organization.", _officer("owner_id")), "agreement_id")
on_rows("agreements.view_hold", LegalHold, "See a legal hold", [
    OWNER, Branch("party", "It protects data of an agreement of yours.", _party("agreement_id")),
    Branch("auditor", "You are engaged as an auditor of its agreement.", _audited("agreement_id")), AS_COORDINATOR,
])  # fmt: skip
on_rows("agreements.lift_hold", LegalHold, "Lift a legal hold", [OWNER, AS_COORDINATOR])
on_rows("agreements.hold_agreement", Agreement, "Place a legal hold on an agreement or a record of it", [
    Branch("party officer", "You are a liaison officer of a party.", lambda actor: one_of("pk", actor.fact(agreements_to_hold))),
    AS_COORDINATOR,
])  # fmt: skip


def agreements_to_hold(actor: Actor) -> frozenset[UUID]:
    own = actor.organizations(Role.LIAISON_OFFICER)
    rows = _shown_to(own)
    return frozenset(rows.values_list("agreement_id", flat=True))


RETENTION_READERS = [
    Branch("party officer", "Your organization is a party.", lambda actor: one_of("pk", actor.fact(agreements_to_hold))),
    AUDITOR, AS_COORDINATOR,
]  # fmt: skip
on_rows("agreements.view_retention", Agreement, "See what retention will do under an agreement", RETENTION_READERS)
in_general("agreements.run_retention", "Run the retention sweep now", [IS_COORDINATOR])
on_rows("agreements.view_approval", RetentionApproval, "See what waits for a second person before it is deleted",
        [AS_COORDINATOR])  # fmt: skip
on_rows("agreements.approve_deletion", RetentionApproval, "Approve or decline a deletion that another coordinator asked for", [
    Branch("second person", "You are a coordinator of the secretariat, and another one asked for it.",
           lambda actor: ~Q(asked_by_id=actor.user.pk) if actor.is_coordinator else None),
])  # fmt: skip
on_rows("agreements.view_run", DeletionRun, "See a retention run", [
    AS_COORDINATOR,
    Branch("officer", "Liaison officers see that runs took place.", lambda a: EVERY_ROW if a.has_role(Role.LIAISON_OFFICER) else None),
    Branch("auditor", "Auditors see that runs took place.", lambda a: EVERY_ROW if a.has_role(Role.AUDITOR) else None),
])  # fmt: skip
on_rows("agreements.view_certificate", DeletionRecord, "See the certificate of a deletion", [
    Branch("owner", "Your organization had filed the record.", _officer("organization_id")),
    Branch("party", "It stood under an agreement of yours.", _party("agreement_id")),
    Branch("auditor", "You are engaged as an auditor of its agreement.", _audited("agreement_id")), AS_COORDINATOR,
])  # fmt: skip
in_general("agreements.report_compliance", "See the registers and retention compliance", [
    IS_COORDINATOR, Standing("auditor", "You are engaged as an auditor.", lambda actor: bool(actor.fact(audited_agreements))),
])  # fmt: skip

extend("partnership.view_audit", [
    Branch("auditor", "You are engaged as an auditor of the agreement that it concerns.", lambda actor: one_of(
        "subject_id", frozenset(str(key) for key in actor.fact(audited_agreements)))),
])  # fmt: skip


def audited_partners(actor: Actor) -> frozenset[str]:
    """Keys, as text, of the agreements that this person audits and of the organizations that are parties to them."""
    keys = actor.fact(audited_agreements)
    parties = Party.objects.in_force().filter(agreement__in=keys).values_list("organization_id", flat=True)
    return frozenset(str(key) for key in (*keys, *parties)) if keys else frozenset()


extend("partnership.view_confirmation", [
    Branch("auditor", "You are engaged as an auditor of its agreement, or of one to which it is a party.",
           lambda actor: one_of("about_id", actor.fact(audited_partners))),
])  # fmt: skip

AGREEMENTS = offer(Kind(
    name="agreement", noun="agreement", model=Agreement, person=AgreementUserGrant, group=AgreementGroupGrant,
    codename="view_agreement", seen_by="agreements.view_agreement", decided_by="agreements.change_agreement",
    page="agreements:agreement-detail", subject=lambda row: row,
))  # fmt: skip

SPEAKERS = (Role.LIAISON_OFFICER, Role.SIGNATORY)
ATTESTERS = (Role.SIGNATORY, Role.COORDINATOR)
CONCERNED = (*SPEAKERS, Role.COORDINATOR)


def _of(*roles: Role, field: str, vetted: bool = True) -> Callable[[Actor], Q | None]:
    return lambda actor: one_of(field, actor.organizations(*roles, vetted=vetted))


def departures_to_attest(actor: Actor) -> frozenset[UUID]:
    """Departures after which an organization of the person attests something. The duty outlives its own vetting."""
    own = actor.organizations(*CONCERNED, vetted=False)
    rows = Attestation.objects.filter(organization__in=own)
    return frozenset(rows.values_list("departure_id", flat=True)) if own else frozenset()


DEPARTURES_LEAD = Branch("lead", "You are a liaison officer of the organization that leads the agreement.",
                         _of(Role.LIAISON_OFFICER, field="agreement__lead_id"))  # fmt: skip
on_rows("agreements.let_leave", Party, "Ask that a party leaves an agreement", [
    Branch("own", "You are a liaison officer or signatory of the party.", _of(*SPEAKERS, field="organization_id")),
    DEPARTURES_LEAD, AS_COORDINATOR,
])  # fmt: skip
on_rows("agreements.view_departure", Departure, "See what becomes of data after a party left", [
    Branch("leaver", "You speak for the organization that leaves.",
           _of(*CONCERNED, field="organization_id", vetted=False)),
    Branch("attester", "Your organization attests what became of the data.",
           lambda actor: one_of("pk", actor.fact(departures_to_attest))),
    Branch("party officer", "You are a liaison officer of a party.", lambda actor: one_of("agreement_id", actor.fact(agreements_to_hold))),
    Branch("auditor", "You are engaged as an auditor of its agreement.", _audited("agreement_id")), AS_COORDINATOR,
])  # fmt: skip


def _second(rows: Callable[[Actor], Q | None]) -> Callable[[Actor], Q | None]:
    """The rows that somebody else asked for."""

    def others(actor: Actor) -> Q | None:
        found = rows(actor)
        return None if found is None else found & ~Q(asked_by_id=actor.user.pk)

    return others


on_rows("agreements.decide_departure", Departure, "Confirm or decline a departure that another person asked for", [
    Branch("leaver", "You are a signatory of the organization that leaves.",
           _second(_of(Role.SIGNATORY, field="organization_id"))),
    Branch("lead", "You are a liaison officer of the organization that leads the agreement.",
           _second(_of(Role.LIAISON_OFFICER, field="agreement__lead_id"))),
    Branch("coordinator", COORDINATOR, _second(lambda actor: EVERY_ROW if actor.is_coordinator else None)),
])  # fmt: skip
on_rows("agreements.attest_destruction", Attestation, "Attest for an organization what became of data after a departure", [
    Branch("signatory", "You are a signatory or coordinator of the organization that attests.",
           _of(*ATTESTERS, field="organization_id", vetted=False)),
])  # fmt: skip
on_rows("agreements.view_attestation", Attestation, "Read attestations after a departure",
        via("departure", "agreements.view_departure", Departure))  # fmt: skip
