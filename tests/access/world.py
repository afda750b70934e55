"""A small world in which every branch of every policy lets somebody in and keeps somebody out, at random."""

from datetime import UTC, datetime, timedelta
from random import Random

from django.contrib.auth.models import Group
from django.utils import timezone

from agreements.models import Agreement, Engagement
from partnership.models import TLP, Organization, Role, Sector, User
from tests.factories import agreements, councils, incidents, partnership

ROLES = list(Role.values)


class World:
    """People, organizations and records; which of them are made is decided by the seed alone."""

    def __init__(self, seed, people=24):
        self.random = Random(seed)
        self.now = timezone.now()
        self.sectors = list(Sector.objects.order_by("code")[:3])
        self.people = [partnership.UserFactory(is_active=self.random.random() > 0.1) for _ in range(people)]
        self.people[0].is_active, self.people[0].is_superuser, self.people[0].is_staff = True, True, True
        self.people[0].save()
        self.groups = [partnership.GroupFactory() for _ in range(3)]
        self.organizations = self._organizations()
        self.named = [
            partnership.NamedGroupFactory(group=group, organization=self.one(self.organizations), is_listed=n == 0)
            for n, group in enumerate(self.groups)
        ]
        self._memberships()
        self.agreements = self._agreements()
        self.councils = self._councils()
        self.reports = self._reports()
        self._grants()
        self._rest()

    def some(self, things, most=3):
        return self.random.sample(things, self.random.randint(0, min(most, len(things))))

    def one(self, things):
        return self.random.choice(things)

    def span(self):
        """Begun or not, ended or not, with and without an end."""
        day = timedelta(days=1)
        since = self.now + self.one([-400 * day, -400 * day, -400 * day, day])
        return {"since": since, "until": self.one([None, None, max(self.now - day, since), self.now + 30 * day])}

    def _organizations(self):
        today, made = self.now.date(), [partnership.secretariat()]
        for n in range(7):
            one = partnership.OrganizationFactory(name=f"World {n}", sectors=[self.one(self.sectors)])
            if n == 5:
                one.suspended_at, one.suspended_by = self.now, one.created_by
            one.revet_on = today + timedelta(days=self.one([-1, 0, 1, 300])) if n == 4 else one.revet_on
            if n == 6:
                one.vetting = Organization.Vetting.REFUSED
            one.save()
            made.append(one)
        return made

    def _memberships(self):
        for person in self.people:
            for organization in self.some(self.organizations, 2):
                for role in self.some(ROLES, 3):
                    partnership.MembershipFactory(user=person, organization=organization, role=role, **self.span())
            for group in self.some(self.groups, 2):
                partnership.GroupMembershipFactory(
                    group=group, user=person, added_by=self.people[-1 if person is self.people[0] else 0], **self.span()
                )
        partnership.MembershipFactory(user=self.people[1], organization=self.organizations[0], role=Role.COORDINATOR)
        User.objects.filter(pk=self.people[1].pk).update(is_active=True)

    def _agreements(self):
        made = []
        for state in ("in_force", "in_force", "in_force", "suspended", "terminated", "draft", "negotiation"):
            parties = self.random.sample(self.organizations, 3)
            one = incidents.agreement_in_force(*parties, categories=("incident-report",))
            for party in one.parties.all():
                span = self.span()
                type(party).objects.filter(pk=party.pk).update(**span)
            ended = self.now.date() if state == "terminated" else None
            Agreement.objects.filter(pk=one.pk).update(state=state, ended_on=ended)
            one.refresh_from_db()
            made.append(one)
        for person in self.some(self.people, 6):
            row = agreements.EngagementFactory(auditor=person, since=self.now - timedelta(days=9),
                                               until=self.now + timedelta(days=self.one([-1, 9])))  # fmt: skip
            row.agreements.set(self.some(made))
            if self.random.random() < 0.3:
                Engagement.objects.filter(pk=row.pk).update(ended_at=self.now, ended_by=person)
        return made

    def _councils(self):
        made = []
        for _ in range(2):
            one = councils.CouncilFactory()
            for function, votes in (("chair", True), ("officer", False), ("member", True), ("member", True)):
                member = partnership.AudienceMemberFactory(
                    audience=one.audience, user=self.one(self.people), **self._open()
                )
                seat = councils.SeatFactory(council=one, function=function, is_voting=votes)
                gone = {"vacated_at": self.now, "vacated_by": member.user} if self.random.random() < 0.2 else {}
                councils.OccupancyFactory(seat=seat, membership=member, **gone)
            made.append(one)
        return made

    def _open(self):
        """A span of an audience; distinct ends keep one person from sitting twice at a time."""
        return {"since": self.now - timedelta(days=9),
                "until": self.now + timedelta(days=self.one([-1, 30]), seconds=self.random.randint(0, 999))}  # fmt: skip

    def _reports(self):
        made = []
        for n in range(14):
            agreement = self.one(self.agreements)
            report = incidents.ReportFactory(organization=self.one(self.organizations), agreement=agreement, tlp=n % 5)
            for sector in self.some(self.sectors, 2):
                incidents.SectorShareFactory(report=report, sector=sector)
            for council in self.some(self.councils, 1):
                incidents.ReleaseFactory(report=report, audience=council.audience)
            made.append(report)
        return made

    def _grants(self):
        tables = [
            (incidents.ReportUserGrantFactory, self.reports, 14), (incidents.ReportGroupGrantFactory, self.reports, 6),
            (agreements.AgreementUserGrantFactory, self.agreements, 6), (agreements.AgreementGroupGrantFactory, self.agreements, 2),
            (councils.CouncilUserGrantFactory, self.councils, 4), (councils.CouncilGroupGrantFactory, self.councils, 2),
            (partnership.OrganizationUserGrantFactory, self.organizations, 6),
            (partnership.OrganizationGroupGrantFactory, self.organizations, 2),
        ]  # fmt: skip
        seen = set()
        for make, records, count in tables:
            for _ in range(count):
                grouped = "Group" in make.__name__
                whom = {"group": self.one(self.groups)} if grouped else {"user": self.one(self.people)}
                record = self.one(records)
                key = (make, record.pk, *[v.pk for v in whom.values()])
                if key in seen or (grouped and getattr(record, "tlp", 0) == TLP.RED):
                    continue
                seen.add(key)
                end = self.now + timedelta(days=self.one([-0.5, 20, 20]))
                gone = {"revoked_at": self.now, "revoked_by": self.people[0]} if self.random.random() < 0.2 else {}
                make(content_object=record, expires_at=end, **whom, **gone)
        for report in self.some(self.reports, 5):
            glass = partnership.BreakGlassFactory(
                record_id=report.pk, requested_by=self.one(self.people[2:]), tlp_ceiling=self.one(list(TLP.values)))  # fmt: skip
            begun = self.now - timedelta(hours=self.one([1, 5]))
            glass.approved_at, glass.approved_by, glass.expires_at = begun, self.people[1], begun + timedelta(hours=4)
            glass.save()

    def _rest(self):
        """One or two of everything else that a permission is about."""
        one, person = self.one, lambda: self.one(self.people)
        for organization in self.random.sample(self.organizations, 3):
            office = partnership.LiaisonOfficeFactory(organization=organization)
            partnership.ContactEntryFactory(office=office)
            partnership.InvitationFactory(organization=organization)
            incidents.ImportFactory(organization=organization, agreement=one(self.agreements))
            agreements.LegalHoldFactory(agreement=one(self.agreements), owner=organization)
            agreements.LegalHoldFactory(agreement=None, organization=organization, owner=organization)
            agreements.DeletionRecordFactory(
                agreement_id=one(self.agreements).pk, organization_id=one([organization.pk, None])
            )
            partnership.AuditEntryFactory(subject_id=str(one([organization.pk, one(self.agreements).pk])))
            partnership.AuditEntryFactory(subject_id="", actor_id=person().pk, actor_kind="person")
        for about in (*self.random.sample(self.organizations, 2), one(self.agreements)):
            partnership.ConfirmationFactory(about_id=str(about.pk))
        partnership.ApiTokenFactory(user=person())
        partnership.JobFactory(requested_by=person())
        partnership.ExportFactory(requested_by=person())
        for agreement in self.agreements:
            version = agreement.versions.get()
            agreements.RemarkFactory(version=version, made_by=person(), organization=agreement.lead)
            agreements.ProposalFactory(version=version, made_by=person(), organization=agreement.lead)
        for owner in (None, *self.random.sample(self.organizations, 3)):
            partnership.BreakGlassFactory(requested_by=person(), owner=owner)
        partnership.AuditCheckpointFactory()
        partnership.AuditWitnessFactory(organization=one(self.organizations))
        for _ in range(3):
            partnership.SecurityEventFactory(person_id=person().pk)
        for council in self.councils:
            meeting = councils.MeetingFactory(council=council, charter=councils.CharterFactory(council=council))
            councils.DecisionFactory(item=councils.AgendaItemFactory(meeting=meeting))
            partnership.CorrectiveActionFactory(owner=person(), audience=council.audience)
        partnership.CorrectiveActionFactory(owner=person())
        for report in self.random.sample(self.reports, 4):
            incidents.IndicatorFactory(report=report)
            incidents.AttachmentFactory(report=report)
        self._departures()

    def _departures(self):
        """Parties that left, that leave later, and that somebody asks to let go; who attests is drawn as well."""
        day = timedelta(days=1)
        for agreement in self.agreements:
            for party in self.some(list(agreement.parties.exclude(organization=agreement.lead).order_by("pk")), 2):
                state, leaves_at = (
                    self.one(["left", "left", "confirmed", "asked"]),
                    self.now + self.one([-1, -1, 30]) * day,
                )
                asked = {"decided_at": None, "decided_by": None, "left_at": None} if state == "asked" else {}
                made = agreements.DepartureFactory(
                    party=party, state=state, leaves_at=leaves_at, asked_by=self.one(self.people), **asked
                )
                if state != "asked":
                    type(party).objects.filter(pk=party.pk).update(until=max(leaves_at, party.since))
                agreements.AttestationFactory(departure=made, organization=self.one(self.organizations))


BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
__all__ = ["BEGINNING", "Group", "World"]
