"""Break-glass: two persons, some hours, one record, and never silent."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from incidents.models import Report
from partnership.access.actor import Actor
from partnership.access.decide import Refused, can
from partnership.access.scope import visible
from partnership.actions import break_glass
from partnership.models import TLP, AuditEntry, BreakGlass, Role
from tests.factories.incidents import ReportFactory
from tests.factories.partnership import member, secretariat

pytestmark = pytest.mark.django_db
BODY = "incidents.view_report_body"


@pytest.fixture
def report(own_organization):
    return ReportFactory(organization=own_organization, tlp=TLP.AMBER_STRICT)


def asked(report, by, at, **more):
    given = {"kind": "incidents.report", "reference": report.reference, "tlp_ceiling": TLP.AMBER_STRICT, "hours": 2,
             "because": "An outage", "link": "https://portal.example/emergency/KEY", **more}  # fmt: skip
    return break_glass.ask(by=by, at=at, **given)


def sees(person, report):
    actor = Actor(person)
    return can(actor, BODY, report), report in visible(Actor(person), BODY, Report.objects.all())


def test_it_opens_one_record_after_a_second_person_and_closes_at_the_next_statement(report, stranger, coordinator, at):
    glass = asked(report, stranger, at)
    assert sees(stranger, report) == (False, False)

    glass = break_glass.approve(request=glass, by=coordinator, at=at, link="KEY")
    assert sees(stranger, report) == (True, True)
    assert not can(Actor(stranger), "incidents.export_report", report)
    assert not can(Actor(stranger), BODY, ReportFactory(organization=report.organization, tlp=TLP.AMBER))

    break_glass.end(request=glass, by=coordinator, at=at)
    assert sees(stranger, report) == (False, False)


def test_it_ends_by_the_clock_and_the_end_is_entered_once(report, stranger, coordinator, at):
    begun = at - timedelta(hours=3)
    break_glass.approve(request=asked(report, stranger, begun), by=coordinator, at=begun, link="KEY")

    assert sees(stranger, report) == (False, False)
    assert [break_glass.close_what_is_over(at=at), break_glass.close_what_is_over(at=at)] == [1, 0]
    assert AuditEntry.objects.filter(verb="partnership.break_glass_over").count() == 1


def test_nobody_approves_what_they_asked_for(report, coordinator, stranger, at):
    glass = asked(report, coordinator, at)
    for person in (coordinator, stranger):
        with pytest.raises(Refused):
            break_glass.approve(request=glass, by=person, at=at, link="KEY")
    with pytest.raises(IntegrityError), transaction.atomic():
        BreakGlass.objects.filter(pk=glass.pk).update(
            approved_at=at, approved_by=coordinator, expires_at=at + timedelta(hours=1)
        )

    break_glass.approve(request=glass, by=member(Role.COORDINATOR, secretariat()), at=at, link="KEY")
    assert sees(coordinator, report) == (True, True)


def test_its_owner_is_told_at_each_step(
    report, liaison_officer, stranger, coordinator, at, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        glass = asked(report, stranger, at)
    with django_capture_on_commit_callbacks(execute=True):
        break_glass.approve(request=glass, by=coordinator, at=at, link="https://portal.example/emergency/KEY")

    letters = [message for message in mail.outbox if message.to == [liaison_officer.email]]
    assert len(letters) == 2 and all(str(glass.pk) in letter.body for letter in letters)
    assert not any(report.reference in letter.body + letter.subject for letter in letters)
    entries = AuditEntry.objects.filter(object_id=str(glass.pk))
    assert {entry.subject_id for entry in entries} == {str(report.organization_id)} and entries.count() == 2


def test_asking_tells_nothing_about_whether_a_record_exists(client_of, report, stranger):
    client, found = client_of(stranger), []
    for reference in (report.reference, "INC-2099-999999"):
        answer = client.post("/emergency/new", {"kind": "incidents.report", "reference": reference, "tlp_ceiling": "2",
                                                "hours": "1", "because": "An outage"})  # fmt: skip
        assert answer.status_code == 302
        page = client.get(answer.headers["Location"]).content.decode()
        made = BreakGlass.objects.order_by("-requested_at").first()
        found.append(
            page.split("<main")[1].split("What happened")[0].replace(reference, "X").replace(str(made.pk), "K")
        )
        assert report.organization.name not in found[-1]
    assert found[0].count("<dt>") == found[1].count("<dt>") and "no record" not in found[0] + found[1]


def test_what_names_no_record_cannot_be_approved(report, stranger, coordinator, at):
    glass = asked(report, stranger, at, reference="INC-2099-999999")
    with pytest.raises(break_glass.NothingToOpen):
        break_glass.approve(request=glass, by=coordinator, at=at, link="KEY")
    break_glass.refuse(request=glass, by=coordinator, at=at)
    with pytest.raises(break_glass.Decided):
        break_glass.refuse(request=glass, by=coordinator, at=at)


def test_pages_ask_approve_and_close(client_of, report, stranger, coordinator, liaison_officer, partner_officer, at):
    glass = asked(report, stranger, at)
    where = f"/emergency/{glass.pk}"
    assert (
        client_of(partner_officer).get(where).status_code
        == client_of(partner_officer).post(f"{where}/end").status_code
        == 404
    )
    assert client_of(stranger).post(f"{where}/approve").status_code == 404
    assert f"{where}/approve" in client_of(coordinator).get(where).content.decode()
    assert report.reference in client_of(coordinator).get("/").content.decode()

    assert client_of(coordinator).post(f"{where}/approve").status_code == 302
    page = client_of(liaison_officer).get(where).content.decode()
    assert stranger.name in page and coordinator.name in page and "Why can I see this?" in page
    assert "is open in an emergency" in client_of(liaison_officer).get("/").content.decode()
    assert client_of(liaison_officer).post(f"{where}/end").status_code == 302
    assert sees(stranger, report) == (False, False)


def test_calls_do_the_same(api_of, report, stranger, coordinator):
    body = {
        "kind": "incidents.report",
        "reference": report.reference,
        "tlp_ceiling": 3,
        "hours": 1,
        "because": "An outage",
    }
    made = api_of(stranger).post("/api/v1/break-glass", body, format="json")
    assert made.status_code == 201, made.content
    where = f"/api/v1/break-glass/{made.json()['id']}"
    assert api_of(stranger).post(f"{where}/approve", format="json").status_code == 404
    assert api_of(coordinator).post(f"{where}/approve", format="json").status_code == 200
    assert sees(stranger, report) == (True, True)
    assert api_of(stranger).post(f"{where}/end", format="json").json()["ended_at"]
    assert api_of(stranger).post("/api/v1/break-glass", {**body, "kind": "x"}, format="json").status_code == 400
