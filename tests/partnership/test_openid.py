"""OpenID Connect against a local provider that misbehaves: nobody comes in, and no page breaks."""

import base64
import json
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.test import Client
from django.utils import timezone

from partnership.models import SecurityEvent, SignOnLink
from partnership.web import openid
from tests.provider import KEYS, OTHER, SECRET, chosen, local_provider
from tests.sign_on import at_provider, begin, come_back, refused, sign_on, unavailable

pytestmark = pytest.mark.django_db


def test_what_is_asked_is_bound_to_the_browser(person, provider, client):
    asked = {name: values[0] for name, values in parse_qs(urlsplit(begin(client)).query).items()}

    assert asked["code_challenge_method"] == "S256" and len(asked["code_challenge"]) == 43
    assert len(asked["state"]) == 43 and len(asked["nonce"]) == 43 and asked["response_type"] == "code"
    assert set(asked["scope"].split()) == {"openid", "email"} and SECRET not in str(asked)
    assert asked["redirect_uri"] == "http://testserver/single-sign-on/return"


def test_what_the_caller_adds_never_reaches_the_provider(person, client):
    address = client.post("/single-sign-on/?scope=admin&auth_params=prompt%3Dnone&process=connect").headers["Location"]

    assert "admin" not in address and "prompt" not in address


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


@pytest.mark.parametrize("more", ["error=access_denied", "iss=https://other.example", "iss="])
def test_a_good_code_beside_an_error_or_a_foreign_issuer_is_refused(more, person, provider, client):
    refused(client, come_back(client, f"{at_provider(begin(client))}&{more}"))


def test_a_code_that_the_provider_did_not_give_is_refused(person, provider, client):
    state = parse_qs(urlsplit(begin(client)).query)["state"][0]

    refused(client, client.get(f"/single-sign-on/return?state={state}&code=another"))


def test_an_answer_that_names_its_issuer_is_taken(person, provider, client):
    assert come_back(client, f"{at_provider(begin(client))}&iss={provider.address}").status_code == 302


RUBBISH = {
    "no JSON": (200, b"<html>"), "not an object": (200, []), "deep": (200, b"[" * 100_000), "NUL": (200, b'{"a":"\\u0000"}'),
    "large": (200, {"a": "x" * 300_000}), "broken": (500, {}), "absent": (404, {}), "no UTF-8": (200, b"\xff\xfe"),
    "elsewhere": (302, b"", "text/plain", "http://127.0.0.1:9/"), "empty": (200, b""),
}  # fmt: skip


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


def test_no_other_host_is_ever_asked(provider):
    with pytest.raises(openid.Unreachable, match="another host"), openid.IssuerSession("https://a.example") as session:
        session.get(f"{provider.address}/keys")

    assert provider.seen == []


def test_a_shared_secret_is_no_key_even_where_its_algorithm_is_known(person, provider, client, monkeypatch):
    monkeypatch.setattr(openid, "ALGORITHMS", [*openid.ALGORITHMS, "HS256"])
    shared = base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("=")
    provider.answers["/keys"] = (200, {"keys": [{"kty": "oct", "k": shared, "kid": "first"}]})
    provider.signer = keyed_with_what_is_public

    refused(client, sign_on(client))


def test_no_redirect_is_followed_even_to_what_would_be_right(person, provider, client):
    with local_provider() as other:
        other.key = provider.key
        address = at_provider(begin(client))
        provider.answers["/keys"] = (302, b"", "text/plain", f"{other.address}/keys")

        unavailable(come_back(client, address))
        assert other.seen == []
