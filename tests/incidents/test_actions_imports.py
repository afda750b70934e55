"""Imports: the dry run, the decision, all or nothing, known keys, bad input, and the real incidents where present."""

import gzip
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from agreements.models import ClearedTerm, DeletionRecord, Party
from agreements.retention import certificates, execute, sources
from incidents.actions import imports
from incidents.actions.veris_writer import Writer
from incidents.models import Import, Report
from partnership.audit.chain import verify
from partnership.models import TLP, AuditEntry, FileErasure, Job, StoredFile
from tests.factories.incidents import agreement_in_force
from tests.factories.partnership import JobFactory, OrganizationFactory, member
from tests.factories.veris import incident, incident_14, lines
from tests.incidents.conftest import quiet

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "vcdb_dev.jsonl.gz"


def checked(given):
    return imports.check(given=given, tell=quiet)


def brought_in(given, by, at, skip_bad=False):
    given = imports.decide(given=given, skip_bad=skip_bad, by=by, at=at, with_job=False)
    return imports.bring_in(given=given, tell=quiet)


def test_a_dry_run_counts_and_brings_nothing_in(give_file):
    given = checked(give_file(lines(incident(1), incident_14(2))))

    assert (given.state, given.read_count, given.good_count, given.bad_count) == ("checked", 2, 2, 0)
    assert not Report.objects.exists()


def test_an_import_brings_all_in_with_retention_dates_body_and_trail(give_file, liaison_officer, at, agreement):
    rows = [incident(n) for n in range(30)]

    given = brought_in(checked(give_file(lines(*rows))), liaison_officer, at)

    assert (given.state, given.good_count) == ("imported", 30)
    found = {report.source_key: report for report in Report.objects.select_related("body")}
    assert {key: report.body.raw for key, report in found.items()} == {row["incident_id"]: row for row in rows}
    assert all(report.retain_until and report.retention_start == at.date() for report in found.values())
    assert {(report.agreement, report.tlp, report.source) for report in found.values()} == {
        (agreement, TLP.AMBER, "veris")
    }
    assert AuditEntry.objects.filter(verb="incidents.report_filed").count() == 30
    assert AuditEntry.objects.filter(verb="incidents.import_done").count() == 1


def test_the_file_is_erased_once_the_import_is_decided(give_file, liaison_officer, at):
    given = brought_in(checked(give_file(lines(incident()))), liaison_officer, at)

    assert given.file is None
    assert not StoredFile.objects.exists()
    assert FileErasure.objects.count() == 1


def test_a_second_import_of_the_same_records_adds_nothing(give_file, liaison_officer, at):
    data = lines(*(incident(n) for n in range(5)))
    brought_in(checked(give_file(data)), liaison_officer, at)

    again = brought_in(checked(give_file(data + lines(incident(99)))), liaison_officer, at)

    assert (again.good_count, again.known_count) == (1, 5)
    assert Report.objects.count() == 6


@pytest.mark.parametrize("batch", [2, 500], ids=["in_two_batches", "in_one_batch"])
def test_a_record_that_stands_twice_in_a_file_comes_in_once(give_file, liaison_officer, at, monkeypatch, batch):
    monkeypatch.setattr("incidents.actions.veris_reader.BATCH", batch)

    given = brought_in(
        checked(give_file(lines(incident(1), incident(2), incident(3), incident(1)))), liaison_officer, at
    )

    assert (given.good_count, given.known_count, Report.objects.count()) == (3, 1, 3)


def test_the_same_records_of_another_organization_are_its_own(
    give_file, liaison_officer, partner_officer, partner_organization, at
):
    data = lines(incident(1))
    brought_in(checked(give_file(data)), liaison_officer, at)

    brought_in(checked(give_file(data, organization=partner_organization, by=partner_officer)), partner_officer, at)

    assert Report.objects.count() == 2


BAD = {
    "nested": (b'{"incident_id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested more than"),
    "nul": (b'{"incident_id": "a\\u0000b"}', "NUL"),
    "raw_nul": (b'{"incident_id": "a\x00b"}', "ontrol character"),
    "latin1": ('{"incident_id": "é"}'.encode("latin-1"), "is not UTF-8"),
    "no_json": (b"incident_id;summary", "At column 1"),
    "unfinished": (b'{"incident_id": "a"', "At column 20"),
    "array_line": (b"[]", "is a list"),
    "surrogate": (json.dumps(incident(9, summary="\ud800")).encode(), "character pair"),
    "endless": (
        json.dumps(incident(9)).replace('"Suspected"', '"Confirmed"').encode().replace(b"2.5", b"1e999"),
        "too large",
    ),
    "nan": (json.dumps(incident(9)).encode().replace(b"2.5", b"NaN"), "NaN"),
    "unknown_word": (json.dumps(incident(9, security_incident="Maybe")).encode(), "one of Confirmed"),
    "impossible_date": (
        json.dumps(incident(9, timeline={"incident": {"year": 2012, "month": 13}})).encode(),
        "no date of the calendar",
    ),
    "missing": (b"{}", "incident_id is missing"),
    "digits": (b'{"incident_id": ' + b"9" * 5000 + b"}", "cannot be read"),
}


@pytest.mark.parametrize(("line", "says"), BAD.values(), ids=BAD.keys())
def test_a_bad_line_is_named_by_number_and_reason(give_file, liaison_officer, at, line, says):
    given = checked(give_file(lines(incident(1)) + line + b"\n" + lines(incident(2))))

    assert (given.good_count, given.bad_count) == (2, 1)
    assert given.errors[0]["line"] == 2 and says in given.errors[0]["reason"]
    with pytest.raises(imports.HasBadLines):
        imports.decide(given=given, skip_bad=False, by=liaison_officer, at=at, with_job=False)
    assert not Report.objects.exists()


def test_the_good_lines_come_in_when_the_person_says_so(give_file, liaison_officer, at):
    given = brought_in(
        checked(give_file(lines(incident(1)) + b"oops\n" + lines(incident(2)))), liaison_officer, at, skip_bad=True
    )

    assert (given.good_count, given.bad_count, Report.objects.count()) == (2, 1, 2)
    assert given.errors[0]["line"] == 2


@pytest.mark.parametrize(
    "data", [b"", "{}".encode("utf-16"), b"\x1f\x8bnonsense", b"nothing good\n"], ids=["empty", "utf16", "gzip", "bad"]
)
def test_a_file_without_a_good_line_is_refused_and_forgotten(give_file, data):
    given = checked(give_file(data))

    assert given.state == Import.State.REFUSED
    assert given.errors and given.file is None


def test_faults_are_kept_up_to_a_thousand(give_file):
    given = checked(give_file(lines(incident(1)) + b"bad\n" * 1500))

    assert (given.bad_count, len(given.errors)) == (1500, 1000)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": "incidents.xlsx"}, ".jsonl"), ({"tlp": TLP.CLEAR}, "TLP:GREEN or stricter"),
    ],
)  # fmt: skip
def test_what_is_no_import_is_refused_before_anything_is_stored(give_file, change, says):
    with pytest.raises(imports.DomainError, match=says):
        give_file(lines(incident()), **change)

    assert not Import.objects.exists() and not StoredFile.objects.exists()


def test_a_file_too_large_is_refused(give_file, settings):
    settings.PORTAL_IMPORT_MAX_BYTES = 10

    with pytest.raises(imports.NotImportable, match="larger than"):
        give_file(lines(incident()))


def test_an_import_under_another_partys_agreement_is_refused(give_file, at):
    other = agreement_in_force(OrganizationFactory())

    with pytest.raises(imports.DomainError, match="no party"):
        give_file(lines(incident()), agreement=other)


def test_a_party_that_left_between_check_and_decision_imports_nothing(give_file, liaison_officer, at, agreement):
    given = checked(give_file(lines(incident())))
    Party.objects.filter(agreement=agreement).update(until=at)

    with pytest.raises(imports.DomainError, match="no party"):
        imports.decide(given=given, skip_bad=False, by=liaison_officer, at=at, with_job=False)


def test_a_decision_is_taken_once(give_file, liaison_officer, at):
    given = checked(give_file(lines(incident())))
    brought_in(given, liaison_officer, at)

    with pytest.raises(imports.NotWaiting):
        imports.decide(given=given, skip_bad=False, by=liaison_officer, at=at, with_job=False)
    with pytest.raises(imports.NotWaiting):
        imports.refuse(given=given, by=liaison_officer, at=at)


@pytest.mark.parametrize("state", ["checking", "importing"])
def test_an_import_whose_job_gave_up_can_be_given_up(give_file, liaison_officer, at, state):
    given = checked(give_file(lines(incident())))
    job = JobFactory(kind="veris_import", state="failed")
    Import.objects.filter(pk=given.pk).update(state=state, job=job)
    given.refresh_from_db()

    assert imports.may_decide(given) == (state == "importing")
    assert imports.refuse(given=given, by=liaison_officer, at=at).state == "refused"


def test_a_refused_import_leaves_nothing_but_its_entry(give_file, liaison_officer, at):
    given = imports.refuse(given=checked(give_file(lines(incident()))), by=liaison_officer, at=at)

    assert given.state == "refused" and not Report.objects.exists() and not StoredFile.objects.exists()


def test_an_import_that_breaks_in_the_middle_leaves_nothing(give_file, liaison_officer, at, monkeypatch):
    monkeypatch.setattr("incidents.actions.veris_reader.BATCH", 2)
    given = checked(give_file(lines(*(incident(n) for n in range(5)))))
    given = imports.decide(given=given, skip_bad=False, by=liaison_officer, at=at, with_job=False)
    write, calls = Writer.write, []

    def broken(self, batch):
        calls.append(batch)
        if len(calls) == 2:
            raise RuntimeError
        write(self, batch)

    monkeypatch.setattr(Writer, "write", broken)

    with pytest.raises(RuntimeError), transaction.atomic():
        imports.bring_in(given=given, tell=quiet)

    assert len(calls) == 2 and not Report.objects.exists()


def test_the_job_checks_and_imports_in_the_worker(
    agreement, own_organization, liaison_officer, category, at, django_capture_on_commit_callbacks
):
    data = lines(incident(1), incident(2))
    with django_capture_on_commit_callbacks(execute=True):
        given = imports.start(
            organization=own_organization, agreement=agreement, category=category, tlp=2, file_name="a.jsonl.gz",
            chunks=[gzip.compress(data)], size=99, by=liaison_officer, at=at,
        )  # fmt: skip
    given.refresh_from_db()
    assert (given.state, given.job.state) == ("checked", "done")

    with django_capture_on_commit_callbacks(execute=True):
        imports.decide(given=given, skip_bad=False, by=liaison_officer, at=at)

    assert Report.objects.count() == 2
    assert [job.state for job in Job.objects.all()] == ["done", "done"]


def test_the_trail_of_an_import_is_one_unbroken_chain(committed_db, at):
    own = OrganizationFactory()
    officer, agreement = member("liaison_officer", own), agreement_in_force(own)
    data = lines(*(incident(n) for n in range(700)))
    category = agreement.governing.retention_terms.get().category
    given = imports.start(organization=own, agreement=agreement, category=category, tlp=2, file_name="a.jsonl", chunks=[data],
                          size=len(data), by=officer, at=at, with_job=False)  # fmt: skip

    brought_in(checked(given), officer, at)

    verdict = verify()
    assert verdict.is_intact and verdict.entries >= 703


def run(path, *more, organization="Noord Grid", agreement, by):
    call_command(
        "import_veris",
        str(path),
        "--organization",
        organization,
        "--agreement",
        agreement.reference,
        "--as",
        by.email,
        *more,
    )


def test_the_command_imports(tmp_path, agreement, liaison_officer, capsys):
    path = tmp_path / "some.jsonl"
    path.write_bytes(lines(incident(1), incident(2)))

    run(path, agreement=agreement, by=liaison_officer)

    assert "2 incidents imported" in capsys.readouterr().out
    assert Report.objects.count() == 2


def test_the_command_only_looks_in_a_dry_run(tmp_path, agreement, liaison_officer, capsys):
    path = tmp_path / "some.jsonl"
    path.write_bytes(lines(incident(1)))

    run(path, "--dry-run", agreement=agreement, by=liaison_officer)

    assert "nothing was imported" in capsys.readouterr().out
    assert not Report.objects.exists() and not Import.objects.exists()


def test_the_command_names_bad_lines_and_stops_unless_told_otherwise(tmp_path, agreement, liaison_officer, capsys):
    path = tmp_path / "some.jsonl"
    path.write_bytes(lines(incident(1)) + b"{\n")

    with pytest.raises(CommandError, match="Nothing was imported"):
        run(path, agreement=agreement, by=liaison_officer)

    assert "line 2 (bad)" in capsys.readouterr().err
    assert not Report.objects.exists()
    run(path, "--skip-bad", agreement=agreement, by=liaison_officer)
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "says"),
    [({"organization": "Nowhere"}, "no organization"), ({"path": "/no/such/file.jsonl"}, "cannot be read"), ({"by": "analyst"}, "no liaison officer")],
)  # fmt: skip
def test_the_command_refuses_what_it_cannot_do(request, tmp_path, agreement, liaison_officer, more, says):
    path = tmp_path / "some.jsonl"
    path.write_bytes(lines(incident(1)))
    more = {**more, **({"by": request.getfixturevalue(more["by"])} if "by" in more else {})}

    with pytest.raises(CommandError, match=says):
        run(more.pop("path", path), **{"agreement": agreement, "by": liaison_officer, **more})


@pytest.mark.skipif(not REAL.exists(), reason="the real incidents are not on this machine")
def test_the_real_incidents_come_in_without_loss(give_file, liaison_officer, at):
    data = REAL.read_bytes()
    rows = [json.loads(line) for line in gzip.decompress(data).splitlines()]

    given = brought_in(checked(give_file(data, name="vcdb.jsonl.gz")), liaison_officer, at)

    assert (given.good_count, given.bad_count) == (len(rows), 0) == (1150, 0)
    found = Report.objects.select_related("body")
    assert {report.source_key: report.body.raw for report in found} == {row["incident_id"]: row for row in rows}
    assert all(report.retain_until is not None for report in found)


def test_what_was_deleted_is_not_taken_in_again(give_file, liaison_officer, at, agreement):
    data = lines(incident(1), incident(2))
    brought_in(checked(give_file(data)), liaison_officer, at)
    gone = Report.objects.get(source_key=incident(1)["incident_id"])
    Report.objects.filter(pk=gone.pk).update(retain_until="2020-01-01")
    for term in agreement.governing.retention_terms.all():
        ClearedTerm.objects.get_or_create(term=term, defaults={"cleared_at": at})
    assert execute.sweep(trigger="command").deleted_count == 1

    again = checked(give_file(data + lines(incident(3))))

    assert (again.good_count, again.bad_count) == (1, 1)
    assert "was deleted here when its time was over" in json.dumps(again.errors)
    brought_in(again, liaison_officer, at, skip_bad=True)
    assert not Report.objects.filter(source_key=gone.source_key).exists()
    assert Report.objects.filter(source_key=incident(3)["incident_id"]).exists()
    record = DeletionRecord.objects.get()
    assert len(record.source_digest) == 64 and certificates.verify() == []
    assert gone.source_key not in json.dumps(DeletionRecord.objects.values().get(), default=str)
    DeletionRecord.objects.update(source_digest="")
    assert certificates.verify() != []


def test_another_organization_may_use_the_same_number(give_file, liaison_officer, at):
    one = sources.digest(sources.joined("a", "veris", "1"))

    assert one != sources.digest(sources.joined("b", "veris", "1")) and sources.digest(None) == ""
    assert sources.deleted([one, ""]) == set()
