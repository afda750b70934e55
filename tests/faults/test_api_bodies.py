"""Every route that takes a body answers any body: by field, in the one shape, and never with a failure."""

import json
from datetime import timedelta

import pytest
from django.db import connection

from councils.actions import councils, meetings
from incidents.actions import reports
from partnership.api.schema import document
from partnership.api.throttles import PerPerson
from partnership.models import Role
from tests.factories.agreements import draft_agreement
from tests.factories.incidents import agreement_in_force, content
from tests.factories.partnership import (
    LiaisonOfficeFactory,
    MembershipFactory,
    OrganizationFactory,
    member,
    secretariat,
)

pytestmark = pytest.mark.django_db
WEIRD = [
    None, True, -1, 10**30, 1.5, "", "x", "x" * 100_000, "2026-02-30", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00",
    "00000000-0000-4000-8000-000000000000", [], [None], [[]], {}, {"a": {}}, "\u202e", "0",
]  # fmt: skip
WHOLE = [
    b"",
    b"null",
    b"[]",
    b"[1]",
    b'"x"',
    b"1",
    b"{",
    b'{"a": 1e999}',
    b'{"a": "\\ud800"}',
    b'{"\\ud800": 1}',
    b'{"a": "\\u0000"}',
    b"[" * 200_000,
    b'{"a":' * 33 + b"1" + b"}" * 33,
    b'{"a": NaN}',
    b'{"a": "' + b"x" * (2 * 1024 * 1024) + b'"}',
]


@pytest.fixture
def world(liaison_officer, partner_officer, coordinator, own_organization, partner_organization, at):
    """One record of each resource that takes a body about it: resource -> (person, key)."""
    MembershipFactory(user=liaison_officer, organization=own_organization, role=Role.ADMINISTRATOR)
    office = LiaisonOfficeFactory(organization=own_organization)
    draft, signed = draft_agreement(own_organization), agreement_in_force(own_organization, partner_organization)
    report = reports.file(
        organization=own_organization, agreement=signed, category=signed.governing.data_items.first().category,
        content=content(), by=liaison_officer, at=at,
    )  # fmt: skip
    chair = member(Role.COUNCIL_MEMBER, OrganizationFactory())
    council = councils.found(name="Bodies", sectors=[], secretariat=secretariat(), charter={"purpose": "x", "authority": "x"},
                             by=coordinator, at=at)  # fmt: skip
    for function, person in (("chair", chair), ("officer", coordinator)):
        seat = councils.create_seat(council=council, interest="operator", function=function, by=coordinator, at=at)
        councils.appoint(seat=seat, person=person, organization=own_organization, by=coordinator, at=at)
    meeting = meetings.plan(
        council=council, title="x", starts_at=at + timedelta(days=30), time_zone="UTC", place="x", by=coordinator, at=at
    )
    item = meetings.add_item(meeting=meeting, title="x", by=coordinator, at=at)
    meetings.announce(meeting=meeting, by=coordinator, at=at)
    decision = meetings.put_motion(item=item, motion="x", by=chair, at=at)
    return {
        "organizations": own_organization.pk, "offices": office.pk, "agreements": draft.pk, "reports": report.pk, "councils": council.pk,
        "meetings": meeting.pk, "agenda-items": item.pk, "decisions": decision.pk,
    }, (liaison_officer, coordinator, chair)  # fmt: skip


def routes():
    """(method, path, names of the fields) of every route that takes JSON."""
    described = document()
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            body = (
                operation.get("requestBody", {}).get("content", {}).get("application/json")
                if isinstance(operation, dict)
                else None
            )
            if body:
                shape = body["schema"].get("$ref", "").rpartition("/")[2]
                yield method, path, sorted(described["components"]["schemas"][shape]["properties"])


@pytest.mark.slow
def test_any_body_is_answered_and_nothing_fails(world, api_of, monkeypatch):
    monkeypatch.setattr(PerPerson, "allow_request", lambda *call: True)
    keys, people = world
    asked = 0
    for method, path, fields in routes():
        resource = path.split("/")[3]
        where = path.replace("{id}", str(keys.get(resource, WEIRD[11])))
        client = next(
            (
                api_of(person)
                for person in people
                if getattr(api_of(person), method)(where, {}, format="json").status_code != 404
            ),
            api_of(people[0]),
        )
        bodies = [json.dumps(dict.fromkeys(fields, value)).encode() for value in WEIRD] + WHOLE
        for body in bodies:
            answer = getattr(client, method)(where, body, content_type="application/json")
            assert answer.status_code < 500, f"{method} {path}: {body[:80]!r}"
            if answer.status_code >= 400:
                assert answer.json()["error"].keys() == {"code", "message", "fields"}, f"{method} {path}: {body[:80]!r}"
            asked += answer.status_code == 400
    assert asked > 1000
    assert not connection.needs_rollback
