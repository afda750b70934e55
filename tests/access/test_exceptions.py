"""Exceptions: given, renewed and ended by whoever decides, seen by whom they concern, and in effect at the next statement."""

from datetime import timedelta

import pytest
from django.urls import reverse

from agreements.models import AgreementUserGrant
from partnership.access.actor import Actor
from partnership.access.decide import Refused, can
from partnership.access.exceptions import KINDS, decide_permission, view_permission
from partnership.access.scope import visible
from partnership.actions import grants
from partnership.models import AuditEntry, OrganizationUserGrant, Role
from tests.factories.agreements import AgreementFactory, agreement_in_force
from tests.factories.incidents import ReportFactory, ReportUserGrantFactory
from tests.factories.partnership import OrganizationUserGrantFactory, member

pytestmark = pytest.mark.django_db


def given(agreement, person, by, at, days=10):
    return grants.give(kind=KINDS["agreement"], obj=agreement, to=person, until=at + timedelta(days=days),
                       because="A review", by=by, at=at)  # fmt: skip


@pytest.fixture
def agreement(own_organization):
    return agreement_in_force(lead=own_organization)


def test_whoever_leads_lets_a_person_in_and_out_again_at_the_next_statement(agreement, liaison_officer, stranger, at):
    actor, view = Actor(stranger), "agreements.view_agreement"
    rows = lambda: set(visible(Actor(stranger), view, type(agreement).objects.all()))  # noqa: E731
    assert not can(Actor(stranger), view, agreement)

    row = given(agreement, stranger, liaison_officer, at)
    assert can(Actor(stranger), view, agreement) and rows() == {agreement}

    grants.end(row=row, by=liaison_officer, at=at)
    assert not can(Actor(stranger), view, agreement) and rows() == set()
    assert actor.is_member
    assert list(AuditEntry.objects.filter(verb__contains=".grant_").order_by("pk").values_list("verb", flat=True)) == [
        "partnership.grant_given", "partnership.grant_ended"]  # fmt: skip


def test_only_who_decides_gives_renews_and_ends(agreement, liaison_officer, stranger, partner_officer, at):
    with pytest.raises(Refused):
        given(agreement, partner_officer, stranger, at)
    row = given(agreement, partner_officer, liaison_officer, at)
    for deed in (lambda: grants.end(row=row, by=stranger, at=at), lambda: grants.end(row=row, by=partner_officer, at=at),
                 lambda: grants.renew(row=row, until=at + timedelta(days=20), because="x", by=partner_officer, at=at)):  # fmt: skip
        with pytest.raises(Refused):
            deed()


def test_an_exception_is_renewed_for_ninety_days_at_most_and_not_after_its_end(
    agreement, liaison_officer, stranger, at
):
    row = given(agreement, stranger, liaison_officer, at)
    with pytest.raises(grants.NotGranted):
        grants.renew(row=row, until=at + timedelta(days=91), because="More", by=liaison_officer, at=at)

    row = grants.renew(row=row, until=at + timedelta(days=60), because="More", by=liaison_officer, at=at)
    assert (row.expires_at, row.renewed_by) == (at + timedelta(days=60), liaison_officer)

    with pytest.raises(grants.GrantOver):
        grants.renew(
            row=row, until=at + timedelta(days=90), because="More", by=liaison_officer, at=at + timedelta(days=61)
        )
    grants.end(row=row, by=liaison_officer, at=at)
    with pytest.raises(grants.GrantOver):
        grants.end(row=row, by=liaison_officer, at=at)


def test_nobody_holds_more_than_the_cap(agreement, liaison_officer, stranger, at, monkeypatch):
    monkeypatch.setattr("partnership.access.grants.MOST_LIVE_GRANTS", 1)
    given(agreement, stranger, liaison_officer, at)
    other = AgreementFactory(lead=agreement.lead)

    with pytest.raises(grants.NotGranted):
        given(other, stranger, liaison_officer, at)
    assert not AgreementUserGrant.objects.filter(content_object=other).exists()


def test_a_coordinator_cannot_open_what_an_organization_filed(own_organization, coordinator, liaison_officer, at):
    kind = KINDS["organization"]
    with pytest.raises(Refused):
        grants.give(kind=kind, obj=own_organization, to=coordinator, until=at + timedelta(days=3), because="x",
                    by=coordinator, at=at)  # fmt: skip
    row = OrganizationUserGrantFactory(content_object=own_organization)
    seen = visible(Actor(coordinator), view_permission(OrganizationUserGrant), OrganizationUserGrant.objects.all())
    assert row not in seen
    assert can(Actor(liaison_officer), decide_permission(OrganizationUserGrant), row)


def test_pages_show_what_concerns_the_person_and_hide_the_record_from_whom_it_is_over_for(
    client_of, agreement, liaison_officer, stranger, partner_officer, at
):
    row = given(agreement, stranger, liaison_officer, at)
    received = client_of(stranger).get("/exceptions/").content.decode()
    assert agreement.title in received and "A review" in received and liaison_officer.name in received
    decided = client_of(liaison_officer).get("/exceptions/").content.decode()
    assert stranger.name in decided and f"agreement-person-{row.pk}/renew" in decided
    assert agreement.title not in client_of(partner_officer).get("/exceptions/").content.decode()

    grants.end(row=row, by=liaison_officer, at=at)
    received = client_of(stranger).get("/exceptions/").content.decode()
    assert agreement.title not in received and "One agreement" in received


def test_pages_give_renew_and_end(client_of, agreement, liaison_officer, stranger):
    client, where = client_of(liaison_officer), f"/exceptions/new/agreement/{agreement.pk}"
    assert client.get(where).status_code == 200
    answer = client.post(where, {"email": stranger.email, "days": "5", "because": "A review", "clause": "4.2"})
    assert answer.status_code == 302 and answer.headers["Location"] == f"/who-can-see/agreement/{agreement.pk}"
    row = AgreementUserGrant.objects.get()
    assert row.clause == "4.2" and row.granted_by == liaison_officer
    assert stranger.name in client.get(answer.headers["Location"]).content.decode()

    key = f"agreement-person-{row.pk}"
    assert client.post(f"/exceptions/{key}/renew", {"days": "91", "because": "More"}).status_code == 422
    assert client.post(f"/exceptions/{key}/renew", {"days": "30", "because": "More"}).status_code == 302
    assert client_of(stranger).get(f"/exceptions/{key}/renew").status_code == 404
    assert client_of(stranger).post(f"/exceptions/{key}/end").status_code == 404
    assert client.post(f"/exceptions/{key}/end").status_code == 302
    row.refresh_from_db()
    assert row.revoked_by == liaison_officer


@pytest.mark.parametrize("key", ["x", "agreement", "agreement-person", "agreement-person-", "agreement-person-999", "agreement-person-x",
                                 "agreement-person-²", "agreement-x-1", "agreement-person-99999999999999999999999"])  # fmt: skip
def test_a_malformed_key_is_absent(key, client_of, liaison_officer):
    assert client_of(liaison_officer).get(f"/exceptions/{key}/end").status_code == 404


def test_who_can_see_is_for_its_owner_alone(client_of, own_organization, liaison_officer, stranger, analyst, at):
    report = ReportFactory(organization=own_organization, tlp=4)
    ReportUserGrantFactory(content_object=report, user=stranger)
    where = f"/who-can-see/report/{report.pk}"

    page = client_of(liaison_officer).get(where).content.decode()
    assert stranger.name in page and analyst.name in page and "Explicit grant, until" in page
    assert where in client_of(liaison_officer).get(f"/incidents/{report.pk}").content.decode()
    for person in (stranger, analyst):
        assert client_of(person).get(where).status_code == 404
        assert where not in client_of(person).get(f"/incidents/{report.pk}").content.decode()
    assert client_of(liaison_officer).get(f"/exceptions/new/report/{report.pk}").status_code == 404


def test_calls_do_the_same(api_of, agreement, liaison_officer, stranger):
    client = api_of(liaison_officer)
    body = {"kind": "agreement", "record": str(agreement.pk), "email": stranger.email, "days": 5, "because": "A review"}
    assert api_of(stranger).post("/api/v1/grants", body, format="json").status_code == 404
    made = client.post("/api/v1/grants", body, format="json")
    assert made.status_code == 201, made.content
    where = f"/api/v1/grants/{made.json()['id']}"

    assert api_of(stranger).get(where).json()["received"] is True
    assert [row["id"] for row in api_of(stranger).get("/api/v1/grants").json()] == [made.json()["id"]]
    assert api_of(stranger).post(f"{where}/end", format="json").status_code == 404
    assert client.post(f"{where}/renew", {"days": 40, "because": "More"}, format="json").status_code == 200
    assert client.post(f"{where}/end", format="json").json()["ended_at"] is not None
    assert api_of(member(Role.ANALYST)).get(where).status_code == 404


def test_every_kind_has_a_page_and_a_door():
    for kind in KINDS.values():
        assert reverse(kind.page, kwargs={"pk": "00000000-0000-4000-8000-000000000000"})
        assert {table._meta.get_field("content_object").related_model for _, table in kind.tables} == {kind.model}
