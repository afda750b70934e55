"""Evidence packs: every report, all formats, hashes, versions, checkpoint; what was tampered with is named."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest

from agreements.actions import engagements
from agreements.models import Engagement
from partnership.access.decide import Refused
from partnership.actions import exports
from partnership.audit import anchors
from partnership.exports import evidence_pack
from partnership.models import AuditEntry, Job
from partnership.tables import SOURCES, Column, Table, TableSource
from tests.factories.agreements import agreement_in_force

pytestmark = pytest.mark.django_db
HARD = [
    "=SUM(A1)",
    "+49",
    "line one\nline two\r\nthree",
    "  spaces ",
    "_x000D_ written",
    'Quote " and , comma',
    "漢字 😀",
    "＝cmd",
    "",
]


@pytest.fixture
def agreement():
    return agreement_in_force()


@pytest.fixture
def engaged(auditor, coordinator, agreement, at):
    return engagements.engage(auditor=auditor, title="Audit", agreements=[agreement], independence="None.",
                              since=at - timedelta(hours=1), until=at + timedelta(days=3), by=coordinator, at=at)  # fmt: skip


def ask(person, name, at, callbacks, format="pack", **parameters):
    with callbacks(execute=True):
        made = exports.request(source=name, parameters=parameters, format=format, reason="Audit", by=person, at=at)
    made.refresh_from_db()
    return made


def taken(made, person, at):
    with exports.open_for_download(export=made, by=person, at=at) as file:
        return file.read()


def unpacked(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def verdict(folder, data, *options):
    """(exit code, words) of the program of the pack itself, without the portal's libraries."""
    (folder / "evidence.zip").write_bytes(data)
    (folder / "verify_evidence.py").write_bytes(evidence_pack.program().read_bytes())
    ran = subprocess.run([sys.executable, "-I", "-S", "verify_evidence.py", "evidence.zip", *options], cwd=folder,
                         capture_output=True, text=True, timeout=60, check=False)  # fmt: skip
    assert not ran.stderr, ran.stderr
    return ran.returncode, ran.stdout


@pytest.fixture
def pack(engaged, auditor, at, django_capture_on_commit_callbacks):
    made = ask(auditor, "agreements.register", at, django_capture_on_commit_callbacks)
    return taken(made, auditor, at)


def test_a_pack_holds_what_an_auditor_needs_and_verifies_by_itself(pack, agreement, tmp_path):
    files = unpacked(pack)
    keys = files["keys.txt"].decode().split()

    assert set(files) == {"report.csv", "report.xlsx", "report.pdf", "report.json", "definitions.json", "rests_on.json", "proofs.json",
                          "checkpoint.txt", "keys.txt", "pack.json", "README.txt", "verify_evidence.py", "SHA256SUMS", "signature.txt"}  # fmt: skip
    [version] = json.loads(files["rests_on.json"])
    assert (version["agreement"], version["sha256"]) == (agreement.reference, agreement.governing.content_hash)
    assert version["retention_terms"] and json.loads(files["definitions.json"])["columns"]
    code, words = verdict(tmp_path, pack, "--key", keys[0])
    assert code == 0 and "The pack is INTACT" in words, words


def test_an_unpacked_pack_verifies_too(pack, tmp_path):
    for name, data in unpacked(pack).items():
        (tmp_path / name).write_bytes(data)

    ran = subprocess.run(
        [sys.executable, "-I", "-S", "verify_evidence.py", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0 and "INTACT" in ran.stdout, ran.stdout


@pytest.mark.parametrize("name", ["README.txt", "checkpoint.txt", "definitions.json", "keys.txt", "pack.json", "proofs.json", "report.csv",
                                  "report.json", "report.pdf", "report.xlsx", "rests_on.json", "verify_evidence.py"])  # fmt: skip
def test_every_file_that_is_altered_or_taken_out_is_named(pack, tmp_path, name):
    files = unpacked(pack)
    code, words = verdict(tmp_path, packed(files | {name: files[name] + b" "}))
    assert code == 1 and f"{name} was altered" in words

    code, words = verdict(tmp_path, packed({key: data for key, data in files.items() if key != name}))
    assert code == 1 and f"{name} is missing" in words


def resealed(files):
    """What a forger does who alters a file and its hash, without the portal's key."""
    names = sorted(set(files) - {"SHA256SUMS", "signature.txt"})
    sums = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in names)
    return packed(files | {"SHA256SUMS": sums.encode()})


@pytest.mark.parametrize(("name", "old", "new", "told"), [
    ("report.csv", b"Early warning", b"Early morning", "report.csv, row 1"),
    ("report.json", b"Early warning", b"Early morning", "report.csv, row 1"),
    ("rests_on.json", b'"version": 1', b'"version": 2', "SHA256SUMS is not signed"),
    ("checkpoint.txt", b"time 2", b"time 3", "checkpoint.txt is not signed"),
])  # fmt: skip
def test_a_forger_who_writes_the_hashes_anew_is_found(pack, tmp_path, name, old, new, told):
    files = unpacked(pack)
    assert old in files[name]

    code, words = verdict(tmp_path, resealed(files | {name: files[name].replace(old, new)}))

    assert code == 1 and told in words and "SHA256SUMS is not signed" in words


def test_an_altered_sheet_is_found_by_its_cell(pack, tmp_path):
    files = unpacked(pack)
    sheet = unpacked(files["report.xlsx"])
    inside = {name: data.replace(b"Early warning", b"Early morning") for name, data in sheet.items()}
    assert inside != sheet

    code, words = verdict(tmp_path, resealed(files | {"report.xlsx": packed(inside)}))

    assert code == 1 and "report.xlsx, row 1" in words


@pytest.mark.parametrize("name", ["SHA256SUMS", "signature.txt", "pack.json", "report.xlsx"])
def test_what_cannot_be_read_is_a_fault_and_no_traceback(pack, tmp_path, name):
    code, words = verdict(tmp_path, packed(unpacked(pack) | {name: b"\xff{["}))

    assert code == 1 and "NOT intact" in words


def test_a_key_that_somebody_else_made_does_not_vouch(pack, tmp_path):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from partnership.audit import checkpoints, notes

    other = notes.Verifier(
        checkpoints.origin(), notes.SIGNATURE, Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    )

    code, words = verdict(tmp_path, pack, "--key", str(other))

    assert code == 1 and "not signed by a key of the portal" in words


def test_a_file_added_to_a_pack_is_found(pack, tmp_path):
    code, words = verdict(tmp_path, packed(unpacked(pack) | {"more.txt": b"x"}))

    assert code == 1 and "more.txt" in words and "it was added" in words


def test_all_but_the_named_moments_is_the_same_byte_for_byte(engaged, auditor, at, django_capture_on_commit_callbacks):
    first = unpacked(taken(ask(auditor, "agreements.register", at, django_capture_on_commit_callbacks), auditor, at))
    later = at + timedelta(hours=2)
    second = unpacked(
        taken(ask(auditor, "agreements.register", later, django_capture_on_commit_callbacks), auditor, later)
    )

    differ = {name for name in first if first[name] != second[name]}
    assert {"pack.json", "SHA256SUMS", "signature.txt"} <= differ
    assert differ <= {"pack.json", "SHA256SUMS", "signature.txt", "checkpoint.txt"}  # the trail may have grown


def test_the_same_moment_gives_the_same_pack(engaged, auditor, at):
    from partnership.actions import checkpoints

    table = evidence_pack.frozen(exports.build("agreements.register", {}, auditor))
    signed = checkpoints.sign(at=at)

    first, second = (b"".join(evidence_pack.chunks(table, rests_on=[], signed=signed, made={})) for _ in range(2))

    assert first == second


@pytest.fixture
def registered():
    """A report that somebody registers and says nothing more about, over every kind of column and hard values."""
    columns = [Column("agreement", "Agreement"), Column("=text", "=Text"), Column("number", "Number", kind="number"), Column("day", "Day", kind="day"),
               Column("moment", "Moment", kind="moment"), Column("tlp", "Marking", kind="tlp"), Column("flag", "Flag", kind="flag"),
               Column("choice", "Choice", kind="choice", choices={"a": "A label"})]  # fmt: skip
    rows = [["none", text, value, date(2024, 2, 29), datetime(2026, 3, 1, 23, 59, 59, 999_999, tzinfo=UTC), 2, True, "a"]
            for text, value in zip(HARD, [0, -1, 1.5, 33.3, None, 10**9, 7, 8, 9], strict=True)]  # fmt: skip
    rows.append([None] * 8)
    SOURCES["tests.hard"] = TableSource("tests.hard", "Hard values", "agreements.report_compliance", is_report=True,
                                        build=lambda actor, asked: Table("tests.hard", "Hard values", columns, given=rows))  # fmt: skip
    yield
    del SOURCES["tests.hard"]


def test_a_report_gets_its_pack_by_being_registered(
    registered, engaged, auditor, at, django_capture_on_commit_callbacks, tmp_path
):
    made = ask(auditor, "tests.hard", at, django_capture_on_commit_callbacks)

    code, words = verdict(tmp_path, taken(made, auditor, at))

    assert code == 0 and "10 rows" in words, words


@pytest.mark.parametrize("name", sorted(name for name, entry in SOURCES.items() if entry.is_report))
def test_every_registered_report_can_be_had_as_a_pack(
    name, engaged, auditor, at, django_capture_on_commit_callbacks, tmp_path
):
    code, words = verdict(tmp_path, taken(ask(auditor, name, at, django_capture_on_commit_callbacks), auditor, at))

    assert code == 0 and "INTACT" in words, words


def test_a_list_is_no_report_and_has_no_pack(liaison_officer, at):
    with pytest.raises(exports.UnknownFormat):
        exports.request(
            source="partnership:organization-list", parameters={}, format="pack", reason="x", by=liaison_officer, at=at
        )


def test_a_long_report_goes_without_paper_and_says_so(
    engaged, auditor, at, settings, django_capture_on_commit_callbacks, tmp_path
):
    settings.PORTAL_PDF_MAX_ROWS = 0
    data = taken(ask(auditor, "agreements.register", at, django_capture_on_commit_callbacks), auditor, at)

    assert "report.pdf" not in unpacked(data) and b"no PDF" in unpacked(data)["README.txt"]
    assert verdict(tmp_path, data)[0] == 0


def test_it_is_made_by_a_job_with_one_entry_and_read_by_its_requester_alone(
    engaged, auditor, coordinator, client_of, at, django_capture_on_commit_callbacks
):
    made = ask(auditor, "agreements.register", at, django_capture_on_commit_callbacks)

    assert made.job.state == Job.State.DONE
    assert AuditEntry.objects.filter(object_id=str(made.pk)).count() == 1
    for path in ("", "/file", "/manifest.json"):
        assert client_of(auditor).get(f"/exports/{made.pk}{path}").status_code == 200
        assert client_of(coordinator).get(f"/exports/{made.pk}{path}").status_code == 404


def test_at_download_every_agreement_in_it_must_still_be_open(
    engaged, auditor, coordinator, agreement, at, django_capture_on_commit_callbacks
):
    other = agreement_in_force()
    engagements.engage(auditor=auditor, title="Other", agreements=[other], independence="None.", since=at - timedelta(hours=1),
                       until=at + timedelta(days=3), by=coordinator, at=at)  # fmt: skip
    made = ask(auditor, "agreements.register", at, django_capture_on_commit_callbacks)
    assert taken(made, auditor, at)

    Engagement.objects.filter(pk=engaged.pk).update(until=at - timedelta(minutes=1))

    with pytest.raises(exports.NotOpenAnyMore):
        exports.open_for_download(export=made, by=auditor, at=at)
    Engagement.objects.all().update(until=at - timedelta(minutes=1))
    with pytest.raises(Refused):
        exports.open_for_download(export=made, by=auditor, at=at)


def test_a_pack_expires_like_other_exports(engaged, auditor, at, django_capture_on_commit_callbacks):
    made = ask(auditor, "agreements.register", at, django_capture_on_commit_callbacks)

    exports.expire(at=at + timedelta(days=8))

    made.refresh_from_db()
    assert made.file is None
    assert anchors.signing_key()


def test_the_page_offers_the_pack_and_a_list_does_not(engaged, auditor, client_of):
    client = client_of(auditor)

    assert "Evidence pack" in client.get("/reports/agreements.register").content.decode()
    assert 'value="pack"' in client.get("/exports/new/agreements.register?format=pack").content.decode()
    assert 'value="pack"' not in client.get("/exports/new/partnership:organization-list").content.decode()
