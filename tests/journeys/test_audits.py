"""AU2 and AU4: an auditor follows one item to its certificate and takes retention compliance along as evidence."""

import csv
import io
import json
import re
import subprocess
import sys
import zipfile

import pytest

from tests.journeys.test_three_roles import downloaded

pytestmark = pytest.mark.journey
COLUMNS = ("due", "deleted", "anonymised", "returned", "held", "coming", "overdue", "late")


def counts_on(walker):
    """Agreement, category and the eight counts of each line of the page."""
    lines = walker.page.locator("main table tbody tr").all()
    return [[cell.strip().replace(",", "") for cell in line.locator("td").all_inner_texts()[:10]] for line in lines]


def export(walker, url, format):
    walker.go(url).click(format).look()
    walker.fill(reason="Yearly audit").click("Make the file")
    for _ in range(60):
        if walker.page.get_by_role("link", name="Download", exact=True).count():
            break
        walker.page.wait_for_timeout(500)
        walker.page.reload()
    return downloaded(walker.look(), "Download")


def verified(folder, data):
    (folder / "evidence.zip").write_bytes(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    (folder / "verify_evidence.py").write_bytes(files["verify_evidence.py"])
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "verify_evidence.py", "evidence.zip"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0 and "INTACT" in ran.stdout, ran.stdout
    return files


def test_an_auditor_takes_retention_compliance_along_with_identical_figures(walk, tmp_path):
    auditor = walk("auditor@audithuis.example")
    auditor.go("/reports/").look().click("Retention compliance").look()
    auditor.fill(since="2020-01-01").click("Show").look()
    url, on_page = auditor.page.url, counts_on(auditor)
    assert sum(int(line[3]) for line in on_page) > 0 and "What the figures mean" in auditor.text()
    assert all(int(line[2]) == sum(map(int, line[3:9])) for line in on_page)
    for line in auditor.page.locator("main table tbody tr").all():
        cells = line.locator("td").all_inner_texts()
        assert int(cells[8]) == 0 or cells[11] != "none"  # what is overdue says why

    table = list(csv.reader(io.StringIO(export(auditor, url, "CSV").decode("utf-8-sig"))))[1:]
    files = verified(tmp_path, export(auditor, url, "Evidence pack"))
    rows = [
        [str(row[name]) for name in ("agreement", "category", *COLUMNS)]
        for row in json.loads(files["report.json"])["rows"]
    ]
    assert on_page == [row[:10] for row in table] == rows
    assert json.loads(files["rests_on.json"]) and json.loads(files["proofs.json"])


def test_an_auditor_follows_a_deleted_item_to_its_certificate(walk, tmp_path):
    auditor = walk("auditor@audithuis.example")
    auditor.go("/agreements/certificates/").look()
    reference = auditor.page.locator("main table tbody tr td").first.inner_text().strip()
    auditor.go("/reports/").click("Follow one item").look()
    assert "Give a reference" in auditor.text()
    auditor.fill(item=reference).click("Show").look()
    text, url = auditor.text(), auditor.page.url
    for step in (
        "Agreement in force",
        "Retention term",
        "End of keeping",
        "Retention run",
        "Certificate",
        "Merkle root",
    ):
        assert step in text
    assert "every link before it fit" in text and "without content" in text
    assert len(re.findall(r"\d\d:\d\d UTC", text)) == auditor.page.locator("main table tbody tr").count()
    verified(tmp_path, export(auditor, url, "Evidence pack"))
    auditor.go(url).click("Certificate").look()
    assert reference in auditor.text()
    auditor.go("/reports/incidents:chain?item=INC-1999-00001").look()
    assert "Nothing to follow" in auditor.text()
