"""What has expired is out of ordinary use at once: no worker runs in any of these tests."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from agreements.actions import holds
from agreements.models import Agreement, Governed
from agreements.retention import predicate
from incidents.actions import attachments, operations
from incidents.models import Report
from partnership.access.actor import Actor
from partnership.access.audience import who_can
from partnership.access.decide import can, explain
from partnership.access.scope import listed, visible
from partnership.models import TLP, Role
from tests.factories.agreements import LegalHoldFactory
from tests.factories.incidents import (
    IndicatorFactory,
    ReleaseFactory,
    ReportBodyFactory,
    ReportFactory,
    ReportUserGrantFactory,
    SectorShareFactory,
    agreement_in_force,
)
from tests.factories.partnership import (
    AudienceMemberFactory,
    BreakGlassFactory,
    OrganizationFactory,
    member,
    secretariat,
)

HEAD, BODY = "incidents.view_report", "incidents.view_report_body"
OUT = ("incidents.export_report", "incidents.export_report_body")
WORK = ("incidents.change_report", "incidents.share_report", "incidents.release_report")


def yesterday():
    return timezone.now().date() - timedelta(days=1)


def expire(report, day=None):
    """Let its last day be over; nothing runs."""
    Report.objects.filter(pk=report.pk).update(retain_until=day or yesterday())
    report.refresh_from_db()
    return report


@pytest.fixture
def report(own_organization, partner_organization):
    """A report with everything that hangs on one, which many people see."""
    made = ReportFactory(
        organization=own_organization, agreement=agreement_in_force(own_organization, partner_organization),
        tlp=TLP.GREEN, title="Canary of the pumps",
    )  # fmt: skip
    ReportBodyFactory(report=made, narrative="Canary of the words")
    IndicatorFactory(report=made, value="canary.example")
    return made


@pytest.fixture
def readers(report, own_organization, partner_organization):
    """Somebody for each ordinary way to see it."""
    away = OrganizationFactory(sectors=list(own_organization.sectors.all()))
    SectorShareFactory(report=report, sector=own_organization.sectors.first())
    named, seated = (member(role, OrganizationFactory()) for role in (Role.ANALYST, Role.COUNCIL_MEMBER))
    ReleaseFactory(
        report=report, audience=AudienceMemberFactory(user=seated, since=timezone.now() - timedelta(days=9)).audience
    )
    ReportUserGrantFactory(user=named, content_object=report, expires_at=timezone.now() + timedelta(days=9))
    return {
        "owner": member(Role.LIAISON_OFFICER, own_organization), "party": member(Role.ANALYST, partner_organization),
        "sector": member(Role.LIAISON_OFFICER, away), "seat": seated, "named": named,
    }  # fmt: skip


def asked_everywhere(client, api, report):
    """What a person gets of it by pages and calls: the answers that name it."""
    found = {}
    for address in ["/incidents/", "/incidents/?q=pumps", "/incidents/indicators/", f"/incidents/{report.pk}", "/"]:
        answer = client.get(address)
        found[address] = answer.status_code, b"Canary of" in answer.content or b"canary.example" in answer.content
    for address in ["reports", f"reports/{report.pk}", "indicators", "attachments", f"reports/{report.pk}/indicators"]:
        answer = api.get(f"/api/v1/{address}")
        found[address] = answer.status_code, b"Canary of" in answer.content or b"canary.example" in answer.content
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["owner", "party", "sector", "seat", "named"])
def test_nobody_finds_it_anywhere_from_the_end_of_its_day(who, report, readers, client_of, api_of):
    person = readers[who]
    expire(report, timezone.now().date())
    before = asked_everywhere(client_of(person), api_of(person), report)
    assert before[f"/incidents/{report.pk}"] == before[f"reports/{report.pk}"] == (200, True)
    assert any(named for _, named in before.values())

    expire(report)

    after = asked_everywhere(client_of(person), api_of(person), report)
    assert not any(named for _, named in after.values()), after
    assert after[f"/incidents/{report.pk}"][0] == after[f"reports/{report.pk}"][0] == 404
    actor = Actor(person)
    for permission in (HEAD, BODY, *OUT, *WORK):
        assert not listed(actor, permission, Report.objects.all()).exists(), permission
        assert not visible(actor, permission, Report.objects.all()).exists(), permission
        assert not can(actor, permission, report), permission
    assert who_can(HEAD, report) == []


@pytest.mark.django_db
def test_a_file_is_not_handed_out_and_nothing_is_done_with_it(report, readers, client_of, api_of, at):
    owner = readers["owner"]
    attachment = attachments.add(report=report, name="a.txt", data=b"Canary of the file", by=owner, at=at)
    address = f"/incidents/attachments/{attachment.pk}"
    assert client_of(owner).get(address).status_code == 200

    expire(report)

    assert client_of(owner).get(address).status_code == 404
    for deed in ("take-up", "close", "share", "release", "let-in"):
        assert client_of(owner).post(f"/incidents/{report.pk}/{deed}", {"because": "Done"}).status_code == 404, deed
        assert api_of(owner).post(f"/api/v1/reports/{report.pk}/{deed}", {}, format="json").status_code == 404, deed
    report.refresh_from_db()
    assert report.state == Report.State.RECEIVED


@pytest.mark.django_db
def test_no_figure_counts_it(report, coordinator, at):
    Report.objects.filter(pk=report.pk).update(received_at=timezone.now())
    now = timezone.now()
    assert operations.look(by=coordinator, at=now).received[-1] == 1
    compliance = listed(Actor(coordinator), "incidents.report_incidents", Report.objects.all())
    assert compliance.count() == 1

    expire(report)

    assert operations.look(by=coordinator, at=now).received[-1] == 0
    assert listed(Actor(coordinator), "incidents.report_incidents", Report.objects.all()).count() == 0


@pytest.mark.django_db
def test_a_longer_term_brings_it_back_and_an_anonymised_record_stays(report, readers):
    expire(report)
    assert not can(Actor(readers["party"]), HEAD, report)

    expire(report, timezone.now().date() + timedelta(days=1))
    assert can(Actor(readers["party"]), HEAD, report)

    expire(report)
    Report.objects.filter(pk=report.pk).update(anonymised_on=yesterday())
    report.refresh_from_db()
    assert report.expires_at is None
    assert can(Actor(readers["party"]), HEAD, report)


@pytest.mark.django_db
def test_whoever_may_lift_its_hold_sees_that_it_is_there_and_not_what_it_says(report, readers, coordinator, client_of):
    hold = LegalHoldFactory(
        agreement=None, organization=report.organization, owner=report.organization, placed_by=readers["owner"]
    )
    Report.objects.filter(pk=report.pk).update(tlp=TLP.AMBER)
    assert not can(Actor(coordinator), HEAD, Report.objects.get(pk=report.pk))

    expire(report)

    for person in (readers["owner"], coordinator):
        page = client_of(person).get(f"/incidents/{report.pk}")
        assert page.status_code == 200
        assert "has ended. Nobody else finds it" in page.content.decode() and hold.reference in page.content.decode()
        assert b"Canary of the words" not in page.content and b"canary.example" not in page.content
        assert [way.name for way in explain(Actor(person), HEAD, report)] == ["hold"]
        assert not any(can(Actor(person), permission, report) for permission in (BODY, *OUT, *WORK))
    assert {found.person for found in who_can(HEAD, report)} == {readers["owner"], coordinator}
    assert client_of(readers["party"]).get(f"/incidents/{report.pk}").status_code == 404

    holds.lift(hold=hold, reason="Over", by=coordinator, at=timezone.now())
    assert client_of(coordinator).get(f"/incidents/{report.pk}").status_code == 404


@pytest.mark.django_db
def test_its_owner_takes_back_what_is_to_be_returned_and_nobody_else_does(
    own_organization, partner_organization, client_of
):
    agreement = agreement_in_force(own_organization, partner_organization, action="return")
    report = expire(ReportFactory(organization=own_organization, agreement=agreement, tlp=TLP.GREEN))
    officer, analyst = member(Role.LIAISON_OFFICER, own_organization), member(Role.ANALYST, own_organization)
    partner = member(Role.LIAISON_OFFICER, partner_organization)

    for permission in (HEAD, BODY, *OUT):
        assert can(Actor(officer), permission, report)
        assert not can(Actor(analyst), permission, report) and not can(Actor(partner), permission, report)
    assert not any(can(Actor(officer), permission, report) for permission in WORK)
    page = client_of(officer).get(f"/incidents/{report.pk}").content.decode()
    assert f"/agreements/{agreement.pk}/returned" in page
    assert client_of(officer).get(f"/agreements/{agreement.pk}/returned").status_code == 200

    Report.objects.filter(pk=report.pk).update(returned_on=yesterday())
    report.refresh_from_db()
    assert not can(Actor(officer), HEAD, report)


@pytest.mark.django_db
def test_an_emergency_opens_it_after_its_end_for_its_hours(report, at):
    person = member(Role.ANALYST, OrganizationFactory())
    glass = BreakGlassFactory(record_id=report.pk, requested_by=person, tlp_ceiling=TLP.RED)
    glass.approved_at, glass.approved_by = timezone.now(), member(Role.COORDINATOR, secretariat())
    glass.expires_at = timezone.now() + timedelta(hours=1)
    glass.save()
    assert [way.name for way in explain(Actor(person), BODY, report)] == ["break-glass"]

    expire(report)

    assert [way.name for way in explain(Actor(person), BODY, report)] == ["break-glass after the end"]
    assert [found.person for found in who_can(BODY, report)] == [person]
    assert not can(Actor(person), "incidents.export_report", report)


@pytest.mark.django_db
def test_a_loaded_row_is_answered_without_a_question(report, readers):
    actor = Actor(readers["owner"])
    can(actor, HEAD, report)

    with CaptureQueriesContext(connection) as seen:
        assert can(actor, HEAD, report) and not can(actor, HEAD, expire(report))
    assert (
        len([query for query in seen if "incidents_report" in query["sql"] and query["sql"].startswith("SELECT")]) == 1
    )


@pytest.mark.django_db
def test_another_calendar_moves_the_end_of_the_day(report):
    expire(report, date(2026, 7, 1))
    assert report.expires_at == datetime(2026, 7, 2, tzinfo=UTC)

    Agreement.objects.filter(pk=report.agreement_id).update(time_zone="Asia/Tokyo")
    report.refresh_from_db()
    assert report.expires_at == datetime(2026, 7, 1, 15, tzinfo=UTC)

    Report.objects.filter(pk=report.pk).update(expires_at=datetime(2099, 1, 1, tzinfo=UTC))
    report.refresh_from_db()
    assert report.expires_at == datetime(2026, 7, 1, 15, tzinfo=UTC), "nobody sets it by hand"


ZONES = [
    "UTC",
    "Europe/Amsterdam",
    "America/Sao_Paulo",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Asia/Beirut",
    "Africa/Cairo",
    "America/Havana",
    "Asia/Kathmandu",
]


class TheMoment(TestCase):
    """The moment that the policy compares with, and the rule by which the engine deletes."""

    @settings(max_examples=60, deadline=None)
    @given(
        zone=st.sampled_from(ZONES),
        day=st.dates(date(2015, 1, 1), date(2036, 12, 31)),
        seconds=st.sampled_from([-1, 0, 1, -7200, 7200]),
    )
    def test_both_say_the_same_around_every_midnight(self, zone, day, seconds):
        report = ReportFactory()
        Agreement.objects.filter(pk=report.agreement_id).update(time_zone=zone)
        expire(report, day)
        moment = report.expires_at + timedelta(seconds=seconds)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FROM {predicate.source(Report)} WHERE r.id = %(id)s AND {predicate.DUE}",
                {"id": report.pk, "at": moment},
            )
            is_due = bool(cursor.fetchone()[0])
        assert is_due == (seconds >= 0)
        assert moment.astimezone(ZoneInfo(zone)).date() > day or seconds < 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "model", [m for m in apps.get_models() if issubclass(m, Governed)], ids=lambda m: m._meta.label
)
def test_the_database_keeps_the_moment_of_every_governed_model(model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE t.tgrelid = %s::regclass AND p.proname = 'agreements_end_of_day'",
            [model._meta.db_table],
        )
        assert cursor.fetchone()[0] == 1
