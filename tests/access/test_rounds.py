"""No round of questions, whatever the answers and the silence, gives anybody more or leaves a partner without anybody."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from agreements.models import AgreementGroupGrant, AgreementUserGrant, Engagement
from councils.models import CouncilUserGrant, Occupancy
from incidents.models import ReportGroupGrant, ReportUserGrant
from partnership.access.actor import Actor
from partnership.access.decide import Refused
from partnership.access.exceptions import KINDS
from partnership.access.questions import waiting
from partnership.actions import accounts, recertification
from partnership.errors import DomainError
from partnership.models import (
    TLP,
    ApiToken,
    AudienceMember,
    Confirmation,
    GroupMembership,
    Membership,
    Organization,
    Role,
    User,
)
from partnership.registry import REVIEWED
from tests.factories import agreements, councils, incidents, partnership
from tests.factories.partnership import OrganizationFactory, UserFactory, member, secretariat

pytestmark = pytest.mark.django_db
EXCEPTIONS = {f"{kind.name}-{to}" for kind in KINDS.values() for to, _ in kind.tables}
DAY = timedelta(days=1)


class World:
    """A few partners with every kind of right that is asked about."""

    def __init__(self, seed):
        self.dice, self.now = Random(seed), timezone.now()
        self.organizations = [secretariat(), *(OrganizationFactory() for _ in range(3))]
        self.people = [UserFactory() for _ in range(8)]
        for organization in self.organizations:
            acting = accounts.acts_for(organization)
            for role in [acting[0], *self.dice.sample(list(Role.values), 2)]:
                partnership.MembershipFactory(user=self.one(self.people), organization=organization, role=role, until=None) if not (
                    Membership.objects.filter(organization=organization, role=role).exists()) else None  # fmt: skip
        self._rights()

    def one(self, things):
        return self.dice.choice(things)

    def _rights(self):
        one, people = self.one, self.people
        self.agreement = agreements.agreement_in_force(lead=self.organizations[1])
        live = {"granted_at": self.now, "expires_at": self.now + 60 * DAY}
        for organization in self.organizations[1:]:
            named = partnership.NamedGroupFactory(organization=organization)
            for person in self.dice.sample(people, 2):
                partnership.GroupMembershipFactory(group=named.group, user=person)
            report = incidents.ReportFactory(organization=organization, tlp=TLP.AMBER)
            incidents.ReportUserGrantFactory(content_object=report, user=one(people), **live)
            incidents.ReportGroupGrantFactory(content_object=report, group=named.group, **live)
        agreements.AgreementUserGrantFactory(content_object=self.agreement, user=one(people), **live)
        for person in self.dice.sample(people, 3):
            partnership.ApiTokenFactory(user=person, expires_at=self.now + 90 * DAY)
        agreements.EngagementFactory(auditor=one(people), since=self.now - DAY, until=self.now + 90 * DAY).agreements.set([self.agreement])  # fmt: skip
        council = councils.CouncilFactory()
        for person in self.dice.sample(people, 2):
            held = partnership.AudienceMemberFactory(audience=council.audience, user=person, since=self.now - DAY)
            councils.OccupancyFactory(seat=councils.SeatFactory(council=council), membership=held)
        partnership.AudienceMemberFactory(user=one(people), since=self.now - DAY)

    def acts(self, at):
        """How many can act for each partner."""
        found = Counter()
        for organization in self.organizations:
            rows = Membership.objects.in_force(at).filter(organization=organization, user__is_active=True)
            found[organization.pk] = rows.filter(role__in=accounts.acts_for(organization)).count()
        return found

    def rights(self, at):
        """Every row that gives something to somebody, with its end."""
        tables = [
            *((m.objects.in_force(at), "until") for m in (Membership, GroupMembership, AudienceMember, Engagement)),
            *((m.objects.filter(expires_at__gt=at, revoked_at__isnull=True), "expires_at") for m in (
                ReportUserGrant, ReportGroupGrant, AgreementUserGrant, AgreementGroupGrant, CouncilUserGrant, ApiToken)),
            (Occupancy.objects.filter(vacated_at__isnull=True), "pk"),
        ]  # fmt: skip
        return {(rows.model, row["pk"], str(row[end])) for rows, end in tables for row in rows.values("pk", end)}

    def accounts(self):
        return set(User.objects.values_list("pk", "is_active", "is_superuser")), set(Group.objects.values_list("pk"))


@pytest.mark.parametrize("seed", [1, 2, *(pytest.param(n, marks=pytest.mark.slow) for n in range(3, 21))])
def test_no_sequence_of_answers_and_silence_gives_more_or_leaves_a_partner_without_anybody(seed):
    world, done = World(seed), Counter()
    dice, at = world.dice, world.now
    before, people, acting = world.rights(at), world.accounts(), world.acts(at)
    assert all(acting.values())

    for step in range(60):
        at += timedelta(hours=dice.choice([1, 30, 200]))
        deed = dice.choice(["ask", "confirm", "end", "end", "end", "tend"]) if step else "ask"
        by = dice.choice([*world.people * 2, UserFactory()])
        try:
            if deed == "ask":
                recertification.ask(at=at)
            elif deed == "tend":
                recertification.tend(at=at)
            else:
                # Now and then about something that is not theirs, which is refused.
                theirs = [asked.question for asked in waiting(Actor(by), at)]
                questions = list(Confirmation.objects.all()) if dice.random() < 0.3 else theirs
                if not questions:
                    continue
                question = dice.choice(questions)
                if deed == "confirm":
                    recertification.confirm(questions=[question], by=by, at=at)
                else:
                    recertification.end(question=question, because="No need", by=by, at=at)
            done[deed] += 1
        except (Refused, DomainError):
            done["refused"] += 1
        after, now_acting = world.rights(at), world.acts(at)
        assert after <= before and world.accounts()[0] >= people[0] and world.accounts()[1] == people[1]
        assert all(now_acting.values()), (seed, deed)
        before = after
    assert done["end"] and done["tend"]


def test_every_kind_of_right_is_asked_about_and_the_table_says_what_becomes_of_silence():
    lapse = {"group-membership", "token", "audience-member"} | EXCEPTIONS
    assert {name for name, kind in REVIEWED.items() if kind.lapses} == lapse
    assert {name for name, kind in REVIEWED.items() if not kind.lapses} == {"membership", "engagement", "seat"}
    assert all(kind.why.endswith(".") and kind.responsible for kind in REVIEWED.values())

    asked = recertification.ask(at=World(1).now)
    assert set(REVIEWED) - set(asked) <= {"agreement-group", "council-person", "council-group", "organization-person", "organization-group"}  # fmt: skip


def test_silence_ends_what_is_safe_and_sends_the_rest_to_the_secretariat_once(client_of):
    world = World(3)
    at = world.now
    asked = recertification.ask(at=at)
    late = at + 22 * DAY
    kept = sum(count for name, count in asked.items() if not REVIEWED[name].lapses)

    assert recertification.tend(at=late) == {"lapsed": sum(asked.values()) - kept, "escalated": kept, "closed": 0}
    assert recertification.tend(at=late + DAY) == {"lapsed": 0, "escalated": 0, "closed": 0}
    assert not ApiToken.objects.filter(expires_at__gt=late).exists()
    assert not GroupMembership.objects.in_force(late + DAY).exists()
    assert Membership.objects.in_force(late).count() == asked["membership"]
    page = client_of(member(Role.COORDINATOR, secretariat())).get("/").content.decode()
    assert f"Decide on {kept} rights that nobody confirmed" in page


def test_nobody_answers_about_a_right_of_their_own_but_for_a_token(at):
    organization = OrganizationFactory()
    one, other = member(Role.ADMINISTRATOR, organization), member(Role.ADMINISTRATOR, organization)
    partnership.ApiTokenFactory(user=one)
    recertification.ask(at=timezone.now())
    held = one.memberships.get()
    question = Confirmation.objects.get(kind="membership", row_key=str(held.pk))

    for deed in (lambda: recertification.confirm(questions=[question], by=one, at=at),
                 lambda: recertification.end(question=question, because="x", by=one, at=at)):  # fmt: skip
        with pytest.raises(Refused):
            deed()
    seen = {(asked.kind.name, asked.whom) for asked in waiting(Actor(one), timezone.now())}
    assert seen == {("membership", other.name), ("token", one.name)}
    recertification.confirm(questions=[question], by=other, at=at)
    with pytest.raises(recertification.NotAsked):
        recertification.end(question=question, because="x", by=other, at=at)


def test_a_right_ends_with_a_reason_and_not_without(at):
    organization = OrganizationFactory()
    administrator = member(Role.ADMINISTRATOR, organization)
    analyst = member(Role.ANALYST, organization)
    recertification.ask(at=timezone.now())
    question = Confirmation.objects.get(kind="membership", row_key=str(analyst.memberships.get().pk))

    with pytest.raises(recertification.NoReason):
        recertification.end(question=question, because=" ", by=administrator, at=timezone.now())
    assert analyst.memberships.get().until is None
    recertification.end(question=question, because="Changed jobs", by=administrator, at=timezone.now())

    question.refresh_from_db()
    assert (question.outcome, question.because, question.answered_by) == ("ended", "Changed jobs", administrator)
    assert analyst.memberships.get().ended_by == administrator


def test_the_last_one_who_can_act_is_not_ended_by_anybody_unless_the_partner_is_suspended(coordinator, at):
    officer = member(Role.LIAISON_OFFICER)
    held, at = officer.memberships.get(), timezone.now()
    recertification.ask(at=at)
    question = Confirmation.objects.get(kind="membership", row_key=str(held.pk))
    with pytest.raises(accounts.LastToAct):
        recertification.end(question=question, because="x", by=coordinator, at=at)
    with pytest.raises(accounts.LastToAct):
        accounts.end_membership(membership=held, by=coordinator, at=at)
    question.refresh_from_db()
    assert question.outcome == "open"

    other = partnership.MembershipFactory(organization=held.organization, role=Role.ADMINISTRATOR)
    accounts.end_membership(membership=held, by=coordinator, at=at)
    with pytest.raises(accounts.LastToAct):
        accounts.end_membership(membership=other, by=coordinator, at=at)
    Organization.objects.filter(pk=held.organization_id).update(suspended_at=at, suspended_by=coordinator)
    accounts.end_membership(membership=other, by=coordinator, at=at)


def test_what_ended_otherwise_is_neither_asked_about_nor_ended_again(at):
    organization = OrganizationFactory()
    member(Role.ADMINISTRATOR, organization)
    analyst = member(Role.ANALYST, organization)
    at = timezone.now()
    recertification.ask(at=at)
    Membership.objects.filter(user=analyst).update(until=at)

    recertification.tend(at=at + 22 * DAY)

    held = str(analyst.memberships.get().pk)
    assert Confirmation.objects.get(row_key=held).outcome == "over"
    assert held not in Confirmation.objects.filter(outcome="open").values_list("row_key", flat=True)


def test_one_wrong_question_confirms_none(at, stranger):
    organization = OrganizationFactory()
    administrator = member(Role.ADMINISTRATOR, organization)
    analyst = member(Role.ANALYST, organization)
    recertification.ask(at=timezone.now())
    mine = Confirmation.objects.get(row_key=str(analyst.memberships.get().pk))
    foreign = Confirmation.objects.get(row_key=str(stranger.memberships.get().pk))

    with pytest.raises(Refused):
        recertification.confirm(questions=[mine, foreign], by=administrator, at=timezone.now())
    mine.refresh_from_db()
    assert mine.outcome == "open"


def test_auditors_read_what_became_of_the_questions_of_their_partners_and_of_no_others(client_of, api_of, coordinator):
    world = World(4)
    recertification.ask(at=world.now)
    recertification.tend(at=world.now + 22 * DAY)
    auditor = member(Role.AUDITOR)
    partner, stranger = world.organizations[1], world.organizations[2]
    page = "/reports/partnership.recertification"
    assert "is liaison officer of" not in client_of(auditor).get(page).content.decode()

    agreements.EngagementFactory(auditor=auditor, since=world.now - DAY, until=world.now + DAY).agreements.set([world.agreement])  # fmt: skip
    seen = client_of(auditor).get(page).content.decode()

    assert f"of {partner.name}" in seen and f"of {stranger.name}" not in seen
    assert "the secretariat decides" in seen and "Ended because nobody confirmed it" in seen
    assert f"of {stranger.name}" in client_of(coordinator).get(page).content.decode()
    assert client_of(member(Role.ANALYST)).get(page).status_code == 404
