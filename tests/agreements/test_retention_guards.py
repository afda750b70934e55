"""What keeps a run from starting, and what raises the alarm when none does."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from agreements.actions import retention
from agreements.models import DeletionRun
from agreements.retention import clock, execute, plan
from incidents.models import Report
from partnership.models import AuditCheckpoint
from tests.agreements.test_retention import reports
from tests.factories.agreements import agreement_in_force

pytestmark = pytest.mark.django_db


def checkpoint_at(moment):
    return AuditCheckpoint.objects.create(
        at=moment, origin="a trail", size=1, root="0" * 64, head="0" * 64, signature=""
    )


@pytest.mark.parametrize(("away", "runs"), [
    (timedelta(0), True), (timedelta(hours=-23), True), (timedelta(hours=-25), False), (timedelta(days=-400), False),
    (timedelta(seconds=30), True), (timedelta(minutes=2), False),
])  # fmt: skip
def test_a_run_starts_only_within_a_day_after_the_newest_checkpoint(away, runs):
    reports(agreement_in_force(), 1)
    checkpoint_at(datetime.now(UTC) + away)

    assert (retention.tick() is not None) is runs
    assert Report.objects.exists() is not runs
    assert retention.retention_health()[0] is runs


def test_a_run_does_not_start_before_the_newest_deletion():
    agreement = agreement_in_force()
    reports(agreement, 1)
    run = execute.sweep(trigger="command")
    run.batches.update(at=datetime.now(UTC) + timedelta(minutes=2))
    reports(agreement, 1)

    with pytest.raises(clock.ClockInDoubt, match="before the newest deletion"):
        execute.sweep(trigger="command")

    assert (Report.objects.count(), DeletionRun.objects.count()) == (1, 1)


@pytest.mark.parametrize("days", [-400, 400])
def test_a_portal_and_a_database_that_disagree_on_the_time_delete_nothing(days, time_machine):
    reports(agreement_in_force(), 1)
    time_machine.move_to(datetime.now(UTC) + timedelta(days=days))

    with pytest.raises(CommandError, match="until they agree"):
        call_command("retention", "sweep")

    assert Report.objects.exists()


def test_the_person_who_runs_it_reads_why_it_does_not(client_of, coordinator):
    reports(agreement_in_force(), 1)
    checkpoint_at(datetime.now(UTC) - timedelta(hours=25))

    answer = client_of(coordinator).post("/agreements/retention/run")

    assert "more than 24 hours after the newest checkpoint" in answer.content.decode()
    assert Report.objects.exists()


def last_run(**columns):
    if not DeletionRun.objects.exists():
        execute.sweep(trigger="schedule")
    DeletionRun.objects.update(**columns)
    return retention.retention_health()


def test_a_finished_run_of_this_night_is_well():
    assert last_run()[0]


def test_a_night_without_a_run_raises_the_alarm_after_two_hours(monkeypatch):
    now = datetime.now(UTC)
    monkeypatch.setattr(plan, "next_run", lambda at: now + timedelta(hours=21))  # the night was three hours ago
    assert not last_run(started_at=now - timedelta(hours=27))[0]
    assert "was missed" in retention.retention_health()[1]

    monkeypatch.setattr(plan, "next_run", lambda at: now + timedelta(hours=23))  # one hour ago: it may still come
    assert retention.retention_health()[0]


def test_a_run_that_fell_silent_raises_the_alarm():
    assert last_run(state="running")[0], "it has just begun"

    well, words = last_run(state="running", beat_at=datetime.now(UTC) - timedelta(minutes=20))

    assert not well and "no sign of life" in words


def test_records_that_could_not_be_deleted_raise_the_alarm():
    well, words = last_run(failed_count=2)

    assert not well and words.count("2 records could not be deleted") == 1
