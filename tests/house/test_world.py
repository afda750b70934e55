"""The demonstration as every role sees it: each address, each template, each list, each report in each format."""

import csv
import io
import json
import re
from datetime import timedelta
from io import StringIO
from unittest import mock
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management import call_command
from django.template import Template
from django.test import Client
from django.test.signals import template_rendered
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from agreements.models import (
    Agreement,
    Attestation,
    DeletionRecord,
    DeletionRun,
    Departure,
    Engagement,
    LegalHold,
    Party,
    Proposal,
    Purpose,
    Remark,
    RetentionApproval,
)
from councils.models import AgendaItem, Council, Decision, Meeting, Occupancy
from incidents.models import Attachment, Import, Indicator, Report, ReportUserGrant
from partnership.access.actor import Actor
from partnership.access.decide import can
from partnership.access.scope import visible
from partnership.access.table import PERMISSIONS
from partnership.management.commands.house_docs import PEOPLE
from partnership.models import (
    ApiToken,
    AuditCheckpoint,
    AuditWitness,
    BreakGlass,
    Channel,
    Confirmation,
    CorrectiveAction,
    Export,
    GroupMembership,
    Invitation,
    Job,
    LiaisonOffice,
    Membership,
    NamedGroup,
    OfficeAssignment,
    Organization,
    OrganizationIdentifier,
    SignOnLink,
    User,
)
from partnership.tables import SOURCES
from tests.clients import signed_in
from tests.factories.agreements import draft_agreement
from tests.factories.incidents import ImportFactory
from tests.factories.partnership import (
    ApiTokenFactory,
    BreakGlassFactory,
    ExportFactory,
    InvitationFactory,
    JobFactory,
    SignOnLinkFactory,
    StoredFileFactory,
)
from tests.house.test_urls import ALL

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("demo")]
EMAILS = [email for email in PEOPLE.values() if email]
EVERYBODY = [
    *EMAILS,
    "signatory@cert-nl.example",
    "member@cert-nl.example",
    "officer@gildebank.example",
    "officer@duinwater.example",
]
FORMATS = ["csv", "xlsx", "pdf", "json"]


def actor(email):
    return Actor(User.objects.get(email=email))


# Rows that the demonstration lacks, so that every page has something to be about.
@pytest.fixture
def rest(demo):
    officer = User.objects.get(email="officer@noordnet.example")
    home = Organization.objects.get(name="Noordnet Transmission")
    InvitationFactory(organization=home)
    JobFactory(requested_by=officer)
    ExportFactory(requested_by=officer, file=StoredFileFactory(), manifest={"title": "A list"})
    ApiTokenFactory(user=officer)
    SignOnLinkFactory(user=officer)
    coordinator, now = User.objects.get(email="coordinator@secretariat.example"), timezone.now()
    BreakGlassFactory(requested_by=officer)
    BreakGlassFactory(
        requested_by=officer, approved_by=coordinator, approved_at=now, expires_at=now + timedelta(hours=1)
    )
    ImportFactory(organization=home, agreement=Agreement.objects.filter(state="in_force", lead=home).first())
    return officer


# Which kind of row an address with a key is about, by the beginning of its route; the longest one counts.
ABOUT = {
    "organizations/": Organization, "identifiers/": OrganizationIdentifier, "offices/": LiaisonOffice, "assignments/": OfficeAssignment,
    "channels/": Channel, "tokens/": ApiToken, "people/": User, "people/memberships/": Membership, "people/invitations/": Invitation, "exports/": Export,
    "jobs/": Job, "agreements/": Agreement, "agreements/engagements/": Engagement, "agreements/retention/runs/": DeletionRun, "agreements/retention/approvals/": RetentionApproval, "verify/": DeletionRecord,
    "agreements/remarks/": Remark, "agreements/proposals/": Proposal, "agreements/certificates/": DeletionRecord, "agreements/holds/": LegalHold, "agreements/departures/": Departure, "agreements/attestations/": Attestation, "agreements/parties/": Party, "incidents/": Report, "incidents/indicators/": Indicator,
    "incidents/attachments/": Attachment, "incidents/imports/": Import, "councils/": Council, "councils/actions/": CorrectiveAction,
    "councils/meetings/": Meeting, "councils/agenda/": AgendaItem, "councils/decisions/": Decision, "audit/people/": User, "audit/witnesses/": AuditWitness, "audit/checkpoints/": AuditCheckpoint,
    "groups/": NamedGroup, "groups/people/": GroupMembership, "recertification/": Confirmation,
    "exceptions/": ReportUserGrant, "who-can-see/": Agreement, "exceptions/new/": Agreement, "emergency/": BreakGlass, "second-factor/": Authenticator, "single-sign-on/": SignOnLink, "councils/occupancies/": Occupancy,
}  # fmt: skip
OURS = [
    (route, entry)
    for route, entry, _ in ALL
    if not route.startswith(("admin/", "api/", "accounts/", "health/live", "health/ready"))
]
NEVER_READ = {
    "roll-call",
    "agreement-row-remove",
    "agreement-take-back",
    "policy-reports",
    "sign-on",
}  # buttons only, or needing a state or a provider tried elsewhere


HAS_KEY = re.compile(r"<((uuid|int):pk|str:(key|about))>")


def rows_about(route):
    start = max((start for start in ABOUT if route.startswith(start)), key=len)
    rows = ABOUT[start]._default_manager.order_by("-pk")
    return rows.order_by("state", "pk") if any(f.name == "state" for f in ABOUT[start]._meta.fields) else rows


def filled(route, row):
    """The address of a route for a row; further parts of the route get a value that fits."""
    if route.startswith("exports/new/"):
        return "/exports/new/partnership:organization-list"
    if route.startswith(("who-can-see/", "exceptions/new/")):
        return f"/{route.split('<')[0]}agreement/{row.pk}"
    if route.startswith("exceptions/<"):
        return f"/exceptions/report-person-{row.pk}/{route.rsplit('/', 1)[-1]}"
    if route.startswith("recertification/of/"):
        return f"/recertification/of/{row.about_id or 'other'}"
    if route.startswith("audit/records/"):
        return f"/audit/records/agreements.agreement/{Agreement.objects.filter(state='in_force').order_by('pk').first().pk}"
    if route.startswith("reports/<"):
        return "/reports/" + next(name for name, entry in sorted(SOURCES.items()) if entry.is_report)
    return "/" + HAS_KEY.sub(str(getattr(row, "pk", "")), route.replace("<int:number>", "1"))


def opens(client, path):
    """Tell whether somebody gets a page, a file, or is led to one."""
    answer = client.get(path)
    if answer.streaming:
        assert b"".join(answer.streaming_content)
    return answer.status_code == 200 or (
        answer.status_code == 302 and not answer.headers["Location"].startswith("/accounts")
    )


def test_every_page_opens_for_somebody_and_every_template_is_rendered(rest, sign_in, client):
    seen, unopened = set(), []

    def note(sender, template, **_):
        seen.add(template.name if isinstance(template, Template) else None)

    template_rendered.connect(note)
    try:
        clients = [sign_in(email) for email in EVERYBODY]
        for route, entry in OURS:
            if entry.name in NEVER_READ or "<str:token>" in route:
                continue
            rows = rows_about(route)[:80] if HAS_KEY.search(route) else [None]
            if not any(opens(one, filled(route, row)) for row in rows for one in clients):
                unopened.append((entry.name, route))
        others = [sign_in(person.email) for person in User.objects.exclude(email__in=EVERYBODY).order_by("email")]
        unopened = [(name, route) for name, route in unopened
                    if not any(opens(one, filled(route, row)) for row in rows_about(route)[:20] for one in others)]  # fmt: skip
        _the_rest(sign_in, client)
    finally:
        template_rendered.disconnect(note)

    assert unopened == [], f"nobody of the demonstration can open {unopened}"
    from tests.house.test_words import ROOT, TEMPLATES

    missing = {str(path.relative_to(ROOT / "templates")) for path in TEMPLATES} - seen
    assert missing == set(), "these are rendered by no page"


def _the_rest(sign_in, client):
    """Pages of login and errors, and parts that only a state of a form shows."""
    from partnership.views import errors
    from partnership.web import openid, serving, sign_on

    officer = sign_in("officer@noordnet.example")
    for path in ("/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/inactive/",
                 "/accounts/password/reset/key/x-y/", "/accounts/password/reset/key/done/", "/nowhere", "/?a=%00", "/api/v1/docs"):  # fmt: skip
        client.get(path)
    for path in (
        "/accounts/logout/",
        "/accounts/password/change/",
        "/accounts/reauthenticate/",
        "/organizations/?text=nobody-here",
    ):
        officer.get(path)
    officer.post("/agreements/new", {})
    auditor = User.objects.get(email="auditor@audithuis.example")
    signed_in(Client(), auditor, proven_at=timezone.now() - timedelta(hours=1)).get("/audit/export")
    stranger = Client()
    stranger.post("/accounts/login/", {"login": auditor.email, "password": settings.PORTAL_DEMO_PASSWORD})
    stranger.get("/accounts/2fa/authenticate/")
    errors.broken(client.get("/gallery").wsgi_request)
    sign_on.refuse(client.get("/gallery").wsgi_request, openid.Unreachable("away"))
    with mock.patch.object(serving, "refusal", return_value="Replay what was deleted first."):
        assert client.get("/gallery").status_code == 503


ON_ROWS = sorted(name for name, entry in PERMISSIONS.items() if entry.model is not None)


@pytest.mark.parametrize("email", EVERYBODY)
def test_the_answer_on_one_row_is_the_answer_of_the_list(email, rest):
    person = actor(email)
    for name in ON_ROWS:
        rows = PERMISSIONS[name].model._default_manager.order_by("pk")
        listed = set(visible(person, name, rows).values_list("pk", flat=True))
        some = [*rows.filter(pk__in=list(listed)[:10]), *rows.exclude(pk__in=listed)[:10]]
        wrong = [row.pk for row in some if can(person, name, row) != (row.pk in listed)]
        assert wrong == [], name


def test_the_matrix_of_roles_permissions_and_states_is_the_one_that_was_read():
    call_command("house_docs", "--matrix", "--check", stdout=StringIO(), stderr=StringIO())


def figures(data, kind):
    """The rows of a file as text."""
    if kind == "csv":
        return [line for line in csv.reader(io.StringIO(data.decode("utf-8-sig")))][1:]
    if kind == "json":
        return [[("" if v is None else str(v)) for v in row.values()] for row in json.loads(data)["rows"]]
    return [
        [("" if v is None else str(v)) for v in row]
        for row in load_workbook(io.BytesIO(data))["Table"].iter_rows(min_row=2, values_only=True)
    ]


@pytest.mark.parametrize("email", EMAILS)
@pytest.mark.parametrize("name", sorted(SOURCES) or ["partnership:organization-list"])
def test_every_table_in_every_format_for_every_role(name, email, rest, sign_in, django_capture_on_commit_callbacks):
    """Who may see the table gets the same rows in each format; who may not finds nothing there."""
    person, client = actor(email), sign_in(email)
    council = visible(person, "councils.view_dashboard", Council.objects.order_by("name")).first()
    query = f"?council={council.pk if council else UUID(int=0)}" if name == "councils:dashboard" else ""
    page = f"{reverse('partnership:export-new', kwargs={'source': name})}{query}"
    from partnership.access.decide import may_somewhere

    if not may_somewhere(person, SOURCES[name].permission):
        assert client.get(page).status_code == client.post(page, {"format": "csv", "reason": "x"}).status_code == 404
        return
    counted = {}
    for kind in FORMATS:
        with django_capture_on_commit_callbacks(execute=True):  # a long one is made by a job
            answer = client.post(page, {"format": kind, "reason": "A test"})
        assert answer.status_code == 302, (name, kind)
        assert "/exports/" in answer.headers["Location"], answer.headers["Location"]
        made = Export.objects.get(pk=answer.headers["Location"].rsplit("/", 1)[-1])
        data = b"".join(client.get(f"/exports/{made.pk}/file").streaming_content)
        assert "marking" in made.manifest and made.manifest["files"][0]["sha256"] == made.file.sha256
        if kind == "pdf":
            assert data.startswith(b"%PDF-") and b"/UA" in data or b"pdfuaid" in data
        else:
            counted[kind] = len(figures(data, kind))
            assert counted[kind] == made.manifest["rows"], kind
    in_order = list(counted.values())
    if name in ("partnership:audit-list", "partnership:read-list"):  # which grow by the exports themselves
        assert in_order == sorted(in_order), counted
    else:
        assert len(set(in_order)) == 1, counted
    assert Party.objects.exists() and Purpose.objects.exists() and draft_agreement  # the world is not empty
