"""Passwords that nobody guesses, sessions that a person sees and ends, and who may not act on whom."""

import pytest
from django.conf import settings as live
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from partnership.actions import accounts
from partnership.models import AuditEntry, Role, Session
from partnership.settings import base
from tests.factories.partnership import InvitationFactory, OrganizationFactory, member, secretariat

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("password", ["short but fine", "passwordpassword1", "Accord-Accord-2026!", "lenaofficerlenaofficer", "noordgrid-2026-noord",
                                      "qwertyqwertyqwerty", "aaaaaaaaaaaaaaaaaaaa", "123456789012345678", "Wínter-Wínter-2026", "x" * 129 + " yz abc def"])  # fmt: skip
def test_a_password_that_somebody_would_guess_is_refused(password, liaison_officer):
    with pytest.raises(ValidationError):
        validate_password(password, liaison_officer)


@pytest.mark.parametrize(
    "password", ["seven herons watch the lock", "correct horse battery staple", "żółw biegnie przez pole"]
)
def test_a_few_unrelated_words_are_a_password(password, liaison_officer):
    validate_password(password, liaison_officer)


def test_who_joins_cannot_use_the_name_of_the_organization(client, coordinator, at):
    organization = OrganizationFactory(name="Brightwater Utility")
    _, token = accounts.invite(organization=organization, email="new@example.org", name="Nel", role=Role.ANALYST,
                               by=coordinator, at=at, link="TOKEN")  # fmt: skip
    answer = client.post(f"/join/{token}", {"name": "Nel", "password": "brightwater utility 26"})
    assert answer.status_code == 422 and "would guess this" in answer.content.decode()


def test_passwords_are_kept_under_argon2id():
    assert base.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
    assert Argon2PasswordHasher().encode("seven herons watch", "some salt here").startswith("argon2$argon2id$")
    assert live.AUTH_PASSWORD_VALIDATORS[0]["OPTIONS"]["min_length"] == 15


def test_a_person_sees_the_own_sessions_and_ends_all_others(client_of, liaison_officer, stranger):
    here, there, other = client_of(liaison_officer), client_of(liaison_officer), client_of(stranger)
    page = here.get("/sessions/").content.decode()
    assert page.count("this one") == 1 and page.count("<tr>") == 3

    assert here.post("/sessions/").status_code == 302
    assert there.get("/").headers["Location"].startswith("/accounts/login/")
    assert here.get("/").status_code == other.get("/").status_code == 200
    assert Session.objects.filter(user=liaison_officer).count() == 1
    assert AuditEntry.objects.filter(verb="partnership.sessions_ended").count() == 1


def test_an_administrator_never_acts_on_a_higher_account(client_of, coordinator, auditor, at):
    for person in (coordinator, auditor):
        held = person.memberships.get()
        administrator = member(Role.ADMINISTRATOR, held.organization)
        with pytest.raises(accounts.RoleNotYours):
            accounts.end_membership(membership=held, by=administrator, at=at)
        with pytest.raises(accounts.RoleNotYours):
            accounts.withdraw(
                invitation=InvitationFactory(organization=held.organization, role=held.role), by=administrator, at=at
            )
        client = client_of(administrator)
        assert client.post(f"/people/{person.pk}/close", {"because": "x"}).status_code == 404
        assert client.post(f"/people/memberships/{held.pk}/end").status_code == 422
        held.refresh_from_db()
        assert held.until is None and person.is_active

    accounts.end_membership(membership=auditor.memberships.get(), by=member(Role.COORDINATOR, secretariat()), at=at)
