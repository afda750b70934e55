"""Every address that takes a key, as every persona: a record that is hidden answers as one that never was."""

import re
from uuid import UUID

import pytest
from django.test import Client

from partnership.access.actor import Actor
from partnership.models import User
from tests.attacks.places import ABSENT, METHODS, hidden, places
from tests.clients import signed_in
from tests.house.test_world import EVERYBODY

pytestmark = pytest.mark.usefixtures("demo")
NEWCOMER = "officer@newcomer.example"
# What may differ between two answers, each with the reason.
DIFFERS = (
    (
        re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"'),
        b"the token against forged forms is masked anew in each answer",
    ),
)
DRAWN_ANEW = {"X-Request-Id"}  # a random number of the request, by which somebody can ask for help


def plain(data, key):
    """A body without what legitimately differs: the above, and the key that the person typed."""
    if isinstance(key, UUID) or len(str(key)) == 36:  # a short number would be found in words that are not the key
        data = data.replace(str(key).encode(), b"KEY")
    for pattern, reason in DIFFERS:
        data = pattern.sub(reason, data)
    return data


def said(answer, key):
    """All that an answer tells: status, body, headers, names and flags of cookies."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = {name: plain(value.encode(), key) for name, value in answer.headers.items() if name not in DRAWN_ANEW}
    cookies = {name: (found["path"], found["secure"], found["httponly"]) for name, found in answer.cookies.items()}
    return answer.status_code, plain(body, key), headers, cookies


def crawl(email, methods):
    """Ask for a hidden and for an absent row at each address; returns what told them apart, and how many were asked."""
    user = User.objects.get(email=email)
    client, told, asked = signed_in(Client(), user), [], 0
    for place in places():
        for method in methods:
            if place.is_call and method not in (*place.permissions, "options"):
                continue
            row = hidden(Actor(user), place, method).first()
            if row is None:
                continue
            absent = ABSENT[UUID if isinstance(row.pk, UUID) else int]
            one = said(getattr(client, method)(place.at(row.pk)), row.pk)
            other = said(getattr(client, method)(place.at(absent)), absent)
            asked += 1
            if one != other:
                told.append((method, str(place), one[0], other[0]))
    return told, asked


def test_a_hidden_record_answers_as_one_that_never_was():
    told, asked = crawl(NEWCOMER, ("get", "post"))

    assert told == []
    assert asked > 100, "the crawl found too little that is hidden"


@pytest.mark.slow
@pytest.mark.parametrize("email", EVERYBODY)
def test_a_hidden_record_answers_as_one_that_never_was_for_everybody_and_every_method(email):
    told, asked = crawl(email, METHODS)

    assert told == []
    assert asked > 50, "the crawl found too little that is hidden"


def test_the_crawl_knows_every_kind_of_address():
    assert sum(not place.is_call for place in places()) > 60 and sum(place.is_call for place in places()) > 80
