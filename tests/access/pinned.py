"""A small world without dice: for each rule outside reports somebody whom it lets in, and somebody whom it just keeps out."""

from datetime import timedelta

from django.utils import timezone

from agreements.models import Agreement, Party
from partnership.models import Organization, Role
from tests.factories import agreements, councils, incidents, partnership
from tests.factories.partnership import OrganizationFactory, UserFactory, member

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GRANTS = [
    (incidents.ReportUserGrantFactory, incidents.ReportGroupGrantFactory, "report"),
    (agreements.AgreementUserGrantFactory, agreements.AgreementGroupGrantFactory, "led"),
    (councils.CouncilUserGrantFactory, councils.CouncilGroupGrantFactory, "council"),
    (partnership.OrganizationUserGrantFactory, partnership.OrganizationGroupGrantFactory, "other"),
]


class Pinned:
    """Each person stands in one relation, so that nothing else hides what a rule gives."""

    def __init__(self):
        self.now = timezone.now()
        self.own, self.other, self.out = (OrganizationFactory() for _ in range(3))
        self.unvetted = OrganizationFactory(vetting=Organization.Vetting.REFUSED)
        self.people = [UserFactory()]
        self.nobody = self.people[0]
        self.of_own = {role: self.person(role, self.own) for role in Role.values}
        self.unvetted_people = [self.person(role, self.unvetted) for role in (Role.LIAISON_OFFICER, Role.ADMINISTRATOR)]
        self.coordinator = self.person(Role.COORDINATOR, partnership.secretariat())
        self.person(Role.ANALYST, partnership.secretariat())
        self.person(Role.COORDINATOR, OrganizationFactory())  # of an organization that has nothing to do with anything
        self.inactive = self.person(Role.LIAISON_OFFICER, self.own, is_active=False)
        self.former = self.person(Role.ANALYST, self.out)
        partnership.MembershipFactory(user=self.former, organization=self.own, role=Role.ANALYST, until=self.now - DAY)
        self._agreements()
        self._audits()
        self._under_agreements()
        self._departures()
        self._councils()
        self._grants()
        self._on_the_ground()

    def person(self, role, organization, **more):
        found = member(role, organization, **more)
        self.people.append(found)
        return found

    def _agreements(self):
        party, left, lead, drafter = (OrganizationFactory() for _ in range(4))
        for organization in (party, lead, drafter):
            for role in (Role.LIAISON_OFFICER, Role.SIGNATORY, Role.ANALYST):
                self.negotiator = self.person(role, organization)
        self.left = [self.person(role, left) for role in (Role.LIAISON_OFFICER, Role.SIGNATORY, Role.ANALYST)]
        self.agreement = incidents.agreement_in_force(self.own, party, left)
        Party.objects.filter(organization=left).update(until=self.now - HOUR)
        self.ended = incidents.agreement_in_force(self.own, party)
        Agreement.objects.filter(pk=self.ended.pk).update(state="terminated", ended_on=self.now.date())
        self.led = incidents.agreement_in_force(lead)  # its lead is no party
        Party.objects.filter(agreement=self.led).delete()
        self.draft = incidents.agreement_in_force(drafter, party)
        Agreement.objects.filter(pk=self.draft.pk).update(state="draft")

    def _audits(self):
        engaged = self.person(Role.AUDITOR, self.out)
        lapsed = self.person(Role.AUDITOR, self.out)
        by_name_alone = self.person(Role.ANALYST, self.out)
        for auditor, until in (
            (engaged, self.now + DAY),
            (lapsed, self.now - HOUR),
            (by_name_alone, self.now + DAY),
        ):
            row = agreements.EngagementFactory(auditor=auditor, since=self.now - 9 * DAY, until=until)
            row.agreements.set([self.agreement])

    def _under_agreements(self):
        for agreement in (self.agreement, self.draft, self.led):
            version = agreement.versions.get()
            for make in (agreements.RemarkFactory, agreements.ProposalFactory):
                make(version=version, made_by=self.negotiator, organization=agreement.lead)
        agreements.LegalHoldFactory(agreement=self.agreement, owner=self.other)
        agreements.LegalHoldFactory(agreement=None, organization=self.own, owner=self.own)
        agreements.DeletionRecordFactory(agreement_id=self.agreement.pk, organization_id=None)
        agreements.DeletionRecordFactory(organization_id=self.own.pk)
        agreements.RetentionApprovalFactory(asked_by=self.coordinator)
        self.report = incidents.ReportFactory(organization=self.other, agreement=self.ended)
        incidents.AttachmentFactory(report=self.report)
        incidents.ImportFactory(organization=self.own, agreement=self.agreement)

    def _departures(self):
        """One party has left and one will; each has somebody to whom the agreement was opened by name and in a group."""
        staying = OrganizationFactory()
        stays = self.person(Role.ANALYST, staying)
        self.leaving = incidents.agreement_in_force(self.own, staying)
        self.person(Role.SIGNATORY, self.unvetted)
        for agreement, person, state, hours in (
            (self.agreement, self.left[2], "left", -1),
            (self.leaving, stays, "confirmed", 24),
        ):
            until = self.now + hours * HOUR
            party = agreement.parties.get(organization=person.memberships.get().organization)
            Party.objects.filter(pk=party.pk).update(until=until)
            made = agreements.DepartureFactory(party=party, state=state, leaves_at=until, asked_by=self.coordinator)
            agreements.AttestationFactory(departure=made, organization=self.unvetted)
            agreements.AttestationFactory(departure=made, organization=self.own)
            agreements.AgreementUserGrantFactory(content_object=agreement, user=person)
            group = partnership.GroupFactory()
            partnership.GroupMembershipFactory(group=group, user=person)
            agreements.AgreementGroupGrantFactory(content_object=agreement, group=group)

    def _councils(self):
        self.council = councils.CouncilFactory()
        sits = {}
        for function, votes in (("chair", True), ("officer", False), ("member", True)):
            sits[function] = self.person(Role.COUNCIL_MEMBER, self.out)
            self._seat(sits[function], function, votes)
        self._seat(self.nobody, "member", True)
        vacated, left = (self.person(Role.COUNCIL_MEMBER, self.out) for _ in range(2))
        self._seat(vacated, "member", True, vacated_at=self.now, vacated_by=vacated)
        self._seat(left, "member", True, until=self.now - HOUR)
        charter = councils.CharterFactory(council=self.council)
        meeting = councils.MeetingFactory(council=self.council, charter=charter)
        councils.DecisionFactory(item=councils.AgendaItemFactory(meeting=meeting))
        partnership.CorrectiveActionFactory(audience=self.council.audience)
        partnership.CorrectiveActionFactory(owner=sits["member"])

    def _seat(self, person, function, votes, until=None, **gone):
        seat = councils.SeatFactory(council=self.council, function=function, is_voting=votes)
        membership = partnership.AudienceMemberFactory(audience=self.council.audience, user=person, until=until)
        councils.OccupancyFactory(seat=seat, membership=membership, **gone)

    def _grants(self):
        ends = [({}, "live"), ({"expires_at": self.now - HOUR}, "over"), ({"revoked_at": self.now, "revoked_by": self.nobody}, "revoked")]  # fmt: skip
        for more, _ in ends:
            person, grantor = self.person(Role.ANALYST, self.out), self.person(Role.ANALYST, self.out)
            group = partnership.NamedGroupFactory(organization=self.own, is_listed=bool(more)).group
            inside, before = self.person(Role.ANALYST, self.out), self.person(Role.ANALYST, self.out)
            partnership.GroupMembershipFactory(group=group, user=inside)
            partnership.GroupMembershipFactory(group=group, user=before, until=self.now - HOUR)
            before.groups.add(group)  # the account's own column, which opens nothing
            if not more:
                partnership.GroupMembershipFactory(group=group, user=self.of_own[Role.LIAISON_OFFICER])
            for to_person, to_group, record in GRANTS:
                record = getattr(self, record)
                to_person(content_object=record, user=person, granted_by=grantor, **more)
                to_group(content_object=record, group=group, granted_by=grantor, **more)

    def _on_the_ground(self):
        partnership.ContactEntryFactory(office=partnership.LiaisonOfficeFactory(organization=self.own))
        partnership.InvitationFactory(organization=self.own)
        analyst = self.of_own[Role.ANALYST]
        for person in (self.inactive, analyst):
            partnership.JobFactory(requested_by=person)
            partnership.ExportFactory(requested_by=person)
            partnership.AuditEntryFactory(subject_id="", actor_id=person.pk, actor_kind="person")
        for subject in (self.own, self.agreement):
            partnership.AuditEntryFactory(subject_id=str(subject.pk))
            partnership.ConfirmationFactory(about_id=str(subject.pk))
        # A party to an agreement that nobody audits.
        partnership.ConfirmationFactory(about_id=str(Party.objects.filter(agreement=self.draft).exclude(
            organization__in=self.agreement.parties.values("organization"))[0].organization_id))  # fmt: skip
        for person in (analyst, self.former):
            partnership.ApiTokenFactory(user=person)
            partnership.SecurityEventFactory(person_id=person.pk)
        partnership.AuditCheckpointFactory()
        partnership.AuditWitnessFactory(organization=self.own)
        partnership.BreakGlassFactory(requested_by=self.coordinator)
        partnership.BreakGlassFactory(requested_by=self.former, owner=self.own)
