"""What a browser does in a single sign-on, and what every one that comes to nothing has in common."""

import re
from urllib.parse import urlsplit

import requests
from django.utils import timezone

from partnership.models import SecurityEvent
from partnership.web import factors
from tests.clients import enrolled

SECOND_STEP = "/accounts/2fa/authenticate/"
PAGE: dict[str, str] = {}


def begin(client, **given):
    """Press the button; the address to which the browser is sent."""
    answer = client.post("/single-sign-on/", given)
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def at_provider(address):
    """Let the provider say yes; the address to which it sends the browser back."""
    return requests.get(address, allow_redirects=False, timeout=5).headers["Location"]


def come_back(client, address):
    parts = urlsplit(address)
    return client.get(f"{parts.path}?{parts.query}")


def sign_on(client, **given):
    return come_back(client, at_provider(begin(client, **given)))


def code_of(person):
    return factors.code_at(enrolled(person), timezone.now())


def refused(client, answer):
    """Refused as every other: the same page, nobody in, nothing linked by it, and one line in the log; its reason."""
    plain = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    assert answer.status_code == 400 and "Single sign-on did not work" in plain
    assert plain == PAGE.setdefault("refused", plain), "a refusal tells which one it is"
    assert (
        client.get("/profile").status_code != 200 and client.get(SECOND_STEP).headers["Location"] == "/accounts/login/"
    )
    (line,) = SecurityEvent.objects.filter(place__startswith="single-sign-on")
    assert line.kind == "login_failed" and line.detail["by"] == "single sign-on"
    return line


def unavailable(answer):
    assert answer.status_code == 503 and "Single sign-on is not available" in answer.content.decode()
    assert SecurityEvent.objects.get().detail["reason"].startswith("the provider: ")
    SecurityEvent.objects.all().delete()
