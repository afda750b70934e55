"""The log of what was tried and refused."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from partnership import security
from partnership.access.actor import Actor
from partnership.access.scope import visible
from partnership.models import Role, SecurityEvent
from tests.factories.agreements import agreement_in_force
from tests.factories.partnership import OrganizationFactory, SecurityEventFactory, UserFactory, member

pytestmark = pytest.mark.django_db


def events(**wanted):
    return list(SecurityEvent.objects.filter(**wanted))


def test_a_hidden_record_and_an_absent_one_are_both_noted(client_of, stranger):
    hidden = agreement_in_force()
    client = client_of(stranger)

    client.get(f"/agreements/{hidden.pk}?secret=typed")
    client.get("/agreements/00000000-0000-4000-8000-000000000000")

    noted = events(kind="access_refused", person_id=stranger.pk)
    assert {event.record for event in noted} == {str(hidden.pk), "00000000-0000-4000-8000-000000000000"}
    assert {event.place for event in noted} == {"agreements/<uuid:pk>"}
    assert "typed" not in json.dumps([event.detail for event in noted])
    assert {event.network for event in noted} == {"127.0.0.0/24"}


def test_a_failed_login_is_noted_without_password_and_address(client):
    person = UserFactory(email="someone@example.org")

    for address in ("someone@example.org", "nobody-here@example.org"):
        client.post("/accounts/login/", {"login": address, "password": "hunter2hunter2hunter2"})

    known, unknown = events(kind="login_failed", person_id=person.pk), events(kind="login_failed", person_id=None)
    assert len(known) == len(unknown) == 1
    text = json.dumps([{**event.detail, "place": event.place} for event in known + unknown])
    assert "hunter2" not in text and "nobody-here" not in text


def test_a_wrong_token_is_noted_without_the_token(client):
    client.get("/api/v1/agreements", headers={"Authorization": "Bearer not-a-token"})

    (noted,) = events(kind="token_refused")
    assert "not-a-token" not in json.dumps(noted.detail)


def test_a_form_from_another_page_is_noted(coordinator):
    client = Client(enforce_csrf_checks=True)
    client.force_login(coordinator, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.post("/organizations/new", {}).status_code == 403
    assert len(events(kind="form_refused")) == 1


def test_an_invitation_link_is_never_noted(client):
    client.get("/join/a-secret-token")

    assert "a-secret-token" not in json.dumps([[e.place, e.record, e.detail] for e in events()])


def test_a_flood_from_one_network_is_cut(rf):
    request = rf.get("/")

    for _ in range(security.MOST_PER_MINUTE + 40):
        security.note("rate_limited", request=request)

    assert len(events(kind="rate_limited")) <= 2 * security.MOST_PER_MINUTE < security.MOST_PER_MINUTE * 2 + 1
    assert len(events(kind="rate_limited")) < security.MOST_PER_MINUTE + 40


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("", ""), ("x", "")],
)
def test_an_address_is_kept_without_its_last_part(rf, address, network):
    assert security.network_of(rf.get("/", REMOTE_ADDR=address)) == network


def test_behind_a_proxy_the_entry_of_the_own_proxy_counts(rf, settings):
    settings.PORTAL_BEHIND_PROXY = True
    forged = rf.get("/", HTTP_X_FORWARDED_FOR="198.51.100.1, 203.0.113.9")

    assert security.network_of(forged) == "203.0.113.0/24"


def test_events_are_forgotten_after_their_time(settings):
    now = timezone.now()
    old = SecurityEventFactory(at=now - timedelta(days=settings.PORTAL_SECURITY_LOG_DAYS, seconds=1))
    young = SecurityEventFactory(at=now - timedelta(days=settings.PORTAL_SECURITY_LOG_DAYS - 1))

    security.forget(at=now)

    assert [event.pk for event in events()] == [young.pk] and old.pk != young.pk


def test_administrators_see_events_of_their_own_people_alone(
    administrator, liaison_officer, coordinator, stranger, own_organization
):
    mine = SecurityEventFactory(person_id=liaison_officer.pk)
    theirs = SecurityEventFactory(person_id=member(Role.ANALYST, OrganizationFactory()).pk)
    nobodys = SecurityEventFactory(person_id=None)

    def seen(person):
        return set(visible(Actor(person), "partnership.view_security_event", SecurityEvent.objects.all()))

    assert seen(administrator) == {mine}
    assert seen(coordinator) == {mine, theirs, nobodys}
    assert seen(liaison_officer) == seen(stranger) == set()


def report(client, body, content_type="application/csp-report"):
    return client.post("/policy-reports", body, content_type=content_type)


@pytest.mark.parametrize(("content_type", "body"), [
    ("application/csp-report", {"csp-report": {"document-uri": "https://portal.example/incidents/1?token=abc", "effective-directive": "script-src-elem", "blocked-uri": "https://evil.example/x.js?y"}}),
    ("application/reports+json", [{"type": "csp-violation", "body": {"documentURL": "https://portal.example/incidents/1?token=abc", "effectiveDirective": "script-src-elem", "blockedURL": "https://evil.example/x.js"}}]),
])  # fmt: skip
def test_a_browsers_report_is_noted_in_short(content_type, body):
    assert report(Client(enforce_csrf_checks=True), json.dumps(body), content_type).status_code == 204

    (noted,) = events(kind="policy_report")
    assert "script-src-elem" in noted.detail.values() and "https://evil.example" in noted.detail.values()
    assert "token" not in json.dumps(noted.detail)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[" * 5000,
        b"null",
        b"[1]",
        b'{"csp-report": 3}',
        b"x" * 9000,
        b"\xff\xfe",
        b'{"csp-report": {"blocked-uri": "//[", "document-uri": 7}}',
    ],
)
def test_any_other_body_is_answered_alike(client, body):
    assert report(client, body).status_code == 204
    assert all(set(event.detail) <= {"blocked-uri"} for event in events())


def test_the_page_and_the_call_show_the_same_events(client_of, api_of, administrator, liaison_officer):
    SecurityEventFactory(person_id=liaison_officer.pk, place="incidents/<uuid:pk>")
    SecurityEventFactory(place="hidden-place")

    page = client_of(administrator).get("/security/").content.decode()
    called = api_of(administrator).get("/api/v1/security-events").json()["results"]

    assert "incidents/&lt;uuid:pk&gt;" in page and "hidden-place" not in page
    assert [row["place"] for row in called] == ["incidents/<uuid:pk>"]
