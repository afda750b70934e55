"""The ladder of accounts: an administrator of an organization never acts on an auditor or a coordinator."""

from itertools import product

import pytest

from partnership.access.decide import Refused
from partnership.actions import accounts
from partnership.errors import DomainError
from partnership.models import AuditEntry, Invitation, Membership, Role, User
from tests.factories.partnership import InvitationFactory, MembershipFactory, OrganizationFactory, member, secretariat

pytestmark = pytest.mark.django_db
HIGHER = {Role.AUDITOR, Role.COORDINATOR}


@pytest.fixture
def home():
    return OrganizationFactory(name="Ladder")


def person_as(role, home):
    """Somebody of the role at home; coordinators belong to the secretariat, which gives the role its weight."""
    return member(role, secretariat() if role == Role.COORDINATOR else home)


def state_of(person):
    """Whatever an act on a person could change."""
    person.refresh_from_db()
    held = sorted(person.memberships.values_list("role", "organization", "until"), key=str)
    return person.is_active, held


DEEDS = {
    "close": lambda by, them, home, at: accounts.deactivate(user=them, because="x", by=by, at=at),
    "end": lambda by, them, home, at: accounts.end_membership(membership=them.memberships.get(), by=by, at=at),
    "give a role": lambda by, them, home, at: accounts.grant_membership(user=them, organization=home, role=Role.SIGNATORY, by=by, at=at),
    "make auditor": lambda by, them, home, at: accounts.grant_membership(user=them, organization=home, role=Role.AUDITOR, by=by, at=at),
    "make coordinator": lambda by, them, home, at: accounts.grant_membership(user=them, organization=home, role=Role.COORDINATOR, by=by, at=at),
}  # fmt: skip


def may(actor, other, deed):
    """The ladder in plain words, apart from the policy."""
    if actor == Role.COORDINATOR:
        return True
    if actor != Role.ADMINISTRATOR:
        return False
    if deed == "give a role":
        return True  # an ordinary role at home, which takes nothing from a higher account and adds nothing to it
    return deed == "end" and other not in HIGHER


@pytest.mark.parametrize("deed", DEEDS)
def test_each_pair_of_roles_on_each_deed(deed, home, at):
    wrong = []
    for one, other in product(Role.values, Role.values):
        actor, them = person_as(one, home), person_as(other, home)
        if (deed, other) in (("give a role", Role.SIGNATORY), ("make auditor", Role.AUDITOR)):
            continue  # it is held already
        before, entries = state_of(them), AuditEntry.objects.count()
        try:
            DEEDS[deed](actor, them, home, at)
            done = True
        except (Refused, DomainError):
            done = False
        if done != may(one, other, deed):
            wrong.append((one, other, done))
        if not done and (state_of(them) != before or AuditEntry.objects.count() != entries):
            wrong.append((one, other, "refused and written"))

    assert wrong == []


@pytest.mark.parametrize("role", sorted(HIGHER))
def test_the_pages_and_the_calls_refuse_to_act_on_higher_accounts(role, home, client_of, api_of):
    held = MembershipFactory(organization=home, role=role)
    invited = InvitationFactory(organization=home, role=role)
    administrator = member(Role.ADMINISTRATOR, home)
    client, api = client_of(administrator), api_of(administrator)

    for path in (f"/people/memberships/{held.pk}/end", f"/people/invitations/{invited.pk}/withdraw", f"/people/{held.user_id}/close"):  # fmt: skip
        assert client.post(path, {"because": "x"}).status_code in (404, 409, 422), path
    for path in (
        f"memberships/{held.pk}/end",
        f"invitations/{invited.pk}/withdraw",
        f"people/{held.user_id}/deactivate",
    ):
        assert api.post(f"/api/v1/{path}", {"because": "x"}, format="json").status_code in (404, 409, 422), path

    assert Membership.objects.get(pk=held.pk).until is None and User.objects.get(pk=held.user_id).is_active
    assert Invitation.objects.get(pk=invited.pk).withdrawn_at is None


def test_nobody_closes_the_own_account_or_raises_it(home, client_of, at):
    for role in Role.values:
        person = person_as(role, home)
        with pytest.raises(Refused):
            accounts.deactivate(user=person, because="x", by=person, at=at)
        given = {"organization": home.pk, "name": "X", "email": person.email, "role": Role.COORDINATOR}
        if role != Role.COORDINATOR:
            assert client_of(person).post("/people/invite", given).status_code in (404, 422), role
    assert not Invitation.objects.exists()
