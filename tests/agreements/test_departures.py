"""A party leaves: previewed, confirmed by another person, done on its day, whole or not at all, and nothing else changes."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from agreements.actions import departures, holds
from agreements.models import Agreement, Attestation, Departure, Party, Signature
from agreements.retention import departing, execute
from agreements.tasks import let_leave
from incidents.models import Report
from partnership.access.actor import Actor
from partnership.access.decide import Refused, can
from partnership.access.scope import listed, visible
from partnership.access.table import PERMISSIONS
from partnership.actions import exports
from partnership.models import TLP, AuditEntry, FileErasure, Role, User
from tests.access.world import World
from tests.factories.agreements import (
    AgreementGroupGrantFactory,
    AgreementUserGrantFactory,
    PartyFactory,
    agreement_in_force,
    holder,
    sent,
)
from tests.factories.incidents import ReleaseFactory, ReportFactory, ReportUserGrantFactory, SectorShareFactory
from tests.factories.partnership import (
    AudienceMemberFactory,
    ExportFactory,
    GroupFactory,
    GroupMembershipFactory,
    OrganizationFactory,
    StoredFileFactory,
    member,
)

pytestmark = pytest.mark.django_db


class Case:
    """An agreement of three, with reports of each, and the people who ask and decide."""

    def __init__(self, coordinator):
        self.lead, self.leaver, self.third = (OrganizationFactory(name=name) for name in ("Lead", "Leaver", "Third"))
        self.agreement = agreement_in_force(self.lead, [self.leaver, self.third])
        self.party = self.agreement.parties.get(organization=self.leaver)
        self.officer = member(Role.LIAISON_OFFICER, self.leaver)
        self.signatory = holder(Role.SIGNATORY, self.leaver)
        self.lead_officer = holder(Role.LIAISON_OFFICER, self.lead)
        self.coordinator = coordinator
        self.own = [self.report(self.leaver) for _ in range(2)]
        self.others = [self.report(self.third), self.report(self.lead)]
        self.red = self.report(self.third, tlp=TLP.RED)

    def report(self, organization, **more):
        return ReportFactory(organization=organization, agreement=self.agreement, **more)

    def hash(self, at):
        return departing.digest(departing.lines(self.party, at))

    def ask(self, at, *, by=None, days=0, **more):
        given = {
            "party": self.party,
            "leaves_on": at.date() + timedelta(days=days),
            "seen_hash": self.hash(at),
            "because": "It is over",
        }
        return departures.ask(by=by or self.officer, at=at, **given | more)

    def confirm(self, made, at, *, by=None, **more):
        given = {"seen_hash": self.hash(at), "because": "Agreed"} | more
        return departures.confirm(departure=made, by=by or self.coordinator, at=at, **given)

    def leave(self, at):
        return self.confirm(self.ask(at), at)


@pytest.fixture
def case(coordinator):
    return Case(coordinator)


def sees(person, agreement):
    """What a person sees of an agreement and of what others filed under it, on every permission of either."""
    actor, found = Actor(User.objects.get(pk=person.pk)), set()
    for name, entry in PERMISSIONS.items():
        if entry.model is Agreement:
            found |= {(name, row) for row in listed(actor, name, Agreement.objects.filter(pk=agreement.pk))}
        if entry.model is Report:
            rows = Report.objects.filter(agreement=agreement).exclude(organization__in=actor.organizations())
            found |= {(name, row) for row in listed(actor, name, rows)}
    return found


def test_from_the_next_statement_on_nothing_is_seen_but_the_departure(case, at):
    before = sees(case.officer, case.agreement)

    made = case.leave(at)

    assert {row for _, row in before} == {case.agreement, *case.others}
    assert sees(case.officer, case.agreement) == sees(case.signatory, case.agreement) == set()
    assert set(visible(Actor(case.officer), "incidents.view_report", Report.objects.all())) == set(case.own)
    assert can(Actor(case.officer), "agreements.view_departure", made)
    assert not Actor(case.officer).organizations() - {case.leaver.pk}


def test_no_other_door_leads_back(case, at):
    """What was shared with their sector, their groups, or by name, before or after."""
    for report in case.others:
        SectorShareFactory(report=report, sector=report.sector)
        Report.objects.filter(pk=report.pk).update(tlp=TLP.GREEN)
        ReportUserGrantFactory(content_object=report, user=case.officer)
        seat = AudienceMemberFactory(user=case.officer)
        ReleaseFactory(report=report, audience=seat.audience)
    case.leaver.sectors.add(case.others[0].sector)
    group = GroupFactory()
    GroupMembershipFactory(group=group, user=case.officer)
    AgreementGroupGrantFactory(content_object=case.agreement, group=group)
    case.leave(at)
    AgreementUserGrantFactory(content_object=case.agreement, user=case.officer)

    assert sees(case.officer, case.agreement) == set()


def test_who_belongs_to_another_party_goes_on(case, at):
    both = member(Role.ANALYST, case.third)
    member_of_leaver = case.leaver.memberships.create(
        user=both, role=Role.ANALYST, since=at - timedelta(days=9), granted_at=at, granted_by=both
    )
    before = sees(both, case.agreement)

    case.leave(at)

    assert member_of_leaver.until is None and sees(both, case.agreement) == before != set()


def test_a_party_that_comes_back_sees_again(case, at):
    case.leave(at)
    Party.objects.create(agreement=case.agreement, organization=case.leaver, since=at)

    assert {row for _, row in sees(case.officer, case.agreement)} == {case.agreement, *case.others}


@pytest.mark.parametrize("seed", range(3))
def test_in_random_worlds_the_leavers_lose_it_and_nobody_else_loses_or_gains(seed):
    """Two worlds: the same people before and after; every permission on every row."""
    world, dice = World(seed + 40), Random(seed)
    agreement = dice.choice([one for one in world.agreements if one.state in ("in_force", "suspended")])
    known = set(agreement.parties.values_list("organization", flat=True))
    joins = dice.choice([one for one in world.organizations[1:] if one.pk not in known])
    party = PartyFactory(agreement=agreement, organization=joins)
    by = User.objects.get(pk=world.people[1].pk)
    gone = set(departing.people(party))
    before = {person.pk: everything(person) for person in world.people}
    now = timezone.now()

    made = Departure.objects.create(
        reference="DEP-1", agreement=party.agreement, party=party, organization=party.organization, because="Over", leaves_on=now.date(),
        leaves_at=now, notice_from=now.date(), attest_by=now.date(), seen_hash=departing.digest(departing.lines(party, now)),
        asked_at=now, asked_by=world.people[0],
    )  # fmt: skip
    departures.confirm(departure=made, seen_hash=made.seen_hash, because="Yes", by=by, at=now)

    for person in world.people:
        after = everything(person)
        new = {
            (name, row)
            for name, row in after - before[person.pk]
            if row not in of_departure(made) and not isinstance(row, AuditEntry)
        }
        lost = before[person.pk] - after
        assert new == set(), (person, new)
        if person in gone:
            own = set(Actor(person).organizations(vetted=False))
            stands = can(Actor(person), "agreements.view_retention", party.agreement) or can(
                Actor(person), "agreements.view_agreement", party.agreement
            )
            left = {
                (name, row) for name, row in after if of_agreement(row, party.agreement_id, own) and row.tlp > TLP.CLEAR
            }
            assert stands or left == set(), (person, left)
        else:
            assert lost == set(), (person, lost)


def everything(person):
    actor = Actor(User.objects.get(pk=person.pk))
    return {(name, row) for name, entry in PERMISSIONS.items() if entry.model is not None
            for row in visible(actor, name, entry.model._default_manager.all())}  # fmt: skip


def of_departure(made):
    return {made, *made.attestations.all()}


def of_agreement(row, agreement, own):
    return isinstance(row, Report) and row.agreement_id == agreement and row.organization_id not in own


def test_counts_of_the_preview_are_those_of_the_database(case, at):
    AgreementUserGrantFactory(content_object=case.agreement, user=case.officer)
    ReportUserGrantFactory(content_object=case.red, user=case.signatory)
    hold = holds.place(ground="legal_claims", reason="A claim", review_on=at.date() + timedelta(days=9), by=case.officer, at=at,
                       agreement=case.agreement).hold  # fmt: skip
    found = {(line.part, line.what): line for line in departing.lines(case.party, at)}
    sql = {
        "given": "SELECT count(*) FROM incidents_report WHERE agreement_id = %s AND organization_id = %s",
        "received": "SELECT count(*) FROM incidents_report WHERE agreement_id = %s AND organization_id <> %s AND tlp < 4",
    }

    with connection.cursor() as cursor:
        for part, text in sql.items():
            cursor.execute(text, [case.agreement.pk, case.leaver.pk])
            assert found[part, "Incident reports"].count == cursor.fetchone()[0] == 2
        cursor.execute(
            "SELECT count(DISTINCT user_id) FROM partnership_membership WHERE organization_id = %s AND until IS NULL",
            [case.leaver.pk],
        )
        assert found["access", "People"].count == cursor.fetchone()[0] == 2
    assert found["access", "Exceptions by name"].count == 2
    assert "under a legal hold: not deleted" in found["given", "Incident reports"].becomes
    assert "The lead takes it over" in found["holds", hold.reference].becomes
    assert found["duties", "Attestations by the others"].count == 2
    assert found["duties", "Attestations by the leaver"].count == 1


def test_what_was_previewed_is_what_is_done(case, at):
    given = AgreementUserGrantFactory(content_object=case.agreement, user=case.officer)
    made = case.leave(at)
    owed = Attestation.objects.filter(departure=made)

    assert made.acted == made.seen
    assert set(owed.values_list("organization", "direction", "category")) == {
        (case.lead.pk, "given", "incident-report"), (case.third.pk, "given", "incident-report"),
        (case.leaver.pk, "received", "incident-report")}  # fmt: skip
    counted = {(line["part"], line["what"]): line["count"] for line in made.seen}
    assert (
        counted["duties", "Attestations by the others"] + counted["duties", "Attestations by the leaver"]
        == owed.count()
    )
    given.refresh_from_db()
    assert counted["access", "Exceptions by name"] == 1 and given.revoked_at == at


def test_when_it_grew_it_is_asked_again(case, at):
    seen = case.hash(at)
    case.report(case.leaver)

    with pytest.raises(departures.OtherSet):
        case.ask(at, seen_hash=seen)

    made = case.ask(at)
    seen = case.hash(at)
    case.report(case.leaver)
    with pytest.raises(departures.OtherSet, match="Data given: Incident reports: 3 before, 4 now"):
        case.confirm(made, at, seen_hash=seen)
    case.party.refresh_from_db()
    assert case.party.until is None and case.confirm(made, at).state == "left"


def test_as_many_others_are_noticed_as_well(case, at):
    seen = case.hash(at)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM incidents_report WHERE id = %s", [case.own[0].pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    case.report(case.leaver)

    with pytest.raises(departures.OtherSet):
        case.ask(at, seen_hash=seen)


def test_nothing_happens_before_the_second_person(case, at):
    before = sees(case.officer, case.agreement)

    made = case.ask(at)

    assert made.state == "asked" and sees(case.officer, case.agreement) == before
    assert not Attestation.objects.exists()


@pytest.mark.parametrize("who", ["officer", "third_officer", "auditor", "analyst_of_lead"])
def test_who_may_not_confirm(who, case, at, auditor):
    people = {"officer": case.officer, "third_officer": member(Role.LIAISON_OFFICER, case.third), "auditor": auditor,
              "analyst_of_lead": member(Role.ANALYST, case.lead)}  # fmt: skip
    made = case.ask(at)

    with pytest.raises(Refused):
        case.confirm(made, at, by=people[who])


@pytest.mark.parametrize("who", ["lead_officer", "coordinator", "signatory"])
def test_whoever_asked_does_not_confirm(who, case, at):
    by = getattr(case, who)
    made = case.ask(at, by=by)

    with pytest.raises(Refused):
        case.confirm(made, at, by=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        Departure.objects.filter(pk=made.pk).update(state="confirmed", decided_by=by, decided_at=at)


def test_who_may_not_ask(case, at, stranger):
    for person in (stranger, member(Role.LIAISON_OFFICER, case.third), member(Role.ANALYST, case.leaver)):
        with pytest.raises(Refused):
            case.ask(at, by=person)


def test_the_lead_stays(case, at):
    case.party = case.agreement.parties.get(organization=case.lead)

    with pytest.raises(departures.LeadStays):
        case.ask(at, by=case.coordinator)


@pytest.mark.parametrize("state", ["terminated", "expired", "negotiation"])
def test_only_an_agreement_that_governs_is_left(state, case, at):
    Agreement.objects.filter(pk=case.agreement.pk).update(state=state, ended_on=at.date())

    with pytest.raises(departures.NotGoverning):
        case.ask(at)


def test_a_day_that_has_passed(case, at):
    with pytest.raises(departures.DayPassed):
        case.ask(at, days=-2)


def test_a_party_leaves_once(case, at):
    made = case.ask(at)

    with pytest.raises(departures.LeavesAlready):
        case.ask(at)
    departures.decline(departure=made, because="Not yet", by=case.coordinator, at=at)
    assert case.confirm(case.ask(at), at).state == "left"
    with pytest.raises(departures.LeavesAlready):
        case.ask(at)
    with pytest.raises(departures.DecidedAlready):
        case.confirm(made, at)


def test_before_the_notice_has_run_only_the_secretariat_confirms(case, at):
    made = case.ask(at, days=3)

    with pytest.raises(departures.NoticeTooShort, match="notice runs until"):
        case.confirm(made, at, by=case.lead_officer)
    assert case.confirm(made, at).state == "confirmed"


def test_after_the_notice_the_lead_confirms(case, at):
    made = case.ask(at, days=31)

    assert case.confirm(made, at, by=case.lead_officer).state == "confirmed"


def test_until_its_day_a_party_stays_and_then_it_is_gone_without_any_job(case, at):
    made = case.confirm(case.ask(at, days=40), at)
    before = sees(case.officer, case.agreement)

    moved = timezone.now() - timedelta(seconds=1)  # its day has come, by the database's clock
    Departure.objects.filter(pk=made.pk).update(leaves_at=moved)
    Party.objects.filter(pk=case.party.pk).update(until=moved)

    assert {row for _, row in before} == {case.agreement, *case.others}
    assert sees(case.officer, case.agreement) == set()
    let_leave()
    let_leave()
    made.refresh_from_db()
    assert made.state == "left" and made.attestations.count() == 3
    assert AuditEntry.objects.filter(verb="agreements.party_left").count() == 1


def test_before_its_day_the_job_leaves_it_alone(case, at):
    case.confirm(case.ask(at, days=40), at)

    assert departures.complete_due(at=at + timedelta(days=39)) == 0
    with time_machine.travel(at + timedelta(days=41)):
        assert departures.complete_due(at=timezone.now()) == 1


def test_a_second_person_who_comes_late_sets_no_day_in_the_past(case, at):
    made = case.ask(at, days=31)
    late = at + timedelta(days=60)

    assert case.confirm(made, late, by=case.lead_officer).leaves_on == late.date()


def test_a_failure_at_the_end_leaves_nothing_half(case, at, monkeypatch):
    given = AgreementUserGrantFactory(content_object=case.agreement, user=case.officer)
    made = case.ask(at)

    def broken(*_, **__):
        raise RuntimeError("killed")

    monkeypatch.setattr(departures, "_hand_over", broken)
    with pytest.raises(RuntimeError), transaction.atomic():
        case.confirm(made, at)

    made.refresh_from_db()
    case.party.refresh_from_db()
    assert (made.state, case.party.until, Attestation.objects.count()) == ("asked", None, 0)
    assert sees(case.officer, case.agreement) != set()
    given.refresh_from_db()
    assert given.revoked_at is None
    assert not AuditEntry.objects.filter(verb__in=["agreements.departure_confirmed", "agreements.party_left"]).exists()


def test_kept_exports_of_the_leavers_are_gone_and_those_of_others_stay(case, at):
    theirs = ExportFactory(requested_by=case.officer, report="incidents:report-list", file=StoredFileFactory(),
                           expires_at=at + timedelta(days=5))  # fmt: skip
    other = ExportFactory(requested_by=case.lead_officer, file=StoredFileFactory(), expires_at=at + timedelta(days=5))
    key = theirs.file.key

    case.leave(at)

    theirs.refresh_from_db()
    other.refresh_from_db()
    assert theirs.file is None and FileErasure.objects.filter(key=key).exists() and other.file is not None
    with pytest.raises(exports.Expired):
        exports.open_for_download(export=theirs, by=case.officer, at=at)


def test_exceptions_of_the_leavers_end_and_others_stay(case, at):
    theirs = AgreementUserGrantFactory(content_object=case.agreement, user=case.officer)
    other = AgreementUserGrantFactory(content_object=case.agreement, user=member(Role.ANALYST))

    case.leave(at)

    theirs.refresh_from_db()
    other.refresh_from_db()
    assert (theirs.revoked_at, theirs.revoked_by, other.revoked_at) == (at, case.coordinator, None)


def test_holds_of_the_leaver_pass_to_the_lead_and_still_hold(case, at):
    hold = holds.place(ground="legal_claims", reason="A claim", review_on=at.date() + timedelta(days=9), by=case.officer, at=at,
                       agreement=case.agreement).hold  # fmt: skip
    Report.objects.update(retention_start=date(2020, 1, 1), retain_until=date(2020, 2, 1))

    case.leave(at)
    run = execute.sweep(trigger="schedule")

    hold.refresh_from_db()
    assert (hold.owner, hold.lifted_at) == (case.lead, None)
    assert (run.held_count, run.deleted_count) == (5, 0)
    assert not can(Actor(case.officer), "agreements.view_hold", hold)


def test_nothing_is_lost_and_the_paper_stays_valid(case, at):
    version, hashed = case.agreement.governing, case.agreement.governing.content_hash
    signatures, reports = Signature.objects.count(), Report.objects.count()

    case.leave(at)

    case.agreement.refresh_from_db()
    version.refresh_from_db()
    assert (case.agreement.state, case.agreement.governing, version.content_hash) == ("in_force", version, hashed)
    assert (Signature.objects.count(), Report.objects.count()) == (signatures, reports)
    assert Party.objects.get(pk=case.party.pk).until is not None
    assert can(Actor(case.lead_officer), "agreements.view_agreement", case.agreement)


def test_a_version_that_waited_for_the_leaver_alone_begins(case, at):
    from agreements.actions import amending, signing

    amending.amend(agreement=case.agreement, because="Anew", by=case.lead_officer, at=at)
    version = sent(case.agreement, at)
    for organization in (case.lead, case.third):
        signing.sign(agreement=case.agreement, party=case.agreement.parties.get(organization=organization), content_hash=version.content_hash,
                     statement="I am authorised.", by=holder(Role.SIGNATORY, organization), at=at)  # fmt: skip
    assert {(line.what, line.count) for line in departing.lines(case.party, at) if line.part == "open"} >= {
        ("Signatures owed", 1)
    }

    case.leave(at)

    case.agreement.refresh_from_db()
    assert case.agreement.governing == version


def test_people_are_told_by_a_link_without_content(case, at, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        made = case.ask(at)
    asked = {to for message in mail.outbox for to in message.to}
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        case.confirm(made, at)

    assert asked == {case.lead_officer.email, case.coordinator.email, case.signatory.email}
    assert case.officer.email in {to for message in mail.outbox for to in message.to}
    for message in mail.outbox:
        assert str(made.pk) in message.body and "Leaver" not in message.subject + message.body


def test_references_are_numbered_by_year(case):
    at = datetime(2026, 5, 1, tzinfo=UTC)

    assert case.ask(at, by=case.lead_officer).reference == "DEP-2026-0001"
