"""A liaison officer lets a group in to a report; and a round of questions is answered, by an officer and the secretariat."""

import re

import pytest

pytestmark = pytest.mark.journey


def test_a_group_is_made_filled_and_let_in_and_its_people_see_the_report(walk):
    officer = walk("officer@noordnet.example").go("/groups/").look()
    officer.click("Make a group").look().fill(
        name="Valve watch", organization="Noordnet Transmission", purpose="Watches valves"
    )
    officer.click("Make the group").look().click("Add a person").look()
    officer.fill(email="officer@noordnet.example", because="It is me").click("Add")
    assert "Nobody adds themselves" in officer.text()
    officer.fill(email="analyst@noordnet.example", because="Knows valves").click("Add").look()
    officer.click("Add a person").fill(email="officer@openrights.example", because="Asks good questions").click("Add")

    officer.go("/incidents/?mine=on&tlp=2").page.locator("main tbody a").first.click()
    report, title = officer.page.url, officer.page.locator("h1").inner_text()
    officer.page.locator("main a[href$='/let-in']").evaluate(
        "link => { const d = link.closest('details'); if (d) d.open = true }"
    )
    officer.click("Let a person or a group in").look()
    officer.fill(email="officer@openrights.example", group="Valve watch", because="Both").click("Let in")
    assert "one person or choose one group, not both" in officer.text()
    officer.fill(email="", group="Valve watch", because="They watch valves").click("Let in").go(report)
    officer.page.locator("details.why summary").click()
    officer.click("Who can see this?").look()
    assert re.search(r"Group grant \(Valve watch\), until", officer.text())

    guest = walk("officer@openrights.example").go(report)
    assert title in guest.text()
    guest.page.locator("details.why summary").click()
    assert "the group Valve watch, to which you belong" in guest.look().text()
    guest.go("/exceptions/").look()

    officer.go("/groups/").click("Valve watch").page.locator("tr:has-text('Asks good questions') a").click()
    officer.look().click("Take out").look()
    assert guest.page.goto(report).status == 404


def test_a_round_is_answered_by_who_is_responsible_and_never_about_oneself(walk):
    admin = walk("admin@noordnet.example").go("/")
    admin.page.locator("main a", has_text=re.compile(r"Confirm \d+ rights")).click()
    admin.look().click("Noordnet Transmission").look()
    own = admin.page.locator(".account summary").inner_text()
    assert "is analyst of" in admin.text() and own not in admin.text()
    admin.click("Confirm what is ticked")
    assert "Tick at least one right" in admin.look().text()
    admin.page.locator("tr:has-text('is signatory of') input").check()
    admin.page.locator("tr:has-text('is council member of') input").check()
    admin.click("Confirm what is ticked").look().click("Noordnet Transmission")
    assert "is signatory of" not in admin.text()

    admin.page.locator("tr:has-text('is analyst of')").get_by_role("link", name="End it").click()
    admin.look().click("End it now")
    assert "There is a problem" in admin.text()
    admin.fill(because="Works for another house now").click("End it now").look()

    auditor = walk("auditor@audithuis.example").go("/reports/partnership.recertification").look()
    assert "Works for another house now" in auditor.text() and "Confirmed" in auditor.text()
