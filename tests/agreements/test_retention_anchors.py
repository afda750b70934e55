"""What runs leave outside the database, and what the check finds by it."""

import pytest
from django.core.management import call_command
from django.db import connection

from agreements.models import DeletionRun
from agreements.retention import anchors, certificates, execute
from tests.agreements.test_retention import reports
from tests.factories.agreements import agreement_in_force

pytestmark = pytest.mark.django_db


@pytest.fixture
def runs(django_capture_on_commit_callbacks):
    """Two runs with three batches, laid down outside the database."""
    agreement = agreement_in_force()
    for count in (3, 1):
        reports(agreement, count)
        with django_capture_on_commit_callbacks(execute=True):
            execute.sweep(trigger="command", chunk=2)


def change(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_each_run_that_did_something_is_one_line(runs):
    lines = anchors.file().read_text().splitlines()

    assert [line.split()[2:5] for line in lines] == [["1", "2", "3"], ["3", "3", "1"]]
    assert anchors.faults() == []
    assert anchors.publish() == 0
    assert oct(anchors.file().stat().st_mode)[-3:] == "600"


def test_cutting_off_the_end_of_the_chain_is_found(runs):
    change(
        "DELETE FROM agreements_deletionrecord WHERE batch_id = 3; DELETE FROM agreements_deletionbatch WHERE seq = 3"
    )

    assert certificates.verify() == [], "within the database nothing is missing"
    assert "Line 2" in anchors.faults()[0]
    with pytest.raises(SystemExit):
        call_command("retention", "verify")


def test_computing_the_chain_anew_is_found(runs):
    change("UPDATE agreements_deletionbatch SET root = repeat('a', 64) WHERE seq = 1")

    assert anchors.faults() != []


def test_a_line_that_somebody_added_is_found(runs):
    with anchors.file().open("a") as file:
        file.write("nonsense 1 2\n")

    assert "Line 3" in anchors.faults()[0]


def test_a_line_that_somebody_took_out_is_found_until_the_next_run_lays_it_down(runs):
    first = anchors.file().read_text().splitlines()[0]
    anchors.file().write_text(first + "\n")
    with pytest.raises(SystemExit):
        call_command("retention", "verify")

    assert anchors.publish() == 1
    assert len(anchors.file().read_text().splitlines()) == DeletionRun.objects.count() == 2
    assert anchors.faults() == []


def test_a_file_that_is_gone_is_one_fault_for_each_run(runs):
    anchors.file().unlink()

    assert [fault.split(" has no line")[0] for fault in anchors.faults()] == ["deletions.txt"] * 2


def test_before_the_first_run_no_file_is_needed(db):
    assert anchors.faults() == []
