"""Every address that leads to a page, as somebody who may open it: axe in light and dark, and 320 px wide."""

import json
import re
from collections import Counter
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

from tests.factories.veris import incident
from tests.house.test_urls import ALL, CLOSED
from tests.journeys.conftest import PASSWORD, running

pytestmark = [pytest.mark.journey, pytest.mark.timeout(2_000)]  # it walks as fifteen people
PEOPLE = [
    "coordinator@secretariat.example", "officer@noordnet.example", "auditor@audithuis.example", "member@cert-nl.example",
    "signatory@noordnet.example", "admin@noordnet.example", "officer@openrights.example", "officer@elbestrom.example",
    "signatory@fjordkraft.example", "officer@tu-delta.example", "signatory@elbestrom.example", "member@noordnet.example",
    "officer@netharbor.example", "officer@patients.example", None,
]  # fmt: skip
BEGINNINGS = [
    "/", "/gallery", "/appearance", "/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/",
    "/accounts/password/change/", "/accounts/inactive/",
    "/accounts/password/reset/key/done/", "/accounts/password/reset/key/x-y/", "/incidents/?state=in_work", "/agreements/?state=draft", "/agreements/?state=negotiation",
    "/agreements/?state=signature", "/agreements/?state=in_force", "/agreements/?state=suspended", "/jobs/", "/incidents/?mine=on",
    "/incidents/imports/", "/agreements/engagements/", "/agreements/holds/", "/councils/meetings/", "/councils/actions/", "/tokens/",
    "/people/", "/people/invitations/", "/profile", "/emergency/", "/exceptions/", "/sessions/",
]  # fmt: skip
LINK = re.compile(r'<a[^>]*\shref="(/[^"#]*)')
FETCHED, LOOKED_AT = 18, 2  # pages of one route: read for their links by each person, and looked at in all


def route_of(path):
    try:
        return resolve(urlsplit(path).path).route
    except Resolver404:
        return None


def has_page(entry):
    """Whether an address can be opened; the others take what a button sends."""
    view = getattr(entry.callback, "view_class", None)
    return view is None or hasattr(view, "get")


def is_ours(route):
    return (
        route is not None and not route.startswith(("admin/", "api/v1/", "health/", "static")) and "logout" not in route
    )


def crawl(walker, more=()):
    """Addresses within reach of links, at most a few of each route; those that are pages, in the order found."""
    waiting, fetched, seen = [*more, *BEGINNINGS], Counter(), set()
    while waiting:
        path = waiting.pop(0).replace("&amp;", "&")
        route = route_of(path)
        if path in seen or not is_ours(route) or fetched[route] >= FETCHED:
            continue
        seen.add(path)
        answer = walker.page.request.get(walker.address + path, max_redirects=0)
        if answer.status == 302 and "/accounts/" not in answer.headers["location"]:
            yield route, None  # leads on, to a page that is looked at by its own address
            waiting.append(answer.headers["location"])
        if answer.status != 200:
            continue
        fetched[route] += 1
        is_page = answer.headers["content-type"].startswith("text/html")
        yield route, path if is_page else None
        waiting += LINK.findall(answer.text()) if is_page else []


# Addresses that this walk does not reach, with the reason.
ELSEWHERE = {
    "mfa_login_webauthn": "what the browser asks for when a passkey is used; no page",
    "agreement-retention-example": "a part of the page of the retention step",
    "agreement-send": "only after a legal review; the journey of the liaison officer sends and looks",
    "agreement-row-remove": "asked for by a button of the step that lists the row",
    "meeting-close": "only while a meeting is open; the journey of the council closes one",
    "announce": "only before a meeting is announced; the journey of rare pages announces one",
    "roll-call": "a button of an open meeting",
    "import-accept": "a button of an import without faults; the journey of the liaison officer takes it",
    "approval-approve": "only while a request is open; the journey of rare pages decides one",
    "approval-decline": "only while a request is open; the journey of rare pages decides one",
    "sign-on-return": "the provider sends the browser here",
    "sign-on-remove": "only for who has signed on; the journey of single sign-on looks",
    "attest": "a link for signatories alone; the journey of a partner that leaves attests",
    "job-progress": "a part of the page of a job",
    "calendar-feed": "its address stands in a message alone; calendars read it, and no browser",
    "invitation-accept": "its address stands in a message alone; looked at when the invited person comes in",
}


def fill_in(walker, path, **given):
    """Fill what a form needs with something that fits, and send it."""
    walker.go(path)
    form = walker.page.locator("main form:has(button.primary)").first
    for control in form.locator("input, select, textarea").all():
        name, kind = control.get_attribute("name"), control.get_attribute("type")
        if name in given and kind == "file":
            control.set_input_files(files=given[name])
        elif name in given:
            control.fill(given[name])
        elif control.evaluate("e => e.tagName == 'SELECT' && !e.value && e.required"):
            control.select_option(index=1)
    for box in form.locator("input[type=checkbox]").all()[:1]:
        box.check()
    form.locator("button.primary").first.click()
    walker.page.wait_for_load_state()
    assert "There is a problem" not in walker.text(), (path, walker.text())
    return walker.page.url.removeprefix(walker.address)


def prepare(walk):
    """Make what the demonstration has none of: an export, a token, an import, an invitation, a file, two emergencies."""
    officer_email, admin_email = "officer@noordnet.example", "admin@noordnet.example"
    officer, admin, coordinator = walk(officer_email), walk(admin_email), walk(PEOPLE[0])
    officer.go("/incidents/?mine=on&state=in_work")
    report = officer.page.locator("main tbody a").first.get_attribute("href")
    reference = officer.page.locator("main tbody a").first.inner_text()
    text = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"Words"}
    line = json.dumps(incident()).encode() + b'\n{"incident_id": "1"}\n'  # a good one and a bad one
    made = [
        fill_in(officer, "/exports/new/partnership:organization-list", reason="To look at it"),
        fill_in(
            officer, "/incidents/imports/new", file={"name": "a.jsonl", "mimeType": "application/json", "buffer": line}
        ),
    ]
    fill_in(officer, "/tokens/", name="Collector")
    fill_in(admin, "/people/invite", name="Some One", email="someone@noordnet.example")
    fill_in(officer, f"{report}/attachments/new", file=text)
    asked = [fill_in(officer, "/emergency/new", reference=reference, because="To look at it") for _ in range(2)]
    fill_in(coordinator, f"{asked[0]}/approve")
    for _ in range(120):  # the worker reads the file
        if officer.go(made[1]).page.get_by_role("link", name="Import nothing").count():
            break
        officer.page.wait_for_timeout(500)
    else:
        pytest.fail(officer.text())
    made += [report, *asked]
    return {officer_email: (officer, made), admin_email: (admin, []), PEOPLE[0]: (coordinator, asked)}


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    """One of its own: other journeys leave meetings open and requests decided, and what can be reached would differ."""
    with running(tmp_path_factory.mktemp("every-page")) as address:
        yield address


def at_the_second_step(walk):
    """The page between the password and the menu."""
    walker = walk().go("/accounts/login/")
    walker.page.fill("#id_login", PEOPLE[0])
    walker.page.fill("#id_password", PASSWORD)
    walker.page.click("main button.primary")
    return route_of(walker.page.url), walker.findings()


def test_every_page_is_accessible_in_both_schemes_and_on_a_narrow_screen(walk):
    looked_at, more = Counter(), prepare(walk)
    second, found = at_the_second_step(walk)
    reached = {second}
    for email in PEOPLE:
        walker, begin = more.get(email) or (walk(email), [])
        pages = list(crawl(walker, begin))
        reached |= {route for route, _ in pages}
        for route, path in pages:
            if path is None or looked_at[route] >= (LOOKED_AT if "pk>" in route else 1):
                continue
            looked_at[route] += 1
            walker.go(path)
            found += walker.findings()

    wanted = {
        route.replace("^", ""): entry.name or route for route, entry, _ in ALL if is_ours(route) and has_page(entry)
    }
    unreached = {name for route, name in wanted.items() if route not in reached} - CLOSED
    assert found == [], "\n".join(found)
    assert unreached == set(ELSEWHERE), sorted(unreached ^ set(ELSEWHERE))
    assert sum(looked_at.values()) > 100, looked_at
