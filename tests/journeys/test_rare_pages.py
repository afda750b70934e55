"""Pages that stand open only for a while: a deletion that waits for its second person, a meeting before it is announced."""

import subprocess
import sys
from datetime import date, timedelta

import pytest

from tests.journeys.conftest import ROOT, Walk, running

pytestmark = pytest.mark.journey
# As if the periods of some records had ended before any run under their terms.
AGE = """
from datetime import date, timedelta
from agreements.models import ClearedTerm
from incidents.models import Report
ClearedTerm.objects.all().delete()
some = Report.objects.filter(retention_start__isnull=False).order_by("received_at").values_list("pk", flat=True)[:30]
Report.objects.filter(pk__in=list(some)).update(retain_until=date.today() - timedelta(days=3))
"""


def test_what_waits_for_a_second_person_goes_when_another_coordinator_approves(tmp_path, chromium):
    with running(tmp_path) as address:
        command = [sys.executable, "portal.py", "manage", "--state", str(tmp_path / "s"), "shell", "-v0", "-c", AGE]
        subprocess.run(command, cwd=ROOT, check=True, timeout=120)
        first, second = (
            Walk(chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB").new_page(), address)
            for _ in range(2)
        )
        first.sign_in("coordinator@secretariat.example").go("/agreements/retention/").look()
        first.go("/agreements/retention/run").click("Run now")
        assert first.page.locator("dt:has-text('Waiting for approval') + dd").inner_text() != "0"
        before = first.page.locator("dt:has-text('Deleted') + dd").inner_text()

        first.go("/agreements/retention/approvals/new").fill(because="The first periods have ended.").look()
        request = first.click("Store the preview and ask").look().page.url
        assert not first.page.get_by_role("link", name="Approve", exact=True).count(), "nobody approves the own request"
        second.sign_in("deputy@secretariat.example").go(request).look()
        second.click("Decline").look().go(request).click("Approve").look()
        second.fill(because="Agreements, periods and numbers fit.").click("Approve").look()
        assert "Its records go with the next run" in second.text() or "Approved" in second.text()

        first.go("/agreements/retention/run").click("Run now").look()
        assert first.page.locator("dt:has-text('Waiting for approval') + dd").inner_text() == "0"
        assert int(first.page.locator("dt:has-text('Deleted') + dd").inner_text()) > int(before)
        first.go("/agreements/certificates/").page.locator("main tbody a").first.click()
        first.click("Public check").look()
        assert first.page.locator("main .tag:has-text('fits')").count() == 3


def test_a_meeting_is_planned_and_announced(walk):
    coordinator = walk("coordinator@secretariat.example").go("/councils/")
    coordinator.page.locator("main tbody a").first.click()
    coordinator.click("Plan a meeting").look()
    day = (date.today() + timedelta(days=60)).isoformat()
    coordinator.fill(title="Winter meeting", starts_at=f"{day}T10:00", place="Room 4")
    coordinator.page.locator("main form button.primary").click()
    coordinator.click("Add to the agenda").look().fill(title="Figures of the season")
    coordinator.page.locator("main form button.primary").click()
    coordinator.click("Announce").look()
    coordinator.page.locator("main form button.primary").click()
    assert "Announced" in coordinator.text()
