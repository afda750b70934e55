"""Single sign-on against a local provider: who comes in, and that everybody else looks the same from outside."""

import base64
import json
import re
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from django.test import Client
from django.utils import timezone

from partnership.access import limits
from partnership.actions import accounts, organizations
from partnership.models import AuditEntry, SecurityEvent, Session, SignOnLink, User
from partnership.web import factors, openid
from partnership.web import sign_on as sign_on_rules
from tests.clients import enrolled, signed_in
from tests.factories.partnership import SignOnLinkFactory, UserFactory
from tests.partnership.test_second_factor import is_in, start
from tests.provider import KEYS, OTHER, SECRET, chosen, local_provider

pytestmark = pytest.mark.django_db
SECOND_STEP = "/accounts/2fa/authenticate/"


@pytest.fixture
def provider(settings):
    with local_provider() as found:
        settings.PORTAL_SIGN_ON = chosen(found)
        yield found


@pytest.fixture
def person(liaison_officer, provider):
    """Somebody with a second factor, whom the provider knows by the same address."""
    enrolled(liaison_officer)
    provider.person["email"] = liaison_officer.email.upper()
    return liaison_officer


def begin(client, **given):
    """Press the button; the address to which the browser is sent."""
    answer = client.post("/single-sign-on/", given)
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def at_provider(address):
    """Let the provider say yes; the address to which it sends the browser back."""
    return requests.get(address, allow_redirects=False, timeout=5).headers["Location"]


def come_back(client, address):
    parts = urlsplit(address)
    return client.get(f"{parts.path}?{parts.query}")


def sign_on(client, **given):
    return come_back(client, at_provider(begin(client, **given)))


def code_of(person):
    return factors.code_at(enrolled(person), timezone.now())


def refused(client, answer):
    """Refused as every other: the same page, nobody in, nothing linked by it, and one line in the log; its reason."""
    plain = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    assert answer.status_code == 400 and "Single sign-on did not work" in plain
    assert plain == PAGE.setdefault("refused", plain), "a refusal tells which one it is"
    assert not is_in(client) and client.get(SECOND_STEP).headers["Location"] == "/accounts/login/"
    (line,) = SecurityEvent.objects.filter(place__startswith="single-sign-on")
    assert line.kind == "login_failed" and line.detail["by"] == "single sign-on"
    return line


PAGE: dict[str, str] = {}


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


def test_what_is_asked_is_bound_to_the_browser(person, provider, client):
    asked = {name: values[0] for name, values in parse_qs(urlsplit(begin(client)).query).items()}

    assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43
    assert len(asked["state"]) == 43 and len(asked["nonce"]) == 43 and asked["response_type"] == "code"
    assert set(asked["scope"].split()) == {"openid", "email"} and SECRET not in str(asked)
    assert asked["redirect_uri"] == "http://testserver/single-sign-on/return"


def test_what_the_caller_adds_never_reaches_the_provider(person, client):
    address = client.post("/single-sign-on/?scope=admin&auth_params=prompt%3Dnone&process=connect").headers["Location"]

    assert "admin" not in address and "prompt" not in address


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_way_on_never_leads_elsewhere(wanted, person, client):
    sign_on(client, next=wanted)

    assert client.post(SECOND_STEP, {"code": code_of(person)}).headers["Location"] == "/"


OLD = int(time.time()) - 600
BAD_CLAIMS = {
    "wrong issuer": {"iss": "https://other.example"},
    "no issuer": {"iss": None},
    "wrong audience": {"aud": "another-client"},
    "one more audience": {"aud": ["portal", "another-client"]},
    "for another party": {"azp": "another-client"},
    "wrong nonce": {"nonce": "0" * 43},
    "no nonce": {"nonce": None},
    "a nonce that is no text": {"nonce": 7},
    "expired": {"exp": OLD},
    "no end": {"exp": None},
    "an end that is no number": {"exp": "tomorrow"},
    "from the future": {"iat": OLD + 4000},
    "no subject": {"sub": None},
    "empty subject": {"sub": ""},
    "a subject with NUL": {"sub": "a\x00b"},
    "a long subject": {"sub": "s" * 256},
    "a subject that is no text": {"sub": 7},
    "unverified address": {"email_verified": False},
    "verified as a word": {"email_verified": "true"},
    "nothing about verification": {"email_verified": None},
    "no address": {"email": None},
    "an address that is no text": {"email": ["a@b.example"]},
    "unknown address": {"email": "nobody@nowhere.example"},
}


@pytest.mark.parametrize("claims", BAD_CLAIMS.values(), ids=BAD_CLAIMS)
def test_a_token_that_says_anything_else_lets_nobody_in(claims, person, provider, client):
    provider.claims = claims

    refused(client, sign_on(client))

    assert not SignOnLink.objects.exists()


def test_an_address_that_only_becomes_the_same_in_lower_case_is_another(person, provider, client):
    person.email = "kelvin@x.example"
    person.save()
    provider.claims = {"email": "\u212aelvin@x.example"}  # the sign of the unit, whose small letter is k

    assert refused(client, sign_on(client)).detail["reason"] == "no address"


def unsigned(claims):
    return jwt.encode(claims, None, "none")


def part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def keyed_with_what_is_public(claims):
    """The trick of taking the public key for a shared secret."""
    return jwt.encode(claims, SECRET, "HS256", headers={"kid": "first"})


BAD_SIGNATURES = {
    "alg none": unsigned,
    "alg none with the name of a key": lambda claims: f"{part({'alg': 'none', 'kid': 'first'})}.{part(claims)}.",
    "shared secret": keyed_with_what_is_public,
    "other key": lambda claims: jwt.encode(claims, OTHER, "RS256", headers={"kid": "first"}),
    "unknown name of a key": lambda claims: jwt.encode(claims, OTHER, "RS256", headers={"kid": "second"}),
    "cut signature": lambda claims: jwt.encode(claims, OTHER, "RS256", headers={"kid": "first"}).rpartition(".")[0] + ".",
    "no token": lambda claims: None,
    "no text": lambda claims: {"a": 1},
    "rubbish": lambda claims: "a.b.c",
    "empty": lambda claims: "",
    "a list in the head": lambda claims: f"{part([1])}.{part(claims)}.x",
}  # fmt: skip


@pytest.mark.parametrize("signer", BAD_SIGNATURES.values(), ids=BAD_SIGNATURES)
def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(signer, person, provider, client):
    provider.signer = signer

    refused(client, sign_on(client))


@pytest.mark.filterwarnings("ignore:The RSA key is 1024")
def test_a_key_that_is_too_short_or_a_shared_one_is_none(person, provider, client):
    provider.key = KEYS[1024]
    refused(client, sign_on(client))
    SecurityEvent.objects.all().delete()

    shared = base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("=")
    provider.answers["/keys"] = (200, {"keys": [{"kty": "oct", "k": shared, "kid": "first"}]})
    provider.signer = keyed_with_what_is_public
    refused(client, sign_on(client))


def test_a_state_works_once_in_its_browser_and_for_ten_minutes(person, provider, client, time_machine):
    address = at_provider(begin(client))
    other = Client()
    refused(other, come_back(other, address))
    SecurityEvent.objects.all().delete()
    assert come_back(client, address).status_code == 302

    again = come_back(client, address)
    assert again.status_code == 400 and SecurityEvent.objects.get().detail["reason"] == "unknown, used or old state"
    SecurityEvent.objects.all().delete()

    late = Client()
    address = at_provider(begin(late))
    time_machine.move_to(timezone.now() + timedelta(seconds=601))
    refused(late, come_back(late, address))


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?state=x&code=x", "?error=access_denied&state=x"])
def test_an_answer_that_nobody_asked_for_is_refused(query, person, client):
    refused(client, client.get(f"/single-sign-on/return{query}"))


def test_an_error_a_foreign_issuer_and_another_code_are_refused(person, provider, client):
    for change in ("error=access_denied", "iss=https://other.example", "code=another"):
        state = parse_qs(urlsplit(begin(client)).query)["state"][0]
        code = "" if change.startswith("code") else "&code=x"
        refused(client, client.get(f"/single-sign-on/return?state={state}&{change}{code}"))
        SecurityEvent.objects.all().delete()


def closed(person, coordinator, at):
    accounts.deactivate(user=person, because="x", by=coordinator, at=at)


def suspended(person, coordinator, at):
    organizations.suspend(organization=person.memberships.get().organization, because="x", by=coordinator, at=at)


def ended(person, coordinator, at):
    accounts.end_membership(membership=person.memberships.get(), by=coordinator, at=at)


def without_factor(person, coordinator, at):
    factors.factors_of(person).delete()


def linked_to_another_subject(person, coordinator, at):
    SignOnLink.objects.filter(user=person).update(subject="subject-2")


@pytest.mark.parametrize("is_linked", [True, False])
@pytest.mark.parametrize("leave", [closed, suspended, ended, without_factor, linked_to_another_subject])
def test_who_is_out_stays_out(leave, is_linked, person, provider, client, coordinator, at):
    if is_linked or leave is linked_to_another_subject:
        SignOnLinkFactory(user=person, issuer=provider.address, subject="subject-1")
    leave(person, coordinator, at)

    assert refused(client, sign_on(client)).person_id == person.pk


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


RUBBISH = {
    "no JSON": (200, b"<html>"), "not an object": (200, []), "deep": (200, b"[" * 100_000), "NUL": (200, b'{"a":"\\u0000"}'),
    "large": (200, b" " * 300_000), "broken": (500, {}), "absent": (404, {}), "no UTF-8": (200, b"\xff\xfe"),
    "elsewhere": (302, b"", "text/plain", "http://127.0.0.1:9/"), "empty": (200, b""),
}  # fmt: skip


def unavailable(answer):
    assert answer.status_code == 503 and "Single sign-on is not available" in answer.content.decode()
    assert SecurityEvent.objects.get().detail["reason"].startswith("the provider: ")
    SecurityEvent.objects.all().delete()


@pytest.mark.parametrize("rubbish", RUBBISH.values(), ids=RUBBISH)
def test_a_provider_that_answers_rubbish_gives_a_plain_page(rubbish, person, provider, client):
    for path in ("/.well-known/openid-configuration", "/keys", "/token"):
        address = at_provider(begin(client))
        provider.answers = {path: rubbish}
        answer = come_back(client, address)
        if path == "/token" and rubbish == RUBBISH["absent"]:
            refused(client, answer)
            SecurityEvent.objects.all().delete()
        else:
            unavailable(answer)
        provider.answers.clear()
    provider.answers = {"/.well-known/openid-configuration": rubbish}
    unavailable(client.post("/single-sign-on/"))


@pytest.mark.parametrize(
    "document",
    [{"issuer": "https://other.example"}, {"issuer": None}, {"token_endpoint": "https://other.example/token"},
     {"jwks_uri": "file:///etc/passwd"}, {"authorization_endpoint": "https://other.example/"}, {"jwks_uri": 7},
     {"authorization_endpoint": None}, {"token_endpoint": "http://[::1"}],
    ids=str,
)  # fmt: skip
def test_a_document_that_leads_elsewhere_is_not_followed(document, person, provider, client):
    provider.document = document

    unavailable(client.post("/single-sign-on/"))


@pytest.mark.parametrize("methods", [None, 7, "x", [None], ["client_secret_basic"], ["private_key_jwt"]], ids=str)
def test_what_the_document_says_of_ways_to_ask_never_breaks(methods, person, provider, client):
    provider.document = {"token_endpoint_auth_methods_supported": methods}

    assert sign_on(client).status_code in (302, 400)


@pytest.mark.parametrize("keys", [{}, {"keys": 7}, {"keys": [7, {}]}, {"keys": [{"kty": "RSA"}]}], ids=str)
def test_keys_that_are_none_let_nobody_in(keys, person, provider, client):
    provider.answers["/keys"] = (200, keys)

    refused(client, sign_on(client))


def test_a_provider_that_is_down_gives_a_plain_page(person, client, settings):
    with local_provider() as found:
        settings.PORTAL_SIGN_ON = chosen(found)
        address = at_provider(begin(client))

    unavailable(come_back(client, address))
    unavailable(client.post("/single-sign-on/"))


def test_a_provider_that_never_ends_its_answer_is_left(person, provider, client, monkeypatch):
    monkeypatch.setattr(openid, "WHOLE", -1)

    unavailable(client.post("/single-sign-on/"))


def test_proxies_and_passwords_of_the_environment_are_not_used(person, provider, client, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")

    assert client.post("/single-sign-on/").status_code == 302


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
