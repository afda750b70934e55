"""Whom each branch of this floor's policy lets in."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from agreements.models import (
    Agreement,
    AgreementGroupGrant,
    AgreementUserGrant,
    Attestation,
    Departure,
    Engagement,
    Party,
)
from agreements.policy import AGREEMENTS, ATTESTERS, CONCERNED, SPEAKERS
from partnership.access.audience import (
    Reach,
    Reacher,
    coordinators,
    holders,
    inherited,
    named,
    of_exceptions,
    of_members,
    one,
    reaches,
)
from partnership.audience import people_of, person_of
from partnership.models import Role, User

CODENAME = "view_agreement"


def parties(*agreements: UUID | None) -> QuerySet[Any]:
    """Organizations that have not left the agreements; of a draft, the one that leads it."""
    rows = Party.objects.not_over().filter(agreement__in=agreements)
    drafted_by_others = Q(agreement__state=Agreement.State.DRAFT) & ~Q(agreement__lead=F("organization"))
    return rows.exclude(drafted_by_others).values("organization")


def leavers(agreement: UUID | None) -> QuerySet[Any]:
    """People of organizations that have left an agreement, unless they belong to a party of it as well."""
    left = Departure.objects.over().filter(agreement=agreement).values("organization")
    still = Party.objects.in_force().filter(agreement=agreement).values("organization")
    gone = User.objects.filter(pk__in=holders(of=left, vetted=False).people)
    return gone.exclude(pk__in=holders(of=still, vetted=False).people).values("pk")


def without(agreement: UUID | None, found: list[Reach]) -> list[Reach]:
    """Relations without those who left the agreement; for relations in which a row has one person."""
    gone = leavers(agreement)
    return [replace(one, rows=one.rows.exclude(**{f"{one.person}__in": gone})) for one in found]


def of_parties(field: str, *roles: str) -> Reacher:
    """People of the parties; of a draft, people of its lead."""
    return lambda obj: [holders(*roles, of=parties(getattr(obj, field)))]


def auditors(*agreements: Any, until: str = "until") -> Reach:
    """People engaged as auditors of the agreements now."""
    rows = Engagement.objects.in_force().filter(agreements__in=[key for key in agreements if key])
    return Reach(rows.filter(auditor__in=holders(Role.AUDITOR).people), "auditor", F(until))


def audited(field: str) -> Reacher:
    return lambda obj: [auditors(getattr(obj, field))]


def party_end(agreement: UUID) -> Subquery:
    """When the party by which a membership counts leaves the agreement."""
    rows = Party.objects.in_force().filter(agreement=agreement, organization=OuterRef("organization"))
    return Subquery(rows.order_by(F("until").desc(nulls_first=True)).values("until")[:1])


COORDINATOR = {"coordinator": coordinators}

reaches({
    "lead": people_of("lead_id", Role.LIAISON_OFFICER), "party": of_parties("pk"), "auditor": audited("pk"),
    "explicit grant": lambda obj: [named(AgreementUserGrant, CODENAME, obj, leavers(obj.pk))],
    "group grant": lambda obj: [named(AgreementGroupGrant, CODENAME, obj, leavers(obj.pk))], **COORDINATOR,
}, "agreements.view_agreement")  # fmt: skip
reaches({"lead": people_of("lead_id", Role.LIAISON_OFFICER)}, "agreements.change_agreement")
reaches({"lead": people_of("lead_id", Role.LIAISON_OFFICER), **COORDINATOR}, "agreements.end_agreement")


def negotiators(obj: Any) -> list[Reach]:
    """Those who speak for a party; a draft is its lead's alone."""
    return [] if obj.state == Agreement.State.DRAFT else [holders(*SPEAKERS, of=parties(obj.pk))]


def author(obj: Any) -> list[Reach]:
    """The person who made the row, as long as a member of the partnership."""
    made_by = one(obj.made_by_id)
    return [of_members(made_by.rows, made_by.person, without=leavers(obj.version.agreement_id))]


LEADS_IT = people_of("version__agreement__lead_id", Role.LIAISON_OFFICER)
reaches({"lead": people_of("lead_id", Role.LIAISON_OFFICER), "party": negotiators}, "agreements.negotiate_agreement")
reaches({"second person": people_of("lead_id", *SPEAKERS, Role.ANALYST), **COORDINATOR}, "agreements.review_agreement")
reaches({"via version__agreement": inherited("version__agreement", "agreements.view_agreement")},
        "agreements.view_remark", "agreements.view_proposal")  # fmt: skip
reaches({"lead": LEADS_IT, "author": author}, "agreements.close_remark")
reaches({"lead": LEADS_IT}, "agreements.decide_proposal")
reaches({"author": author}, "agreements.withdraw_proposal")
reaches({"signatory": of_parties("pk", Role.SIGNATORY)}, "agreements.sign_agreement")
reaches({"own officer": people_of("pk", Role.LIAISON_OFFICER), **COORDINATOR}, "agreements.hold_organization")
reaches(COORDINATOR, "agreements.end_engagement")
reaches({"own": person_of("auditor_id"), **COORDINATOR}, "agreements.view_engagement")


def owners(obj: Any) -> list[Reach]:
    """Officers of the organization for which a hold was placed, as long as it has not left the agreement."""
    return without(obj.agreement_id, people_of("owner_id", Role.LIAISON_OFFICER)(obj))


reaches({"owner": owners, "party": of_parties("agreement_id"), "auditor": audited("agreement_id"), **COORDINATOR},
        "agreements.view_hold")  # fmt: skip
reaches({"owner": owners, **COORDINATOR}, "agreements.lift_hold")
reaches({"party officer": of_parties("pk", Role.LIAISON_OFFICER), **COORDINATOR}, "agreements.hold_agreement")
reaches({
    "party officer": of_parties("pk", Role.LIAISON_OFFICER), "auditor": audited("pk"), **COORDINATOR,
}, "agreements.view_retention")  # fmt: skip


def other_coordinators(obj: Any) -> list[Reach]:
    """Coordinators of the secretariat except the one who asked."""
    found = coordinators()[0]
    return [Reach(found.rows.exclude(user=obj.asked_by_id), found.person, found.until)]


reaches(COORDINATOR, "agreements.view_approval")
reaches({"second person": other_coordinators}, "agreements.approve_deletion")
reaches({
    "officer": lambda _: [holders(Role.LIAISON_OFFICER)], "auditor": lambda _: [holders(Role.AUDITOR)], **COORDINATOR,
}, "agreements.view_run")  # fmt: skip
reaches({
    "owner": people_of("organization_id", Role.LIAISON_OFFICER), "party": of_parties("agreement_id"),
    "auditor": audited("agreement_id"), **COORDINATOR,
}, "agreements.view_certificate")  # fmt: skip


def auditors_of_subject(obj: Any) -> list[Reach]:
    """Auditors of the agreement that an entry of the trail is about; its subject is kept as text."""
    try:
        return [auditors(UUID(obj.subject_id))]
    except ValueError:
        return []


reaches({"auditor": auditors_of_subject}, "partnership.view_audit")


def attesters(obj: Any) -> list[Reach]:
    """Those who speak for organizations that attest something after a departure."""
    rows = Attestation.objects.filter(departure=obj.pk).values("organization")
    return [holders(*CONCERNED, of=rows, vetted=False)]


def other(reacher: Callable[[Any], list[Reach]]) -> Reacher:
    """All of them but the one who asked."""
    return lambda obj: [replace(one, rows=one.rows.exclude(user=obj.asked_by_id)) for one in reacher(obj)]


reaches({
    "own": people_of("organization_id", *SPEAKERS), "lead": people_of("agreement__lead_id", Role.LIAISON_OFFICER),
    **COORDINATOR,
}, "agreements.let_leave")  # fmt: skip
reaches({
    "leaver": people_of("organization_id", *CONCERNED, vetted=False), "attester": attesters,
    "party officer": of_parties("agreement_id", Role.LIAISON_OFFICER), "auditor": audited("agreement_id"), **COORDINATOR,
}, "agreements.view_departure")  # fmt: skip
reaches({
    "leaver": other(people_of("organization_id", Role.SIGNATORY)),
    "lead": other(people_of("agreement__lead_id", Role.LIAISON_OFFICER)), "coordinator": other_coordinators,
}, "agreements.decide_departure")  # fmt: skip
reaches({"signatory": people_of("organization_id", *ATTESTERS, vetted=False)}, "agreements.attest_destruction")
reaches({"via departure": inherited("departure", "agreements.view_departure")}, "agreements.view_attestation")

of_exceptions(AGREEMENTS)


def auditors_of_partner(obj: Any) -> list[Reach]:
    """Auditors of the agreement that a question is about, or of those to which its organization is a party."""
    key = _as_key(obj.about_id)
    theirs = Party.objects.in_force().filter(organization__in=key).values_list("agreement", flat=True)
    return [auditors(*key, *theirs)]


def _as_key(text: str) -> list[UUID]:
    try:
        return [UUID(text)]
    except ValueError:
        return []


reaches({"auditor": auditors_of_partner}, "partnership.view_confirmation")
