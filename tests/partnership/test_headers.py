"""The shell of every answer, with the settings of production; scored as the HTTP Observatory scores."""

import json
import subprocess
import sys

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from partnership import files
from partnership.embedded.supervisor import ROOT
from partnership.web.headers import DOWNLOAD_POLICY, FIXED
from tests import observatory
from tests.clients import signed_in
from tests.factories.partnership import ExportFactory
from tests.house.test_urls import ALL, path_of
from tests.setup import test_production_settings as production

pytestmark = pytest.mark.django_db
SHELL = (
    "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD", "SECURE_SSL_REDIRECT",
    "SECURE_REDIRECT_EXEMPT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME",
    "SECURE_REFERRER_POLICY", "SECURE_CROSS_ORIGIN_OPENER_POLICY", "CONTENT_SECURITY_POLICY", "X_FRAME_OPTIONS",
    "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY",
    "MESSAGE_STORAGE",
)  # fmt: skip


@pytest.fixture(scope="session")
def of_production(tmp_path_factory):
    """What a process with production's settings says of the shell."""
    key = tmp_path_factory.mktemp("trail") / "trail-key.pem"
    production.keys.load_or_make(key)
    code = (
        "import json, django; django.setup(); from django.conf import settings;"
        f"print(json.dumps({{name: getattr(settings, name) for name in {SHELL!r}}}, default=str))"
    )
    environment = {
        **production.STRONG, "PORTAL_TRAIL_KEY_FILE": str(key), "PORTAL_KEYS_DIR": "/nonexistent",
        "DJANGO_SETTINGS_MODULE": "partnership.settings.production",
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def shell(settings, of_production):
    """This process with production's shell; browsers come over https."""
    for name, value in of_production.items():
        setattr(settings, name, value)
    return of_production


class Secure(Client):
    """A browser that comes over https."""

    def generic(self, *arguments, **options):
        return super().generic(*arguments, **{**options, "secure": True})


def browser(user=None):
    client = Secure(raise_request_exception=False)
    return signed_in(client, user) if user else client


def faults(answer, path=""):
    """What the shell of an answer lacks."""
    headers = answer.headers
    wanted = {
        **FIXED, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp",
        "Reporting-Endpoints": 'policy="/policy-reports"',
        "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload",
    }  # fmt: skip
    found = [f"{path} {name}: {headers.get(name)}" for name, value in wanted.items() if headers.get(name) != value]
    policy = headers.get("Content-Security-Policy", "")
    for part in ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        if part not in policy or "unsafe" in policy:
            found.append(f"{path} policy: {policy}")
    if not path.startswith("/static/") and "no-store" not in headers.get("Cache-Control", ""):
        found.append(f"{path} may be kept: {headers.get('Cache-Control')}")
    if "Server" in headers:
        found.append(f"{path} names its server")
    for name, cookie in answer.cookies.items():
        if not (name.startswith("__Host-") and cookie["secure"] and cookie["httponly"] and cookie["path"] == "/"):
            found.append(f"{path} cookie {name}")
    return found


def test_every_address_answers_within_the_shell(shell, coordinator):
    found = []
    for client in (browser(), browser(coordinator)):
        for route, _, _ in ALL:
            path = path_of(route)
            if "logout" not in path:
                found += faults(client.get(path), path)

    assert found == []


@pytest.mark.parametrize("path", ["/static/css/portal.css", "/static/js/trusted.js", "/static/absent.js", "/?x=%00", "/nowhere", "/agreements",
                                  "/api/v1/agreements", "/api/v1/nowhere", "/health/live", "/policy-reports"])  # fmt: skip
def test_files_errors_redirects_and_calls_carry_the_shell(path, shell):
    assert faults(browser().get(path), path) == []


def test_a_failure_carries_the_shell(shell, monkeypatch, caplog):
    from partnership.views.people import Appearance

    monkeypatch.setattr(Appearance, "get", lambda *args, **kwargs: 1 / 0)
    answer = browser().get("/appearance")

    assert answer.status_code == 500 and faults(answer) == []


def test_the_redirect_to_https_carries_the_shell_as_far_as_http_may(shell):
    answer = Client().get("/accounts/login/")

    assert answer.status_code == 301 and answer.headers["Location"].startswith("https://")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_download_is_saved_and_never_shown(shell, liaison_officer):
    file = files.store(chunks=[b"<script>alert(1)</script>"], name="list.csv", content_type="text/csv")
    export = ExportFactory(requested_by=liaison_officer, file=file, manifest={"title": "A list"})
    answer = browser(liaison_officer).get(f"/exports/{export.pk}/file")

    assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"] == DOWNLOAD_POLICY and "sandbox" in DOWNLOAD_POLICY
    assert faults(answer) == []


def test_signing_out_clears_what_the_browser_kept(shell, liaison_officer):
    answer = browser(liaison_officer).post("/accounts/logout/")

    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert faults(answer) == []


def test_the_appearance_cookie_belongs_to_this_host_alone(shell):
    answer = browser().post("/appearance", {"theme": "dark"})

    assert "__Host-theme" in answer.cookies and faults(answer) == []


def test_passkeys_alone_are_allowed_of_all_features():
    features = dict(part.split("=") for part in FIXED["Permissions-Policy"].split(", "))

    assert {name for name, value in features.items() if value != "()"} == {
        "publickey-credentials-create", "publickey-credentials-get",
    }  # fmt: skip
    assert len(features) > 30


# What the scale can give is 145; five of it are for the browsers' preload list, which no header decides.
def test_the_highest_score_of_the_scale_is_what_we_say():
    assert (observatory.HIGHEST, observatory.WITHOUT_PRELOAD_LIST) == (145, 140)


def test_every_page_scores_the_highest_that_headers_can_reach(shell, coordinator):
    seen, low = 0, []
    first = browser().get("/accounts/login/")
    cookies = [morsel.OutputString() for morsel in first.cookies.values()]
    assert cookies, "the scanner sees the cookie of the first page"
    for client in (browser(), browser(coordinator)):
        for route, _, _ in ALL:
            path = path_of(route)
            answer = client.get(path) if "logout" not in path and not route.startswith("admin/") else None
            if (
                answer is None
                or not answer.headers.get("Content-Type", "").startswith("text/html")
                or not answer.content
            ):
                continue
            seen += 1
            found = observatory.findings(answer, cookies)
            credit = 0 if b"<script" in answer.content else 5  # a page without scripts has no digests to be praised for
            if observatory.score(found) != observatory.WITHOUT_PRELOAD_LIST - credit:
                low.append((path, answer.status_code, found))

    assert low == []
    assert seen > 100


@pytest.mark.parametrize(("name", "value", "points"), [
    ("Content-Security-Policy", "default-src *", 75), ("Referrer-Policy", "unsafe-url", 130),
    ("Strict-Transport-Security", "", 80), ("Cross-Origin-Resource-Policy", "cross-origin", 130),
])  # fmt: skip
def test_the_scale_tells_a_weaker_shell(name, value, points, shell):
    answer = browser().get("/accounts/login/")
    answer.headers[name] = value
    cookies = [morsel.OutputString() for morsel in answer.cookies.values()]

    assert observatory.score(observatory.findings(answer, cookies)) <= points


def test_scripts_name_the_digest_of_what_is_served():
    import hashlib
    from base64 import b64decode
    from pathlib import Path

    from partnership.templatetags.portal import script

    text = script("js/portal.js")
    digest = b64decode(text.split('integrity="sha384-')[1].split('"')[0])

    assert digest == hashlib.sha384(Path(finders.find("js/portal.js")).read_bytes()).digest()
