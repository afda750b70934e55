"""Every list: as many queries for 20 rows as for 2, within a budget, and the same rows in page, file and API table."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from partnership.access.actor import Actor
from partnership.exports import as_csv
from partnership.tables import SOURCES
from partnership.web.pages import ListPage
from tests.factories import agreements, councils, incidents, partnership

BUDGET = 40  # queries of a whole page: person, menu, count, rows, choices of the filter


def subclasses(kind):
    for one in kind.__subclasses__():
        yield one
        yield from subclasses(one)


LISTS = {
    "partnership:person-list": ("coordinator", lambda p: partnership.MembershipFactory()),
    "partnership:invitation-list": ("coordinator", lambda p: partnership.InvitationFactory()),
    "partnership:glass-list": ("coordinator", lambda p: partnership.BreakGlassFactory()),
    "partnership:organization-list": ("coordinator", lambda p: partnership.OrganizationFactory(parent=partnership.OrganizationFactory())),
    "partnership:group-list": ("coordinator", lambda p: partnership.NamedGroupFactory()),
    "partnership:job-list": ("liaison_officer", lambda p: partnership.JobFactory(requested_by=p)),
    "partnership:security-event-list": ("coordinator", lambda p: partnership.SecurityEventFactory()),
    "partnership:audit-list": ("coordinator", lambda p: partnership.AuditEntryFactory()),
    "partnership:read-list": ("coordinator", lambda p: partnership.AuditEntryFactory(verb="incidents.body_read")),
    "partnership:checkpoint-list": ("coordinator", lambda p: partnership.AuditCheckpointFactory()),
    "agreements:agreement-list": ("coordinator", lambda p: agreements.PartyFactory(agreement=agreements.AgreementFactory())),
    "public:register": ("coordinator", lambda p: agreements.agreement_in_force()),
    "agreements:engagement-list": ("coordinator", lambda p: agreements.EngagementFactory()),
    "agreements:hold-list": ("coordinator", lambda p: agreements.LegalHoldFactory()),
    "agreements:departure-list": ("coordinator", lambda p: agreements.AttestationFactory()),
    "agreements:approval-list": ("coordinator", lambda p: agreements.RetentionApprovalFactory(state="replaced")),
    "agreements:retention-run-list": ("coordinator", lambda p: agreements.DeletionRunFactory()),
    "agreements:certificate-list": ("coordinator", lambda p: agreements.DeletionRecordFactory()),
    "incidents:report-list": ("liaison_officer", lambda p: incidents.ReportFactory(organization=own(p))),
    "incidents:indicator-list": (
        "liaison_officer", lambda p: incidents.IndicatorFactory(report=incidents.ReportFactory(organization=own(p)))),
    "incidents:import-list": ("liaison_officer", lambda p: incidents.ImportFactory(organization=own(p))),
    "councils:council-list": ("coordinator", lambda p: councils.CouncilFactory()),
    "councils:meeting-list": ("coordinator", lambda p: councils.MeetingFactory()),
    "councils:action-list": ("coordinator", lambda p: partnership.CorrectiveActionFactory()),
}  # fmt: skip
get_resolver().url_patterns  # noqa: B018  (loads every view)
EVERY = sorted({page.source_name: page for page in subclasses(ListPage)}.items())


def own(person):
    return person.memberships.get().organization


def test_every_list_is_tried_here():
    assert {name for name, _ in EVERY} == set(LISTS), "a list without a line here has no budget"


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "page"), EVERY, ids=[name for name, _ in EVERY])
def test_a_list_asks_as_often_for_20_rows_as_for_2(name, page, request, client_of):
    persona, make = LISTS[name]
    person = request.getfixturevalue(persona)
    client = client_of(person)

    def look():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            answer = client.get(reverse(name))
        body = answer.content.decode()
        assert answer.status_code == 200
        return len(seen), body.count("<tr>") - 1

    for _ in range(2):
        make(person)
    look()  # what is read once for all requests
    few, rows = look()
    for _ in range(18):
        make(person)
    many, more = look()

    assert more - rows >= 18, (rows, more)
    assert many == few, f"{few} queries for {rows} rows, {many} for {more}"
    assert many <= BUDGET


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "page"), EVERY, ids=[name for name, _ in EVERY])
def test_a_list_has_filters_and_its_file_has_the_rows_that_are_shown(name, page, request, client_of):
    persona, make = LISTS[name]
    person = request.getfixturevalue(persona)
    for _ in range(3):
        make(person)

    shown = client_of(person).get(reverse(name)).content.decode()
    count = int(re.search(r"<strong>([\d,]+) ", shown)[1].replace(",", ""))
    build = SOURCES[name].build if name in SOURCES else page.table
    table = build(Actor(person), {})
    lines = b"".join(as_csv.write(table)).decode("utf-8-sig").splitlines()

    assert page.filterset is not None and "<summary>Filter" in shown
    assert count >= 3 and len(lines) - 1 == count


def test_every_list_has_an_address_of_its_own_name():
    names = {f"{space}:{name}" for space in ("public", "partnership", "agreements", "incidents", "councils")
             for name in get_resolver().namespace_dict[space][1].reverse_dict if isinstance(name, str)}  # fmt: skip

    assert {name for name, _ in EVERY} <= names
