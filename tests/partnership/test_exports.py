"""Exports: one table, four formats, identical figures; nothing that a spreadsheet runs; nothing for strangers."""

import csv
import io
import json
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from partnership.access.decide import Refused
from partnership.actions import exports
from partnership.exports import as_pdf
from partnership.exports.values import guarded
from partnership.models import AuditEntry, Job, Organization
from tests.factories.partnership import OrganizationFactory, member

pytestmark = pytest.mark.django_db
SOURCE = "partnership:organization-list"


@pytest.fixture
def directory(own_organization):
    for name in ("=SUM(A1)", "+49", "-5", "@home", "＝cmd", "Ordinary, with comma", 'Quote " inside', "Ünïcödé 漢字"):
        OrganizationFactory(name=name)


def made(person, format, at, **parameters):
    export = exports.request(source=SOURCE, parameters=parameters, format=format, reason="Test", by=person, at=at)
    with exports.open_for_download(export=export, by=person, at=at) as file:
        return export, file.read()


def test_four_formats_hold_the_same_names_and_counts(liaison_officer, directory, at):
    names = set(Organization.objects.values_list("name", flat=True))

    _, data = made(liaison_officer, "csv", at)
    from_csv = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))[1:]
    _, data = made(liaison_officer, "xlsx", at)
    from_xlsx = list(load_workbook(io.BytesIO(data))["Table"].iter_rows(min_row=2, values_only=True))
    _, data = made(liaison_officer, "json", at)
    from_json = json.loads(data)["rows"]
    export, data = made(liaison_officer, "pdf", at)
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)

    assert {row["name"] for row in from_json} == names
    assert {row[0] for row in from_csv} == {row[0] for row in from_xlsx} == {guarded(name) for name in names}
    assert len(from_csv) == len(from_xlsx) == len(from_json) == export.row_count == len(names)
    assert "Noord Grid" in text and "TLP:AMBER" in text and "[U+6F22]" in text


def test_no_text_cell_starts_a_formula(liaison_officer, directory, at):
    _, data = made(liaison_officer, "csv", at)

    for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))):
        assert not any(cell[:1] and cell[0] in "=+-@\t\r＝＋－＠" for cell in row[:6])


def test_an_export_holds_exactly_what_is_filtered(liaison_officer, directory, at):
    export, data = made(liaison_officer, "csv", at, text="ordinary")

    assert export.row_count == 1 and b"Ordinary, with comma" in data


def test_manifest_and_trail_tell_who_what_why_and_the_hash(liaison_officer, directory, at):
    export, data = made(liaison_officer, "json", at)

    assert export.manifest["files"][0]["sha256"] == export.file.sha256
    assert (export.manifest["reason"], export.manifest["requested_by"]) == ("Test", liaison_officer.email)
    assert set(AuditEntry.objects.filter(object_id=str(export.pk)).values_list("verb", flat=True)) == {
        "partnership.export_made", "partnership.export_downloaded"}  # fmt: skip


def test_a_long_export_runs_as_a_job(liaison_officer, directory, at, settings, django_capture_on_commit_callbacks):
    settings.PORTAL_EXPORT_INLINE_ROWS = 2
    with django_capture_on_commit_callbacks(execute=True):
        export = exports.request(source=SOURCE, parameters={}, format="csv", reason="Test", by=liaison_officer, at=at)

    export.refresh_from_db()
    assert export.job.state == Job.State.DONE
    assert export.file is not None


def test_a_stranger_finds_neither_export_nor_file(liaison_officer, stranger, directory, at, client_of):
    export, _ = made(liaison_officer, "csv", at)

    for path in (f"/exports/{export.pk}", f"/exports/{export.pk}/file", f"/exports/{export.pk}/manifest.json"):
        assert client_of(liaison_officer).get(path).status_code == 200
        assert client_of(stranger).get(path).status_code == 404


def test_rights_are_asked_again_at_download(liaison_officer, directory, at):
    export, _ = made(liaison_officer, "csv", at)
    Organization.objects.filter(memberships__user=liaison_officer).update(suspended_at=at, suspended_by=liaison_officer)

    with pytest.raises(Refused):
        exports.open_for_download(export=export, by=liaison_officer, at=at)


def test_an_expired_export_loses_its_file_and_keeps_its_row(liaison_officer, directory, at):
    export, _ = made(liaison_officer, "csv", at)

    exports.expire(at=at + timedelta(days=8))

    export.refresh_from_db()
    assert export.file is None and export.manifest
    with pytest.raises(exports.Expired):
        exports.open_for_download(export=export, by=liaison_officer, at=at)


def test_unknown_tables_and_formats_are_refused(liaison_officer, at):
    with pytest.raises(Refused):
        exports.request(source="no:such", parameters={}, format="csv", reason="x", by=liaison_officer, at=at)
    with pytest.raises(exports.UnknownFormat):
        exports.request(source=SOURCE, parameters={}, format="doc", reason="x", by=liaison_officer, at=at)


@pytest.mark.parametrize(
    "text", ['#read("/etc/passwd")', "$x^2$", "\x01\x02", "😀 漢字 ไทย", "*bold* _it_ <a> @ref", "\u200b\ufeff"]
)
def test_hostile_text_prints_as_it_is(text):
    data = as_pdf.compile_template(as_pdf.TEMPLATE, {
        "title": as_pdf.printable(text) or "x", "portal": "p", "marking": "TLP:CLEAR", "notes": [], "made": "", "fonts": as_pdf.FONTS,
        "columns": ["c"], "rows": [[as_pdf.printable(text)]]})  # fmt: skip

    assert data.startswith(b"%PDF-")


def test_the_auditor_gets_identical_figures_in_four_formats(auditor, coordinator, client_of, at):
    from agreements.actions import engagements
    from tests.factories.agreements import agreement_in_force

    engagements.engage(auditor=auditor, title="Audit", agreements=[agreement_in_force()], independence="None.", since=at - timedelta(hours=1),
                       until=at + timedelta(days=3), by=coordinator, at=at)  # fmt: skip
    client = client_of(auditor)
    seen = {}
    for format in ("csv", "xlsx", "json", "pdf"):
        made_at = client.post("/exports/new/agreements.register", {"format": format, "reason": "Audit"})
        seen[format] = b"".join(client.get(made_at.headers["Location"] + "/file").streaming_content)

    rows = json.loads(seen["json"])["rows"]
    sheet = list(load_workbook(io.BytesIO(seen["xlsx"]))["Table"].iter_rows(min_row=2, values_only=True))
    lines = list(csv.reader(io.StringIO(seen["csv"].decode("utf-8-sig"))))[1:]
    assert len(rows) == len(sheet) == len(lines) == 1
    assert (
        [str(value) for value in rows[0].values()]
        == lines[0]
        == [str(int(v)) if isinstance(v, float) else str(v) for v in sheet[0]]
    )
    assert client.get("/reports/agreements.compliance").status_code == 200
    assert client.get("/reports/").status_code == 200


def test_a_person_without_standing_sees_no_report(client_of):
    assert client_of(member("liaison_officer")).get("/reports/").status_code == 404
