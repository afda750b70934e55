"""Every form answers bad input by field, and never with a failure."""

from html.parser import HTMLParser

import pytest
from django.db import connection

from partnership.models import AuditEntry

DEEP = b"[" * 100_000 + b"]" * 100_000
HOSTILE = {
    "nul": "a\x00b", "long": "x" * 100_000, "no utf-8": b"\xff\xfe\xc3(", "formula": "=cmd|'/c calc'!A1", "impossible day": "2026-02-30",
    "far zone": "9999-12-31T23:59:59-12:00", "unknown word": "no-such-choice", "big number": "9" * 40, "nested": DEEP.decode(),
    "malformed": "hxxp://[[.]]\n999.1.1.1", "key": "00000000-0000-4000-8000-000000000000",
}  # fmt: skip
PAGES = {
    "officer@noordnet.example": ["/organizations/", "/agreements/?state=draft", "/agreements/?state=in_force", "/incidents/?mine=on", "/agreements/holds/", "/tokens/", "/profile"],
    "coordinator@secretariat.example": ["/organizations/", "/councils/", "/councils/meetings/", "/councils/actions/", "/agreements/engagements/", "/people/", "/people/invitations/"],
    "auditor@audithuis.example": ["/reports/", "/audit/", "/agreements/certificates/"],
    "signatory@energie-inspectie.example": ["/agreements/?state=signature"],
    "member@cert-nl.example": ["/councils/", "/councils/meetings/"],
}  # fmt: skip
KEPT = {"csrfmiddlewaretoken"}


class Reader(HTMLParser):
    """Links of a page, and its forms with the names of their fields."""

    def __init__(self, text):
        super().__init__()
        self.links, self.forms = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "a" and (given.get("href") or "").startswith("/"):
            self.links.append(given["href"].split("#")[0])
        elif tag == "form":
            self.forms.append((given.get("method", "get").lower(), given.get("action") or "", []))
        elif tag in ("input", "select", "textarea") and self.forms and given.get("name") not in (None, *KEPT):
            self.forms[-1][2].append(given["name"])


def read(answer):
    is_page = (
        answer.status_code == 200 and not answer.streaming and answer.headers["Content-Type"].startswith("text/html")
    )
    return Reader(answer.content.decode() if is_page else "")


def kind_of(path):
    """The address without the keys of rows."""
    return tuple(part for part in path.split("?")[0].split("/") if part.count("-") != 4)


def forms_of(client, begin):
    """Forms of the pages two steps around, one for each kind of page."""
    seen, found, waiting = set(), {}, [(path, 0) for path in ["/", *begin]]
    while waiting:
        path, depth = waiting.pop(0)
        kind = kind_of(path)
        if (kind, depth) in seen or "logout" in path or path.startswith("/admin"):
            continue
        seen.add((kind, depth))
        page = read(client.get(path))
        for method, action, fields in page.forms:
            where = action if action.startswith("/") else path
            if fields and "logout" not in where:
                found.setdefault((method, kind_of(where)), (method, where, fields))
        waiting += [(link, depth + 1) for link in page.links] if depth < 2 else []
    return list(found.values())


@pytest.mark.slow
@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("email", PAGES)
def test_every_form_answers_every_value_and_stores_nothing_of_what_it_refuses(email, sign_in):
    client, asked = sign_in(email), 0
    for method, action, fields in forms_of(client, PAGES[email]):
        for name, value in HOSTILE.items():
            before = AuditEntry.objects.count()
            data = {field: value for field in fields}
            answer = client.get(action, data) if method == "get" else client.post(action, data)
            assert answer.status_code < 500, f"{method} {action}: {name}"
            assert not connection.needs_rollback, f"{method} {action}: {name}"
            if answer.status_code in (400, 404, 413, 422):
                assert AuditEntry.objects.count() == before, f"{action} refused {name} and wrote"
            if answer.status_code == 422:
                assert "There is a problem" in answer.content.decode(), f"{action}: {name}"
            asked += 1
    assert asked > 50


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"])
def test_a_form_of_fifty_megabytes_is_refused(kind, sign_in):
    client, before = sign_in("officer@noordnet.example"), AuditEntry.objects.count()

    answer = client.post("/agreements/new", b"title=" + b"x" * 50_000_000, content_type=kind)

    assert answer.status_code in (400, 413, 422)
    assert AuditEntry.objects.count() == before
