"""The whole portal as a person starts it, and a browser to walk through it."""

import base64
import hashlib
import hmac
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "lighthouse-keepers-share-fog"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(state):
    """Start everything with the demonstration, with its data in a folder; the address of the portal."""
    port = free_port()
    environment = {
        k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
    }
    log = (state / "up.log").open("w+")
    command = [sys.executable, "-m", "partnership.embedded", "up", "--port", str(port), "--state", str(state / "s")]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            assert process.poll() is None, (state / "up.log").read_text()
            try:
                with urllib.request.urlopen(f"{address}/health/ready", timeout=2) as answer:
                    if answer.status == 200:
                        break
            except (urllib.error.URLError, OSError):
                time.sleep(0.3)
        else:
            pytest.fail((state / "up.log").read_text())
        yield address
    finally:
        process.terminate()
        process.wait(60)
        log.close()


@pytest.fixture(scope="session")
def portal(tmp_path_factory):
    """Start everything with the demonstration; the address of the portal."""
    with running(tmp_path_factory.mktemp("journey")) as address:
        yield address


@pytest.fixture(scope="session")
def chromium():
    program = shutil.which("chromium")
    assert program, "The journeys need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield browser
        browser.close()


USED: dict[str, int] = {}  # the last time step whose code a person of the demonstration has used


def next_code(email):
    """A code that the invented app of this person would show and that was not used yet; waits for one if need be."""
    secret = base64.b32encode(hashlib.sha256(f"demonstration|{email}".encode()).digest()[:20])
    while True:
        now = int(time.time()) // 30
        step = max(USED.get(email, 0) + 1, now)  # never the last one, which may end before it is given
        if step <= now + 1:
            break
        time.sleep(1)
    USED[email] = step
    mac = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    offset = mac[-1] & 15
    return f"{int.from_bytes(mac[offset : offset + 4], 'big') % 2**31 % 10**6:06d}"


class Walk:
    """A person in a browser. Every page looked at is checked: axe in light and dark, 320 px, no script errors."""

    def __init__(self, page, address):
        self.page, self.address, self.faults = page, address, []
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on(
            "console",
            lambda message: self.faults.append(message.text) if "Content Security Policy" in message.text else None,
        )

    def sign_in(self, email):
        self.go("/accounts/login/")
        self.page.fill("#id_login", email)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("main button.primary")
        self.page.fill("#id_code", next_code(email))
        self.page.click("main button.primary")
        assert self.page.url == f"{self.address}/", self.text()
        return self

    def go(self, path):
        answer = self.page.goto(path if path.startswith("http") else self.address + path)
        assert answer.status < 400, (path, answer.status)
        return self

    def click(self, name):
        main = self.page.locator("main")
        exact = main.get_by_role("link", name=name, exact=True).or_(main.get_by_role("button", name=name, exact=True))
        loose = main.get_by_role("link", name=name).or_(main.get_by_role("button", name=name))
        try:
            (exact if exact.count() else loose).first.click()
        except TimeoutError as error:
            raise AssertionError(f"There is no {name} on {self.page.url}:\n{self.text()}") from error
        self.page.wait_for_load_state()
        return self

    def fill(self, **fields):
        for name, value in fields.items():
            control = self.page.locator(f"#id_{name}")
            if control.evaluate("e => e.tagName") == "SELECT":
                control.select_option(**value if isinstance(value, dict) else {"label": value})
            else:
                control.fill(value)
        return self

    def text(self):
        return self.page.locator("main").inner_text()

    def findings(self):
        """What is wrong with the page as it stands, in both schemes and on a narrow screen; forgets it afterwards."""
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            for fault in Axe().run(self.page, options=RULES).response["violations"]:
                self.faults.append(f"{self.page.url} {scheme}: {fault['id']}: {fault['nodes'][0]['html'][:200]}")
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size({"width": 320, "height": 700})
        if self.page.evaluate("document.documentElement.scrollWidth") > 320:
            self.faults.append(f"{self.page.url} scrolls sideways at 320 px")
        self.page.set_viewport_size({"width": 1280, "height": 900})
        found, self.faults = self.faults, []
        return found

    def look(self):
        """Go on only where nothing is wrong with the page."""
        found = self.findings()
        assert found == [], "\n".join(found)
        return self


@pytest.fixture
def walk(portal, chromium):
    """A new browser for each person."""
    contexts = []

    def start(email=None):
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
        contexts.append(context)
        walker = Walk(context.new_page(), portal)
        return walker.sign_in(email) if email else walker

    yield start
    for context in contexts:
        context.close()
