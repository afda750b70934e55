"""Whom each branch of this floor's policy lets in."""

from collections.abc import Callable
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Now

from agreements.audience import auditors, leavers, party_end, without
from agreements.models import (
    Agreement,
    AgreementGroupGrant,
    AgreementUserGrant,
    Engagement,
    LegalHold,
    Party,
    RetentionTerm,
)
from incidents.models import ReportGroupGrant, ReportUserGrant
from incidents.policy import READERS, REPORTS
from partnership.access.audience import (
    Reach,
    Reacher,
    coordinators,
    glass_on,
    holders,
    inherited,
    members,
    named,
    of_exceptions,
    of_members,
    reaches,
)
from partnership.audience import people_of
from partnership.models import TLP, AudienceMember, Organization, OrganizationGroupGrant, OrganizationUserGrant, Role


def up_to(ceiling: int, reacher: Reacher) -> Reacher:
    """Nobody above a marking."""
    return lambda report: reacher(report) if report.tlp <= ceiling else []


def _parties(agreement: Any, *roles: str) -> list[Reach]:
    rows = Party.objects.in_force().filter(agreement=agreement, agreement__state=Agreement.State.IN_FORCE)
    return [holders(*roles, of=rows.values("organization"), until=party_end(agreement))]


def _sector(report: Any) -> list[Reach]:
    shared = report.sector_shares.values("sector")
    return without(
        report.agreement_id, [holders(*READERS, of=Organization.objects.filter(sectors__in=shared).values("pk"))]
    )


def _audience(report: Any) -> list[Reach]:
    now = Q(since__lte=Now()) & (Q(until__isnull=True) | Q(until__gt=Now()))
    rows = AudienceMember.objects.filter(now, audience__in=report.releases.values("audience"))
    return [of_members(rows, "user", F("until"), leavers(report.agreement_id))]


def _container(report: Any) -> list[Reach]:
    agreement, organization = Agreement(pk=report.agreement_id), Organization(pk=report.organization_id)
    in_force = {"content_object__state": Agreement.State.IN_FORCE}
    open_ = {"content_object__suspended_at__isnull": True}
    gone = leavers(report.agreement_id)
    return [
        *(named(table, "view_agreement", agreement, gone, **in_force) for table in (AgreementUserGrant, AgreementGroupGrant)),
        *(named(table, "view_organization", organization, gone, **open_)
          for table in (OrganizationUserGrant, OrganizationGroupGrant)),
    ]  # fmt: skip


def _audited(report: Any) -> list[Reach]:
    found = auditors(report.agreement_id)
    return [
        Reach(found.rows.filter(pk__in=Engagement.objects.filter(ended_at__isnull=True)), found.person, found.until)
    ]


def _held(report: Any) -> list[Reach]:
    holds = LegalHold.objects.active().over(report)
    of_organization, of_agreement = (
        [holders(Role.LIAISON_OFFICER, of=holds.filter(agreement__isnull=is_null).values("owner"))]
        for is_null in (True, False)
    )
    officers = [*of_organization, *without(report.agreement_id, of_agreement)]
    return [*officers, *(coordinators() if holds.exists() else [])]


def _to_return(report: Any) -> list[Reach]:
    waits = report.term.action == RetentionTerm.Action.RETURN and report.returned_on is None
    return people_of("organization_id", Role.LIAISON_OFFICER)(report) if waits else []


def _named(table: Any) -> Callable[[Any], list[Reach]]:
    return lambda report: [named(table, "view_report", report, leavers(report.agreement_id))]


def _glass(report: Any) -> list[Reach]:
    return [glass_on(report, report.tlp, leavers(report.agreement_id))]


OFFICER = {"liaison officer": people_of("organization_id", Role.LIAISON_OFFICER)}
SHARED: dict[str, Reacher] = {
    "public": up_to(TLP.CLEAR, members), "owner": people_of("organization_id", *READERS),
    "sector share": up_to(TLP.GREEN, _sector), "release": up_to(TLP.AMBER, _audience),
    "container grant": up_to(TLP.AMBER, _container), "to be returned": _to_return,
}  # fmt: skip
BODY: dict[str, Reacher] = {
    **SHARED, "party": up_to(TLP.AMBER_STRICT, lambda report: _parties(report.agreement_id, *READERS)),
    "explicit grant": _named(ReportUserGrant), "group grant": up_to(TLP.AMBER_STRICT, _named(ReportGroupGrant)),
    "break-glass": _glass,
    "break-glass after the end": _glass,
}  # fmt: skip
OUT: dict[str, Reacher] = {**SHARED, "party": up_to(TLP.AMBER, lambda report: _parties(report.agreement_id, *READERS))}

reaches({**BODY, "auditor": up_to(TLP.AMBER_STRICT, _audited), "hold": _held}, "incidents.view_report")
reaches(BODY, "incidents.view_report_body")
reaches(
    OFFICER, "incidents.change_report", "incidents.share_report", "incidents.release_report", "incidents.view_import"
)
reaches({**OUT, "auditor": up_to(TLP.AMBER, _audited)}, "incidents.export_report")
reaches(OUT, "incidents.export_report_body")
reaches({"liaison officer": people_of("pk", Role.LIAISON_OFFICER)}, "incidents.file_report")
reaches({"party": lambda obj: _parties(obj.pk, Role.LIAISON_OFFICER)}, "incidents.file_under")
reaches(
    {"via report": inherited("report", "incidents.view_report_body")},
    "incidents.view_indicator",
    "incidents.view_attachment",
)
reaches({"via report": inherited("report", "incidents.export_report_body")}, "incidents.export_indicator")
reaches({"auditor": up_to(TLP.AMBER_STRICT, _audited), "coordinator": coordinators}, "incidents.report_incidents")
of_exceptions(REPORTS)
