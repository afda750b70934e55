"""What the portal alone writes has no field in a form or a call, and sent along it changes nothing."""

import re

import pytest
from django import forms
from django.db import transaction
from django.urls import get_resolver

from agreements.models import Agreement, LegalHold
from incidents.models import Report
from partnership.actions import accounts
from partnership.api.schema import document
from partnership.models import Membership, Organization, Role, User
from tests.factories.incidents import ReportFactory, agreement_in_force
from tests.factories.partnership import OrganizationFactory

pytestmark = pytest.mark.django_db

APPS = ("partnership", "agreements", "incidents", "councils")
# Keys, states, proofs, who did what and when, what makes an account mighty, and what retention computes.
OWN = re.compile(
    r"id|pk|.*_by|.*_at|state|reference|digest|password|is_active|is_staff|is_superuser|groups|user_permissions|user|governing|"
    r"coming|frozen|version|term|leaf|hash|seq|root|retain_until|retention_start|anonymised_on|returned_on|source_key"
)
# Fields of such a name that write no such column, or are what a person says.
SAID = {
    "form GlassForm.reference": "names the record to be opened",
    "form JoinForm.password": "the own first password",
    "form SignInForm.password": "the own password, to compare",
    "form MeetingForm.starts_at": "when the meeting begins",
    "GlassAsk.reference": "names the record to be opened",
    "Meeting.starts_at": "when the meeting begins",
    "Report*.occurred_at": "when it happened, as the reporter tells it",
    "Report*.aware_at": "when the organization became aware, as it tells it",
}


def fields_of_forms():
    get_resolver().url_patterns  # noqa: B018  (loads every view and with it every form)
    for kind in sorted(subclasses(forms.BaseForm), key=lambda kind: kind.__qualname__):
        if kind.__module__.split(".")[0] in APPS:
            for name in getattr(kind, "base_fields", {}):
                yield f"form {kind.__name__}.{name}", name


def subclasses(kind):
    for one in kind.__subclasses__():
        yield one
        yield from subclasses(one)


def fields_of_calls():
    described = document()
    shapes = described["components"]["schemas"]
    for path, methods in described["paths"].items():
        for operation in methods.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                shape = content["schema"].get("$ref", "").rsplit("/", 1)[-1]
                for name, about in shapes.get(shape, content["schema"]).get("properties", {}).items():
                    if not about.get("readOnly"):
                        yield path, f"{re.sub('^Patched|Request$', '', shape)}.{name}", name


def is_said(field):
    return any(re.fullmatch(known.replace(".", r"\.").replace("*", ".*"), field) for known in SAID)


def test_no_field_of_a_form_is_named_after_a_column_of_the_portal_alone():
    fields = list(fields_of_forms())

    assert [field for field, name in fields if OWN.fullmatch(name) and not is_said(field)] == []
    assert len(fields) > 200


def test_no_field_of_a_call_is_named_after_a_column_of_the_portal_alone():
    fields = list(fields_of_calls())

    assert sorted({(path, field) for path, field, name in fields if OWN.fullmatch(name) and not is_said(field)}) == []
    assert len(fields) > 150


# What is sent along: something for every column of a kind of row.
KEY = "00000000-0000-4000-8000-000000000001"
WISHES = {
    "BooleanField": True, "UUIDField": KEY, "ForeignKey": KEY, "OneToOneField": KEY, "DateField": "2031-05-06",
    "DateTimeField": "2031-05-06T07:08:09Z", "PositiveSmallIntegerField": 1, "PositiveIntegerField": 7, "IntegerField": 7,
}  # fmt: skip
PASSING = {
    "id",
    "reference",
    "received_at",
    "created_at",
    "placed_at",
    "granted_at",
    "date_joined",
    "password",
    "since",
    "user_id",
}  # of each row its own


def wishes(model, takes):
    """A value for each column of a kind of row, under its name and that of its key, except what the deed takes."""
    wished = {field.name: WISHES.get(field.get_internal_type(), "wished") for field in model._meta.fields}
    wished |= {field.attname: KEY for field in model._meta.fields if field.is_relation}
    return {name: value for name, value in wished.items() if name not in takes}


def outcome(model, act, body, find):
    """The columns of the row that a deed leaves behind; the deed is taken back."""
    with transaction.atomic():
        answer = act(body)
        assert answer.status_code < 400, answer.content
        row = find(answer)
        transaction.set_rollback(True)
    return {field.attname: getattr(row, field.attname) for field in model._meta.fields if field.attname not in PASSING}


def same(model, act, body, find, takes=()):
    """The deed leaves the same row with wishes sent along and without."""
    sent = wishes(model, {*takes, *body})
    assert len(sent) > 3
    assert outcome(model, act, sent | body, find) == outcome(model, act, body, find)


def taken_by(shape):
    return {name for _, field, name in fields_of_calls() if field.startswith(shape)}


def test_wishes_sent_along_with_an_organization_change_nothing(api_of, coordinator):
    api, made = api_of(coordinator), OrganizationFactory()
    body = {"name": "Delta Water", "kind": "operator", "size": "large", "country": "NL", "sectors": ["nis2:energy"]}

    same(Organization, lambda sent: api.post("/api/v1/organizations", sent, format="json"), body,
         lambda answer: Organization.objects.get(pk=answer.json()["id"]), taken_by("Organization"))  # fmt: skip
    same(Organization, lambda sent: api.patch(f"/api/v1/organizations/{made.pk}", sent, format="json"), {"short_name": "DW"},
         lambda answer: Organization.objects.get(pk=made.pk), taken_by("Organization"))  # fmt: skip


def test_wishes_sent_along_with_an_agreement_change_nothing(api_of, liaison_officer, own_organization):
    api, body = api_of(liaison_officer), {"title": "A draft", "kind": "bilateral", "lead": str(own_organization.pk)}

    same(Agreement, lambda sent: api.post("/api/v1/agreements", sent, format="json"), body,
         lambda answer: Agreement.objects.get(pk=answer.json()["id"]), taken_by("Agreement"))  # fmt: skip


def test_wishes_sent_along_with_a_hold_change_nothing(api_of, liaison_officer, own_organization):
    api, made = api_of(liaison_officer), agreement_in_force(own_organization)
    body = {"agreement": str(made.pk), "ground": "legal_claims", "reason": "A claim", "review_on": "2099-01-01"}

    same(LegalHold, lambda sent: api.post("/api/v1/holds", sent, format="json"), body,
         lambda answer: LegalHold.objects.get(pk=answer.json()["id"]), taken_by("Hold"))  # fmt: skip


def test_wishes_sent_along_with_a_report_change_nothing(api_of, liaison_officer, own_organization):
    api, report = api_of(liaison_officer), ReportFactory(organization=own_organization)

    same(Report, lambda sent: api.patch(f"/api/v1/reports/{report.pk}", sent, format="json"), {"title": "Better", "because": "A slip"},
         lambda answer: Report.objects.get(pk=report.pk), taken_by("Report"))  # fmt: skip


def test_wishes_sent_along_with_the_own_profile_change_nothing(client_of, liaison_officer):
    client = client_of(liaison_officer)

    same(User, lambda sent: client.post("/profile", sent), {"name": "Lena O.", "time_zone": "UTC"},
         lambda answer: User.objects.get(pk=liaison_officer.pk))  # fmt: skip


@pytest.mark.parametrize("model", [User, Membership], ids=lambda model: model.__name__)
def test_wishes_sent_along_with_joining_change_nothing(model, client, coordinator, at):
    organization = OrganizationFactory()
    _, token = accounts.invite(organization=organization, email="new@example.org", name="Nel", role=Role.ANALYST,
                               by=coordinator, at=at, link="TOKEN")  # fmt: skip

    def joined(answer):
        person = User.objects.get(email="new@example.org")
        return person if model is User else person.memberships.get()

    same(model, lambda sent: client.post(f"/join/{token}", {name: str(value) for name, value in sent.items()}),
         {"name": "Nel", "password": "seven herons watch the lock"}, joined)  # fmt: skip
