"""Every address as every persona: never a failure, and absent is absent; the demonstration is the world."""

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from agreements.models import Agreement, DeletionRecord, LegalHold
from councils.models import Council, Decision, Meeting
from incidents.models import Report
from partnership.models import CorrectiveAction, Organization, User
from tests.clients import signed_in
from tests.house.test_urls import ALL, path_of

PEOPLE = [
    "officer@noordnet.example", "signatory@noordnet.example", "member@noordnet.example", "auditor@audithuis.example",
    "coordinator@secretariat.example", "admin@noordnet.example", "officer@newcomer.example",
]  # fmt: skip


def client_for(email):
    return signed_in(Client(raise_request_exception=True), User.objects.get(email=email))


def records():
    """One address for each kind of record."""
    for model, path in (
        (Organization, "/organizations/{}"), (Agreement, "/agreements/{}"), (LegalHold, "/agreements/holds/{}"),
        (DeletionRecord, "/agreements/certificates/{}"), (Report, "/incidents/{}"), (Council, "/councils/{}"),
        (Council, "/councils/{}/dashboard"), (Meeting, "/councils/meetings/{}"), (Decision, "/councils/decisions/{}"),
        (CorrectiveAction, "/councils/actions/{}"),
    ):  # fmt: skip
        found = model._default_manager.order_by("pk").first()
        if found is not None:
            yield path.format(found.pk)


@pytest.mark.slow
def test_the_demonstration_holds_and_no_page_fails_for_anybody(committed_db):
    call_command("load_demo", verbosity=0)
    from agreements.retention import execute

    execute.sweep(trigger="command")
    assert Organization.objects.count() >= 40
    assert set(Agreement.objects.values_list("state", flat=True)) == set(Agreement.State.values)
    assert Report.objects.count() > 200 and Council.objects.count() == 4 and LegalHold.objects.count() >= 1
    assert (
        Meeting.objects.filter(state="closed").exists()
        and Meeting.objects.filter(starts_at__gt=timezone.now()).exists()
    )

    paths = [path_of(route) for route, _, _ in ALL] + list(records())
    for email in PEOPLE:
        client = client_for(email)
        for path in paths:
            if "logout" in path:
                continue
            answer = client.get(path)
            assert answer.status_code in (200, 301, 302, 401, 404, 405), (email, path, answer.status_code)
            assert client.post(path, {}).status_code < 500, (email, path)


@pytest.mark.django_db
def test_hidden_and_absent_answer_alike(client_of, stranger, own_organization):
    from tests.factories.agreements import agreement_in_force

    hidden = agreement_in_force()
    client = client_of(stranger)

    seen = client.get(f"/agreements/{hidden.pk}")
    absent = client.get("/agreements/00000000-0000-4000-8000-000000000000")

    assert (seen.status_code, seen.content) == (absent.status_code, absent.content) == (404, seen.content)


@pytest.mark.django_db
def test_every_answer_carries_the_header_policy(client_of, liaison_officer):
    answer = client_of(liaison_officer).get("/")

    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert (
        answer.headers["Cross-Origin-Opener-Policy"] == answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/organizations/?text=%00", "/agreements/?state=nowhere", "/agreements/?page=999999", "/agreements/?sort=';--",
                                  "/audit/?since=2026-02-30", "/audit/?page=x", "/organizations/?sectors=none"])  # fmt: skip
def test_bad_input_in_addresses_never_fails(path, client_of, coordinator):
    assert client_of(coordinator).get(path).status_code in (200, 400)
