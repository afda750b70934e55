"""What became of data after a departure: who attests what, what is refused, reminders once each, and one page of it all."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from agreements.actions import attesting
from agreements.models import Attestation, Reminder
from agreements.worklist import attestations, leaving, overdue_attestations
from partnership.access.actor import Actor
from partnership.access.decide import Refused, can
from partnership.actions import exports
from partnership.models import AuditEntry, Organization, Role
from tests.agreements.test_departures import Case
from tests.factories.agreements import DeletionRecordFactory, EngagementFactory, holder
from tests.factories.partnership import member

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(coordinator):
    return Case(coordinator)


@pytest.fixture
def left(case, at):
    return case.leave(at)


def row(left, organization):
    return left.attestations.get(organization=organization)


def say(found, by, at, **more):
    given = {"outcome": "destroyed", "statement": "Erased on all systems, backups included."} | more
    return attesting.attest(attestation=found, by=by, at=at, **given)


def test_each_answers_for_itself_in_the_trail(case, left, at):
    made = say(row(left, case.third), holder(Role.SIGNATORY, case.third), at)

    assert (made.outcome, made.attested_at) == ("destroyed", at)
    assert AuditEntry.objects.filter(verb="agreements.destruction_attested").count() == 1


def test_the_leaver_attests_what_it_received_although_all_else_is_closed(case, left, at, client_of):
    page = reverse("agreements:departure-detail", kwargs={"pk": left.pk})
    client = client_of(case.signatory)

    assert client.get(reverse("agreements:agreement-detail", kwargs={"pk": case.agreement.pk})).status_code == 404
    assert client.get(page).status_code == 200
    url = reverse("agreements:attest", kwargs={"pk": row(left, case.leaver).pk})
    answer = client.post(url, {"outcome": "returned", "statement": "Sent back on paper."})
    assert answer.status_code == 302 and row(left, case.leaver).outcome == "returned"


def test_the_duty_outlives_the_vetting_of_the_leaver(case, left, at):
    Organization.objects.filter(pk=case.leaver.pk).update(vetting="refused")

    assert can(Actor(case.signatory), "agreements.view_departure", left)
    assert say(row(left, case.leaver), case.signatory, at).outcome == "destroyed"


@pytest.mark.parametrize("who", ["officer", "coordinator", "lead_officer", "signatory"])
def test_nobody_attests_for_another(who, case, left, at):
    with pytest.raises(Refused):
        say(row(left, case.third), getattr(case, who), at)


@pytest.mark.parametrize(
    ("more", "error", "field"),
    [
        ({"outcome": ""}, attesting.NoOutcome, "outcome"),
        ({"statement": "  "}, attesting.NoStatement, "statement"),
        ({"outcome": "kept"}, attesting.NoLaw, "law"),
        ({"outcome": "kept", "law": "Tax code, section 52"}, attesting.NoEnd, "kept_until"),
        ({"outcome": "kept", "law": "Tax code", "kept_until": datetime(2020, 1, 1, tzinfo=UTC).date()}, attesting.NoEnd, "kept_until"),
    ],
    ids=["no outcome", "no words", "no law", "no end", "an end in the past"],
)  # fmt: skip
def test_a_refusal_names_the_field(more, error, field, case, left, at):
    with pytest.raises(error) as caught:
        say(row(left, case.third), holder(Role.SIGNATORY, case.third), at, **more)

    assert caught.value.field == field and row(left, case.third).outcome == ""


def test_what_is_attested_stays_and_what_a_law_keeps_is_asked_for_again(case, left, at):
    by, until = holder(Role.SIGNATORY, case.third), at.date() + timedelta(days=90)
    say(row(left, case.third), by, at, outcome="kept", law="Tax code, section 52", kept_until=until)

    with pytest.raises(attesting.AttestedAlready):
        say(row(left, case.third), by, at)
    made = say(row(left, case.third), by, at + timedelta(days=92))
    assert (made.outcome, made.law, made.kept_until) == ("destroyed", "", None)
    with pytest.raises(attesting.AttestedAlready):
        say(made, by, at + timedelta(days=93))


def test_nothing_is_attested_before_the_party_has_left(case, at):
    made = case.confirm(case.ask(at, days=40), at)
    early = Attestation.objects.create(
        departure=made, organization=case.third, direction="given", category_id="incident-report"
    )

    with pytest.raises(attesting.NotLeftYet):
        say(early, holder(Role.SIGNATORY, case.third), at)


@pytest.mark.parametrize("columns", [
    {"outcome": "kept"}, {"outcome": "destroyed"}, {"law": "A law"},
], ids=str)  # fmt: skip
def test_the_database_holds_what_an_answer_needs(columns, case, left):
    with pytest.raises(IntegrityError), transaction.atomic():
        Attestation.objects.filter(departure=left).update(**columns)


def told(at):
    mail.outbox.clear()
    attesting.remind(at=at)
    return sorted(to for message in mail.outbox for to in message.to)


def test_attesters_are_told_at_30_7_and_0_days_once_each(case, left, at):
    signatories = sorted(holder(Role.SIGNATORY, one).email for one in (case.lead, case.leaver, case.third))
    days = [30, 30, 12, 7, 6, 0, 0]

    found = [told(at + timedelta(days=30 - before)) for before in days]

    assert found == [signatories, [], [], signatories, [], signatories, []]
    assert all("Leaver" not in message.body for message in mail.outbox)


def test_who_has_attested_is_not_told_again(case, left, at):
    told(at)
    by = holder(Role.SIGNATORY, case.third)
    say(row(left, case.third), by, at)

    assert by.email not in told(at + timedelta(days=23))


def test_a_mail_that_no_server_took_is_tried_again(case, left, at, monkeypatch):
    monkeypatch.setattr(attesting.mail, "send_link", lambda **_: False)
    assert attesting.remind(at=at) == 0 and not Reminder.objects.filter(kind="attest").exists()
    monkeypatch.undo()

    assert len(told(at)) == 3 and told(at) == []


def test_what_is_overdue_comes_to_the_secretariat_once(case, left, at):
    late = at + timedelta(days=31)

    assert told(late) == [case.coordinator.email]
    assert told(late + timedelta(days=1)) == []
    assert Reminder.objects.filter(kind="overdue").count() == 1


def test_the_lists_of_work_show_it(case, left, at):
    mine = [waiting.title for waiting in attestations(Actor(case.signatory))]

    assert mine == [f"Attest what became of data after {left.reference}"]
    assert list(attestations(Actor(case.officer))) == list(overdue_attestations(Actor(case.coordinator))) == []
    assert [date.start for date in leaving(Actor(case.signatory))] == [left.attest_by]
    type(left).objects.filter(pk=left.pk).update(attest_by=timezone.now().date() - timedelta(days=1))
    assert [waiting.detail for waiting in attestations(Actor(case.signatory))] == ["Overdue"]
    assert len(list(overdue_attestations(Actor(case.coordinator)))) == 1
    assert list(overdue_attestations(Actor(case.signatory))) == []


def test_the_page_and_the_table_collect_the_same(case, left, at, client_of, auditor):
    engagement = EngagementFactory(auditor=auditor)
    engagement.agreements.add(case.agreement)
    term = case.agreement.governing.retention_terms.get(category="incident-report")
    DeletionRecordFactory(agreement_id=case.agreement.pk, organization_id=case.leaver.pk, term_id=term.pk)
    until = at.date() + timedelta(days=90)
    say(
        row(left, case.third),
        holder(Role.SIGNATORY, case.third),
        at,
        outcome="kept",
        law="Tax code, section 52",
        kept_until=until,
    )

    page = client_of(auditor).get(reverse("agreements:departure-detail", kwargs={"pk": left.pk})).content.decode()
    made = exports.build("agreements:departure", {"departure": str(left.pk)}, auditor)

    rows = [list(found) for found in made.rows()]
    kinds = [found[0] for found in rows]
    assert (
        kinds.count("Attestation") == 3
        and kinds.count("Certificate of the portal") == 1
        and kinds.count("Still held") == 1
    )
    assert "1 of 3 given" in page and "Tax code, section 52" in page and "1 deleted" in page
    assert json.dumps([str(cell) for found in rows for cell in found])


def test_others_find_neither_page_nor_rows(case, left, stranger, client_of):
    assert client_of(stranger).get(reverse("agreements:departure-detail", kwargs={"pk": left.pk})).status_code == 404
    assert (
        client_of(stranger).get(reverse("agreements:attest", kwargs={"pk": row(left, case.third).pk})).status_code
        == 404
    )
    assert list(exports.build("agreements:departure", {"departure": str(left.pk)}, stranger).rows()) == []
    assert list(exports.build("agreements:departure", {"departure": "no key"}, case.coordinator).rows()) == []


def test_pages_ask_preview_and_confirm(case, at, client_of):
    url = reverse("agreements:party-leave", kwargs={"pk": case.party.pk})
    client = client_of(case.officer)
    shown = client.get(url)
    assert "Data given" in shown.content.decode()
    sent = {
        "leaves_on": timezone.now().date().isoformat(),
        "because": "It is over",
        "seen_hash": case.hash(timezone.now()),
    }
    case.report(case.leaver)

    answer = client.post(url, sent)
    assert answer.status_code == 422 and "has changed since you read it" in answer.content.decode()
    assert case.hash(timezone.now()) in answer.content.decode()
    made = client.post(url, sent | {"seen_hash": case.hash(timezone.now())})
    assert made.status_code == 302
    found = case.party.departures.get()
    confirm = reverse("agreements:departure-confirm", kwargs={"pk": found.pk})
    assert client.get(confirm).status_code == 404
    case.report(case.leaver)
    second = client_of(case.coordinator)
    shown = second.get(confirm).content.decode()
    assert "Changed since it was asked for" in shown and "3 before, 4 now" in shown
    assert second.post(confirm, {"because": "Yes", "seen_hash": case.hash(timezone.now())}).status_code == 302
    found.refresh_from_db()
    assert found.state == "left"


def test_calls_do_the_same(case, at, api_of):
    api, second = api_of(case.officer), api_of(case.coordinator)
    seen = api.post("/api/v1/departures/preview", {"party": str(case.party.pk)}, format="json")
    assert seen.status_code == 200, seen.content
    made = api.post("/api/v1/departures", {"party": str(case.party.pk), "leaves_on": timezone.now().date().isoformat(),
                    "because": "Over", "seen_hash": seen.json()["seen_hash"]}, format="json")  # fmt: skip
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    assert (
        api.post(f"/api/v1/departures/{key}/confirm", {"because": "Yes", "seen_hash": "0"}, format="json").status_code
        == 404
    )
    again = second.get(f"/api/v1/departures/{key}/preview").json()
    done = second.post(
        f"/api/v1/departures/{key}/confirm", {"because": "Yes", "seen_hash": again["seen_hash"]}, format="json"
    )
    assert done.status_code == 200 and done.json()["state"] == "left"
    owed = api_of(case.signatory).get("/api/v1/attestations").json()["results"]
    mine = next(one for one in owed if one["organization"] == str(case.leaver.pk))
    answer = api_of(case.signatory).post(f"/api/v1/attestations/{mine['id']}/attest", {"outcome": "destroyed", "statement": "Gone"}, format="json")  # fmt: skip
    assert answer.status_code == 200 and answer.json()["outcome"] == "destroyed"


def test_without_a_fresh_second_factor_nobody_attests(case, left, at, client):
    from tests.clients import signed_in

    stale = signed_in(client, case.signatory, proven_at=None)
    url = reverse("agreements:attest", kwargs={"pk": row(left, case.leaver).pk})

    stale.post(url, {"outcome": "destroyed", "statement": "Gone"})

    assert row(left, case.leaver).outcome == ""


def test_a_member_of_the_leaver_without_a_voice_sees_nothing(case, left):
    assert not can(Actor(member(Role.ANALYST, case.leaver)), "agreements.view_departure", left)
