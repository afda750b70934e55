"""People: invited, joining, changing, leaving; and the tokens of their systems."""

import re
from datetime import timedelta

import pytest
from django.core import mail

from partnership.access.decide import Refused
from partnership.actions import accounts
from partnership.models import AuditEntry, Invitation, Membership, Role, User
from tests.clients import enrolled, token_of
from tests.factories.partnership import PASSWORD, InvitationFactory

pytestmark = pytest.mark.django_db
GOOD = "seven quiet herons at dawn"


@pytest.fixture
def invite(client_of, administrator, own_organization, django_capture_on_commit_callbacks):
    def send(email="new@noord.example", role=Role.ANALYST):
        given = {"organization": own_organization.pk, "name": "Nina New", "email": email, "role": role}
        with django_capture_on_commit_callbacks(execute=True):
            return client_of(administrator).post("/people/invite", given, follow=True)

    return send


def link_of(message):
    return "/" + re.search(r"https?://[^/]+/(join/\S+)", message.body)[1]


def test_an_invited_person_joins_once_and_signs_in(invite, client_of, client, own_organization):
    invite()
    (message,) = mail.outbox
    assert message.to == ["new@noord.example"] and "Noord Grid" not in message.body, "the message holds the link alone"
    link = link_of(message)

    assert "You are invited into Noord Grid as analyst" in client.get(link).content.decode()
    weak = client.post(link, {"name": "Nina New", "password": "short"})
    assert weak.status_code == 422 and "at least 15 characters" in weak.content.decode()
    assert client.post(link, {"name": "Nina New", "password": GOOD}).status_code == 302

    made = User.objects.get(email="new@noord.example")
    assert made.memberships.get().role == Role.ANALYST and made.check_password(GOOD)
    assert client.get(link).status_code == 404
    signed_in = client.post("/accounts/login/", {"login": "NEW@noord.example", "password": GOOD}, follow=True)
    assert (
        "One thing is left before you start" in signed_in.content.decode() and "Nina New" in signed_in.content.decode()
    )


def test_a_person_with_an_account_joins_with_it_and_nobody_else_can(invite, client_of, client, stranger, nobody):
    invite(email=nobody.email)
    link = link_of(mail.outbox[0])

    wrong = client_of(stranger).post(link)
    assert wrong.status_code == 422 and "not valid any more" in wrong.content.decode()
    taken = client.post(link, {"name": "Thief", "password": GOOD})
    assert taken.status_code == 422 and "has an account" in taken.content.decode()
    assert client_of(nobody).post(link).status_code == 302
    assert nobody.memberships.get().role == Role.ANALYST


def test_administrators_invite_for_their_own_organization_and_no_overseer(
    invite, administrator, partner_organization, at, client_of
):
    refused = invite(role=Role.AUDITOR)
    assert "invited by the secretariat" in refused.content.decode() and not Invitation.objects.exists()
    with pytest.raises(Refused):
        accounts.invite(organization=partner_organization, email="x@y.example", name="X", role=Role.ANALYST,
                        by=administrator, at=at, link="TOKEN")  # fmt: skip
    given = {"organization": partner_organization.pk, "name": "X", "email": "x@y.example", "role": "analyst"}
    assert client_of(administrator).post("/people/invite", given).status_code == 422


def test_liaison_officers_invite_nobody(client_of, liaison_officer):
    client = client_of(liaison_officer)

    for path in ("/people/", "/people/invite", "/people/invitations/"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("change", [
    {"expires_at": 0}, {"accepted_at": 0, "accepted_by": True}, {"withdrawn_at": 0, "withdrawn_by": True},
])  # fmt: skip
def test_links_that_are_over_answer_as_if_they_had_never_been(change, client, coordinator, at):
    values = {key: coordinator if value is True else at for key, value in change.items()}
    InvitationFactory(token_digest=accounts.token_digest("key"), **{"expires_at": at + timedelta(days=1), **values})

    assert client.get("/join/key").status_code == client.get("/join/other").status_code == 404


def test_an_invitation_is_withdrawn_from_the_list(invite, client_of, administrator, partner_officer, client):
    invite()
    made = Invitation.objects.get()
    page = f"/people/invitations/{made.pk}/withdraw"

    assert "new@noord.example" in client_of(administrator).get("/people/invitations/?is_open=true").content.decode()
    assert client_of(partner_officer).post(page).status_code == 404
    assert client_of(administrator).post(page).status_code == 302
    assert client.get(link_of(mail.outbox[0])).status_code == 404
    assert "new@noord.example" not in client_of(administrator).get("/people/invitations/?is_open=true").content.decode()
    again = client_of(administrator).post(page)
    assert again.status_code == 422


def test_a_membership_gives_nothing_after_it_has_ended(client_of, administrator, liaison_officer):
    held = liaison_officer.memberships.get()
    officer = client_of(liaison_officer)
    page = f"/people/memberships/{held.pk}"
    assert officer.get("/agreements/").status_code == 200
    assert "Lena Officer" in client_of(administrator).get(page).content.decode()

    assert client_of(administrator).post(f"{page}/end").status_code == 302

    assert officer.get("/agreements/").status_code == 404
    assert "ended" in client_of(administrator).get(page).content.decode()
    assert client_of(administrator).post(f"{page}/end").status_code == 422
    assert officer.get(page).status_code == 404


def test_a_closed_account_is_out_on_every_path(client_of, client, coordinator, administrator, liaison_officer, at):
    signed_in = client_of(liaison_officer)
    token = token_of(liaison_officer, at)
    header = {"HTTP_AUTHORIZATION": f"Token {token}"}
    assert client.get("/api/v1/organizations", **header).status_code == 200
    page = f"/people/{liaison_officer.pk}/close"

    assert client_of(administrator).post(page, {"because": "Left"}).status_code == 404
    assert client_of(coordinator).post(page, {"because": ""}).status_code == 422
    assert client_of(coordinator).post(page, {"because": "Left"}).status_code == 302

    assert signed_in.get("/").status_code == 302
    assert client.get("/api/v1/organizations", **header).status_code == 401
    assert client_of(coordinator).get(f"/people/{coordinator.pk}/close").status_code == 404


def test_a_token_is_shown_once_acts_for_its_person_and_ends(client_of, client, liaison_officer, stranger, at):
    mine = client_of(liaison_officer)
    enrolled(liaison_officer)
    given = {"name": "SOC", "days": 30, "areas": ["partnership"]}
    shown = mine.post("/tokens/", given, follow=True).content.decode()
    token = re.search(r"shown this once: (\S+?)[<\s]", shown)[1]
    made = liaison_officer.api_tokens.get()

    assert token not in mine.get("/tokens/").content.decode() and token not in made.digest
    assert client.get("/api/v1/organizations", HTTP_AUTHORIZATION=f"Token {token}").status_code == 200
    assert client_of(stranger).post(f"/tokens/{made.pk}/revoke").status_code == 404
    assert mine.post(f"/tokens/{made.pk}/revoke").status_code == 302
    assert client.get("/api/v1/organizations", HTTP_AUTHORIZATION=f"Token {token}").status_code == 401
    assert mine.post("/tokens/", {**given, "days": 366}).status_code == 422
    assert mine.post("/tokens/", {**given, "areas": []}).status_code == 422
    assert mine.post("/tokens/", {**given, "may_decide": "on"}).status_code == 422


def test_an_expired_token_is_refused(client, liaison_officer, at):
    token = token_of(liaison_officer, at - timedelta(days=2), days=1)

    assert client.get("/api/v1/organizations", HTTP_AUTHORIZATION=f"Token {token}").status_code == 401


def test_the_own_profile_is_changed_and_told(client_of, liaison_officer):
    client = client_of(liaison_officer)

    assert client.post("/profile", {"name": "Lena O.", "time_zone": "Mars/Base"}).status_code == 422
    client.post("/profile", {"name": "Lena O.", "time_zone": "Europe/Amsterdam"})
    client.post("/profile", {"name": "Lena O.", "time_zone": "Europe/Amsterdam"})

    liaison_officer.refresh_from_db()
    assert (liaison_officer.name, liaison_officer.time_zone) == ("Lena O.", "Europe/Amsterdam")
    assert AuditEntry.objects.filter(verb="partnership.profile_changed").count() == 1, "nothing changed the second time"


def test_roles_are_given_once(coordinator, administrator, nobody, own_organization, at):
    accounts.grant_membership(user=nobody, organization=own_organization, role=Role.ANALYST, by=administrator, at=at)

    with pytest.raises(accounts.AlreadyMember):
        accounts.grant_membership(user=nobody, organization=own_organization, role=Role.ANALYST, by=coordinator, at=at)
    with pytest.raises(accounts.RoleNotYours):
        accounts.grant_membership(
            user=nobody, organization=own_organization, role=Role.AUDITOR, by=administrator, at=at
        )
    assert Membership.objects.filter(user=nobody).count() == 1


def test_guessing_passwords_is_slowed_down(client, liaison_officer):
    answers = [
        client.post("/accounts/login/", {"login": liaison_officer.email, "password": f"wrong {n}"}) for n in range(12)
    ]
    right = client.post("/accounts/login/", {"login": liaison_officer.email, "password": PASSWORD})

    assert "Too many failed login attempts" in answers[-1].content.decode()
    assert right.status_code == 200, "even the right one has to wait"
