"""Who can see this: the policy the other way round says the same as the policy, for every person and row."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements.models import Party
from partnership.access import audience
from partnership.access.actor import Actor
from partnership.access.audience import REACHES, Audience, who_can
from partnership.access.decide import can, explain
from partnership.access.scope import visible
from partnership.access.table import PERMISSIONS
from partnership.models import Membership, Role
from tests.access.world import World
from tests.factories.incidents import ReportFactory, ReportUserGrantFactory
from tests.factories.partnership import OrganizationFactory, UserFactory, member

ON_ROWS = sorted(name for name, entry in PERMISSIONS.items() if entry.model is not None)
SEEDS = [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 11))]


@pytest.mark.parametrize("permission", ON_ROWS)
def test_every_branch_says_whom_it_lets_in_and_no_name_stands_twice(permission):
    names = [branch.name for branch in PERMISSIONS[permission].branches]

    assert len(set(names)) == len(names)
    assert {name for of, name in REACHES if of == permission} == set(names), "declare the reach in audience.py"


@pytest.mark.django_db
@pytest.mark.parametrize("seed", SEEDS)
def test_who_can_agrees_with_can_for_every_person_and_row_of_a_world(seed):
    world, wrong, decisions, open_branches = World(seed), [], 0, set()
    actors = {person.pk: Actor(person) for person in type(world.people[0]).objects.all()}

    for permission in ON_ROWS:
        rows = list(PERMISSIONS[permission].model._default_manager.all()[:60])
        keys = type(rows[0])._default_manager.filter(pk__in=[row.pk for row in rows]) if rows else None
        seen = (
            {pk: set(visible(a, permission, keys).values_list("pk", flat=True)) for pk, a in actors.items()}
            if rows
            else {}
        )
        for row in rows:
            said = {found.person.pk: {way.branch.name for way in found.ways} for found in who_can(permission, row)}
            open_branches |= {(permission, name) for names in said.values() for name in names}
            decisions += len(actors)
            held = {pk for pk, found in seen.items() if row.pk in found}
            if held != set(said):
                wrong.append((permission, row, held ^ set(said)))
            for pk in list(held)[:3]:
                if {branch.name for branch in explain(actors[pk], permission, row)} != said.get(pk):
                    wrong.append((permission, row, pk, said.get(pk)))

    assert wrong == []
    assert decisions > 20_000
    assert len(open_branches) > 60, "the world lets people in by most branches"


@pytest.mark.django_db
def test_it_asks_as_often_for_forty_people_as_for_two():
    report = ReportFactory(tlp=2)
    counted = []

    for more in (2, 38):
        for _ in range(more):
            member(Role.ANALYST, report.organization)
        with CaptureQueriesContext(connection) as seen:
            found = who_can("incidents.view_report", report)
        counted.append((len(seen), len(found)))

    assert counted == [(counted[0][0], 2), (counted[0][0], 40)]
    assert counted[0][0] <= 16


@pytest.mark.django_db
def test_each_way_says_until_when_it_lasts(own_organization, partner_organization):
    report, soon = ReportFactory(organization=own_organization, tlp=2), timezone.now() + timedelta(days=9)
    person = member(Role.ANALYST, partner_organization)
    Party.objects.create(
        agreement=report.agreement, organization=partner_organization, since=report.received_at, until=soon
    )

    assert [found.until for found in who_can("incidents.view_report", report) if found.person == person] == [soon]

    sooner = soon - timedelta(days=3)
    Membership.objects.filter(user=person).update(until=sooner)
    assert [found.until for found in who_can("incidents.view_report", report) if found.person == person] == [sooner]

    later = soon + timedelta(days=1)
    ReportUserGrantFactory(user=person, content_object=report, expires_at=later)
    [found] = [found for found in who_can("incidents.view_report", report) if found.person == person]
    assert {way.branch.name: way.until for way in found.ways} == {"party": sooner, "explicit grant": later}
    assert found.until == later


@pytest.mark.django_db
def test_a_deactivated_person_is_in_no_audience(own_organization):
    report, person = ReportFactory(organization=own_organization), member(Role.ANALYST, own_organization)
    assert person in Audience("incidents.view_report", report).people

    person.is_active = False
    person.save()

    assert who_can("incidents.view_report", report) == []
    assert not can(Actor(person), "incidents.view_report", report)


@pytest.mark.django_db
def test_an_administrator_of_the_installation_is_in_no_audience():
    UserFactory(is_superuser=True, is_staff=True)
    for row in (ReportFactory(tlp=0), OrganizationFactory()):
        permission = "incidents.view_report" if hasattr(row, "tlp") else "partnership.view_organization"
        assert who_can(permission, row) == []


def test_a_reach_is_registered_once():
    with pytest.raises(ValueError, match="twice"):
        audience.reaches({"owner": lambda obj: []}, "incidents.view_report")
