"""Each quarter the portal asks about exceptions; what nobody confirms ends."""

from datetime import timedelta

import pytest

from incidents.models import ReportUserGrant
from partnership import tasks
from partnership.access.actor import Actor
from partnership.access.decide import Refused, can
from partnership.actions import grants, recertification
from partnership.models import TLP, AuditEntry, Confirmation
from tests.factories.incidents import ReportFactory, ReportGroupGrantFactory, ReportUserGrantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(own_organization, stranger, at):
    report = ReportFactory(organization=own_organization, tlp=TLP.AMBER)
    return ReportUserGrantFactory(
        content_object=report, user=stranger, granted_at=at, expires_at=at + timedelta(days=80)
    )


def outcomes():
    return dict(Confirmation.objects.values_list("grant_id", "outcome"))


def test_what_nobody_confirms_ends(row, stranger, at):
    assert [recertification.ask(at=at), recertification.ask(at=at)] == [1, 0]
    assert recertification.tend(at=at + timedelta(days=20)) == {"lapsed": 0, "closed": 0}

    late = at + timedelta(days=21, minutes=1)
    assert recertification.tend(at=late) == {"lapsed": 1, "closed": 0}
    assert recertification.tend(at=late) == {"lapsed": 0, "closed": 0}

    row.refresh_from_db()
    assert row.expires_at == late and outcomes() == {row.pk: "lapsed"}
    assert AuditEntry.objects.filter(verb="partnership.grant_lapsed").count() == 1


def test_what_is_confirmed_renewed_or_ended_does_not_lapse(row, liaison_officer, own_organization, at):
    report = row.content_object
    others = [
        ReportUserGrantFactory(content_object=report, granted_at=at, expires_at=at + timedelta(days=80))
        for _ in range(2)
    ]
    group = ReportGroupGrantFactory(content_object=report, granted_at=at, expires_at=at + timedelta(days=80))
    assert recertification.ask(at=at) == 4

    recertification.confirm(row=row, by=liaison_officer, at=at)
    grants.renew(row=others[0], until=at + timedelta(days=85), because="More", by=liaison_officer, at=at)
    grants.end(row=others[1], by=liaison_officer, at=at)
    assert recertification.tend(at=at + timedelta(days=22))["lapsed"] == 1

    assert sorted(Confirmation.objects.values_list("outcome", flat=True)) == ["ended", "kept", "kept", "lapsed"]
    group.refresh_from_db()
    assert group.expires_at == at + timedelta(days=22)


def test_only_who_decides_confirms_and_only_what_was_asked(row, liaison_officer, stranger, at):
    with pytest.raises(recertification.NotAsked):
        recertification.confirm(row=row, by=liaison_officer, at=at)
    recertification.ask(at=at)
    with pytest.raises(Refused):
        recertification.confirm(row=row, by=stranger, at=at)


def test_the_page_asks_whoever_decides(client_of, api_of, row, liaison_officer, stranger, at):
    recertification.ask(at=at)
    key = f"report-person-{row.pk}"
    assert "Confirm 1 exception" in client_of(liaison_officer).get("/").content.decode()
    assert key in client_of(liaison_officer).get("/exceptions/review").content.decode()
    assert key not in client_of(stranger).get("/exceptions/review").content.decode()
    assert client_of(stranger).post(f"/exceptions/{key}/confirm").status_code == 404
    assert api_of(stranger).post(f"/api/v1/grants/{key}/confirm", format="json").status_code == 404

    assert client_of(liaison_officer).post(f"/exceptions/{key}/confirm").status_code == 302
    assert outcomes() == {row.pk: "kept"}
    assert api_of(liaison_officer).post(f"/api/v1/grants/{key}/confirm", format="json").status_code >= 400


def test_the_night_enters_the_end_of_what_is_over_and_the_morning_list_names_what_ends_soon(
    client_of, row, liaison_officer, stranger, at
):
    ReportUserGrant.objects.filter(pk=row.pk).update(expires_at=at + timedelta(days=3))
    assert "Renew or let end" in client_of(liaison_officer).get("/").content.decode()

    ReportUserGrant.objects.filter(pk=row.pk).update(
        granted_at=at - timedelta(days=3), expires_at=at - timedelta(days=1)
    )
    tasks.ask_about_exceptions()
    tasks.tend_exceptions()
    tasks.tend_exceptions()
    assert AuditEntry.objects.filter(verb="partnership.grant_ended_by_itself").count() == 1
    assert Confirmation.objects.count() == 0
    assert not can(Actor(stranger), "incidents.view_report_body", row.content_object)
