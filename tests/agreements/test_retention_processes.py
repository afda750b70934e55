"""Retention with real processes: workers killed in the middle, and sweeps that run at once."""

import os
import signal
import subprocess
import sys
import time
import warnings
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from celery.exceptions import AlwaysEagerIgnored
from django.db import connection

from agreements.models import DeletionRecord, DeletionRun, RetentionTerm
from agreements.retention import certificates
from incidents.models import Report, ReportBody
from partnership.celery import app
from tests.factories.agreements import agreement_in_force, approve_what_waits
from tests.factories.incidents import ReportFactory

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
TICK = "agreements.tasks.retention_tick"


def due_reports(count):
    """Many due reports with a body each, quicker than by their factory."""
    agreement = agreement_in_force()
    term = RetentionTerm.objects.get(version=agreement.governing, category="incident-report")
    first = ReportFactory(agreement=agreement, version=agreement.governing, term=term, category=term.category, organization=agreement.lead,
                          retention_start=date(2025, 1, 1), retain_until=date(2026, 1, 1))  # fmt: skip
    fields = {f.attname: getattr(first, f.attname) for f in Report._meta.concrete_fields if f.attname != "month"}
    copies = [Report(**{**fields, "id": uuid4(), "reference": f"INC-2025-{n:05}"}) for n in range(1, count)]
    Report.objects.bulk_create(copies)
    ReportBody.objects.bulk_create(ReportBody(report=report, narrative="Words") for report in [first, *copies])
    approve_what_waits()  # so many of one agreement at once


def slow_down(seconds):
    """Let every batch wait before it ends, so that there is a middle to be killed in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep("
            f"{seconds}); RETURN NULL; END $$; CREATE TRIGGER dawdle AFTER DELETE ON incidents_report"
            " FOR EACH STATEMENT EXECUTE FUNCTION dawdle()"
        )


def hurry():
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER dawdle ON incidents_report")


@contextmanager
def worker(committed, queue):
    """A Celery worker of its own process group; killed without warning at the end."""
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "partnership.celery",
        "worker",
        "--concurrency",
        "1",
        "-Q",
        queue,
        "--loglevel",
        "WARNING",
    ]
    process = subprocess.Popen(command, env=committed.environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT,
                               start_new_session=True)  # fmt: skip
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def ask(queue, times=1):
    """Send the schedule's knock to the workers, signed as every message of the portal is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AlwaysEagerIgnored)  # that is the point: it goes through Redis
        for _ in range(times):
            app.send_task(TICK, queue=queue, ignore_result=True)


def wait_until(true, seconds=90):
    for _ in range(seconds * 20):
        if true():
            return
        time.sleep(0.05)
    pytest.fail("It did not come about in time.")


def _others_are_connected():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0] > 0


def nothing_is_half():
    """Every report is either there or certified, and the certificates are in order."""
    left, gone = Report.objects.count(), DeletionRecord.objects.count()
    assert left == ReportBody.objects.count()
    assert certificates.verify() == []
    return left, gone


def test_a_worker_killed_in_the_middle_changes_nothing_in_the_result(committed_db):
    due_reports(2500)
    slow_down(2)
    queue = f"killed-{uuid4().hex}"
    with worker(committed_db, queue):
        ask(queue)
        wait_until(lambda: DeletionRecord.objects.exists())
        time.sleep(0.5)  # the second batch is on its way

    wait_until(lambda: not _others_are_connected())
    left, gone = nothing_is_half()
    assert left + gone == 2500 and 0 < gone < 2500
    assert DeletionRun.objects.get().state == "running", "it broke off"

    hurry()
    with worker(committed_db, queue):
        ask(queue, times=3)  # delivered more than once
        wait_until(lambda: DeletionRun.objects.filter(state="complete").exists())
        wait_until(lambda: not Report.objects.exists())

    assert nothing_is_half() == (0, 2500)
    assert DeletionRun.objects.filter(state="complete").count() == 1, "the second and third knock found nothing to do"
    assert committed_db.manage("verify_audit").returncode == 0


def test_sweeps_of_two_processes_at_once_delete_each_record_once(committed_db):
    due_reports(600)
    slow_down(0.05)

    sweeps = [committed_db.start("retention", "sweep", "--chunk", "20") for _ in range(2)]
    told = [sweep.communicate()[0] for sweep in sweeps]

    assert [sweep.returncode for sweep in sweeps] == [0, 0], told
    assert nothing_is_half() == (0, 600)
    counts = list(DeletionRun.objects.values_list("deleted_count", flat=True))
    assert sum(counts) == 600 and len(counts) == 2 and min(counts) > 0, "both did a part"
    assert committed_db.manage("retention", "sweep").stdout.startswith("0 deleted")
    assert committed_db.manage("verify_audit").returncode == 0
