"""Step-up: what binds or opens asks for a second factor of the last five minutes, and nothing entered is lost."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from agreements.models import LegalHold
from partnership.models import Area, Invitation
from partnership.web import factors
from tests.clients import enrolled, signed_in, token_of
from tests.factories.agreements import agreement_in_force, draft_agreement

pytestmark = pytest.mark.django_db
STALE = timedelta(minutes=5, seconds=1)


@pytest.fixture
def stale_of():
    """A browser in which somebody proved the second factor more than five minutes ago."""
    return lambda user, client=None: signed_in(client or Client(), user, proven_at=timezone.now() - STALE)


def code_of(user):
    return factors.code_at(enrolled(user), timezone.now())


def given(organization):
    return {
        "organization": str(organization.pk),
        "name": "Nina <New> & “Co”",
        "email": "new@noord.example",
        "role": "analyst",
    }


def test_a_page_that_binds_asks_first_and_then_shows_itself(stale_of, administrator):
    enrolled(administrator)
    client = stale_of(administrator)

    asked = client.get("/people/invite?x=1")
    assert asked.status_code == 200 and "Confirm that it is you" in asked.content.decode()
    assert 'name="organization"' not in asked.content.decode()
    before = client.session.session_key
    answer = client.post("/people/invite?x=1", {"step-up-asked": "GET", "step-up-code": code_of(administrator)})
    assert answer.status_code == 302 and answer.headers["Location"] == "/people/invite?x=1"
    assert client.session.session_key != before, "a new session id after the proof"
    assert 'name="organization"' in client.get("/people/invite?x=1").content.decode()


def test_a_form_that_comes_too_late_loses_nothing(stale_of, administrator, own_organization):
    enrolled(administrator)
    client, entered = stale_of(administrator), given(own_organization)

    asked = client.post("/people/invite", entered)
    assert asked.status_code == 422 and not Invitation.objects.exists()
    carried = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', asked.content.decode()))
    assert "Nina &lt;New&gt; &amp; “Co”" in carried["name"] and carried["email"] == entered["email"]
    wrong = client.post("/people/invite", {**entered, "step-up-asked": "POST", "step-up-code": "000000"})
    assert (
        wrong.status_code == 422 and "wrong or was used" in wrong.content.decode() and not Invitation.objects.exists()
    )
    assert 'value="new@noord.example"' in wrong.content.decode()
    right = client.post("/people/invite", {**entered, "step-up-asked": "POST", "step-up-code": code_of(administrator)})

    assert right.status_code == 302 and Invitation.objects.get().name == entered["name"]


def test_the_same_code_does_not_prove_twice(stale_of, administrator):
    enrolled(administrator)
    code = code_of(administrator)
    proof = {"step-up-asked": "GET", "step-up-code": code}

    assert stale_of(administrator).post("/people/invite", proof).status_code == 302
    assert stale_of(administrator).post("/people/invite", proof).status_code == 422


def test_the_proof_of_another_person_is_none(administrator, liaison_officer, own_organization, at):
    client = signed_in(Client(), administrator, proven_at=None)
    session = client.session
    session["second_factor"] = [str(liaison_officer.pk), at.timestamp()]
    session.save()

    assert client.post("/people/invite", given(own_organization)).headers["Location"] == "/second-factor/"
    assert not Invitation.objects.exists()


def test_the_own_tokens_may_be_read_but_not_made_without_a_fresh_proof(stale_of, liaison_officer):
    client = stale_of(liaison_officer)

    assert "Your tokens" in client.get("/tokens/").content.decode()
    assert (
        "Confirm that it is you"
        in client.post("/tokens/", {"name": "x", "days": 1, "areas": ["incidents"]}).content.decode()
    )
    assert not liaison_officer.api_tokens.exists()


def test_a_call_in_a_session_asks_too(stale_of, liaison_officer, own_organization):
    agreement = agreement_in_force(own_organization)
    stale, fresh = stale_of(liaison_officer, APIClient()), signed_in(APIClient(), liaison_officer)

    refused = stale.post("/api/v1/holds", {"agreement": str(agreement.pk)}, format="json")
    assert refused.status_code == 403 and refused.json()["error"]["code"] == "second_factor_needed"
    assert fresh.post("/api/v1/holds", {"agreement": str(agreement.pk)}, format="json").status_code == 400
    assert not LegalHold.objects.exists()
    assert stale.get("/api/v1/holds").status_code == 200, "reading asks nothing"


def call(token, method, path, body=None):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return getattr(client, method)(path, body or {}, format="json")


def test_a_token_does_what_its_scope_says(liaison_officer, own_organization, at):
    agreement_in_force(own_organization)
    reads = token_of(liaison_officer, at, areas=[Area.PARTNERSHIP])
    writes = token_of(liaison_officer, at, areas=[Area.AGREEMENTS], may_write=True)
    decides = token_of(liaison_officer, at, may_write=True, may_decide=True)

    assert call(reads, "get", "/api/v1/organizations").status_code == 200
    assert call(reads, "get", "/api/v1/agreements").json()["error"]["code"] == "token_too_narrow"
    assert call(writes, "get", "/api/v1/agreements").status_code == 200
    assert call(writes, "post", "/api/v1/agreements").status_code == 400, "past the scope, refused for its body"
    assert call(reads, "post", "/api/v1/exports").status_code == 403
    for token, status in ((reads, 403), (writes, 403), (decides, 400)):
        assert call(token, "post", "/api/v1/holds").status_code == status
        assert call(token, "post", "/api/v1/exports").status_code == status


def test_no_token_signs_or_changes_who_may_do_what(administrator, signatory, nobody, own_organization, at):
    draft = draft_agreement(own_organization)
    for person, path, body in (
        (administrator, "/api/v1/memberships", {"person": str(nobody.pk), "organization": str(own_organization.pk), "role": "analyst"}),
        (administrator, "/api/v1/invitations", given(own_organization)),
        (signatory, f"/api/v1/agreements/{draft.pk}/sign", {}),
    ):  # fmt: skip
        token = token_of(person, at, may_write=True, may_decide=True)
        answer = call(token, "post", path, body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "token_too_narrow"), path
    assert not Invitation.objects.exists() and not nobody.memberships.exists()


def test_the_last_use_of_a_token_is_seen_and_written_once_a_minute(liaison_officer, at):
    token = token_of(liaison_officer, at)
    made = liaison_officer.api_tokens.get()

    def used_after(seconds):
        made.last_used_at = timezone.now() - timedelta(seconds=seconds)
        made.save()
        before = made.last_used_at
        call(token, "get", "/api/v1/me")
        made.refresh_from_db()
        return made.last_used_at != before

    call(token, "get", "/api/v1/me")
    made.refresh_from_db()
    assert made.last_used_at is not None
    assert used_after(61) and not used_after(50)
