"""Out at the next request: a closed account and a suspended organization, on every path."""

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from partnership.access.actor import Actor
from partnership.actions import accounts, exports, organizations
from partnership.jobs import job as jobs
from partnership.models import Export, Job, Role
from tests.clients import token_of
from tests.factories.partnership import OrganizationFactory, member
from tests.house.test_urls import ALL, path_of

pytestmark = pytest.mark.django_db
TABLE = "partnership:organization-list"


@pytest.fixture
def leaver(at):
    """Somebody with every way in: a browser, a session of calls, a token, a file that is ready and one under way."""
    return member(Role.LIAISON_OFFICER, OrganizationFactory(name="Leaving"), name="Lea Leaver")


@pytest.fixture
def ways(leaver, client_of, api_of, at, settings):
    ready = exports.request(source=TABLE, parameters={}, format="csv", reason="x", by=leaver, at=at)
    settings.PORTAL_EXPORT_INLINE_ROWS = 0
    waiting = exports.request(source=TABLE, parameters={}, format="csv", reason="x", by=leaver, at=at)
    token = APIClient(HTTP_AUTHORIZATION=f"Bearer {token_of(leaver, at)}")
    client, api = client_of(leaver), api_of(leaver)
    for one in (client, api, token):
        where = "/organizations/" if one is client else "/api/v1/organizations"
        assert one.get(where).status_code == 200
    assert client.get(f"/exports/{ready.pk}/file").status_code == 200
    return client, api, token, ready, waiting


def close(leaver, coordinator, at):
    accounts.deactivate(user=leaver, because="x", by=coordinator, at=at)


def suspend(leaver, coordinator, at):
    organizations.suspend(organization=leaver.memberships.get().organization, because="x", by=coordinator, at=at)


@pytest.mark.parametrize("leave", [close, suspend], ids=["closed", "suspended"])
def test_who_left_is_out_on_every_path(leave, leaver, ways, coordinator, at):
    client, api, token, ready, waiting = ways

    leave(leaver, coordinator, at)

    assert client.get("/organizations/").status_code in (302, 404)
    assert client.get(f"/exports/{ready.pk}/file").status_code in (302, 404)
    for one in (api, token):
        assert one.get("/api/v1/organizations").status_code in (401, 404)
        assert one.get(f"/api/v1/exports/{ready.pk}/file").status_code in (401, 404)
    jobs.run(waiting.job_id, leaver.pk, is_in=lambda person: bool(Actor(person).holdings))
    assert Job.objects.get(pk=waiting.job_id).state == Job.State.FAILED
    assert Export.objects.get(pk=waiting.pk).file is None


@pytest.mark.slow
def test_a_closed_account_opens_no_address_at_all(leaver, ways, coordinator, at, client):
    close(leaver, coordinator, at)

    for route, _, _ in ALL:
        path = path_of(route)
        if not path.startswith(("/accounts/", "/admin/")):
            mine, theirs = ways[0].get(path), client.get(path)
            assert mine.status_code == theirs.status_code, path


def test_a_link_of_invitation_is_void_when_its_organization_is_suspended(leaver, coordinator, client, at):
    home = leaver.memberships.get().organization
    _, token = accounts.invite(organization=home, email="late@x.example", name="Late", role=Role.ANALYST,
                               by=coordinator, at=at, link="TOKEN")  # fmt: skip
    assert client.get(f"/join/{token}").status_code == 200

    suspend(leaver, coordinator, at)

    assert client.get(f"/join/{token}").status_code == 404


def test_a_file_made_in_a_role_that_has_ended_is_not_handed_out(leaver, client_of, coordinator, at):
    held = leaver.memberships.get()
    member(Role.ADMINISTRATOR, held.organization)  # somebody who can act for it stays
    accounts.grant_membership(user=leaver, organization=OrganizationFactory(), role=Role.ANALYST, by=coordinator, at=at)
    made = exports.request(source=TABLE, parameters={}, format="csv", reason="x", by=leaver, at=at)
    client = client_of(leaver)
    assert client.get(f"/exports/{made.pk}/file").status_code == 200

    accounts.end_membership(membership=held, by=coordinator, at=timezone.now())

    assert client.get(f"/exports/{made.pk}/file", follow=True).headers.get("Content-Disposition") is None
