"""Who may see and do what with reports, their parts and imports: branches B1 to B8 and M of the rules.

What has expired is withheld from all of these; three further branches reach it, each for the one thing it is kept for.

Every branch is a comparison of plain columns with keys that the actor's facts give, so that lists stay index scans.
TLP:RED reaches a person by the owner or by name, never by party, sector, council, container or audit.
"""

import operator
from functools import reduce
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from agreements.models import (
    Agreement,
    AgreementGroupGrant,
    AgreementUserGrant,
    Engagement,
    LegalHold,
    Party,
    RetentionTerm,
    expired,
)
from agreements.policy import not_after_leaving
from incidents.models import (
    Attachment,
    Import,
    Indicator,
    Release,
    Report,
    ReportGroupGrant,
    ReportUserGrant,
    SectorShare,
)
from partnership.access.actor import Actor
from partnership.access.break_glass import OPENED, breakable, broken_glass
from partnership.access.exceptions import Kind, offer
from partnership.access.grants import granted, live, through
from partnership.access.scope import one_of, via, visible
from partnership.access.table import EVERY_ROW, Branch, Standing, in_general, on_rows, withhold
from partnership.models import (
    TLP,
    AudienceMember,
    Organization,
    OrganizationGroupGrant,
    OrganizationUserGrant,
    Role,
    Sector,
)

READERS = (Role.LIAISON_OFFICER, Role.ANALYST, Role.COORDINATOR)


def reading_organizations(actor: Actor) -> frozenset[UUID]:
    """Organizations for which this person reads reports."""
    return actor.organizations(*READERS)


def officer_organizations(actor: Actor) -> frozenset[UUID]:
    """Organizations for which this person files, changes and shares."""
    return actor.organizations(Role.LIAISON_OFFICER)


def party_agreements(actor: Actor) -> frozenset[UUID]:
    """Agreements in force in which one of the person's organizations is a party in force."""
    own = actor.fact(reading_organizations)
    if not own:
        return frozenset()
    rows = Party.objects.in_force().filter(organization__in=own, agreement__state=Agreement.State.IN_FORCE)
    return frozenset(rows.values_list("agreement_id", flat=True))


def filing_agreements(actor: Actor) -> frozenset[UUID]:
    """Agreements in force to which an organization is a party whose liaison officer this person is."""
    own = actor.fact(officer_organizations)
    if not own:
        return frozenset()
    rows = Party.objects.in_force().filter(organization__in=own, agreement__state=Agreement.State.IN_FORCE)
    return frozenset(rows.values_list("agreement_id", flat=True))


def own_sectors(actor: Actor) -> frozenset[str]:
    """Sectors of the person's organizations, as far as any report was shared with them."""
    own = actor.fact(reading_organizations)
    if not own:
        return frozenset()
    sectors = Sector.objects.filter(organizations__in=own).values("pk")
    return frozenset(SectorShare.objects.filter(sector__in=sectors).values_list("sector_id", flat=True).distinct())


def own_audiences(actor: Actor) -> frozenset[UUID]:
    """Audiences that the person belongs to now, as far as any report was released to them."""
    if not actor.is_member:
        return frozenset()
    member = AudienceMember.objects.filter(user=actor.user.pk, since__lte=Now()).filter(
        Q(until__isnull=True) | Q(until__gt=Now())
    )
    released = Release.objects.filter(audience__in=member.values("audience"))
    return frozenset(released.values_list("audience_id", flat=True).distinct())


def granted_agreements(actor: Actor) -> frozenset[UUID]:
    """Agreements in force that were opened to this person or to a group of this person by name."""
    wanted = {"permission__codename": "view_agreement", "content_object__state": Agreement.State.IN_FORCE}
    return _granted(actor, (AgreementUserGrant, AgreementGroupGrant), wanted)


def granted_organizations(actor: Actor) -> frozenset[UUID]:
    """Organizations, not suspended, that were opened to this person or to a group of this person by name."""
    wanted = {"permission__codename": "view_organization", "content_object__suspended_at__isnull": True}
    return _granted(actor, (OrganizationUserGrant, OrganizationGroupGrant), wanted)


def _granted(actor: Actor, tables: tuple[Any, ...], wanted: dict[str, Any]) -> frozenset[UUID]:
    if not actor.is_member:
        return frozenset()
    found = [live(table, actor.user).filter(**wanted).values_list("content_object_id", flat=True) for table in tables]
    return frozenset(key for keys in found for key in keys)


def audited_agreements(actor: Actor) -> frozenset[UUID]:
    """Agreements for which this person is engaged as an auditor now; they may have lapsed meanwhile."""
    if not actor.has_role(Role.AUDITOR):
        return frozenset()
    rows = Engagement.objects.in_force().filter(
        auditor_id=actor.user.pk, ended_at__isnull=True, agreements__isnull=False
    )
    return frozenset(rows.values_list("agreements", flat=True))


def holds_in_hand(actor: Actor) -> tuple[frozenset[UUID], ...]:
    """Organizations, agreements and reports under holds that the person may lift."""
    rows = visible(actor, "agreements.lift_hold", LegalHold.objects.active())
    scopes = list(rows.values_list("organization_id", "agreement_id", "record_type", "record_id"))
    return (
        frozenset(organization for organization, *_ in scopes if organization),
        frozenset(agreement for _, agreement, _, record in scopes if agreement and record is None),
        frozenset(record for *_, kind, record in scopes if record and kind == Report._meta.label_lower),
    )


def _public(actor: Actor) -> Q | None:
    return Q(tlp=TLP.CLEAR) if actor.is_member else None


def _owner(actor: Actor) -> Q | None:
    return one_of("organization", actor.fact(reading_organizations))


def _officer(actor: Actor) -> Q | None:
    return one_of("organization", actor.fact(officer_organizations))


def _below(ceiling: int, condition: Q | None) -> Q | None:
    return None if condition is None else Q(tlp__lte=ceiling) & condition


def _party(actor: Actor) -> Q | None:
    return _below(TLP.AMBER_STRICT, one_of("agreement", actor.fact(party_agreements)))


def _party_export(actor: Actor) -> Q | None:
    return _below(TLP.AMBER, one_of("agreement", actor.fact(party_agreements)))


def _sector(actor: Actor) -> Q | None:
    sectors = actor.fact(own_sectors)
    shared = SectorShare.objects.filter(sector__in=sorted(sectors)).values("report")
    return _below(TLP.GREEN, Q(pk__in=shared)) if sectors else None


def _audience(actor: Actor) -> Q | None:
    audiences = actor.fact(own_audiences)
    released = Release.objects.filter(audience__in=sorted(audiences)).values("report")
    return _below(TLP.AMBER, Q(pk__in=released)) if audiences else None


def _container(actor: Actor) -> Q | None:
    agreements = one_of("agreement", actor.fact(granted_agreements))
    organizations = one_of("organization", actor.fact(granted_organizations))
    found = [condition for condition in (agreements, organizations) if condition is not None]
    return _below(TLP.AMBER, found[0] | found[-1]) if found else None


def _by_name(actor: Actor) -> Q | None:
    return NAMED.rows(actor) if actor.is_member else None


def _audited(actor: Actor) -> Q | None:
    return _below(TLP.AMBER_STRICT, one_of("agreement", actor.fact(audited_agreements)))


def _audited_export(actor: Actor) -> Q | None:
    return _below(TLP.AMBER, one_of("agreement", actor.fact(audited_agreements)))


def _by_group(actor: Actor) -> Q | None:
    return _below(TLP.AMBER_STRICT, IN_GROUP.rows(actor))


def _glass(actor: Actor) -> Q | None:
    """The record that was opened to the person in an emergency, up to the marking that was approved."""
    opened = actor.fact(broken_glass)
    keys = [Q(pk=key, tlp__lte=ceiling) for kind, key, ceiling in opened if kind == "incidents.report"]
    return reduce(operator.or_, keys) if keys else None


def _held(actor: Actor) -> Q | None:
    """What stays under a hold after its day: kept for that alone, so only whoever may lift the hold sees that it is there."""
    keys = zip(("organization", "agreement", "pk"), actor.fact(holds_in_hand), strict=True)
    found = [rows for field, values in keys if (rows := one_of(field, values)) is not None]
    return reduce(operator.or_, found) if found else None


def _to_return(actor: Actor) -> Q | None:
    """What an organization takes back after its day: without it, nothing could be returned before it is deleted."""
    own = one_of("organization", actor.fact(officer_organizations))
    returned = RetentionTerm.objects.filter(action=RetentionTerm.Action.RETURN).values("pk")
    return None if own is None else own & Q(returned_on__isnull=True, term__in=returned)


def _open_still(branch: Branch) -> Branch:
    """Shares, releases and exceptions reach everybody but those who left the report's agreement."""
    return not_after_leaving(branch, "agreement_id")


NAMED = granted(ReportUserGrant, "view_report")
IN_GROUP = granted(ReportGroupGrant, "view_report")
PUBLIC = Branch("public", "It is marked TLP:CLEAR.", _public)
OWNER = Branch("owner", "Your organization filed it.", _owner)
PARTY = Branch("party", "Your organization is a party to its agreement.", _party)
SECTOR = _open_still(Branch("sector share", "It was shared with a sector of your organization.", _sector))
AUDIENCE = _open_still(Branch("release", "It was released to a group that you belong to.", _audience))
BY_NAME = _open_still(Branch(NAMED.name, NAMED.because, _by_name))
BY_GROUP = _open_still(Branch(IN_GROUP.name, IN_GROUP.because, _by_group, tell=IN_GROUP.tell))
GLASS = _open_still(Branch("break-glass", OPENED, _glass))
IN_OPENED = "Its agreement or its organization was opened to you by name."


def _tell_container(actor: Actor, report: Any) -> str:
    of_agreement = through(AgreementGroupGrant, actor, [report.agreement_id])
    groups = {*of_agreement, *through(OrganizationGroupGrant, actor, [report.organization_id])}
    names = ", ".join(sorted(groups))
    return (
        f"Its agreement or its organization was opened to the group {names}, to which you belong."
        if names
        else IN_OPENED
    )


CONTAINER = _open_still(Branch("container grant", IN_OPENED, _container, tell=_tell_container))
AUDITOR = Branch("auditor", "You are engaged as an auditor of its agreement; you see no narrative.", _audited)
OFFICER = Branch("liaison officer", "You are a liaison officer of the organization that filed it.", _officer)
PARTY_EXPORT = Branch("party", "Your organization is a party to its agreement.", _party_export)
HELD = Branch(
    "hold",
    "It has expired and is kept under a legal hold that you may lift; you see no narrative.",
    _held,
    of_withheld=True,
)
TO_RETURN = Branch(
    "to be returned",
    "It has expired, and your organization takes it back before it is deleted.",
    _to_return,
    of_withheld=True,
)
GLASS_AFTER = _open_still(
    Branch(
        "break-glass after the end",
        "It has expired, and was opened to you in an emergency, for a few hours.",
        _glass,
        of_withheld=True,
    )
)

# From the end of its day a report is out of ordinary use, whatever the workers do: GDPR Article 5(1)(e) and 18(1)(c).
withhold(Report, expired)

BODY = [PUBLIC, OWNER, PARTY, SECTOR, AUDIENCE, BY_NAME, BY_GROUP, CONTAINER, GLASS, TO_RETURN, GLASS_AFTER]

VIEW = on_rows(
    "incidents.view_report",
    Report,
    "See a report's head: title, sector, times, marking, retention.",
    [*BODY, AUDITOR, HELD],
)
VIEW_BODY = on_rows(
    "incidents.view_report_body", Report, "See a report's narrative, indicators, attachments and source record.", BODY
)
CHANGE = on_rows("incidents.change_report", Report, "Change and close a report, add indicators and files.", [OFFICER])
SHARE = on_rows("incidents.share_report", Report, "Share a report with a sector.", [OFFICER])
RELEASE = on_rows("incidents.release_report", Report, "Release a report to an audience or to a person.", [OFFICER])
EXPORT = on_rows(
    "incidents.export_report", Report, "Take reports out as a file; above TLP:AMBER only those of the own organization.",
    [
        PUBLIC, OWNER, SECTOR, AUDIENCE, CONTAINER, PARTY_EXPORT,
        Branch("auditor", "You are engaged as an auditor of its agreement.", _audited_export), TO_RETURN,
    ],
)  # fmt: skip
FILE = on_rows(
    "incidents.file_report", Organization, "File reports for an organization.",
    [Branch("liaison officer", "You are a liaison officer of this organization.",
            lambda actor: one_of("pk", actor.fact(officer_organizations)))],
)  # fmt: skip
FILE_UNDER = on_rows(
    "incidents.file_under", Agreement, "File reports under an agreement.",
    [Branch("party", "Your organization is a party to this agreement.",
            lambda actor: one_of("pk", actor.fact(filing_agreements)))],
)  # fmt: skip
VIEW_INDICATOR = on_rows(
    "incidents.view_indicator", Indicator, "See indicators of the reports whose narrative one may see.",
    via("report", "incidents.view_report_body", Report),
)  # fmt: skip
EXPORT_BODY = on_rows(
    "incidents.export_report_body", Report, "Take indicators and narratives out; above TLP:AMBER only those of the own organization.",
    [PUBLIC, OWNER, SECTOR, AUDIENCE, CONTAINER, PARTY_EXPORT, TO_RETURN],
)  # fmt: skip
EXPORT_INDICATOR = on_rows(
    "incidents.export_indicator", Indicator, "Take indicators out as a file.",
    via("report", "incidents.export_report_body", Report),
)  # fmt: skip
VIEW_ATTACHMENT = on_rows(
    "incidents.view_attachment", Attachment, "Download files of the reports whose narrative one may see.",
    via("report", "incidents.view_report_body", Report),
)  # fmt: skip
IMPORTS = on_rows(
    "incidents.view_import", Import, "See the imports of an organization and decide on them.",
    [Branch("liaison officer", "You are a liaison officer of the organization that imports.", _officer)],
)  # fmt: skip
REPORT_INCIDENTS = on_rows(
    "incidents.report_incidents", Report, "Count reports by agreement, organization and sector for a compliance report.",
    [
        Branch("auditor", "You are engaged as an auditor of its agreement.", _audited),
        Branch("coordinator", "You are a coordinator of the secretariat.",
               lambda actor: EVERY_ROW if actor.is_coordinator else None),
    ],
)  # fmt: skip
OPERATIONS = in_general(
    "incidents.view_operations", "See the exact numbers of today that the secretariat works with; each look is recorded.",
    [Standing("coordinator", "You are a coordinator of the secretariat.", lambda actor: actor.is_coordinator)],
)  # fmt: skip

NAMED_ALONE = "TLP:RED is for named persons. Let each one in by name, or lower the marking first."
REPORTS = offer(Kind(
    name="report", noun="report", model=Report, person=ReportUserGrant, group=ReportGroupGrant, codename="view_report",
    seen_by="incidents.view_report", decided_by="incidents.release_report", page="incidents:report-detail",
    subject=lambda row: row.organization, door="incidents:report-let-in",
    not_to_groups=lambda row: NAMED_ALONE if row.tlp == TLP.RED else "",
))  # fmt: skip


def _by_reference(reference: str) -> tuple[Report, Organization] | None:
    found = Report.objects.select_related("organization").filter(reference=reference.strip().upper()).first()
    return (found, found.organization) if found is not None else None


breakable("incidents.report", "report", _by_reference)
