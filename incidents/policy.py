"""Who may see and do what with reports, their parts and imports: branches B1 to B8 and M of the rules.

Every branch is a comparison of plain columns with keys that the actor's facts give, so that lists stay index scans.
TLP:RED reaches a person by the owner or by name, never by party, sector, council, container or audit.
"""

from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from agreements.models import Agreement, AgreementUserGrant, Engagement, Party
from incidents.models import Attachment, Import, Indicator, Release, Report, ReportUserGrant, SectorShare
from partnership.access.actor import Actor
from partnership.access.grants import granted, live
from partnership.access.scope import one_of, via
from partnership.access.table import EVERY_ROW, Branch, on_rows
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
    """Agreements in force that were opened to this person by name."""
    rows = live(AgreementUserGrant, actor.user).filter(  # type: ignore[arg-type]  # a member is signed in
        permission__codename="view_agreement", content_object__state=Agreement.State.IN_FORCE
    )
    return frozenset(rows.values_list("content_object_id", flat=True)) if actor.is_member else frozenset()


def granted_organizations(actor: Actor) -> frozenset[UUID]:
    """Organizations, not suspended, that were opened to this person or to a group of this person by name."""
    if not actor.is_member:
        return frozenset()
    wanted = {"permission__codename": "view_organization", "content_object__suspended_at__isnull": True}
    by_name = live(OrganizationUserGrant, actor.user).filter(**wanted)  # type: ignore[arg-type]  # a member is signed in
    by_group = OrganizationGroupGrant.objects.filter(
        group__user=actor.user.pk, expires_at__gt=Now(), revoked_at__isnull=True, **wanted
    )
    return frozenset(
        [*by_name.values_list("content_object_id", flat=True), *by_group.values_list("content_object_id", flat=True)]
    )


def audited_agreements(actor: Actor) -> frozenset[UUID]:
    """Agreements for which this person is engaged as an auditor now; they may have lapsed meanwhile."""
    if not actor.has_role(Role.AUDITOR):
        return frozenset()
    rows = Engagement.objects.in_force().filter(
        auditor_id=actor.user.pk, ended_at__isnull=True, agreements__isnull=False
    )
    return frozenset(rows.values_list("agreements", flat=True))


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


NAMED = granted(ReportUserGrant, "view_report")
PUBLIC = Branch("public", "It is marked TLP:CLEAR.", _public)
OWNER = Branch("owner", "Your organization filed it.", _owner)
PARTY = Branch("party", "Your organization is a party to its agreement.", _party)
SECTOR = Branch("sector share", "It was shared with a sector of your organization.", _sector)
AUDIENCE = Branch("release", "It was released to a group that you belong to.", _audience)
BY_NAME = Branch(NAMED.name, NAMED.because, _by_name)
CONTAINER = Branch("container grant", "Its agreement or its organization was opened to you by name.", _container)
AUDITOR = Branch("auditor", "You are engaged as an auditor of its agreement; you see no narrative.", _audited)
OFFICER = Branch("liaison officer", "You are a liaison officer of the organization that filed it.", _officer)
PARTY_EXPORT = Branch("party", "Your organization is a party to its agreement.", _party_export)

BODY = [PUBLIC, OWNER, PARTY, SECTOR, AUDIENCE, BY_NAME, CONTAINER]

VIEW = on_rows(
    "incidents.view_report", Report, "See a report's head: title, sector, times, marking, retention.", [*BODY, AUDITOR]
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
        Branch("auditor", "You are engaged as an auditor of its agreement.", _audited_export),
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
    [PUBLIC, OWNER, SECTOR, AUDIENCE, CONTAINER, PARTY_EXPORT],
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
