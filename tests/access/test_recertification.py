"""Each quarter the portal asks about exceptions; what nobody confirms ends."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from incidents.models import ReportUserGrant
from partnership import tasks
from partnership.access.actor import Actor
from partnership.access.decide import Refused, can
from partnership.actions import grants, recertification
from partnership.models import TLP, AuditEntry, Confirmation, Membership
from tests.factories.incidents import ReportFactory, ReportGroupGrantFactory, ReportUserGrantFactory

pytestmark = pytest.mark.django_db
NAME = "report-person"


@pytest.fixture
def row(own_organization, stranger, at):
    report = ReportFactory(organization=own_organization, tlp=TLP.AMBER)
    return ReportUserGrantFactory(
        content_object=report, user=stranger, granted_at=at, expires_at=at + timedelta(days=80)
    )


def confirm(row, by, at):
    return recertification.confirm(questions=[recertification.question_about(NAME, row)], by=by, at=at)


def outcomes():
    return dict(Confirmation.objects.filter(kind="report-person").values_list("row_key", "outcome"))


def test_what_nobody_confirms_ends(row, stranger, at):
    assert [recertification.ask(at=at)["report-person"], recertification.ask(at=at)] == [1, {}]
    assert recertification.tend(at=at + timedelta(days=20)) == {"lapsed": 0, "escalated": 0, "closed": 0}

    late = at + timedelta(days=21, minutes=1)
    roles = Membership.objects.count()
    assert recertification.tend(at=late) == {"lapsed": 1, "escalated": roles, "closed": 0}
    assert recertification.tend(at=late) == {"lapsed": 0, "escalated": 0, "closed": 0}

    row.refresh_from_db()
    assert row.expires_at == late and outcomes() == {str(row.pk): "lapsed"}
    assert AuditEntry.objects.filter(verb="partnership.grant_lapsed").count() == 1


def test_what_is_confirmed_renewed_or_ended_does_not_lapse(row, liaison_officer, own_organization, at):
    report = row.content_object
    others = [
        ReportUserGrantFactory(content_object=report, granted_at=at, expires_at=at + timedelta(days=80))
        for _ in range(2)
    ]
    group = ReportGroupGrantFactory(content_object=report, granted_at=at, expires_at=at + timedelta(days=80))
    asked = recertification.ask(at=at)
    assert (asked["report-person"], asked["report-group"]) == (3, 1)

    confirm(row, liaison_officer, at)
    grants.renew(row=others[0], until=at + timedelta(days=85), because="More", by=liaison_officer, at=at)
    grants.end(row=others[1], by=liaison_officer, at=at)
    assert recertification.tend(at=at + timedelta(days=22))["lapsed"] == 1

    assert sorted(Confirmation.objects.filter(kind__startswith="report-").values_list("outcome", flat=True)) == [
        "ended",
        "kept",
        "kept",
        "lapsed",
    ]
    group.refresh_from_db()
    assert group.expires_at == at + timedelta(days=22)


def test_only_who_decides_confirms_and_only_what_was_asked(row, liaison_officer, stranger, at):
    with pytest.raises(recertification.NotAsked):
        confirm(row, liaison_officer, at)
    recertification.ask(at=at)
    with pytest.raises(Refused):
        confirm(row, stranger, at)


def test_the_page_asks_whoever_decides(client_of, api_of, row, liaison_officer, stranger, own_organization, at):
    recertification.ask(at=timezone.now())
    question, key = Confirmation.objects.get(kind=NAME), f"report-person-{row.pk}"
    round_, end = f"/recertification/of/{own_organization.pk}", f"/recertification/{question.pk}/end"
    assert "Confirm 1 right" in client_of(liaison_officer).get("/").content.decode()
    assert round_ in client_of(liaison_officer).get("/recertification/").content.decode()
    assert stranger.name in client_of(liaison_officer).get(round_).content.decode()
    assert round_ not in client_of(stranger).get("/recertification/").content.decode()
    for path, body in ((round_, {"rights": [str(question.pk)]}), (end, {"because": "x"})):
        assert client_of(stranger).post(path, body).status_code == 404
    assert api_of(stranger).post(f"/api/v1/grants/{key}/confirm", format="json").status_code == 404
    assert api_of(stranger).post(f"/api/v1/recertification/{question.pk}/confirm", format="json").status_code == 404

    assert client_of(liaison_officer).post(round_, {"rights": []}).status_code == 422
    assert client_of(liaison_officer).post(round_, {"rights": [str(uuid4())]}).status_code == 422
    assert outcomes() == {str(row.pk): "open"}
    assert client_of(liaison_officer).post(round_, {"rights": [str(question.pk)]}).status_code == 302
    assert outcomes() == {str(row.pk): "kept"}
    assert api_of(liaison_officer).post(f"/api/v1/grants/{key}/confirm", format="json").status_code >= 400
    assert client_of(liaison_officer).get(end).status_code == 404


def test_the_night_enters_the_end_of_what_is_over_and_the_morning_list_names_what_ends_soon(
    client_of, row, liaison_officer, stranger, at
):
    ReportUserGrant.objects.filter(pk=row.pk).update(expires_at=at + timedelta(days=3))
    assert "Renew or let end" in client_of(liaison_officer).get("/").content.decode()

    ReportUserGrant.objects.filter(pk=row.pk).update(
        granted_at=at - timedelta(days=3), expires_at=at - timedelta(days=1)
    )
    tasks.ask_about_rights()
    tasks.tend_exceptions()
    tasks.tend_exceptions()
    assert AuditEntry.objects.filter(verb="partnership.grant_ended_by_itself").count() == 1
    assert not Confirmation.objects.exclude(kind="membership").exists()
    assert not can(Actor(stranger), "incidents.view_report_body", row.content_object)
