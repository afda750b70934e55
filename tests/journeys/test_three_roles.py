"""The three journeys: liaison officer, council member, auditor; each in a real browser against the running portal."""

import csv
import io
import json
import re
import subprocess
import sys
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook
from playwright.sync_api import TimeoutError

from tests.factories.veris import incident
from tests.journeys.conftest import next_code

pytestmark = pytest.mark.journey


def downloaded(walker, click):
    try:
        with walker.page.expect_download() as told:
            walker.click(click)
    except TimeoutError as error:
        raise AssertionError(f"No file came from {walker.page.url}:\n{walker.text()}") from error
    with open(told.value.path(), "rb") as file:
        return file.read()


def test_a_liaison_officer_agrees_shares_holds_and_finds_the_proof(walk, tmp_path):
    officer = walk("officer@noordnet.example").look()
    officer.go("/agreements/new").fill(title="Journey agreement", kind="Bilateral").look().click("Begin")
    officer.click("Parties").fill(organization="National Incident Centre").click("Add").click("Back to all steps")
    officer.click("Purposes").fill(text="Early warning", legal_basis="Legal obligation, Art. 6(1)(c)").click("Add")
    assert "needs the law that is relied on" in officer.text()
    officer.look().fill(law_cited="NIS2, Article 29").click("Add").click("Back to all steps")
    officer.click("Data").fill(category="Incident reports").click("Add").click("Go on to the retention periods")
    officer.fill(category="Incident reports", months="12").click("Add")
    assert "A report received today would be deleted after" in officer.text()
    officer.look().click("Back to all steps").click("Permitted uses").fill(
        purpose="Early warning", recipients="The parties"
    ).click("Add")
    officer.click("Back to all steps").click("Basics and handling")
    officer.fill(
        summary="We warn each other.", effective_on=date.today().isoformat(), minimum_group_size="3"
    ).look().click("Save")
    steps = officer.look().page.url
    assert "A second person approves the words as they stand." in officer.text()
    second = walk("signatory@noordnet.example").go(steps.removesuffix("/draft") + "/review").look()
    second.page.get_by_label("I approve these words").check()
    second.fill(opinion="The law fits the purpose.").click("Give the opinion").look()
    officer.go(steps).click("Send for signature").look().click("Freeze and send")
    agreement = officer.page.url
    assert "Sent for signature" in officer.text() and "Signatures of" in officer.text()

    for email in ("signatory@noordnet.example", "signatory@cert-nl.example"):
        signatory = walk(email)
        assert "Journey agreement" in signatory.text()
        signatory.go(agreement).click("Read and sign").look().click("Sign")
    officer.go(agreement).look()
    assert "In force" in officer.text()

    officer.go("/incidents/new").look()
    choices = officer.page.locator("#id_filed_under option").all_inner_texts()
    chosen = next(text for text in choices if "Journey agreement" in text or agreement.rsplit("/", 1)[-1] in text)
    officer.fill(title="Journey report", filed_under=chosen, sector={"value": "nis2:energy"}, kind={"value": "malware"},
                 narrative="It was stopped in time.", indicators="hxxp://bad[.]example/x\n198.51.100[.]7")  # fmt: skip
    officer.page.locator("main form button.primary").click()
    assert (
        "Journey report" in officer.text() and "Why can I see this?" in officer.text() and "198[.]51" in officer.text()
    )
    officer.look()

    source = tmp_path / "incidents.jsonl"
    source.write_text("".join(json.dumps(incident(number)) + "\n" for number in range(1, 41)))
    officer.go("/incidents/imports/new").look()
    officer.fill(
        filed_under=next(t for t in officer.page.locator("#id_filed_under option").all_inner_texts() if "Journey" in t)
    )
    officer.page.set_input_files("#id_file", source)
    officer.page.locator("main form button.primary").click()
    _until(officer, "Import 40 incidents")
    officer.look().click("Import 40 incidents")
    officer.page.locator("main form button.primary").click()
    _until(officer, "Imported")

    officer.go(agreement).click("Place a legal hold")
    officer.fill(reason="A court asked for it", review_on=(date.today() + timedelta(days=60)).isoformat()).look().click(
        "Place the hold"
    )
    officer.look()
    assert "HOLD-" in officer.text() and "In force" in officer.text()
    officer.go("/agreements/retention/").look()

    coordinator = walk("coordinator@secretariat.example")
    coordinator.go("/agreements/retention/run").look().click("Run now")
    assert "Complete" in coordinator.text() and "Held" in coordinator.text()
    holder = walk("officer@duinwater.example").go("/agreements/retention/").look()
    assert "Legal hold HOLD-" in holder.text()
    officer.go("/agreements/certificates/").look()
    officer.page.locator("main tbody a").first.click()
    assert "Hash of this certificate" in officer.text() and "after receipt" in officer.text()
    officer.look()


def _until(walker, words):
    for _ in range(60):
        if words in walker.text():
            return
        walker.page.wait_for_timeout(1000)
        walker.page.reload()
    pytest.fail(f"{words!r} did not appear:\n{walker.text()}")


def test_b_council_member_meets_a_hidden_cell_and_votes(walk):
    member, chair, officer = (
        walk("member@noordnet.example"),
        walk("member@cert-nl.example"),
        walk("coordinator@secretariat.example"),
    )
    member.go("/councils/").look().click("Energy Council").look().click("Dashboard").look()
    assert "hidden" in member.text() and "Noordnet" not in member.text()

    member.go("/councils/").click("Energy Council").click("Energy Council, winter meeting").look()
    meeting = member.page.url
    officer.go(meeting).click("Open the meeting").look().click("Open")
    for _ in range(4):
        officer.page.get_by_role("button", name="Arrived").first.click()
    assert "Quorum met: present 4" in officer.text()
    officer.look()
    chair.go(meeting).click("Put a motion").fill(motion="We meet in spring.").look().click("Save")
    decision = chair.page.url
    chair.click("Open the vote")
    for walker, choice in ((chair, "Yes"), (member, "Yes")):
        walker.go(decision).page.get_by_label(choice, exact=True).check()
        walker.look().click("Vote")
    chair.go(decision).click("Close the vote")
    assert "Adopted: 2 of 2 votes cast are yes" in chair.text()
    member.go(decision).look()
    assert "Quorum met" in member.text()


def test_c_auditor_exports_identical_figures_and_verifies_the_trail(walk):
    auditor = walk("auditor@audithuis.example").look()
    auditor.go("/reports/").look().click("Retention compliance").look()
    page = auditor.page.url
    seen = {}
    for label in ("CSV", "Excel", "PDF", "JSON"):
        auditor.go(page).click(label).fill(reason="Yearly audit").look().click("Make the file")
        seen[label] = downloaded(auditor.look(), "Download")

    rows = [list(map(str, row.values())) for row in json.loads(seen["JSON"])["rows"]]
    assert rows, "the demonstration has something to report"
    assert [row for row in csv.reader(io.StringIO(seen["CSV"].decode("utf-8-sig")))][1:] == rows
    sheet = list(load_workbook(io.BytesIO(seen["Excel"]))["Table"].iter_rows(min_row=2, values_only=True))
    assert [[f"{value:g}" if isinstance(value, float) else str(value) for value in row] for row in sheet] == [
        [f"{float(value):g}" if value.replace(".", "").isdigit() else value for value in row] for row in rows]  # fmt: skip
    assert seen["PDF"].startswith(b"%PDF-")

    auditor.go("/audit/").look()


def test_f_auditor_verifies_that_the_trail_was_not_altered(walk, tmp_path):
    auditor = walk("auditor@audithuis.example").go("/audit/verify").look().click("Verify now")
    auditor.page.get_by_text("The trail is intact").wait_for(timeout=60_000)
    shown = auditor.look().text()
    key = re.search(r"localhost/trail\+\S+", shown)[0]
    assert "National Incident Centre" in shown and "behind" in shown

    auditor.go("/audit/checkpoints/").look().page.locator("main tbody a").last.click()
    auditor.page.get_by_role("heading", name="Counter-signed by").wait_for()
    auditor.look()
    auditor.go("/audit/export").fill(reason="Yearly audit").look().click("Make the file")
    ready = auditor.page.get_by_role("link", name="Download", exact=True)
    for _ in range(60):  # a long file is made by a job
        if ready.count():
            break
        auditor.page.wait_for_timeout(500)
        auditor.page.reload()
    (tmp_path / "trail.zip").write_bytes(downloaded(auditor.look(), "Download"))
    auditor.go("/audit/verify")
    (tmp_path / "verify_trail.py").write_bytes(downloaded(auditor, "verify_trail.py"))
    outcome = subprocess.run([sys.executable, "-I", "-S", "verify_trail.py", "trail.zip", "--key", key, "--witnesses", "2"],
                             cwd=tmp_path, env={}, capture_output=True, text=True, check=False)  # fmt: skip

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert "The trail is INTACT" in outcome.stdout and "Counter-signed by cert-nl.example/witness" in outcome.stdout


def test_d_pages_without_a_login_and_without_scripts(walk, chromium, portal):
    walk().go("/accounts/login/").look().go("/gallery").look().go("/api/v1/docs").look().go("/appearance").look()
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{portal}/accounts/login/")
    page.fill("#id_login", "officer@noordnet.example")
    page.fill("#id_password", "lighthouse-keepers-share-fog")
    page.click("main button.primary")
    page.fill("#id_code", next_code("officer@noordnet.example"))
    page.click("main button.primary")
    page.goto(f"{portal}/incidents/?severity=4")
    assert "Incident reports" in page.content()
    context.close()


def test_e_every_page_of_the_menu_is_accessible(walk):
    for email in ("coordinator@secretariat.example", "admin@noordnet.example", "officer@noordnet.example"):
        walker = walk(email)
        links = walker.page.eval_on_selector_all(
            ".menu a, .account a", "all => all.map(one => one.getAttribute('href'))"
        )
        for link in dict.fromkeys(links):
            walker.go(link).look()
