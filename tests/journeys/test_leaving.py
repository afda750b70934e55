"""A partner leaves: preview, second person, closed doors, attestations, and one page of certificates, in real browsers."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

pytestmark = pytest.mark.journey
LEAVER = "officer@gridassoc.example"
AGREEMENT = "Exchange of incident reports in energy"


def test_a_partner_leaves_an_agreement(walk):
    today = datetime.now(ZoneInfo("Europe/Amsterdam")).date().isoformat()  # the agreement's calendar
    officer = walk(LEAVER)
    officer.go("/agreements/?text=energy&state=in_force")
    officer.page.locator("main tbody a").first.click()
    agreement = officer.page.url
    assert AGREEMENT in officer.text()
    officer.page.get_by_role("link", name=re.compile("^Leave")).first.click()
    assert all(part in officer.text() for part in ("Data received", "Access that ends", "Duties that stay"))
    given = officer.page.locator("section:has(h2:text-is('Data received')) tbody tr").first.inner_text()
    officer.look().fill(leaves_on=today, because="The association is wound up.").click("Ask a second person")
    departure = officer.page.url
    assert "Waits for a second person" in officer.look().text()
    officer.go(agreement)

    second = walk("coordinator@secretariat.example")
    assert "leaves" in second.text()
    second.go(departure).click("Confirm")
    assert "Before that day only the secretariat can confirm" in second.text()
    second.look().fill(because="Agreed between all.").click("Let the party leave")
    assert given in second.look().text(), "what was previewed is what was done"

    refused = officer.page.goto(agreement)
    assert refused.status == 404
    officer.go("/agreements/?text=energy&state=in_force")
    assert AGREEMENT not in officer.text()
    officer.go(departure)
    assert "given by the leaver" in officer.text() or "received by the leaver" in officer.text()
    assert officer.page.locator("main").get_by_role("link", name=re.compile("^Attest")).count() == 0, (
        "an officer does not sign"
    )
    officer.look()

    signatory = walk("signatory@gridassoc.example")
    assert "Attest what became of data after" in signatory.text()
    signatory.go(departure).page.get_by_role("link", name=re.compile("^Attest")).first.click()
    signatory.page.get_by_label("Kept, because a law obliges to").check()
    signatory.fill(statement="One report is part of a court file.").click("Attest")
    assert "Name the law that obliges to keep it" in signatory.text()
    signatory.page.get_by_label("Destroyed", exact=True).check()
    signatory.look().click("Attest")
    assert "Destroyed" in signatory.look().text()


def test_what_is_overdue_is_seen_by_the_secretariat_and_the_auditor(walk):
    coordinator = walk("coordinator@secretariat.example")
    assert re.search(r"Attestations after DEP-\d{4}-\d{4} are overdue", coordinator.text())
    auditor = walk("auditor@audithuis.example").go("/agreements/departures/?state=left")
    auditor.look().page.locator("main tbody tr:has-text('Clearfold') a").first.click()
    text = auditor.look().text()
    assert "overdue" in text and "Destroyed" in text and "ticket 4711" in text
    auditor.page.get_by_role("link", name="JSON").first.click()
    assert "Certificates of a departure" in auditor.look().text()
