"""What a browser makes of the shell: hostile text stays text, own scripts run, and nothing is reported."""

import os
import re
import subprocess
import sys
import urllib.request

import pytest

from tests.journeys.conftest import ROOT, Walk, running

pytestmark = pytest.mark.journey
PEOPLE = [
    "coordinator@secretariat.example", "officer@noordnet.example", "auditor@audithuis.example",
    "member@noordnet.example", "admin@noordnet.example",
]  # fmt: skip
# Constraints that hold by themselves: a column of the database that takes no such text at all.
TAKES_NONE = ("partnership.OrganizationIdentifier.value", "partnership.SecurityEvent.network")
KEYS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
BREACHES = """document.addEventListener('securitypolicyviolation',
  breach => console.error('Content Security Policy: ' + breach.violatedDirective + ' ' + breach.blockedURI))"""
MOST_PAGES = 90  # of one person, one of each kind of address


def manage(state, *arguments, feed=None):
    """Run a management command against the portal whose data is in a folder."""
    environment = {
        k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
    }
    done = subprocess.run(
        [sys.executable, "-m", "partnership.embedded", "manage", *arguments], cwd=ROOT, text=True, input=feed,
        env={**environment, "PORTAL_STATE_DIR": str(state / "s")}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def forged(tmp_path_factory):
    """A portal of its own, in which every text that people fill in is hostile; its address and its folder."""
    state = tmp_path_factory.mktemp("forged")
    with running(state) as address:
        told = manage(state, "shell", "-c", (ROOT / "tests/journeys/forge.py").read_text())
        refused = [
            line for line in told.splitlines() if line.startswith("REFUSED") and not any(n in line for n in TAKES_NONE)
        ]
        assert refused == []
        assert int(re.search(r"FILLED (\d+)", told)[1]) >= 50, told
        yield address, state


class Watched(Walk):
    """A walk that also notes dialogs, reports that the browser sends, and whether hostile text ran."""

    def __init__(self, page, address):
        super().__init__(page, address)
        page.add_init_script(BREACHES)
        page.on("dialog", lambda dialog: (self.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on(
            "request",
            lambda sent: self.faults.append(f"report: {sent.post_data}") if "policy-reports" in sent.url else None,
        )

    def crawl(self):
        """Open one address of each kind that pages lead to; how many."""
        waiting, kinds, opened = ["/"], {"/"}, 0
        while waiting and opened < MOST_PAGES:
            path = waiting.pop(0)
            answer = self.page.goto(self.address + path)
            assert answer.status < 500, path
            opened += 1
            if (
                self.page.title() == "ran"
                or self.page.locator("main img, main svg[onload], [onfocus], [onerror]").count()
            ):
                self.faults.append(f"{path}: hostile text became markup")
            for link in self.page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))"):
                if link.lower().startswith("javascript:"):
                    self.faults.append(f"{path}: a link runs a script")
                plain = link.split("#")[0]
                kind = KEYS.sub("*", plain.split("?")[0])
                if (
                    plain.startswith("/")
                    and not re.search(r"/file$|/pdf$|\.json$|/note$|logout|static", plain)
                    and kind not in kinds
                ):
                    kinds.add(kind)
                    waiting.append(plain)
        return opened


def reports(state):
    code = "from partnership.models import SecurityEvent; print('N', SecurityEvent.objects.filter(kind='policy_report').count())"
    return int(re.search(r"N (\d+)", manage(state, "shell", "-c", code))[1])


def test_hostile_text_stays_text_on_every_page_and_nothing_is_reported(forged, chromium):
    address, state = forged
    faults, opened, before = [], 0, reports(state)

    for email in PEOPLE:
        context = chromium.new_context()
        walker = Watched(context.new_page(), address).sign_in(email)
        opened += walker.crawl()
        faults += walker.faults
        context.close()

    assert faults == []
    assert opened > 150
    assert reports(state) == before


def test_a_breach_is_refused_and_reported(forged, chromium):
    address, state = forged
    page = chromium.new_page()
    # Over plain http browsers send no report by report-to, and where that is given they leave report-uri out.
    page.route("**/accounts/login/", lambda route: route.fulfill(response=(got := route.fetch()), headers={
        **got.headers, "content-security-policy": got.headers["content-security-policy"].replace("report-to policy", ""),
    }))  # fmt: skip
    page.goto(f"{address}/accounts/login/")
    before = reports(state)

    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=\"x\" onerror=\"document.title=\\'ran\\'\">')"
    )
    refused = page.evaluate(
        "() => { try { document.createElement('script').text = '1'; return false } catch { return true } }"
    )
    page.wait_for_timeout(1500)

    assert page.title() != "ran" and refused
    assert reports(state) > before
    page.close()


def test_fragments_still_arrive_under_the_policy(forged, chromium):
    page = chromium.new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{forged[0]}/accounts/login/")

    page.evaluate("htmx.ajax('GET', '/gallery', {target: 'main', select: '#main', swap: 'innerHTML'})")
    page.wait_for_function(
        "document.querySelectorAll('main h1').length > 0 && !document.querySelector('main #id_password')"
    )

    assert faults == []
    page.close()


def test_the_server_does_not_say_what_it_is(forged):
    with urllib.request.urlopen(f"{forged[0]}/accounts/login/") as answer:
        assert "Server" not in answer.headers
