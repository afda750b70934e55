"""Limits hold when many try at the same moment, lock nobody out from outside, and tell nothing about addresses."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partnership.access import limits
from partnership.actions import exports
from partnership.models import Tally
from tests.clients import token_of
from tests.factories.partnership import UserFactory

ALL = [limits.LOGIN, limits.NETWORK, limits.CODE, limits.ACCOUNT_CODES, limits.RESET, limits.RESET_NETWORK]


@pytest.mark.parametrize("limit", ALL, ids=lambda limit: limit.name)
def test_attempts_at_the_same_moment_never_pass_more_than_the_limit(limit, committed_db):
    attempts, at, together = limit.most + 14, timezone.now(), threading.Barrier(8)

    def knock(number):
        try:
            if number < 8:
                together.wait(30)
            return limit.take("somebody", at=at)
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(8) as threads:
        passed = list(threads.map(knock, range(attempts)))

    assert sum(passed) == limit.most
    assert Tally.objects.get().count == limit.most


@pytest.mark.django_db
def test_the_table_of_counts_holds_no_address(at):
    limits.LOGIN.take("somebody@example.org", "network 192.0.2.1", at=at)
    assert "somebody" not in str(Tally.objects.values().get()) and "192.0.2" not in str(Tally.objects.values().get())


@pytest.mark.django_db
def test_a_wait_ends_and_whoever_knocks_meanwhile_does_not_lengthen_it(at):
    taken = [limits.RESET.take("a", at=at + timedelta(minutes=n)) for n in range(9)]
    assert taken == [True] * 3 + [False] * 6
    assert limits.RESET.take("a", at=at + timedelta(minutes=63))


@pytest.mark.django_db
def test_known_and_unknown_addresses_cost_the_same_hashing_and_the_same_queries(client, monkeypatch):
    person, gone = UserFactory(), UserFactory(is_active=False)
    encode, hashed, found = MD5PasswordHasher.encode, [], {}
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *given: hashed.append(1) or encode(self, *given))
    for name, email in (("known", person.email), ("gone", gone.email), ("unknown", "nobody@example.org")):
        hashed.clear()
        with CaptureQueriesContext(connection) as seen:
            answer = Client().post("/accounts/login/", {"login": email, "password": "a wrong one of fair length"})
        body = answer.content.decode().replace(email, "X").split("<main")[1]
        found[name] = (answer.status_code, len(hashed), len(seen), body)

    assert found["known"][:3] == found["unknown"][:3] == found["gone"][:3] and found["known"][1] == 1
    strip = lambda text: "".join(line for line in text.splitlines() if "csrf" not in line)  # noqa: E731
    assert strip(found["known"][3]) == strip(found["unknown"][3]) == strip(found["gone"][3])


@pytest.mark.django_db
def test_a_forgotten_password_is_answered_alike_and_written_about_three_times_an_hour(monkeypatch):
    person, sent = UserFactory(), []
    monkeypatch.setattr("partnership.web.accounts.post", lambda name, **given: sent.append(given))
    answers = []
    for email in (person.email, "nobody@example.org"):
        with CaptureQueriesContext(connection) as seen:
            answer = Client().post("/accounts/password/reset/", {"email": email})
        answers.append((answer.status_code, answer.headers["Location"], len(seen), len(sent)))
    assert answers[0][:3] == answers[1][:3] and [answer[3] for answer in answers] == [1, 2]
    assert sent[0]["person"] == str(person.pk) and set(sent[0]) == set(sent[1])

    for _ in range(5):
        assert Client().post("/accounts/password/reset/", {"email": person.email}).status_code == 302
    assert [given["person"] for given in sent].count(str(person.pk)) == 3


@pytest.mark.django_db
def test_the_letter_leads_to_a_new_password_and_ends_the_sessions(client_of, client, liaison_officer):
    before = client_of(liaison_officer)
    assert before.get("/").status_code == 200
    client.post("/accounts/password/reset/", {"email": liaison_officer.email})
    (letter,) = mail.outbox
    assert letter.to == [liaison_officer.email]
    link = next(line for line in letter.body.splitlines() if line.startswith("http")).removeprefix("http://testserver")

    where = client.get(link).headers["Location"]
    weak = client.post(where, {"password1": "noordgridnoordgrid1", "password2": "noordgridnoordgrid1"})
    assert weak.status_code == 200 and "would guess this" in weak.content.decode()
    new = "seven herons watch the lock"
    assert client.post(where, {"password1": new, "password2": new}).status_code == 302
    liaison_officer.refresh_from_db()
    assert liaison_officer.check_password(new)
    assert before.get("/").headers["Location"].startswith("/accounts/login/")


@pytest.mark.django_db
def test_calls_and_exports_of_a_person_are_counted_over_all_tokens(client, settings, liaison_officer, at):
    settings.PORTAL_API_PER_MINUTE, tokens = 3, [token_of(liaison_officer, at) for _ in range(2)]
    found = [client.get("/api/v1/me", headers={"Authorization": f"Bearer {tokens[n % 2]}"}) for n in range(5)]
    assert [answer.status_code for answer in found] == [200, 200, 200, 429, 429]
    assert int(found[-1].headers["Retry-After"]) == 60

    settings.PORTAL_EXPORTS_PER_HOUR = 2
    ask = lambda: exports.request(source="partnership:organization-list", parameters={}, format="csv", reason="x",  # noqa: E731
                                  by=liaison_officer, at=at)  # fmt: skip
    assert ask() and ask()
    with pytest.raises(exports.TooMany):
        ask()
