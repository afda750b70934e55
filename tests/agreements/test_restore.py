"""Backup, restore and replay: what was deleted does not come back, and nothing is served before it is gone again."""

import json
import os
import random
import shutil
import signal
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from agreements.actions import backups, holds, retention
from agreements.models import DeletionBatch, DeletionRecord, DeletionRun, LegalHold, RetentionTerm
from agreements.retention import anchors, certificates, execute, ledger, replay, sanitization, standing
from incidents.models import Attachment, Indicator, Report
from partnership import files
from partnership.jobs.task import task
from partnership.models import AuditEntry, FileErasure, Role, StoredFile
from tests.agreements.test_retention import FUTURE, hold_on, reports
from tests.agreements.test_retention_processes import due_reports
from tests.conftest import _server
from tests.factories.agreements import agreement_in_force, holder
from tests.factories.incidents import AttachmentFactory, IndicatorFactory

STATE = {
    "incidents_report": "id::text", "incidents_indicator": "id::text", "incidents_attachment": "id::text", "partnership_storedfile": "key",
    "agreements_deletionbatch": "concat_ws('|', seq, run_id, at, size, root, previous, hash)",
    "agreements_deletionrecord": "concat_ws('|', id, leaf, batch_id, counts, deleted_at, source_digest, approval_id, tlp)",
    "agreements_deletionrun": "to_jsonb(t)::text", "agreements_clearedterm": "term_id::text", "partnership_fileerasure": "key",
    "agreements_legalhold": "concat_ws('|', id, reference, agreement_id, organization_id, placed_at, lifted_at IS NULL)",
}  # fmt: skip


def state():
    """All that retention governs and proves, row by row."""
    found = {}
    with connection.cursor() as cursor:
        for table, columns in STATE.items():
            cursor.execute(f'SELECT {columns} FROM "{table}" t ORDER BY 1')
            found[table] = [row for (row,) in cursor.fetchall()]
    return found


@contextmanager
def another_database(committed):
    """An empty database in the place of the portal's own, for this process and those that it starts."""
    name, own = f"{committed.name}_{uuid4().hex[:6]}", connection.settings_dict["NAME"]
    with _server() as server:
        server.execute(f'CREATE DATABASE "{name}"')
    connection.close()
    connection.settings_dict["NAME"] = name
    url, before = committed.url, committed.environment
    committed.url = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    committed.environment = {**before, "DATABASE_URL": committed.url}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"], committed.url, committed.environment = own, url, before
        with _server() as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def portal(committed_db, settings, tmp_path):
    """A portal with a database of its own and a place for backups."""
    settings.PORTAL_BACKUP_DIR = tmp_path / "state" / "backups"
    return committed_db


def full(agreement, count, **columns):
    """Reports that are due, with something that hangs on each."""
    made = reports(agreement, count, **columns)
    for report in made:
        IndicatorFactory(report=report)
        AttachmentFactory(
            report=report, file=files.store(chunks=[b"secret"], name="log.txt", content_type="text/plain")
        )
    return made


def take():
    return backups.take(at=datetime.now(UTC)).folder


def restore(folder):
    return backups.restore(folder=folder, at=datetime.now(UTC))


def sweep():
    run = execute.sweep(trigger="command", chunk=2)
    retention.erase_files(at=datetime.now(UTC))
    return run


def on_disk(settings):
    return {path.name for path in settings.PORTAL_FILES_DIR.rglob("*") if path.is_file()}


def test_what_was_deleted_since_the_backup_is_deleted_again_and_the_state_is_equal(portal, settings):
    agreement = agreement_in_force()
    full(agreement, 2)
    sweep()
    full(agreement, 5)
    full(agreement, 2, until=FUTURE)
    folder = take()
    sweep()
    expected, left = state(), on_disk(settings)
    shutil.rmtree(settings.PORTAL_FILES_DIR)

    with another_database(portal):
        restore(folder)
        assert Report.objects.count() == 7, "the deleted ones are there again"

        done = replay.replay()
        backups.erase_all_files(at=datetime.now(UTC))

        assert (done.batches, done.records, done.gone) == (3, 5, 5)
        assert state() == expected
        assert on_disk(settings) == left and len(left) == 2
        assert Report.objects.count() == Indicator.objects.count() == Attachment.objects.count() == 2
        assert not Report.objects.filter(pk__in=DeletionRecord.objects.values("record_id")).exists()
        assert certificates.verify() == anchors.faults() == []
        assert list(AuditEntry.objects.filter(verb__contains="replayed").values_list("verb", flat=True).order_by("id")) == [
            *["agreements.batch_replayed"] * 3, "agreements.deletions_replayed",
        ]  # fmt: skip
        assert replay.replay() == replay.Replayed(seq=4), "the second time nothing is left to do"
        assert sweep().deleted_count == 0
        full(agreement, 1)
        assert sweep().deleted_count == 1 and anchors.faults() == [], "and the chain goes on"


def test_what_was_anonymised_is_anonymised_again(portal):
    agreement = agreement_in_force()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE agreements_retentionterm DISABLE TRIGGER USER")
    RetentionTerm.objects.filter(version=agreement.governing).update(action="anonymise")
    full(agreement, 2)
    folder = take()
    sweep()
    expected = state()
    titles = list(Report.objects.order_by("pk").values_list("title", "anonymised_on"))
    assert all(day for _, day in titles)

    with another_database(portal):
        restore(folder)
        replay.replay()

        assert state() == expected
        assert list(Report.objects.order_by("pk").values_list("title", "anonymised_on")) == titles


def test_nothing_is_served_before_the_replay(portal):
    full(agreement_in_force(), 3)
    folder = take()
    sweep()
    done = []

    @task("tests.restore.work")
    def work():
        done.append(1)

    with another_database(portal):
        restore(folder)
        page, api, probe, alive = (
            Client().get(path) for path in ("/", "/api/v1/reports", "/health/ready", "/health/live")
        )
        work()

        assert [answer.status_code for answer in (page, api, probe, alive)] == [503, 503, 503, 200]
        assert "retention replay" in page.content.decode() and "batch 2" in page.content.decode()
        assert api.json()["error"]["code"] == "not_serving" and "retention replay" in api.json()["error"]["message"]
        assert "retention replay" in probe.json()["parts"]["serving"]
        assert page.headers["Retry-After"] and "no-store" in page.headers["Cache-Control"]
        assert done == [], "no task does anything"
        assert standing.ledger_health()[0] is False
        with pytest.raises(standing.NotReplayed):
            execute.sweep(trigger="command")
        assert retention.tick() is None
        with pytest.raises(standing.NotReplayed):
            take()
        assert Report.objects.count() == 3 and not DeletionRun.objects.exists()

        replay.replay()
        work()
        assert [
            Client().get(path).status_code for path in ("/accounts/login/", "/api/v1/reports", "/health/ready")
        ] == [200, 401, 200]
        assert done == [1]


def test_a_restore_with_nothing_to_replay_still_waits_for_it(portal):
    folder = take()

    with another_database(portal):
        restore(folder)
        assert "restored from a backup" in standing.why_not()
        replay.replay()
        assert standing.why_not() == ""


def test_an_older_state_is_refused_also_where_it_was_restored_by_other_means(portal):
    agreement = agreement_in_force()
    full(agreement, 1)
    with _server() as server:
        connection.close()
        server.execute(f'CREATE DATABASE "{portal.name}_copy" TEMPLATE "{portal.name}"')
    sweep()
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = f"{portal.name}_copy"
    try:
        assert "up to batch 1, the database up to batch 0" in standing.why_not()
        replay.replay()
        assert standing.why_not() == "" and not Report.objects.exists()
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
        with _server() as server:
            server.execute(f'DROP DATABASE "{portal.name}_copy" WITH (FORCE)')


def test_holds_from_before_and_after_the_backup_protect_after_the_replay(portal, at):
    before, after, lifted = (agreement_in_force() for _ in range(3))
    for agreement in (before, after, lifted):
        full(agreement, 2)
    placed, gone = hold_on(before).hold, hold_on(lifted).hold
    folder = take()
    later = hold_on(after).hold
    holds.lift(hold=gone, reason="Settled", by=holder(Role.LIAISON_OFFICER, lifted.lead), at=at)
    assert sweep().deleted_count == 2
    expected = state()

    with another_database(portal):
        restore(folder)
        done = replay.replay()

        assert state() == expected and done.holds == 1
        assert set(LegalHold.objects.active()) == {placed, later}
        assert "lost with the database" in LegalHold.objects.get(pk=later.pk).reason
        assert sweep().deleted_count == 0 and Report.objects.count() == 4


def test_a_deletion_against_a_hold_of_the_backup_is_refused_and_named(portal, at):
    agreement = agreement_in_force()
    full(agreement, 2)
    hold = hold_on(agreement).hold
    folder = take()
    holds.lift(hold=hold, reason="Settled", by=holder(Role.LIAISON_OFFICER, agreement.lead), at=at)
    sweep()

    with another_database(portal):
        restore(folder)
        lines, _ = ledger.read()
        batch = lines.batches[-1]
        with pytest.raises(replay.Refused, match="Batch 1 could not be deleted again: .*hold"):
            replay._batch(batch, replay.Replayed())  # as where the lifting is not in the ledger
        assert Report.objects.count() == 2 and not DeletionBatch.objects.exists()


def cut_line(lines):
    return [*lines[:2], *lines[3:]]


def changed_line(lines):
    return [*lines[:2], lines[2].replace('"size":2', '"size":1'), *lines[3:]]


def added_line(lines):
    return [*lines, lines[2]]


def swapped_lines(lines):
    return [*lines[:2], lines[3], lines[2], *lines[4:]]


def unsigned_line(lines):
    return [*lines[:-1], lines[-1].partition(" — ")[0]]


def nonsense(lines):
    return [*lines, "nonsense"]


@pytest.mark.parametrize("tamper", [cut_line, changed_line, added_line, swapped_lines, unsigned_line, nonsense])
def test_a_ledger_that_somebody_altered_is_refused_and_nothing_is_half_done(portal, tamper):
    full(agreement_in_force(), 5)
    folder = take()
    sweep()
    lines = ledger.file().read_text().splitlines()
    ledger.file().write_text("".join(f"{line}\n" for line in tamper(lines)))

    with another_database(portal):
        restore(folder)
        with pytest.raises(replay.Refused, match=r"Line \d+ of deletions.txt .*Nothing was replayed"):
            replay.replay()
        assert Report.objects.count() == 5 and not DeletionBatch.objects.exists()
        assert standing.why_not()


def test_certificates_altered_in_the_last_file_are_found_before_the_first_is_replayed(portal):
    full(agreement_in_force(), 5)
    folder = take()
    sweep()
    path = ledger.records_file(3)
    path.write_text(path.read_text().replace(str(DeletionRecord.objects.get(batch_id=3).record_id), str(uuid4())))

    with another_database(portal):
        restore(folder)
        with pytest.raises(replay.Refused, match="000000000003.jsonl.* was changed"):
            replay.replay()
        assert Report.objects.count() == 5


def test_a_ledger_that_is_behind_or_lost_is_refused(portal):
    agreement = agreement_in_force()
    full(agreement, 1)
    sweep()
    folder = take()
    full(agreement, 1)
    sweep()
    lines = ledger.file().read_text().splitlines(keepends=True)

    with another_database(portal):
        restore(folder)
        for kept in (lines[:1], []):
            ledger.file().write_text("".join(kept))
            with pytest.raises(replay.Refused, match="does not begin with them"):
                replay.replay()
        ledger.file().unlink()
        with pytest.raises(replay.Refused, match="was lost"):
            replay.replay()
        assert standing.why_not(), "and nothing is served"


def test_the_ledger_of_another_portal_is_refused(portal, settings):
    agreement = agreement_in_force()
    full(agreement, 1)
    folder = take()
    sweep()

    with another_database(portal):
        restore(folder)
        settings.PORTAL_TRAIL_NAME = "elsewhere.example/trail"
        with pytest.raises(replay.Refused, match="is of another portal"):
            replay.replay()
        assert Report.objects.count() == 1


def test_a_backup_is_whole_signed_and_without_keys(portal, settings):
    full(agreement_in_force(), 2)
    folder = take()

    assert {path.name for path in folder.iterdir()} == {"database.dump", "manifest.json", "manifest.sig", "files"}
    said = json.loads((folder / "manifest.json").read_text())
    assert len(said["files"]) == 2 and said["missing"] == [] and said["ledger"]["lines"] == 1
    private = settings.PORTAL_TRAIL_KEY_FILE.read_bytes().splitlines()[1]
    assert all(private not in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.rglob("*"))
    with pytest.raises(backups.backups.Unfit, match="never written over another"):
        at = datetime.fromisoformat(said["taken_at"])
        backups.take(at=at)


@pytest.mark.parametrize("part", ["database.dump", "manifest.json", "files"])
def test_an_altered_backup_is_refused_before_anything_is_written(portal, part):
    full(agreement_in_force(), 1)
    folder = take()
    path = next((folder / part).iterdir()) if part == "files" else folder / part
    path.write_bytes(path.read_bytes().replace(b"e", b"a", 1) + b" ")

    with another_database(portal), pytest.raises(backups.backups.Unfit, match="altered"):
        try:
            restore(folder)
        finally:
            assert connection.introspection.table_names() == []


def test_a_restore_into_a_database_that_is_not_empty_is_refused(portal):
    folder = take()

    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", str(folder))


def test_a_restore_that_broke_off_is_never_served(portal, monkeypatch):
    folder = take()

    with another_database(portal):
        monkeypatch.setattr(backups, "call_command", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            restore(folder)
        assert "broke off" in standing.why_not()
        assert Client().get("/").status_code == 503


def test_backups_end_after_their_days_and_certificates_name_the_last(portal):
    folder = take()
    full(agreement_in_force(), 1)
    sweep()
    fields = dict(sanitization.of_record(DeletionRecord.objects.get()))
    until = backups.backups.every()[0].kept_until

    assert folder.name in fields["Newest backup that may hold it"]
    assert f"{until:%-d %B %Y}" in fields["Newest backup that may hold it"]
    assert backups.backups.prune(until) == [folder.name] and not folder.exists()


def test_a_rehearsal_proves_that_nothing_comes_back_and_leaves_nothing(portal):
    full(agreement_in_force(), 3)
    folder = take()
    sweep()

    done = portal.manage("retention", "drill", "--from", str(folder))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 were there again" in done.stdout and "nothing deleted is readable" in done.stdout
    assert AuditEntry.objects.get(verb="agreements.drill_done").outcome == "done"
    with _server() as server:
        assert not server.execute(
            "SELECT 1 FROM pg_database WHERE datname LIKE %s", [f"{portal.name}_drill%"]
        ).fetchall()
    assert Report.objects.count() == 0 and standing.why_not() == ""


def test_a_rehearsal_says_when_something_comes_back(portal):
    full(agreement_in_force(), 2)
    folder = take()
    with connection.cursor() as cursor:  # deleted behind the engine's back, so that no replay can know it
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM incidents_report")
        cursor.execute("SET session_replication_role = origin")

    done = portal.manage("retention", "drill", "--from", str(folder))

    assert done.returncode == 1 and "2 records of reports are there again" in done.stdout


@pytest.mark.slow
def test_a_replay_killed_at_any_point_goes_on_and_ends_in_the_same_state(portal):
    due_reports(3000)
    folder = take()
    execute.sweep(trigger="command", chunk=100)
    expected = state()

    with another_database(portal):
        restore(folder)
        for pause in (0.0, 0.1, 0.2, 0.3):
            process = portal.start("retention", "replay")
            before = DeletionBatch.objects.count()
            while process.poll() is None and DeletionBatch.objects.count() <= before:
                time.sleep(0.005)
            time.sleep(pause / 3)
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
            process.communicate()
            while _is_locked():
                time.sleep(0.02)
            gone, left = DeletionRecord.objects.count(), Report.objects.count()
            assert gone + left == 3000
            assert standing.why_not() or gone == 3000
        done = portal.manage("retention", "replay")

        assert done.returncode == 0, done.stdout + done.stderr
        assert state() == expected
        assert standing.why_not() == "" and certificates.verify() == []


def _is_locked():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()")
        return cursor.fetchone()[0] > 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_a_restore_at_any_moment_ends_in_the_state_without_it(portal, seed):
    dice = random.Random(seed)
    agreements = [agreement_in_force() for _ in range(3)]
    taken, open_holds = [], []

    def submit():
        full(
            dice.choice(agreements),
            dice.randint(1, 3),
            until=dice.choice([None, FUTURE]) or datetime(2026, 1, 1).date(),
        )

    def place():
        open_holds.append(hold_on(dice.choice(agreements)).hold)

    def lift():
        if open_holds:
            hold = open_holds.pop(dice.randrange(len(open_holds)))
            holds.lift(
                hold=hold, reason="Settled", by=holder(Role.LIAISON_OFFICER, hold.agreement.lead), at=datetime.now(UTC)
            )

    for _ in range(12):
        dice.choice([submit, submit, sweep, sweep, place, lift])()
        if dice.random() < 0.3 and not taken:
            taken.append((take(), {str(key) for key in Report.objects.values_list("pk", flat=True)}))
    folder, known = taken[0] if taken else (take(), {str(key) for key in Report.objects.values_list("pk", flat=True)})
    sweep()
    expected = state()
    survivors = known & set(expected["incidents_report"])

    with another_database(portal):
        restore(folder)
        replay.replay()
        found = state()

        assert set(found["incidents_report"]) == survivors
        for table in ("agreements_deletionbatch", "agreements_deletionrecord", "agreements_deletionrun", "agreements_legalhold", "agreements_clearedterm"):  # fmt: skip
            assert found[table] == expected[table], table
        assert certificates.verify() == anchors.faults() == []
        assert not StoredFile.objects.filter(key__in=FileErasure.objects.values("key")).exists()
