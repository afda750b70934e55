"""Retention: due days, holds, runs, certificates; interleavings on real connections and killed processes."""

import random
import signal
import threading
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from agreements.actions import holds, retention, versions
from agreements.models import Agreement, DeletionBatch, DeletionRecord, DeletionRun, LegalHold, RetentionTerm
from agreements.retention import certificates, due, execute, merkle, plan
from incidents.models import Attachment, Indicator, Report
from partnership import files
from partnership.access.decide import Refused
from partnership.models import AuditEntry, FileErasure, Role
from tests.factories.agreements import agreement_in_force, approve_what_waits, holder
from tests.factories.incidents import AttachmentFactory, IndicatorFactory, ReportFactory
from tests.factories.partnership import StoredFileFactory

PAST, FUTURE = date(2026, 1, 1), date(2099, 1, 1)


def reports(agreement, count, *, until=PAST, **columns):
    term = RetentionTerm.objects.get(version=agreement.governing, category="incident-report")
    return [
        ReportFactory(agreement=agreement, version=agreement.governing, term=term, category=term.category, organization=agreement.lead,
                      retention_start=date(2025, 1, 1), retain_until=until, **columns)
        for _ in range(count)
    ]  # fmt: skip


def hold_on(agreement, **scope):
    now = datetime.now(UTC)
    return holds.place(agreement=agreement, ground="legal_claims", reason="A claim", review_on=now.date() + timedelta(days=30),
                       by=holder(Role.LIAISON_OFFICER, agreement.lead), at=now, **scope)  # fmt: skip


@pytest.mark.parametrize(("start", "months", "expected"), [
    (date(2025, 1, 31), 1, date(2025, 2, 28)), (date(2024, 1, 31), 1, date(2024, 2, 29)), (date(2024, 2, 29), 12, date(2025, 2, 28)),
    (date(2025, 8, 31), 6, date(2026, 2, 28)), (date(2025, 12, 31), 2, date(2026, 2, 28)),
])  # fmt: skip
def test_months_go_by_the_calendar(start, months, expected):
    assert due.due_on(start, months=months, days=0) == expected


@pytest.mark.django_db
@given(start=st.dates(date(2000, 1, 1), date(2060, 1, 1)), months=st.integers(0, 240), days=st.integers(0, 400))
def test_python_and_postgresql_agree_on_every_due_day(start, months, days):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (%s::date + make_interval(months => %s) + make_interval(days => %s))::date", [start, months, days]
        )
        assert cursor.fetchone()[0] == due.due_on(start, months=months, days=days)


def test_a_day_is_a_day_of_the_agreements_calendar():
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)

    assert due.local_day(late, "Europe/Amsterdam") == date(2026, 3, 2)
    assert due.local_day(late, "America/New_York") == date(2026, 3, 1)


@pytest.mark.django_db
def test_a_record_stays_until_the_end_of_its_day_in_the_agreements_zone():
    agreement = agreement_in_force()
    Agreement.objects.filter(pk=agreement.pk).update(time_zone="America/New_York")
    today = datetime.now(ZoneInfo("America/New_York")).date()
    reports(agreement, 1, until=today)
    reports(agreement, 1, until=today - timedelta(days=1))

    run = execute.sweep(trigger="command")

    assert (run.deleted_count, Report.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_a_run_deletes_what_is_due_with_everything_that_hangs_on_it_and_certifies_each():
    agreement = agreement_in_force()
    gone, kept = reports(agreement, 3), reports(agreement, 2, until=FUTURE)
    for report in (*gone, *kept):
        IndicatorFactory(report=report)
        AttachmentFactory(report=report, file=StoredFileFactory())

    run = execute.sweep(trigger="command", chunk=2)

    assert (run.state, run.deleted_count, run.left_count) == ("complete", 3, 0)
    assert set(Report.objects.values_list("pk", flat=True)) == {report.pk for report in kept}
    assert Indicator.objects.count() == Attachment.objects.count() == 2
    assert FileErasure.objects.count() == 3
    records = DeletionRecord.objects.all()
    assert {record.record_id for record in records} == {report.pk for report in gone}
    assert all(record.counts["indicators"] == record.counts["attachments"] == 1 for record in records)
    assert certificates.verify() == []
    assert AuditEntry.objects.filter(verb="agreements.batch_deleted").count() == 2


@pytest.mark.django_db
def test_twice_run_equals_once_run():
    reports(agreement_in_force(), 3)
    execute.sweep(trigger="command")

    second = execute.sweep(trigger="command")

    assert (second.deleted_count, second.state, DeletionRecord.objects.count()) == (0, "complete", 3)


@pytest.mark.django_db
def test_the_preview_equals_what_the_run_then_does():
    agreement, held = agreement_in_force(), agreement_in_force()
    reports(agreement, 3)
    reports(held, 2)
    hold_on(held)
    before = plan.preview(datetime.now(UTC))

    run = execute.sweep(trigger="command")

    assert (before.goes, before.held) == (3, 2) == (run.deleted_count, run.held_count)


@pytest.mark.django_db
@pytest.mark.parametrize("scope", ["agreement", "record", "organization"])
def test_what_is_held_stays_and_goes_after_the_hold_is_lifted(scope, coordinator, at):
    agreement = agreement_in_force()
    first, second = reports(agreement, 2)
    if scope == "agreement":
        placed = hold_on(agreement)
    elif scope == "record":
        placed = hold_on(agreement, record_type="incidents.report", record_id=first.pk)
    else:
        placed = holds.place(organization=agreement.lead, ground="legal_claims", reason="A claim", review_on=at.date() + timedelta(days=9),
                             by=coordinator, at=at)  # fmt: skip

    execute.sweep(trigger="command")

    assert Report.objects.filter(pk=first.pk).exists()
    assert Report.objects.filter(pk=second.pk).exists() == (scope != "record")
    holds.lift(hold=placed.hold, reason="Settled", by=coordinator, at=at)
    execute.sweep(trigger="command")
    assert not Report.objects.exists()


@pytest.mark.django_db
def test_a_hold_says_what_it_protects_and_what_had_gone(at):
    agreement = agreement_in_force()
    reports(agreement, 2)
    execute.sweep(trigger="command")
    reports(agreement, 3)

    placed = hold_on(agreement)

    assert (placed.protected, placed.already_deleted) == (3, 2)


@pytest.mark.django_db
def test_lifting_one_hold_leaves_the_other_effective(at):
    agreement = agreement_in_force()
    reports(agreement, 1)
    first, _ = hold_on(agreement), hold_on(agreement)
    holds.lift(hold=first.hold, reason="Settled", by=holder(Role.LIAISON_OFFICER, agreement.lead), at=at)

    execute.sweep(trigger="command")

    assert Report.objects.count() == 1


@pytest.mark.django_db
def test_a_hold_is_reviewed_ahead_and_lifted_once(at):
    agreement = agreement_in_force()
    by = holder(Role.LIAISON_OFFICER, agreement.lead)
    with pytest.raises(holds.ReviewInThePast):
        holds.place(agreement=agreement, ground="legal_claims", reason="A claim", review_on=at.date(), by=by, at=at)
    placed = hold_on(agreement)
    holds.lift(hold=placed.hold, reason="Settled", by=by, at=at)

    with pytest.raises(holds.LiftedAlready):
        holds.lift(hold=placed.hold, reason="Again", by=by, at=at)


@pytest.mark.django_db
def test_a_stranger_places_no_hold(stranger, at):
    with pytest.raises(Refused):
        holds.place(
            agreement=agreement_in_force(),
            ground="legal_claims",
            reason="x",
            review_on=at.date() + timedelta(days=3),
            by=stranger,
            at=at,
        )
    assert not LegalHold.objects.exists()


@pytest.mark.django_db
def test_anonymising_blanks_the_words_and_keeps_the_row():
    agreement = agreement_in_force(action="anonymise")
    (report,) = reports(agreement, 1, title="Names inside")
    IndicatorFactory(report=report)

    run = execute.sweep(trigger="command")
    report.refresh_from_db()

    assert (run.anonymised_count, report.title, report.filed_by) == (1, "Anonymised report", None)
    assert report.anonymised_on is not None and report.indicators.count() == 1
    assert not hasattr(report, "body") or not type(report.body).objects.filter(report=report).exists()
    assert execute.sweep(trigger="command").anonymised_count == 0


@pytest.mark.django_db
def test_what_is_to_be_returned_waits_for_the_confirmation(at):
    agreement = agreement_in_force(action="return")
    (report,) = reports(agreement, 1)
    assert execute.sweep(trigger="command").waiting_count == 1

    retention.confirm_return(row=report, by=holder(Role.LIAISON_OFFICER, agreement.lead), at=at)

    assert execute.sweep(trigger="command").deleted_count == 1


@pytest.mark.django_db
def test_deleting_outside_the_engine_is_refused_by_the_database():
    (report,) = reports(agreement_in_force(), 1)

    with pytest.raises(IntegrityError, match="retention engine"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM incidents_reportbody WHERE report_id = %s", [report.pk])
        cursor.execute("DELETE FROM incidents_report WHERE id = %s", [report.pk])


@pytest.mark.django_db
def test_a_held_report_is_refused_even_inside_the_engine():
    agreement = agreement_in_force()
    (report,) = reports(agreement, 1)
    hold_on(agreement)

    with pytest.raises(IntegrityError, match="legal hold"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL portal.retention = 'on'")
        cursor.execute("DELETE FROM incidents_reportbody WHERE report_id = %s", [report.pk])
        cursor.execute("DELETE FROM incidents_report WHERE id = %s", [report.pk])


@pytest.mark.django_db
def test_one_record_that_resists_does_not_stop_the_others():
    agreement = agreement_in_force()
    bad, *_ = reports(agreement, 5)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE FUNCTION resist() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.id = '{bad.pk}' THEN"
            " RAISE EXCEPTION 'it resists' USING DETAIL = 'Failing row contains (' || OLD.title || ').';"
            " END IF; RETURN OLD; END $$;"
            " CREATE TRIGGER resist BEFORE DELETE ON incidents_report FOR EACH ROW EXECUTE FUNCTION resist()"
        )

    run = execute.sweep(trigger="command", chunk=4)

    assert (run.state, run.deleted_count, run.left_count, run.failed_count) == ("partial", 4, 1, 1)
    noted = run.quarantined.get()
    assert (noted.record_id, noted.error) == (bad.pk, "it resists")  # and not the row that the database quotes


@pytest.mark.django_db
def test_an_undeclared_relation_stops_the_engine(monkeypatch):
    monkeypatch.setattr(Report, "data_policy", type(Report.data_policy)(frozenset(), frozenset(), frozenset(), {}))

    with pytest.raises(execute.Undeclared):
        execute.sweep(trigger="command")


@pytest.mark.django_db
@pytest.mark.parametrize("change", [
    "UPDATE agreements_deletionrecord SET due_on = due_on + 1", "DELETE FROM agreements_deletionrecord",
    "UPDATE agreements_deletionbatch SET size = 9", "UPDATE agreements_deletionbatch SET root = repeat('a', 64)",
])  # fmt: skip
def test_changed_certificates_are_found(change):
    reports(agreement_in_force(), 2)
    execute.sweep(trigger="command")
    assert certificates.verify() == []

    with connection.cursor() as cursor:
        cursor.execute(change)

    assert certificates.verify() != []


@pytest.mark.django_db
@pytest.mark.parametrize("reference", ['Ä"ö\\', "a\n\tb\x01\x1f\x7f", "\u2028 \U0001f512 </script>", "%s {0} 'x'"])
def test_the_database_hashes_a_certificate_as_the_check_does(reference):
    reports(agreement_in_force(), 1, reference=reference, tlp=4)

    execute.sweep(trigger="command")

    assert DeletionRecord.objects.get().reference == reference
    assert certificates.verify() == []


def test_leaves_and_nodes_are_hashed_apart():
    one, two = merkle.leaf(b"a"), merkle.leaf(b"b")

    assert merkle.root([one]) == one
    assert merkle.root([one, two]) != merkle.leaf(one + two)
    assert merkle.root([one, two]) != merkle.root([two, one])


@pytest.mark.django_db
def test_files_are_erased_afterwards_and_a_missing_one_is_no_fault(at):
    stored = files.store(chunks=[b"secret"], name="a.txt", content_type="text/plain")
    path = files.path_of(stored)
    files.request_erasure(keys=[stored.key, "0" * 40], at=at)

    assert files.erase_pending(at=at) == (2, 0)
    assert not path.exists()
    assert files.erase_pending(at=at) == (0, 0)


def test_a_hold_that_commits_between_claim_and_delete_wins(committed_db, monkeypatch):
    """Hazard R1 of the design: the batch waits for nothing, and the hold is seen in the second statement."""
    agreement = agreement_in_force()
    reports(agreement, 5)
    real, told = execute._read, []

    def read_after_hold(*arguments):
        placing = threading.Thread(target=_place_from_another_connection, args=(agreement,))
        placing.start()
        placing.join()
        told.append(LegalHold.objects.count())
        return real(*arguments)

    monkeypatch.setattr(execute, "_read", read_after_hold)
    run = execute.sweep(trigger="command")

    assert told[0] == 1
    assert (run.deleted_count, Report.objects.count()) == (0, 5)


def _place_from_another_connection(agreement):
    try:
        hold_on(agreement)
    finally:
        connection.close()


def test_a_hold_being_placed_keeps_the_batch_from_its_agreement(committed_db):
    """Hazard R2b: the agreement is locked by somebody who is placing a hold; the first pass goes around it."""
    agreement, other = agreement_in_force(), agreement_in_force()
    reports(agreement, 3)
    reports(other, 2)
    placed, may_commit = threading.Event(), threading.Event()

    def place():
        try:
            with transaction.atomic():
                hold_on(agreement)
                placed.set()
                may_commit.wait(10)
        finally:
            connection.close()

    holder_thread = threading.Thread(target=place)
    holder_thread.start()
    placed.wait(10)
    threading.Timer(1.0, may_commit.set).start()

    run = execute.sweep(trigger="command")
    holder_thread.join()

    assert (run.deleted_count, Report.objects.count()) == (2, 3)


def test_filing_a_report_does_not_wait_for_a_batch(committed_db, monkeypatch):
    agreement = agreement_in_force()
    reports(agreement, 3)
    original, filed = execute._read, []

    def file_another():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '300ms'")
                filed.extend(reports(agreement, 1, until=FUTURE))
        finally:
            connection.close()

    def read_while_somebody_files(*arguments):
        found = original(*arguments)  # the batch holds its locks from here until it commits
        if found and not filed:
            thread = threading.Thread(target=file_another)
            thread.start()
            thread.join()
        return found

    monkeypatch.setattr(execute, "_read", read_while_somebody_files)

    run = execute.sweep(trigger="command")

    assert (run.state, run.deleted_count) == ("complete", 3)
    assert [report.pk for report in filed] == list(Report.objects.values_list("pk", flat=True))


def test_the_engine_refuses_other_isolation_levels(committed_db):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with pytest.raises(execute.WrongIsolation):
            execute.sweep(trigger="command")


def test_two_sweeps_at_once_delete_each_record_once(committed_db):
    reports(agreement_in_force(), 60)

    def sweep():
        try:
            execute.sweep(trigger="command", chunk=7)
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Report.objects.count() == 0
    assert DeletionRecord.objects.count() == 60
    assert certificates.verify() == []
    assert sum(DeletionRun.objects.values_list("deleted_count", flat=True)) == 60


@pytest.mark.slow
def test_a_killed_sweep_leaves_all_or_nothing_of_each_batch(committed_db):
    """Real processes, each killed at a random moment after its first batch, until nothing is due any more."""
    agreement, held = agreement_in_force(), agreement_in_force()
    reports(agreement, 400)
    reports(held, 40)
    reports(agreement, 30, until=FUTURE)
    hold_on(held)
    approve_what_waits()
    killed, dice = 0, random.Random(7)
    for _ in range(6):
        before = DeletionRecord.objects.count()
        process = committed_db.start("retention", "sweep", "--chunk", "5")
        while process.poll() is None and DeletionRecord.objects.count() == before:
            time.sleep(0.005)
        time.sleep(dice.uniform(0, 0.1))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.communicate()
        gone = 470 - Report.objects.count()
        assert gone == DeletionRecord.objects.count(), "a deletion without certificate, or the other way round"
        assert certificates.verify() == []

    last = committed_db.manage("retention", "sweep")

    assert last.returncode == 0, last.stderr
    assert killed >= 3
    assert (Report.objects.filter(agreement=agreement).count(), Report.objects.filter(agreement=held).count()) == (
        30,
        40,
    )
    assert DeletionRecord.objects.count() == 400
    assert DeletionBatch.objects.count() >= 1
    assert committed_db.manage("verify_audit").returncode == 0


@pytest.mark.django_db
def test_the_pages_show_the_preview_and_only_a_coordinator_runs_it(client_of, coordinator, liaison_officer):
    agreement = agreement_in_force()
    (report,) = reports(agreement, 1)

    assert report.reference in client_of(coordinator).get("/agreements/retention/").content.decode()
    assert report.reference not in client_of(liaison_officer).get("/agreements/retention/").content.decode()
    assert client_of(liaison_officer).post("/agreements/retention/run").status_code == 404
    assert client_of(coordinator).post("/agreements/retention/run").status_code == 302
    assert not Report.objects.exists()
    assert versions.last_version(agreement).is_frozen


@pytest.mark.django_db
@pytest.mark.parametrize(("now", "night"), [
    (datetime(2026, 3, 1, 1, 59, tzinfo=UTC), datetime(2026, 3, 1, 2, tzinfo=UTC)),
    (datetime(2026, 3, 1, 2, 0, tzinfo=UTC), datetime(2026, 3, 2, 2, tzinfo=UTC)),
    (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), datetime(2027, 1, 1, 2, tzinfo=UTC)),
])  # fmt: skip
def test_the_next_run_is_the_coming_night(now, night):
    assert plan.next_run(now) == night


@pytest.mark.django_db
def test_the_schedule_runs_once_a_night_and_goes_on_after_a_break():
    first = retention.tick()
    assert first.state == "complete"
    assert retention.tick() is None, "this night is done"

    DeletionRun.objects.filter(pk=first.pk).update(state="running")
    assert retention.tick() is not None, "a run that broke off is followed by another"

    DeletionRun.objects.update(state="partial")
    assert retention.tick() is None, "what failed is tried again after an hour, not at each knock"
    DeletionRun.objects.update(started_at=datetime.now(UTC) - timedelta(days=2))
    assert retention.tick() is not None, "a night that was missed is caught up"


@pytest.mark.django_db
def test_what_is_to_be_returned_waits_until_somebody_says_that_it_was(client_of, api_of, partner_officer):
    agreement = agreement_in_force(action="return")
    rows = reports(agreement, 2)
    later = reports(agreement, 1, until=FUTURE)
    officer = holder(Role.LIAISON_OFFICER, agreement.lead)
    client, page = client_of(officer), f"/agreements/{agreement.pk}/returned"
    assert execute.sweep(trigger="command").deleted_count == 0

    assert client_of(partner_officer).get(page).status_code == 404
    assert "Confirm the return" in client.get("/agreements/retention/").content.decode()
    assert client.post(page, {"because": ""}).status_code == 422
    assert client.post(page, {"because": "On a disk, by courier"}).status_code == 302
    assert client.get(page).status_code == 404, "nothing waits any more"
    again = api_of(officer).post(f"/api/v1/agreements/{agreement.pk}/confirm-returns", {"because": "x"}, format="json")
    assert again.json() == {"returned": 0}

    run = execute.sweep(trigger="command")
    assert run.deleted_count == 2 and Report.objects.filter(pk=later[0].pk).exists()
    assert set(DeletionRecord.objects.values_list("record_id", "action")) == {(row.pk, "return") for row in rows}
    assert AuditEntry.objects.filter(verb="agreements.return_confirmed").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("window", [1, 3, 10])
def test_what_is_due_goes_window_by_window_whatever_its_order(monkeypatch, window):
    monkeypatch.setattr(execute, "WINDOW", window)
    agreement, held = agreement_in_force(), agreement_in_force()
    reports(agreement, 5), reports(held, 3), reports(agreement, 5)
    reports(agreement, 2, until=FUTURE)
    hold_on(held)

    run = execute.sweep(trigger="command", chunk=2)

    assert (run.state, run.deleted_count, run.held_count) == ("complete", 10, 3)
    assert Report.objects.count() == 5 and certificates.verify() == []
