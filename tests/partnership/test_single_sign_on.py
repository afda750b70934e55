"""Single sign-on against a local provider: who comes in, who does not, and what is left of it."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from partnership.access import limits
from partnership.actions import accounts, organizations
from partnership.models import AuditEntry, Role, SecurityEvent, Session, SignOnLink, User
from partnership.web import factors
from partnership.web import sign_on as sign_on_rules
from tests.clients import enrolled, signed_in
from tests.factories.partnership import SignOnLinkFactory, UserFactory, member
from tests.partnership.test_second_factor import is_in, start
from tests.provider import chosen
from tests.sign_on import SECOND_STEP, begin, code_of, refused, sign_on

pytestmark = pytest.mark.django_db


def test_the_verified_address_of_a_person_leads_to_the_second_step_and_then_in(person, provider, client):
    answer = sign_on(client, next="/tokens/")
    assert answer.headers["Location"] == SECOND_STEP and not is_in(client)
    assert not SignOnLink.objects.exists(), "nothing is linked before the second factor"

    answer = client.post(SECOND_STEP, {"code": code_of(person)})

    assert answer.headers["Location"] == "/tokens/" and is_in(client)
    link = SignOnLink.objects.get()
    assert (link.user, link.issuer, link.subject) == (person, provider.address, "subject-1")
    assert AuditEntry.objects.filter(verb="partnership.sign_on_linked").count() == 1
    assert User.objects.filter(email=person.email).count() == 1 and not SecurityEvent.objects.exists()


def test_a_linked_subject_comes_in_whatever_its_address_is_called_now(person, provider, client):
    sign_on(client)
    client.post(SECOND_STEP, {"code": code_of(person)})
    provider.person |= {"email": "renamed@elsewhere.example", "email_verified": False}
    again = Client()

    assert sign_on(again).headers["Location"] == SECOND_STEP

    code = factors.code_at(enrolled(person), timezone.now() + timedelta(seconds=30))
    again.post(SECOND_STEP, {"code": code})
    assert is_in(again) and SignOnLink.objects.count() == 1
    assert AuditEntry.objects.filter(verb="partnership.sign_on_linked").count() == 1


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_way_on_never_leads_elsewhere(wanted, person, client):
    sign_on(client, next=wanted)

    assert client.post(SECOND_STEP, {"code": code_of(person)}).headers["Location"] == "/"


def closed(person, coordinator, at):
    accounts.deactivate(user=person, because="x", by=coordinator, at=at)


def suspended(person, coordinator, at):
    organizations.suspend(organization=person.memberships.get().organization, because="x", by=coordinator, at=at)


def ended(person, coordinator, at):
    member(Role.LIAISON_OFFICER, person.memberships.get().organization)  # the last one would have to stay
    accounts.end_membership(membership=person.memberships.get(), by=coordinator, at=at)


def without_factor(person, coordinator, at):
    factors.factors_of(person).delete()


def linked_to_another_subject(person, coordinator, at):
    SignOnLink.objects.filter(user=person).update(subject="subject-2")


OUT = {
    closed: "the account is closed",
    suspended: "no membership in force, or its organization is suspended",
    ended: "no membership in force, or its organization is suspended",
    without_factor: "no second factor is set up",
    linked_to_another_subject: "the person is linked to another subject",
}


@pytest.mark.parametrize("is_linked", [True, False])
@pytest.mark.parametrize("leave", OUT)
def test_who_is_out_stays_out(leave, is_linked, person, provider, client, coordinator, at):
    if is_linked or leave is linked_to_another_subject:
        SignOnLinkFactory(user=person, issuer=provider.address, subject="subject-1")
    leave(person, coordinator, at)

    line = refused(client, sign_on(client))

    assert (line.person_id, line.detail["reason"]) == (person.pk, OUT[leave])


def test_a_subject_is_the_person_that_it_is_linked_to_and_no_other(person, provider, client):
    other = UserFactory(email="other@x.example")
    SignOnLinkFactory(user=other, issuer=provider.address, subject="subject-1")

    assert refused(client, sign_on(client)).person_id == other.pk, "the address of somebody else gives nothing"


def test_a_link_of_another_issuer_is_none(person, provider, client, stranger):
    enrolled(stranger)
    SignOnLinkFactory(user=stranger, issuer="https://old.example", subject="subject-1")

    sign_on(client)
    client.post(SECOND_STEP, {"code": code_of(stranger)})
    assert not is_in(client)
    client.post(SECOND_STEP, {"code": code_of(person)})
    assert is_in(client) and SignOnLink.objects.get(user=person).issuer == provider.address


def test_what_changes_before_the_second_step_counts(person, provider, client, stranger):
    sign_on(client)
    SignOnLinkFactory(user=stranger, issuer=provider.address, subject="subject-1")

    answer = client.post(SECOND_STEP, {"code": code_of(person)})

    assert answer.status_code == 400 and not is_in(client)
    assert SecurityEvent.objects.get().detail["reason"] == "the subject is linked to another person"


@pytest.mark.parametrize(
    ("whose", "minutes", "is_linked"), [("own", 14, True), ("own", 16, False), ("other", 1, False)]
)
def test_the_word_of_the_provider_ends_and_belongs_to_its_person(
    whose, minutes, is_linked, person, provider, client, stranger, at
):
    start(person, client)
    session, meant = client.session, person if whose == "own" else stranger
    told_at = (at - timedelta(minutes=minutes)).timestamp()
    session[sign_on_rules.PENDING] = [str(meant.pk), provider.address, "subject-1", told_at]
    session.save()

    client.post(SECOND_STEP, {"code": code_of(person)})

    assert is_in(client) and SignOnLink.objects.exists() == is_linked
    assert sign_on_rules.PENDING not in client.session


def test_while_a_sign_on_waits_for_its_second_step_another_password_changes_nothing(person, client, stranger):
    enrolled(stranger)
    sign_on(client)
    start(stranger, client)

    client.post(SECOND_STEP, {"code": code_of(stranger)})

    assert not is_in(client) and not SignOnLink.objects.exists()


@pytest.mark.parametrize(
    ("claims", "is_trusted"),
    [({"acr": "silver"}, True), ({"amr": ["pwd", "mfa"]}, True), ({}, False), ({"acr": "bronze"}, False),
     ({"acr": ["silver"]}, False), ({"amr": "mfa"}, False), ({"amr": [["mfa"], {}, None]}, False)],
)  # fmt: skip
def test_a_factor_of_the_provider_counts_where_it_is_trusted_and_is_never_fresh(
    claims, is_trusted, person, provider, client, settings
):
    settings.PORTAL_SIGN_ON = chosen(provider, acr=["silver"], amr=["mfa"])
    provider.claims = claims

    answer = sign_on(client)

    assert is_in(client) == is_trusted and answer.headers["Location"] == ("/" if is_trusted else SECOND_STEP)
    assert SignOnLink.objects.exists() == is_trusted
    if is_trusted:
        assert "Confirm that it is you" in client.post("/tokens/", {"name": "x"}).content.decode()


def test_the_page_policy_leads_on_to_the_provider_from_the_way_in_alone(provider, client):
    def targets(path):
        return re.search(r"form-action ([^;]+)", client.get(path).headers["Content-Security-Policy"])[1]

    assert targets("/accounts/login/") == f"'self' {provider.address}"
    assert targets("/accounts/password/reset/") == targets("/nowhere") == "'self'"


def test_where_none_is_chosen_there_is_no_button_and_no_address(client, settings):
    page = client.get("/accounts/login/")

    assert "single-sign-on" not in page.content.decode()
    assert "form-action 'self';" in page.headers["Content-Security-Policy"]
    assert client.post("/single-sign-on/").status_code == client.get("/single-sign-on/return").status_code == 404


def test_the_form_of_another_site_starts_nothing(person, provider):
    client = Client(enforce_csrf_checks=True)

    assert client.post("/single-sign-on/").status_code == 403 and provider.seen == []


def test_attempts_of_a_network_are_counted_before_the_provider_is_asked(person, provider, client, monkeypatch):
    few = limits.Limit("sign-ons", 2, limits.HOUR, limits.MINUTE)
    monkeypatch.setattr(limits, "SIGN_ONS", few)
    for _ in range(4):
        sign_on(client)  # whoever comes in takes no place
    for _ in range(2):
        begin(client)
    before = len(provider.seen)

    assert client.post("/single-sign-on/").status_code == 429 and len(provider.seen) == before


def test_who_is_in_stays_the_same_person(person, stranger, client_of):
    client = client_of(stranger)

    assert client.post("/single-sign-on/").headers["Location"] == "/"
    assert client.get("/single-sign-on/return?state=x&code=x").headers["Location"] == "/"
    assert stranger.name in client.get("/profile").content.decode()


def test_a_person_sees_the_link_and_removes_it_with_a_fresh_factor(person, provider, client_of, stranger, at):
    link = SignOnLinkFactory(user=person, issuer=provider.address, subject="subject-1")
    mine, elsewhere, path = client_of(person), client_of(person), f"/single-sign-on/{link.pk}/remove"
    assert provider.address in mine.get("/second-factor/").content.decode()
    assert client_of(stranger).get(path).status_code == 404
    old = signed_in(Client(), person, proven_at=at - timedelta(minutes=6))
    assert "Confirm that it is you" in old.post(path).content.decode() and SignOnLink.objects.exists()

    assert mine.post(path).headers["Location"] == "/second-factor/"

    assert not SignOnLink.objects.exists() and is_in(mine) and not is_in(elsewhere)
    assert AuditEntry.objects.filter(verb="partnership.sign_on_unlinked").count() == 1
    assert Session.objects.filter(user=person).count() == 1
    assert mine.post(path).status_code == 404
