"""A random world of people, organizations, agreements and reports, as plain rows and as rows of the database.

The plain rows are what the reference policy reads; the boundaries that random worlds miss are pinned at the end.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace as Row
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.utils import timezone

from agreements.models import Agreement, AgreementGroupGrant, AgreementUserGrant, Engagement, Party, RetentionTerm
from incidents.models import IncidentKind, Indicator, Release, Report, ReportGroupGrant, ReportUserGrant, SectorShare
from partnership.models import (
    Audience,
    AudienceMember,
    BreakGlass,
    GroupMembership,
    Membership,
    Organization,
    OrganizationGroupGrant,
    OrganizationUserGrant,
    Role,
    Sector,
    User,
)
from tests.factories.agreements import LegalHoldFactory
from tests.factories.incidents import agreement_in_force
from tests.factories.partnership import UserFactory
from tests.policy.pins import pin

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PEOPLE, REPORTS = 40, 400
SECTORS = ["nis2:energy", "nis2:health", "nis2:transport", "nis2:banking"]
STATES = ["in_force"] * 6 + ["suspended", "terminated"]
DAYS = [400] * 8 + [0, -1, -30]  # from today to the last day of a report
VETTINGS = [("vetted", 400)] * 7 + [("vetted", 0), ("vetted", -1), ("expired", 400), ("applicant", None)]


@dataclass
class World:
    """Everything that decides, by name; each entry a plain row."""

    now: datetime
    people: list[Row] = field(default_factory=list)
    organizations: list[Row] = field(default_factory=list)
    memberships: list[Row] = field(default_factory=list)
    agreements: list[Row] = field(default_factory=list)
    parties: list[Row] = field(default_factory=list)
    engagements: list[Row] = field(default_factory=list)
    members: list[Row] = field(default_factory=list)  # of audiences
    groups: list[Row] = field(default_factory=list)  # (group, person)
    grants: list[Row] = field(default_factory=list)  # on reports, agreements, organizations
    glass: list[Row] = field(default_factory=list)  # reports opened in an emergency
    holds: list[Row] = field(default_factory=list)
    reports: list[Row] = field(default_factory=list)
    shares: list[Row] = field(default_factory=list)
    releases: list[Row] = field(default_factory=list)
    audiences: list[Any] = field(default_factory=list)
    task_force: Any = None


class Maker:
    """Throws the dice for one world and stores it."""

    def __init__(self, seed: int):
        self.dice = random.Random(seed)
        self.world = World(timezone.now())
        self.keeper = UserFactory()

    def period(self, open_end: bool = True) -> tuple[datetime, datetime | None]:
        now = self.world.now
        found = [
            (now - 400 * DAY, None), (now - 400 * DAY, None), (now - 400 * DAY, now + HOUR), (now - 400 * DAY, now - HOUR),
            (now - HOUR, None), (now + HOUR, None), (now - 9 * DAY, now - DAY), (now + HOUR, now + DAY),
        ]  # fmt: skip
        since, until = self.dice.choice(found)
        return since, until if until or open_end else now + 30 * DAY

    def make(self) -> World:
        self._organizations()
        self._people()
        self._agreements()
        self._audiences()
        self._reports()
        self._letting_in()
        pin(self)
        self._store()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # without figures about the new rows the planner guesses, for minutes
        return self.world

    def organization(self, vetting="vetted", days=400, suspended=False, sectors=(), secretariat=False) -> Row:
        revet = self.world.now.date() + days * DAY if days is not None else None
        row = Row(
            id=uuid4(),
            vetting=vetting,
            revet_on=revet,
            suspended=suspended,
            sectors=list(sectors),
            secretariat=secretariat,
        )
        self.world.organizations.append(row)
        return row

    def person(self, active=True, superuser=False) -> Row:
        row = Row(id=uuid4(), active=active, superuser=superuser)
        self.world.people.append(row)
        return row

    def join(self, person, organization, role, since=None, until=None) -> None:
        if not any(
            (m.person, m.organization, m.role) == (person.id, organization.id, role) for m in self.world.memberships
        ):
            self.world.memberships.append(Row(person=person.id, organization=organization.id, role=str(role),
                                              since=since or self.world.now - 400 * DAY, until=until))  # fmt: skip

    def enter(self, agreement, organization, since=None, until=None) -> None:
        if not any((p.agreement, p.organization) == (agreement.id, organization.id) for p in self.world.parties):
            self.world.parties.append(Row(agreement=agreement.id, organization=organization.id,
                                          since=since or self.world.now - 400 * DAY, until=until))  # fmt: skip

    def report(self, organization, agreement, tlp, days=400, returned=False) -> Row:
        """A report whose last day lies so many days ahead; a negative one has expired."""
        row = Row(
            id=uuid4(), organization=organization.id, agreement=agreement.id, tlp=tlp, sector=self.dice.choice(SECTORS),
            days=days, returned=returned,
        )  # fmt: skip
        self.world.reports.append(row)
        return row

    def grant(self, kind, obj, person=None, group=None, codename=None, days=5, revoked=False) -> None:
        codename = codename or f"view_{kind}"
        taken = {(g.kind, g.obj, g.person, g.group, g.codename) for g in self.world.grants}
        if (kind, obj, person, group, codename) not in taken:
            self.world.grants.append(Row(kind=kind, obj=obj, person=person, group=group, codename=codename,
                                         expires=self.world.now + days * DAY, revoked=revoked))  # fmt: skip

    def break_glass(self, report, person, ceiling, approved=True, ended=False, over=False) -> None:
        self.world.glass.append(
            Row(report=report.id, person=person.id, ceiling=ceiling, approved=approved, ended=ended, over=over)
        )

    def hold(self, owner, organization=None, agreement=None, report=None, lifted=False) -> None:
        self.world.holds.append(
            Row(
                owner=owner.id, organization=organization and organization.id, agreement=agreement and agreement.id,
                report=report and report.id, lifted=lifted,
            )
        )  # fmt: skip

    def engage(self, person, agreement, since, until, ended=False) -> None:
        self.world.engagements.append(
            Row(id=uuid4(), person=person.id, agreement=agreement.id, since=since, until=until, ended=ended)
        )

    def _organizations(self) -> None:
        for number in range(14):
            vetting, days = self.dice.choice(VETTINGS) if number else ("vetted", 400)
            self.organization(
                vetting, days, self.dice.random() < 0.1, self.dice.sample(SECTORS, self.dice.choice([1, 1, 2]))
            )

    def _people(self) -> None:
        roles = [*Role.values, Role.LIAISON_OFFICER, Role.ANALYST]
        for _ in range(PEOPLE - 10):
            person = self.person(active=self.dice.random() > 0.08, superuser=self.dice.random() < 0.05)
            for _ in range(self.dice.choice([0, 1, 1, 1, 2])):
                self.join(person, self.dice.choice(self.world.organizations), self.dice.choice(roles), *self.period())

    def _agreements(self) -> None:
        for number in range(8):
            state = self.dice.choice(STATES) if number > 2 else "in_force"
            self.world.agreements.append(Row(id=None, state=state, returns=number in (1, 5)))
        self._store_agreements()
        for agreement in self.world.agreements:
            for organization in self.dice.sample(self.world.organizations, 4):
                self.enter(agreement, organization, *self.period())
        for _ in range(6):
            since, until = self.period(open_end=False)
            self.engage(
                self.dice.choice(self.world.people),
                self.dice.choice(self.world.agreements),
                since,
                until,
                self.dice.random() < 0.2,
            )

    def _store_agreements(self) -> None:
        for row in self.world.agreements:
            if row.id is None:
                row.stored = agreement_in_force(action="return" if row.returns else "delete")
                row.id = row.stored.pk
                Party.objects.filter(agreement=row.stored).delete()
                Agreement.objects.filter(pk=row.id).update(
                    state=row.state, ended_on=self.world.now.date() if row.state == "terminated" else None
                )

    def _audiences(self) -> None:
        self.world.audiences = [Audience.objects.create(name=f"Audience {uuid4()}") for _ in range(4)]
        for person in self.world.people:
            for audience in self.dice.sample(self.world.audiences, self.dice.choice([0, 0, 1])):
                since, until = self.period()
                self.world.members.append(Row(person=person.id, audience=audience.pk, since=since, until=until))
        self.world.task_force = Group.objects.create(name=f"Task force {uuid4()}")
        self.world.groups = [
            Row(
                group=self.world.task_force.pk, person=p.id, **dict(zip(("since", "until"), self.period(), strict=True))
            )
            for p in self.dice.sample(self.world.people, 7)
        ]

    def _reports(self) -> None:
        for _ in range(REPORTS - 40):
            self.report(
                self.dice.choice(self.world.organizations),
                self.dice.choice(self.world.agreements),
                self.dice.choice([0, 1, 1, 2, 2, 3, 4]),
                self.dice.choice(DAYS),
                returned=self.dice.random() < 0.3,
            )

    def _letting_in(self) -> None:
        dice, world = self.dice, self.world
        for report in dice.sample(world.reports, 90):
            world.shares.append(Row(report=report.id, sector=dice.choice(SECTORS)))
        for report in dice.sample(world.reports, 90):
            world.releases.append(Row(report=report.id, audience=dice.choice(world.audiences).pk))
        codenames = ["view_report", "view_report", "view_report", "change_report"]
        for _ in range(6):
            owner, scope = dice.choice(world.organizations), dice.choice(["organization", "agreement", "report"])
            self.hold(owner, lifted=dice.random() < 0.3, **{scope: dice.choice(getattr(world, f"{scope}s"))})
        for report in dice.sample(world.reports, 60):
            self.grant(
                "report",
                report.id,
                dice.choice(world.people).id,
                None,
                dice.choice(codenames),
                dice.choice([5, 5, -1]),
                dice.random() < 0.2,
            )
        for _ in range(8):
            self.grant(
                "agreement",
                dice.choice(world.agreements).id,
                dice.choice(world.people).id,
                None,
                None,
                dice.choice([5, 5, -1]),
                dice.random() < 0.2,
            )
            self.grant(
                "organization",
                dice.choice(world.organizations).id,
                dice.choice(world.people).id,
                None,
                None,
                dice.choice([5, 5, -1]),
                dice.random() < 0.2,
            )
        below_red = [report for report in world.reports if report.tlp < 4]  # the database refuses red to groups
        for _ in range(4):
            for kind, obj in (
                ("organization", dice.choice(world.organizations)),
                ("agreement", dice.choice(world.agreements)),
            ):
                self.grant(kind, obj.id, None, world.task_force.pk, None, dice.choice([5, 5, -1]), dice.random() < 0.2)
            self.grant(
                "report",
                dice.choice(below_red).id,
                None,
                world.task_force.pk,
                None,
                dice.choice([5, -1]),
                dice.random() < 0.2,
            )
            self.break_glass(
                dice.choice(world.reports), dice.choice(world.people), dice.randrange(5), dice.random() < 0.8
            )

    def _store(self) -> None:
        world, now = self.world, self.world.now
        User.objects.bulk_create(
            User(pk=p.id, email=f"{p.id}@example.org", name="P", is_active=p.active, is_superuser=p.superuser)
            for p in world.people
        )
        Organization.objects.bulk_create(
            Organization(
                pk=o.id, name=f"O {o.id}", kind="operator", size="medium", country="NL", vetting=o.vetting, revet_on=o.revet_on, created_at=now,
                created_by=self.keeper, vetted_at=now, vetted_by=self.keeper, is_secretariat=o.secretariat,
                suspended_at=now if o.suspended else None, suspended_by=self.keeper if o.suspended else None,
            ) for o in world.organizations
        )  # fmt: skip
        sectors = {s.pk: s for s in Sector.objects.filter(pk__in=SECTORS)}
        Organization.sectors.through.objects.bulk_create(
            Organization.sectors.through(organization_id=o.id, sector_id=sectors[s].pk)
            for o in world.organizations
            for s in o.sectors
        )
        Membership.objects.bulk_create(
            Membership(
                user_id=m.person,
                organization_id=m.organization,
                role=m.role,
                since=m.since,
                until=m.until,
                granted_at=now,
                granted_by=self.keeper,
            )
            for m in world.memberships
        )
        Party.objects.bulk_create(
            Party(agreement_id=p.agreement, organization_id=p.organization, since=p.since, until=p.until)
            for p in world.parties
        )
        AudienceMember.objects.bulk_create(
            AudienceMember(user_id=m.person, audience_id=m.audience, since=m.since, until=m.until)
            for m in world.members
        )
        for row in world.groups:
            GroupMembership.objects.create(group_id=row.group, user_id=row.person, because="Policy", since=row.since,
                                           until=row.until, added_at=row.since, added_by=self.keeper)  # fmt: skip
        for row in world.engagements:
            made = Engagement.objects.create(
                pk=row.id, auditor_id=row.person, title="Audit", independence="Yes", since=row.since, until=row.until, created_at=now,
                created_by=self.keeper, ended_at=now if row.ended else None, ended_by=self.keeper if row.ended else None,
            )  # fmt: skip
            made.agreements.add(row.agreement)
        self._store_reports()
        self._store_grants()
        self._store_glass()
        self._store_holds()

    def _store_reports(self) -> None:
        world = self.world
        terms = {a.id: RetentionTerm.objects.get(version=a.stored.governing) for a in world.agreements}
        kind = IncidentKind.objects.get(code="malware")
        Report.objects.bulk_create(
            Report(
                pk=r.id, reference=f"W-{n:06}", title=f"Report {n}", organization_id=r.organization, agreement_id=r.agreement,
                version_id=terms[r.agreement].version_id, term=terms[r.agreement], category_id=terms[r.agreement].category_id,
                retain_until=world.now.date() + r.days * DAY, returned_on=world.now.date() if r.returned else None,
                sector_id=r.sector, kind=kind, tlp=r.tlp, severity=self.dice.randrange(5), received_at=world.now - self.dice.randrange(90) * DAY,
            ) for n, r in enumerate(world.reports)
        )  # fmt: skip
        SectorShare.objects.bulk_create(
            SectorShare(report_id=s.report, sector_id=s.sector, shared_at=world.now, shared_by=self.keeper)
            for s in world.shares
        )
        Release.objects.bulk_create(
            Release(report_id=r.report, audience_id=r.audience, released_at=world.now, released_by=self.keeper)
            for r in world.releases
        )
        Indicator.objects.bulk_create(
            Indicator(
                pk=r.id, report_id=r.id, type="domain", value=f"x{n}.example", added_at=world.now, added_by=self.keeper
            )
            for n, r in enumerate(world.reports)
        )  # an indicator has the key of its report, so that the same reference answers for it

    def _store_grants(self) -> None:
        tables = {
            ("report", False): ReportUserGrant, ("report", True): ReportGroupGrant, ("agreement", False): AgreementUserGrant,
            ("agreement", True): AgreementGroupGrant, ("organization", False): OrganizationUserGrant, ("organization", True): OrganizationGroupGrant,
        }  # fmt: skip
        app = {"report": "incidents", "agreement": "agreements", "organization": "partnership"}
        for g in self.world.grants:
            whom = {"user_id": g.person} if g.person else {"group_id": g.group}
            tables[g.kind, g.group is not None].objects.create(
                **whom, content_object_id=g.obj, permission=Permission.objects.get(codename=g.codename, content_type__app_label=app[g.kind]),
                granted_at=self.world.now - 30 * DAY, granted_by=self.keeper, reason="Asked for", expires_at=g.expires,
                revoked_at=self.world.now if g.revoked else None, revoked_by=self.keeper if g.revoked else None,
            )  # fmt: skip

    def _store_holds(self) -> None:
        now, agreement_of = self.world.now, {r.id: r.agreement for r in self.world.reports}
        for h in self.world.holds:
            LegalHoldFactory(
                organization_id=h.organization, agreement_id=h.agreement or agreement_of.get(h.report), agreement=None, owner_id=h.owner, owner=None,
                placed_by=self.keeper, **({"record_type": "incidents.report", "record_id": h.report} if h.report else {}),
                **({"lifted_at": now, "lifted_by": self.keeper} if h.lifted else {}),
            )  # fmt: skip

    def _store_glass(self) -> None:
        now = self.world.now
        for g in self.world.glass:
            begun = now - (3 * HOUR if g.over else HOUR)
            opened = (
                {"approved_at": begun, "approved_by": self.keeper, "expires_at": begun + 2 * HOUR} if g.approved else {}
            )
            BreakGlass.objects.create(
                record_type="incidents.report", record_id=g.report, record_name="A report", tlp_ceiling=g.ceiling, reason="An outage",
                requested_at=begun, requested_by_id=g.person, **opened,
                **({"ended_at": now, "ended_by": self.keeper} if g.ended else {}),
            )  # fmt: skip
