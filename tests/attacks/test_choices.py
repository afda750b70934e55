"""Keys of others: no form and no call offers, or takes, a record of which the person may not know."""

from uuid import UUID

import pytest
from django import forms
from django.apps import apps
from django.db import transaction
from django.test import Client
from rest_framework.relations import RelatedField

from agreements.models import Party, Purpose, RetentionTerm
from councils.models import Council, Occupancy, Seat
from partnership.access.actor import Actor
from partnership.access.scope import visible
from partnership.api.router import router
from partnership.models import Membership, Role, User
from tests.attacks.places import ABSENT, known_by, names_of, places
from tests.clients import signed_in
from tests.house.test_urls import ALL

pytestmark = pytest.mark.usefixtures("demo")
# One of each kind of person, and an applicant, who may see least.
PEOPLE = [
    "officer@newcomer.example", "officer@noordnet.example", "admin@noordnet.example", "member@cert-nl.example",
    "auditor@audithuis.example", "coordinator@secretariat.example",
]  # fmt: skip
# Lists that everybody may read: reference data with its source, and templates of agreements.
OPEN = {
    "sector", "incidentkind", "legalbasis", "specialcondition", "datacategory", "transfermechanism", "agreementtemplate", "ruleset",
}  # fmt: skip
# Kinds without a rule of their own: the path to the record whose rule counts.
WITH = {
    Party: "agreement",
    Purpose: "version__agreement",
    RetentionTerm: "version__agreement",
    Seat: "council",
    Occupancy: "seat__council",
}

RELATIONS = {field.name for model in apps.get_models() for field in model._meta.get_fields() if field.is_relation}


def unknown(actor, rows):
    """Those rows of which the person may not know."""
    model = rows.model
    if model._meta.model_name in OPEN:
        return rows.none()
    about, path = model, "pk"
    if model in WITH:
        path = WITH[model]
        for part in path.split("__"):
            about = about._meta.get_field(part).related_model
    names = names_of(about)
    assert names, f"{model.__name__} has no rule and is not listed here"
    known = about._default_manager.filter(known_by(actor, about, names))
    strange = model._default_manager.filter(pk__in=rows.values("pk")).exclude(**{f"{path}__in": known.values("pk")})
    if model is User:  # a council's page names who sits on it, and an administrator's list who holds or held a role
        councils = visible(actor, "councils.view_council", Council.objects.all())
        roles = visible(actor, "partnership.manage_people", Membership.objects.all())
        strange = strange.exclude(audience_memberships__occupancy__seat__council__in=councils.values("pk"))
        strange = strange.exclude(memberships__in=roles.values("pk"))
    return strange


def addresses(actor):
    """Each page, with a key or without: three rows of each kind that the person may open."""
    for route, entry, _ in ALL:
        if "<" not in route and entry.name and not route.startswith(("admin/", "api/", "accounts/")):
            yield f"/{route}"
    for place in places():
        if not place.is_call:
            for row in place.model._default_manager.filter(known_by(actor, place.model, names_of(place.model)))[:3]:
                yield place.at(row.pk)


def fields_of(answer):
    """The fields of every form on a page that name a record."""
    seen = set()
    for layer in answer.context or []:
        for part in getattr(layer, "dicts", [layer]):
            for value in part.values():
                if isinstance(value, forms.BaseForm) and id(value) not in seen:
                    seen.add(id(value))
                    yield from (
                        (name, field)
                        for name, field in value.fields.items()
                        if isinstance(field, forms.ModelChoiceField)
                    )


def offered(email):
    """What forms offer that the person may not know, and how many fields were looked at."""
    user = User.objects.get(email=email)
    client, actor, wrong, count = signed_in(Client(), user), Actor(user), [], 0
    for path in addresses(actor):
        answer = client.get(path)
        for name, field in fields_of(answer):
            count += 1
            strange = unknown(actor, field.queryset.all())
            if strange.exists():
                wrong.append((path, name, strange.first()))
    return wrong, count


@pytest.mark.parametrize("email", PEOPLE[:1])
def test_a_form_offers_nothing_that_is_hidden(email):
    wrong, count = offered(email)

    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("email", PEOPLE[1:])
def test_no_form_offers_anything_that_is_hidden(email):
    wrong, _ = offered(email)

    assert wrong == []


@pytest.mark.parametrize(
    "email", [pytest.param(one, marks=[pytest.mark.slow] if i else []) for i, one in enumerate(PEOPLE)]
)
def test_no_call_takes_the_key_of_anything_that_is_hidden(email, monkeypatch):
    user = User.objects.get(email=email)
    client, actor, taken = signed_in(Client(raise_request_exception=False), user), Actor(user), {}
    for kind in subclasses(RelatedField):
        if "get_queryset" in vars(kind):
            monkeypatch.setattr(kind, "get_queryset", noting(kind, vars(kind)["get_queryset"], taken))

    for path in calls(actor):
        for value in (ABSENT[UUID], [ABSENT[UUID]]):  # which of the two a field takes does not matter: it looks
            for method in ("post", "patch"):
                with transaction.atomic():
                    getattr(client, method)(path, dict.fromkeys(RELATIONS, value), content_type="application/json")
                    transaction.set_rollback(True)

    wrong = {where: found for (where, _), rows in taken.items() if (found := unknown(actor, rows).first()) is not None}
    assert wrong == {}
    assert taken or not actor.has_role(Role.LIAISON_OFFICER), "no field has looked for anything"


def calls(actor):
    """Addresses that take a body: of each kind, and of two rows that the person may know."""
    for route in router.urls:
        if "(?P<" not in str(route.pattern) and "post" in route.callback.actions:
            yield f"/api/v1/{str(route.pattern).strip('^$')}"
    for place in places():
        if place.is_call:
            rows = place.model._default_manager.filter(known_by(actor, place.model, names_of(place.model)))
            yield from (place.at(row.pk) for row in rows[:2])


def noting(kind, get, taken):
    """The field's own rule, whose answer is kept to be looked at."""

    def get_queryset(field):
        rows = get(field)
        outermost = next(one for one in type(field).__mro__ if "get_queryset" in vars(one))
        if rows is not None and kind is outermost:
            taken.setdefault((f"{type(field.parent).__name__}.{field.field_name}", str(rows.query)), rows)
        return rows

    return get_queryset


def subclasses(kind):
    yield kind
    for one in kind.__subclasses__():
        yield from subclasses(one)
