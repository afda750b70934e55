"""The second factor: nobody comes in without one, codes work once, secrets are sealed."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from partnership.actions import accounts, second_factor
from partnership.models import AuditEntry, RecoveryCode, Session
from partnership.web import factors
from tests.clients import enrolled, signed_in
from tests.factories.partnership import PASSWORD

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def start(user, client=None):
    """Give address and password; the browser then stands before the second step."""
    client = client or Client()
    answer = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client, answer


def code_of(user, steps=0):
    return factors.code_at(enrolled(user), timezone.now() + timedelta(seconds=30 * steps))


def is_in(client):
    return client.get("/profile").status_code == 200


def test_a_person_without_a_second_factor_reaches_enrolment_and_the_way_out_alone(liaison_officer):
    client, answer = start(liaison_officer)
    assert answer.status_code == 302

    for path in ("/", "/profile", "/tokens/", "/organizations/", "/agreements/", "/appearance", "/gallery",
                 "/second-factor/codes", "/accounts/password/change/", f"/join/{'x' * 43}", "/exports/new/partnership:person-list"):  # fmt: skip
        assert client.get(path).headers.get("Location") == "/second-factor/", path
        assert client.post(path).headers.get("Location") == "/second-factor/", path
    for path in ("/api/v1/organizations", "/api/v1/me"):
        assert client.get(path).status_code == 401
    for path in ("/second-factor/", "/second-factor/app", "/second-factor/passkey", "/health/live"):
        assert client.get(path).status_code == 200, path
    assert "Incident reports" not in client.get("/second-factor/").content.decode(), "no menu yet"
    assert client.post("/accounts/logout/").status_code == 302


def test_every_other_page_is_closed_before_the_second_factor(nobody):
    from tests.house.test_urls import ALL, path_of

    client = signed_in(Client(), nobody, proven_at=None)
    open_before = {"account_logout", "health-live", "health-ready", "second-factor", "factor-app", "factor-passkey"}
    for route, entry, _ in ALL:
        if entry.name in open_before or route.startswith("api/"):
            continue
        answer = client.get(path_of(route))
        ok = answer.status_code in (301, 404) or answer.headers.get("Location") in ("/second-factor/", "/")
        assert ok, (route, answer.status_code)


def test_enrolling_an_app_opens_the_portal_and_shows_recovery_codes_once(liaison_officer):
    client, _ = start(liaison_officer)
    page = client.get("/second-factor/app").content.decode()
    secret = re.search(r"<dt>Key</dt><dd><code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    assert "otpauth://totp/" in page and "<svg" in page and "data:" not in page

    wrong = client.post("/second-factor/app", {"code": "000000"})
    assert wrong.status_code == 422 and "does not fit" in wrong.content.decode() and not is_in(client)
    before = client.session.session_key
    right = client.post("/second-factor/app", {"code": factors.code_at(secret, timezone.now())})
    assert right.headers["Location"] == "/second-factor/codes" and client.session.session_key != before

    shown = client.get("/second-factor/codes").content.decode()
    codes = re.findall(r"<li><code>([A-Z2-7-]{30})</code></li>", shown)
    assert len(codes) == len(set(codes)) == 10 and is_in(client)
    assert not re.search(r"[A-Z2-7]{5}-[A-Z2-7]{5}", client.get("/second-factor/codes").content.decode())
    stored = Authenticator.objects.get(user=liaison_officer).data["secret"]
    assert secret not in stored and factors.unseal(stored) == secret
    assert not RecoveryCode.objects.filter(digest__in=codes).exists() and RecoveryCode.objects.count() == 10
    assert AuditEntry.objects.filter(verb="partnership.factor_added").count() == 1


def test_a_code_works_once_and_only_in_its_time(liaison_officer):
    client, answer = start(liaison_officer)
    assert answer.status_code == 302
    code = code_of(liaison_officer)
    client, answer = start(liaison_officer)
    assert answer.headers["Location"] == "/accounts/2fa/authenticate/" and not is_in(client)

    assert client.post("/accounts/2fa/authenticate/", {"code": code_of(liaison_officer, -3)}).status_code == 200
    assert client.post("/accounts/2fa/authenticate/", {"code": "abc"}).status_code == 200
    assert not is_in(client)
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302 and is_in(client)

    again, _ = start(liaison_officer)
    used = again.post("/accounts/2fa/authenticate/", {"code": code})
    assert "was used already" in used.content.decode() and not is_in(again)
    older = again.post("/accounts/2fa/authenticate/", {"code": code_of(liaison_officer, -1)})
    assert older.status_code == 200 and not is_in(again), "a code from before the last used one is used up too"
    assert again.post("/accounts/2fa/authenticate/", {"code": code_of(liaison_officer, 1)}).status_code == 302
    assert is_in(again)


def test_a_recovery_code_works_once(liaison_officer, at):
    enrolled(liaison_officer)
    first, *_ = second_factor.make_codes(user=liaison_officer, at=at)
    client, _ = start(liaison_officer)
    assert client.post("/accounts/2fa/authenticate/", {"code": first.lower().replace("-", " ")}).status_code == 302
    assert is_in(client) and AuditEntry.objects.filter(verb="partnership.recovery_code_used").count() == 1

    other, _ = start(liaison_officer)
    assert other.post("/accounts/2fa/authenticate/", {"code": first}).status_code == 200 and not is_in(other)
    second_factor.make_codes(user=liaison_officer, at=at)
    assert RecoveryCode.objects.filter(user=liaison_officer).count() == 10, "new codes make the former ones void"


def test_the_second_step_cannot_be_left_out(liaison_officer):
    enrolled(liaison_officer)
    client, _ = start(liaison_officer)

    assert client.get("/").status_code == 302 and client.get("/api/v1/me").status_code == 401
    assert client.get("/second-factor/").headers["Location"].startswith("/accounts/login/")
    assert client.get("/second-factor/app").headers["Location"].startswith("/accounts/login/")
    assert Client().get("/accounts/2fa/authenticate/").headers["Location"].startswith("/accounts/login/")


def test_a_session_without_proof_of_an_enrolled_person_cannot_add_a_factor(liaison_officer):
    enrolled(liaison_officer)
    client = signed_in(Client(), liaison_officer, proven_at=None)

    assert "Confirm that it is you" in client.get("/second-factor/app").content.decode()
    assert client.post("/second-factor/app", {"code": "123456"}).status_code == 422
    assert Authenticator.objects.filter(user=liaison_officer).count() == 1
    right = client.post("/second-factor/", {"step-up-asked": "GET", "step-up-code": code_of(liaison_officer)})
    assert right.headers["Location"] == "/second-factor/" and is_in(client)


def test_the_last_factor_stays_and_changing_factors_ends_other_sessions(liaison_officer, client_of):
    enrolled(liaison_officer)
    mine, other = client_of(liaison_officer), client_of(liaison_officer)
    app = Authenticator.objects.get(user=liaison_officer)
    refused = mine.post(f"/second-factor/{app.pk}/remove")
    assert refused.status_code == 422 and "only second factor" in refused.content.decode() and is_in(other)

    Authenticator.objects.create(user=liaison_officer, type="webauthn", data={"name": "Key", "credential": {}})
    assert mine.post(f"/second-factor/{app.pk}/remove").status_code == 302
    assert is_in(mine) and not is_in(other)
    assert not Authenticator.objects.filter(pk=app.pk).exists()


def test_nobody_removes_the_factor_of_another(liaison_officer, analyst, client_of):
    enrolled(liaison_officer)
    theirs = Authenticator.objects.get(user=liaison_officer)

    assert client_of(analyst).post(f"/second-factor/{theirs.pk}/remove").status_code == 404


def test_wrong_codes_slow_down_an_outsider_and_nobody_else(liaison_officer):
    enrolled(liaison_officer)
    known, _ = start(liaison_officer)
    assert known.post("/accounts/2fa/authenticate/", {"code": code_of(liaison_officer)}).status_code == 302
    known.post("/accounts/logout/")

    thief, _ = start(liaison_officer)
    said = [thief.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode() for _ in range(6)]
    assert "Try again later" in said[-1] and "Try again later" not in said[-2]
    refused = thief.post("/accounts/2fa/authenticate/", {"code": code_of(liaison_officer, 1)})
    assert refused.status_code == 200 and not is_in(thief)

    start(liaison_officer, known)
    assert known.post("/accounts/2fa/authenticate/", {"code": code_of(liaison_officer, 1)}).status_code == 302
    assert is_in(known), "a device that signed in before keeps working"


def test_a_session_ends_when_idle_and_after_half_a_day(liaison_officer, client_of, time_machine):
    client = client_of(liaison_officer)
    start_of_day = timezone.now()
    for minutes in range(0, 12 * 60, 25):
        time_machine.move_to(start_of_day + timedelta(minutes=minutes), tick=False)
        assert is_in(client), minutes
    time_machine.move_to(start_of_day + timedelta(hours=12, minutes=1), tick=False)
    assert not is_in(client), "twelve hours are the end, however busy"

    other = client_of(liaison_officer)
    time_machine.shift(timedelta(minutes=31))
    assert not is_in(other)


def test_the_session_key_is_stored_as_a_digest_and_changes_at_login(liaison_officer):
    enrolled(liaison_officer)
    client, _ = start(liaison_officer)
    before = client.session.session_key
    client.post("/accounts/2fa/authenticate/", {"code": code_of(liaison_officer)})
    after = client.session.session_key

    assert before != after
    assert not Session.objects.filter(session_key__in=[before, after]).exists()
    row = Session.objects.get(user=liaison_officer)
    assert row.device == "A browser" and len(row.session_key) == 64


def test_another_key_opens_no_secret_and_a_former_key_still_does(liaison_officer, settings):
    secret = enrolled(liaison_officer)
    sealed = Authenticator.objects.get(user=liaison_officer).data["secret"]
    former, new = settings.PORTAL_KEYS["fields"][0], "another key of sufficient length, which sealed nothing so far"

    settings.PORTAL_KEYS = {**settings.PORTAL_KEYS, "fields": (new, former)}
    assert factors.unseal(sealed) == secret
    settings.PORTAL_KEYS = {**settings.PORTAL_KEYS, "fields": (new,)}
    assert factors.take_code(liaison_officer, factors.code_at(secret, timezone.now()), timezone.now()) is None


def test_a_finished_rotation_leaves_every_secret_readable_under_the_new_key(liaison_officer, analyst, settings):
    secrets = [enrolled(liaison_officer), enrolled(analyst)]
    new = "another key of sufficient length, which sealed nothing so far"
    settings.PORTAL_KEYS = {**settings.PORTAL_KEYS, "fields": (new, settings.PORTAL_KEYS["fields"][0])}

    assert factors.seal_anew() == 2

    settings.PORTAL_KEYS = {**settings.PORTAL_KEYS, "fields": (new,)}
    rows = [Authenticator.objects.get(user=person) for person in (liaison_officer, analyst)]
    assert [factors.unseal(row.data["secret"]) for row in rows] == secrets


def test_tokens_are_made_by_enrolled_people(liaison_officer, at):
    client = signed_in(Client(), liaison_officer, proven_at=None)

    assert client.post("/tokens/", {"name": "x", "days": 3}).headers["Location"] == "/second-factor/"
    assert not liaison_officer.api_tokens.exists()
    given = {"name": "x", "days": 3, "areas": ["incidents"], "may_write": False, "may_decide": False}
    with pytest.raises(accounts.NotEnrolled):
        accounts.make_token(user=liaison_officer, at=at, **given)
