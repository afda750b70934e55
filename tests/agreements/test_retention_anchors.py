"""The ledger outside the database: what runs leave there, and what the check finds by it."""

import json
import re

import pytest
from django.core.management import call_command
from django.db import connection

from agreements.actions import holds, retention
from agreements.models import DeletionBatch, DeletionRecord
from agreements.retention import anchors, certificates, execute, ledger
from partnership.audit.keys import load_or_make
from partnership.models import Role
from tests.agreements.test_retention import hold_on, reports
from tests.factories.agreements import agreement_in_force, holder

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


def lines():
    return ledger.file().read_text().splitlines()


def kinds():
    return [re.search('"kind":"(.+?)"', line)[1] for line in lines()]


def rewrite(new):
    ledger.file().write_text("".join(f"{line}\n" for line in new))


def test_each_batch_and_each_run_is_a_line_and_each_batch_a_file_of_its_certificates(runs):
    assert kinds() == ["begin", "batch", "batch", "run", "batch", "run"]
    assert anchors.faults() == []
    assert anchors.publish() == 0
    written = [json.loads(line) for seq in (1, 2, 3) for line in ledger.records_file(seq).read_text().splitlines()]
    assert {record["record_id"] for record in written} == {
        str(key) for key in DeletionRecord.objects.values_list("record_id", flat=True)
    }
    for path in (ledger.file(), ledger.records_file(1)):
        assert oct(path.stat().st_mode)[-3:] == "600"


def test_the_ledger_says_of_a_record_what_its_certificate_says_and_nothing_else(runs):
    (first, *_) = ledger.records_file(3).read_text().splitlines()

    assert set(json.loads(first)) <= set(certificates.FACTS)
    assert ledger.leaves_of([first])[0].hex() == DeletionRecord.objects.get(batch_id=3).leaf


def test_cutting_off_the_end_of_the_chain_is_found(runs):
    change(
        "DELETE FROM agreements_deletionrecord WHERE batch_id = 3; DELETE FROM agreements_deletionbatch WHERE seq = 3"
    )

    assert certificates.verify() == [], "within the database nothing is missing"
    assert anchors.faults() == ["Batch 3 of the ledger is missing in the database, or was altered there."]
    with pytest.raises(SystemExit):
        call_command("retention", "verify")


def test_computing_the_chain_anew_is_found(runs):
    change("UPDATE agreements_deletionbatch SET root = repeat('a', 64), hash = repeat('b', 64) WHERE seq = 1")

    assert "Batch 1" in anchors.faults()[0]


def test_a_line_that_somebody_added_is_found(runs):
    rewrite([*lines(), "nonsense 1 2"])

    assert anchors.faults() == ["Line 7 of deletions.txt carries no signature."]


def test_a_copy_of_a_line_is_found(runs):
    rewrite([*lines(), lines()[3]])

    assert anchors.faults()[0].startswith("Line 7 of deletions.txt was changed, added or moved")


def test_a_line_that_somebody_changed_is_found(runs):
    rewrite([line.replace('"size":2', '"size":3') for line in lines()])

    assert anchors.faults()[0].startswith("Line 2 of deletions.txt was changed")


def test_a_line_that_somebody_took_out_is_found(runs):
    kept = lines()
    rewrite([*kept[:2], *kept[3:]])

    assert anchors.faults()[0].startswith(
        "Line 3 of deletions.txt was changed, added or moved, or the line before it was"
    )


def test_lines_signed_by_another_key_are_found(runs, settings, tmp_path):
    settings.PORTAL_TRAIL_KEY_FILE = tmp_path / "another.pem"
    load_or_make(settings.PORTAL_TRAIL_KEY_FILE)
    keys = ledger.file().with_name("keys.txt")
    keys.write_text("")

    assert len(anchors.faults()) > 0


def test_certificates_that_somebody_changed_or_took_away_are_found(runs):
    path = ledger.records_file(1)
    path.write_text(path.read_text().replace("incidents.report", "incidents.repork"))
    ledger.records_file(2).unlink()

    faults = anchors.faults()

    assert "000000000001.jsonl" in faults[0] and "was changed" in faults[0]
    assert "000000000002.jsonl" in faults[1] and "cannot be read" in faults[1]


def test_the_end_that_somebody_cut_off_is_found_until_the_schedule_lays_it_down(runs):
    rewrite(lines()[:4])
    assert anchors.faults() == [
        "deletions.txt has no line of batch 3: it was removed, or could not be written. The schedule writes it."
    ]

    retention._lay_down()

    assert kinds() == ["begin", "batch", "batch", "run", "batch", "run"]
    assert anchors.faults() == []


def test_a_line_cut_short_by_a_crash_counts_for_nothing_and_is_written_again(runs):
    whole = ledger.file().read_text()
    ledger.file().write_text(whole[: whole.rindex("batch") + 20])

    assert anchors.publish() == 1
    assert anchors.faults() == []
    assert kinds() == ["begin", "batch", "batch", "run", "batch", "run"]


def test_a_crash_between_the_certificates_and_their_line_is_healed(runs, django_capture_on_commit_callbacks):
    reports(agreement_in_force(), 1)
    execute.sweep(trigger="command")  # its commit was the last thing that happened
    ledger.write_records(4, ["half of it"])

    assert anchors.publish() == 1
    assert anchors.faults() == []


def test_a_file_that_is_gone_is_one_fault_for_each_batch(runs):
    ledger.file().unlink()

    assert [fault.split(" has no line")[0] for fault in anchors.faults()] == ["deletions.txt"] * 3


def test_a_batch_that_somebody_altered_in_the_database_is_not_laid_down(runs):
    rewrite(lines()[:4])
    DeletionRecord.objects.filter(batch_id=3).update(reference="INC-0")

    with pytest.raises(ledger.Unfit, match="Batch 3 of the database does not fit"):
        anchors.publish()
    assert len(lines()) == 4


def test_nothing_is_written_behind_deletions_that_the_database_does_not_know(runs):
    DeletionRecord.objects.filter(batch_id=3).delete()
    DeletionBatch.objects.filter(seq=3).delete()
    before = ledger.file().read_bytes()

    with pytest.raises(anchors.Behind):
        anchors.publish()
    assert ledger.file().read_bytes() == before


def test_holds_stand_in_the_ledger_without_their_reason(runs, django_capture_on_commit_callbacks, at):
    agreement = agreement_in_force()
    with django_capture_on_commit_callbacks(execute=True):
        placed = hold_on(agreement)
    with django_capture_on_commit_callbacks(execute=True):
        holds.lift(hold=placed.hold, reason="Settled", by=holder(Role.LIAISON_OFFICER, agreement.lead), at=at)

    assert kinds()[-2:] == ["hold", "lift"]
    assert "A claim" not in ledger.file().read_text()
    assert anchors.faults() == []


def test_before_the_first_run_no_file_is_needed(db):
    assert anchors.faults() == []
