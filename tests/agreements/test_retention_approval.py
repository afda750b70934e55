"""The second person of a run: what waits, who may approve it, and what an approval covers."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from agreements.actions import approvals, retention
from agreements.models import DeletionRecord, NamedRecord, RetentionApproval
from agreements.retention import certificates, execute, gate, named, plan
from incidents.models import Report
from partnership.access.decide import Refused
from partnership.models import AuditEntry, Role
from tests.agreements.test_retention import FUTURE, hold_on, reports
from tests.factories.agreements import (
    ClearedTermFactory,
    RetentionTermFactory,
    agreement_in_force,
    approve_what_waits,
)
from tests.factories.partnership import member, secretariat

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(db):
    return member(Role.COORDINATOR, secretariat(), name="Cleo Coordinator")


def asked(coordinator, at):
    return approvals.ask(because="The first run", by=coordinator, at=at)


def approved(made, by, at):
    return approvals.approve(approval=made, content_hash=made.hash, because="It fits", by=by, at=at)


def test_a_first_run_waits_while_the_others_go():
    new, old = agreement_in_force(has_run=False), agreement_in_force()
    waits, goes = reports(new, 2), reports(old, 3)

    run = execute.sweep(trigger="schedule")

    assert (run.state, run.deleted_count, run.unapproved_count, run.left_count) == ("complete", 3, 2, 0)
    assert set(Report.objects.values_list("pk", flat=True)) == {report.pk for report in waits}
    assert not Report.objects.filter(pk__in=[report.pk for report in goes]).exists()
    assert "2 wait for the approval of a second coordinator" in retention.retention_health()[1]


def test_an_approval_lets_go_what_it_names_and_the_certificate_points_at_it(coordinator, second, at):
    agreement = agreement_in_force(has_run=False)
    gone = reports(agreement, 2)
    made = approved(asked(coordinator, at), second, at)
    late = reports(agreement, 1)

    run = execute.sweep(trigger="schedule")

    assert (run.deleted_count, run.unapproved_count) == (2, 1), "the set grew after the preview; the rest waits"
    assert Report.objects.get().pk == late[0].pk
    assert set(DeletionRecord.objects.values_list("record_id", "approval_id")) == {(row.pk, made.pk) for row in gone}
    assert certificates.verify() == named.faults() == []
    assert execute.sweep(trigger="schedule").deleted_count == 1, "the next run under these terms is not the first"
    assert DeletionRecord.objects.get(record_id=late[0].pk).approval_id is None
    assert certificates.verify() == []


def test_altering_the_approval_on_a_certificate_is_found(coordinator, second, at):
    reports(agreement_in_force(has_run=False), 1)
    approved(asked(coordinator, at), second, at)
    execute.sweep(trigger="schedule")

    DeletionRecord.objects.update(approval_id=None)

    assert "was altered" in certificates.verify()[0]


def test_a_hold_placed_after_the_approval_wins(coordinator, second, at):
    agreement = agreement_in_force(has_run=False)
    reports(agreement, 2)
    approved(asked(coordinator, at), second, at)
    hold_on(agreement)

    assert execute.sweep(trigger="schedule").deleted_count == 0


def test_nobody_approves_the_own_request(coordinator, second, stranger, at):
    reports(agreement_in_force(has_run=False), 1)
    made = asked(coordinator, at)

    for by in (coordinator, stranger):
        with pytest.raises(Refused):
            approved(made, by, at)
    with pytest.raises(approvals.OtherPreview):
        approvals.approve(approval=made, content_hash="0" * 64, because="x", by=second, at=at)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        RetentionApproval.objects.update(state="approved", decided_by=coordinator, decided_at=at)
    assert execute.sweep(trigger="schedule").deleted_count == 0


def test_what_was_smuggled_into_a_preview_is_not_approved(coordinator, second, at):
    agreement = agreement_in_force(has_run=False)
    reports(agreement, 1)
    made = asked(coordinator, at)
    (extra,) = reports(agreement, 1)
    NamedRecord.objects.create(approval=made, record_type="incidents.report", record_id=extra.pk, term_id=extra.term_id)

    with pytest.raises(approvals.OtherPreview):
        approved(made, second, at)
    assert "are not those that were seen" in named.faults()[0]
    with pytest.raises(SystemExit):
        call_command("retention", "verify")


def test_a_request_is_decided_once_and_replaced_by_a_newer_one(coordinator, second, at):
    with pytest.raises(approvals.NothingWaits):
        asked(coordinator, at)
    reports(agreement_in_force(has_run=False), 1)
    first, newer = asked(coordinator, at), asked(coordinator, at)
    first.refresh_from_db()

    assert first.state == "replaced"
    with pytest.raises(approvals.DecidedAlready):
        approved(first, second, at)
    approvals.decline(approval=newer, because="Too early", by=second, at=at)
    with pytest.raises(approvals.DecidedAlready):
        approved(newer, second, at)
    assert execute.sweep(trigger="schedule").deleted_count == 0
    assert AuditEntry.objects.filter(verb="agreements.approval_declined").count() == 1


@pytest.mark.parametrize(("old", "new", "why"), [
    ({"months": 12}, {"months": 12}, None), ({"months": 12}, {"months": 24}, None), ({"months": 12}, {"months": 6}, "shortened"),
    ({"months": 12}, {"months": 12, "days": 3}, None), ({"months": 0, "days": 90}, {"months": 4}, "shortened"),
    ({"months": 12, "action": "anonymise"}, {"months": 12}, "shortened"), ({"months": 12, "action": "return"}, {"months": 24}, "shortened"),
    ({"months": 12}, {"months": 12, "action": "anonymise"}, None),
    ({"months": 12, "trigger": "closed"}, {"months": 24}, "shortened"),
])  # fmt: skip
def test_terms_that_became_shorter_or_stricter_wait(old, new, why):
    term = RetentionTermFactory(version__number=1, **old)
    ClearedTermFactory(term=term)
    later = RetentionTermFactory(
        version__agreement=term.version.agreement, version__number=2, category=term.category, **new
    )

    assert gate._standing([later.pk]).get(later.pk) == why


def test_a_term_that_is_shorter_than_a_longer_one_between_waits():
    first = RetentionTermFactory(version__number=1, months=6)
    ClearedTermFactory(term=first)
    same = {"version__agreement": first.version.agreement, "category": first.category}
    RetentionTermFactory(version__number=2, months=24, **same)
    third = RetentionTermFactory(version__number=3, months=12, **same)

    assert gate._standing([third.pk]) == {third.pk: "shortened"}


@pytest.mark.parametrize(("due", "kept", "waits"), [(5, 0, True), (5, 20, False), (5, 19, True), (4, 0, False)])
def test_a_large_part_of_an_agreement_waits(settings, due, kept, waits):
    settings.PORTAL_RETENTION_LARGE_FROM_OF_AGREEMENT = 5
    agreement = agreement_in_force()
    reports(agreement, due)
    reports(agreement, kept, until=FUTURE)

    run = execute.sweep(trigger="schedule")

    assert (run.deleted_count, run.unapproved_count) == ((0, due) if waits else (due, 0))


def test_in_a_large_night_everything_waits_until_it_is_approved(settings):
    settings.PORTAL_RETENTION_LARGE_FROM = 4
    for count in (1, 3):
        reports(agreement_in_force(), count)
    assert execute.sweep(trigger="schedule").unapproved_count == 4

    approve_what_waits()

    assert execute.sweep(trigger="schedule").deleted_count == 4


def test_the_command_line_waits_too():
    reports(agreement_in_force(has_run=False), 1)

    call_command("retention", "sweep")

    assert Report.objects.count() == 1


def test_what_waits_for_days_raises_the_alarm(coordinator, second, at):
    agreement = agreement_in_force(has_run=False)
    reports(agreement, 1, until=at.date() - timedelta(days=2))
    execute.sweep(trigger="schedule")
    assert retention.retention_health()[0]

    reports(agreement, 2, until=date(2026, 1, 1))

    well, words = retention.retention_health()
    assert not well and "2 of them have waited for more than 3 days" in words


def test_preview_and_run_say_the_same_of_what_waits():
    reports(agreement_in_force(has_run=False), 2)
    before = plan.counts(datetime.now(UTC))

    run = execute.sweep(trigger="command")

    assert (before.goes, before.unapproved) == (0, 2) == (run.deleted_count, run.unapproved_count)


def test_one_coordinator_asks_and_another_approves_on_the_pages(client_of, coordinator, second, liaison_officer):
    agreement = agreement_in_force(has_run=False)
    reports(agreement, 2)
    first, other = client_of(coordinator), client_of(second)
    assert "2" in first.get("/agreements/retention/approvals/new").content.decode()
    page = first.post("/agreements/retention/approvals/new", {"because": "The first run"}).url
    made = RetentionApproval.objects.get()

    assert agreement.reference in first.get(page).content.decode()
    assert first.get(f"{page}/approve").status_code == 404
    assert client_of(liaison_officer).get(page).status_code == 404
    assert f"Approve or decline {made.reference}" in other.get("/").content.decode()
    shown = other.get(f"{page}/approve").content.decode()
    assert made.hash in shown and agreement.reference in shown
    assert other.post(f"{page}/approve", {"because": "", "content_hash": made.hash}).status_code == 422
    assert other.post(f"{page}/approve", {"because": "It fits", "content_hash": made.hash}).status_code == 302
    run = execute.sweep(trigger="schedule")
    certificate = DeletionRecord.objects.order_by("reference").first()
    assert run.deleted_count == 2
    assert made.reference in first.get(f"/agreements/certificates/{certificate.pk}").content.decode()


def test_the_calls_do_what_the_pages_do(api_of, coordinator, second):
    reports(agreement_in_force(has_run=False), 1)
    made = api_of(coordinator).post("/api/v1/retention-approvals", {"because": "First"}, format="json").json()
    assert made["size"] == 1 and made["groups"][0]["unapproved"] == 1
    where = f"/api/v1/retention-approvals/{made['id']}"

    assert (
        api_of(coordinator).post(f"{where}/approve", {"because": "x", "content_hash": made["hash"]}).status_code == 404
    )
    answer = api_of(second).post(f"{where}/approve", {"because": "x", "content_hash": made["hash"]}, format="json")

    assert (answer.status_code, answer.json()["state"]) == (200, "approved")


def test_records_named_just_now_are_found_one_by_one_without_statistics():
    reports(agreement_in_force(has_run=False), 200)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    approve_what_waits()

    with CaptureQueriesContext(connection) as asked:
        gate.terms_that_wait(FUTURE)
        plan.preview(FUTURE)

    named_in = [query["sql"] for query in asked if "agreements_namedrecord" in query["sql"]]
    assert len(named_in) >= 3
    assert max(_pairs_dropped(sql) for sql in named_in) < 10 * 200, "all due records were paired with all named ones"


def _pairs_dropped(sql):
    """How many pairs of rows a statement makes and drops again."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}")
        (answer,) = cursor.fetchone()
    whole = answer if isinstance(answer, list) else json.loads(answer)
    nodes = [whole[0]["Plan"]]
    for node in nodes:
        nodes += node.get("Plans", [])
    return sum(node.get("Rows Removed by Join Filter", 0) * node["Actual Loops"] for node in nodes)
