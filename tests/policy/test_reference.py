"""The reference policy against every compiled form: five random worlds, at least 48,000 decisions each, none wrong."""

import random
from collections import Counter

import pytest

from incidents.models import Indicator, Report
from partnership.access.actor import Actor
from partnership.access.decide import can, explain
from partnership.access.scope import listed
from partnership.models import User
from tests.policy.forms import FORMS, grouped
from tests.policy.judge import ACTIONS, INHERITED
from tests.policy.reference import Reference
from tests.policy.world import Maker

SEEDS = [11, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (12, 13, 14, 15))]


@pytest.fixture
def world(db, request):
    return Maker(request.param).make()


@pytest.mark.parametrize("world", SEEDS, indirect=True, ids=str)
def test_every_form_decides_like_the_reference(world):
    reference, decisions = Reference(world), 0
    for person in world.people:
        actor = Actor(User.objects.get(pk=person.id))
        for permission, action in ACTIONS.items():
            expected = reference.may(person, action)
            for name, form in FORMS.items():
                assert form(actor, permission) == expected, (name, permission, person)
            decisions += len(world.reports)
            markings = Counter(r.tlp for r in world.reports if r.id in expected)
            assert grouped(actor, permission) == markings, (permission, person)
    assert decisions >= 48_000


@pytest.mark.parametrize("world", SEEDS, indirect=True, ids=str)
def test_a_loaded_row_is_decided_and_explained_like_the_reference(world):
    reference, dice = Reference(world), random.Random(1)
    reports = {r.pk: r for r in Report.objects.all()}
    indicators = {i.pk: i for i in Indicator.objects.select_related("report")}
    for person in world.people:
        actor = Actor(User.objects.get(pk=person.id))
        for permission, action in ACTIONS.items():
            ways = reference.ways(person, action)
            expected = set().union(*ways.values())
            rows = indicators if permission in INHERITED else reports
            some = dice.sample(sorted(expected), min(3, len(expected))) + dice.sample(sorted(rows), 3)
            for key in some:
                assert can(actor, permission, rows[key]) == (key in expected), (permission, person, key)
                if permission not in INHERITED:
                    named = {way.name for way in explain(actor, permission, rows[key])}
                    assert named == {name for name, keys in ways.items() if key in keys}, (permission, person)


@pytest.mark.parametrize("world", SEEDS[:1], indirect=True, ids=str)
def test_an_unknown_permission_and_a_row_that_was_never_stored_are_refused(world):
    person = next(p for p in world.people if Reference(world).may(p, "view_report"))
    actor = Actor(User.objects.get(pk=person.id))

    assert not listed(actor, "incidents.no_such_permission", Report.objects.all()).exists()
    assert not can(actor, "incidents.view_report", Report(organization_id=world.organizations[0].id, tlp=0))
    assert not can(actor, "incidents.view_report", None)
