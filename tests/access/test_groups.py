"""Groups: nobody adds themselves, nobody comes in unseen, and being taken out counts at the next statement."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from incidents.models import ReportGroupGrant
from partnership.access.actor import Actor
from partnership.access.audience import who_can
from partnership.access.decide import Refused, can, explain
from partnership.access.exceptions import KINDS
from partnership.actions import grants, groups
from partnership.models import TLP, AuditEntry, GroupMembership, NamedGroup, Role
from tests.factories.incidents import ReportFactory
from tests.factories.partnership import GroupMembershipFactory, NamedGroupFactory, OrganizationFactory, member

pytestmark = pytest.mark.django_db
BODY = "incidents.view_report_body"


@pytest.fixture
def keeper():
    """A liaison officer of an organization that keeps a group and owns none of the reports."""
    return member(Role.LIAISON_OFFICER)


@pytest.fixture
def group(keeper):
    return NamedGroupFactory(organization=keeper.memberships.get().organization, is_listed=True)


@pytest.fixture
def report(own_organization):
    return ReportFactory(organization=own_organization, tlp=TLP.AMBER)


def let_in(report, group, by, at, days=10):
    return grants.give(kind=KINDS["report"], obj=report, to=group, until=at + timedelta(days=days), because="One case", by=by, at=at)  # fmt: skip


def add(group, person, by, at):
    return groups.add(group=group, person=person, because="Knows it", by=by, at=at)


def test_a_group_is_let_in_and_each_of_its_people_comes_and_goes_with_it(report, group, keeper, liaison_officer, stranger, analyst):  # fmt: skip
    at = timezone.now()
    row = let_in(report, group, liaison_officer, at)
    assert not can(Actor(stranger), BODY, report)

    inside = add(group, stranger, keeper, at)
    assert can(Actor(stranger), BODY, report)

    groups.end(membership=inside, by=keeper, at=at)
    assert not can(Actor(stranger), BODY, report)

    add(group, stranger, keeper, at + timedelta(microseconds=1))
    grants.end(row=row, by=liaison_officer, at=at)
    assert not can(Actor(stranger), BODY, report)


def test_why_and_who_name_the_group(report, group, keeper, liaison_officer, stranger, client_of):
    at = timezone.now()
    let_in(report, group, liaison_officer, at)
    add(group, stranger, keeper, at)

    reasons = [way.because for way in explain(Actor(stranger), BODY, report)]
    (way,) = next(found for found in who_can(BODY, report) if found.person == stranger).ways
    page = client_of(liaison_officer).get(f"/who-can-see/report/{report.pk}").content.decode()

    assert reasons == [f"It was shared with the group {group}, to which you belong."]
    assert way.through == (str(group),) and way.until == at + timedelta(days=10)
    assert f"Group grant ({group})" in page and stranger.name in page
    assert (
        f"the group {group}, to which you belong" in client_of(stranger).get(f"/incidents/{report.pk}").content.decode()
    )


def test_nobody_adds_themselves_neither_by_action_nor_in_the_database(group, keeper, at):
    with pytest.raises(groups.NotYourself):
        add(group, keeper, keeper, at)
    with pytest.raises(IntegrityError, match="nobody_adds_themselves"), transaction.atomic():
        GroupMembershipFactory(group=group.group, user=keeper, added_by=keeper)
    assert not AuditEntry.objects.filter(verb__startswith="partnership.group_").exists()


def test_only_who_keeps_a_group_fills_and_closes_it(group, keeper, stranger, liaison_officer, coordinator, at):
    inside = GroupMembershipFactory(group=group.group, user=stranger)
    analyst = member(Role.ANALYST, group.organization)
    administrator = member(Role.ADMINISTRATOR, group.organization)
    for person in (stranger, liaison_officer, coordinator, analyst, administrator):
        with pytest.raises(Refused):
            add(group, member(Role.ANALYST), person, at)
        with pytest.raises(Refused):
            groups.close(group=group, because="x", by=person, at=at)
    for person in (liaison_officer, coordinator, analyst, administrator):
        with pytest.raises(Refused):
            groups.end(membership=inside, by=person, at=at)
    assert groups.end(membership=inside, by=stranger, at=at).ended_by == stranger  # everybody may leave
    with pytest.raises(groups.NotInIt):
        groups.end(membership=inside, by=stranger, at=at)


def test_each_owner_is_told_who_came_in(report, group, keeper, liaison_officer, stranger, client_of):
    at = timezone.now()
    let_in(report, group, liaison_officer, at)
    add(group, stranger, keeper, at)

    told = AuditEntry.objects.get(verb="partnership.group_grew")
    home = client_of(liaison_officer).get("/").content.decode()

    assert told.subject_id == str(report.organization_id) and told.actor_id == keeper.pk
    assert f"{stranger.name} came into the group {group}" in home
    assert stranger.name not in client_of(member(Role.LIAISON_OFFICER)).get("/").content.decode()


def test_a_red_report_a_closed_group_and_a_hidden_one_are_refused(
    own_organization, report, group, keeper, liaison_officer, at
):
    red = ReportFactory(organization=own_organization, tlp=TLP.RED)
    with pytest.raises(grants.NotGranted, match="named persons"):
        let_in(red, group, liaison_officer, at)
    hidden = NamedGroupFactory(organization=group.organization)
    with pytest.raises(Refused):
        let_in(report, hidden, liaison_officer, at)
    with pytest.raises(Refused):
        let_in(report, group, keeper, at)  # keeping a group decides about no record
    with pytest.raises(grants.NotGranted, match="90 days"):
        let_in(report, group, liaison_officer, at, days=91)
    groups.close(group=group, because="Done", by=keeper, at=at)
    with pytest.raises(grants.NotGranted, match="closed"):
        let_in(report, group, liaison_officer, at)
    with pytest.raises(groups.GroupClosed):
        add(group, member(Role.ANALYST), keeper, at)
    assert not ReportGroupGrant.objects.exists()


def test_a_group_holds_no_more_than_the_cap(report, group, liaison_officer, at, monkeypatch):
    monkeypatch.setattr("partnership.access.grants.MOST_LIVE_GRANTS", 1)
    let_in(report, group, liaison_officer, timezone.now())

    with pytest.raises(grants.NotGranted, match="5,000"):
        let_in(ReportFactory(organization=report.organization, tlp=TLP.AMBER), group, liaison_officer, timezone.now())


def test_closing_puts_everybody_out_at_the_next_statement(report, group, keeper, liaison_officer, stranger):
    at = timezone.now()
    let_in(report, group, liaison_officer, at)
    add(group, stranger, keeper, at)

    groups.close(group=group, because="Done", by=keeper, at=at)

    assert not can(Actor(stranger), BODY, report)
    assert GroupMembership.objects.get().ended_by == keeper


def test_a_name_is_taken_once_and_nobody_is_in_twice(group, keeper, stranger, at):
    with pytest.raises(groups.GroupNameTaken):
        groups.make(name=str(group).upper(), organization=group.organization, purpose="x", is_listed=False, by=keeper, at=at)  # fmt: skip
    with pytest.raises(Refused):
        groups.make(name="Other", organization=OrganizationFactory(), purpose="x", is_listed=False, by=keeper, at=at)
    add(group, stranger, keeper, at)
    with pytest.raises(groups.InIt):
        add(group, stranger, keeper, at)


def test_pages_make_fill_and_empty_a_group(client_of, keeper, stranger, liaison_officer):
    client, home = client_of(keeper), keeper.memberships.get().organization
    answer = client.post("/groups/new", {"name": "Valves", "organization": home.pk, "purpose": "Valves"})
    group = NamedGroup.objects.get()
    assert answer.headers["Location"] == f"/groups/{group.pk}"

    assert client.post(f"/groups/{group.pk}/people/new", {"email": keeper.email, "because": "Me"}).status_code == 422
    assert (
        client.post(f"/groups/{group.pk}/people/new", {"email": stranger.email, "because": "Knows"}).status_code == 302
    )
    inside = GroupMembership.objects.get()
    assert stranger.name in client.get(f"/groups/{group.pk}").content.decode()
    assert client_of(stranger).get(f"/groups/{group.pk}").status_code == 200
    for path in (f"/groups/{group.pk}", f"/groups/{group.pk}/people/new", f"/groups/people/{inside.pk}/end"):
        assert client_of(liaison_officer).get(path).status_code == 404
    assert client_of(stranger).get(f"/groups/{group.pk}/close").status_code == 404

    assert client_of(stranger).post(f"/groups/people/{inside.pk}/end").headers["Location"] == "/groups/"
    assert client.post(f"/groups/{group.pk}/close", {"because": "Over"}).status_code == 302


def test_the_page_lets_in_a_person_or_a_group_and_not_both(client_of, report, group, liaison_officer, stranger):
    client, path = client_of(liaison_officer), f"/incidents/{report.pk}/let-in"
    asked = {"days": "5", "because": "One case"}

    for wrong in ({}, {"email": stranger.email, "group": group.pk}):
        assert client.post(path, {**asked, **wrong}).status_code == 422
    assert client.post(path, {**asked, "group": NamedGroupFactory().pk}).status_code == 422  # not listed, so unknown
    assert client.post(path, {**asked, "group": group.pk}).status_code == 302
    assert "Group" in client.get("/exceptions/").content.decode()

    red = ReportFactory(organization=report.organization, tlp=TLP.RED)
    assert 'name="group"' not in client.get(f"/incidents/{red.pk}/let-in").content.decode()


def test_calls_do_what_pages_do(api_of, report, group, keeper, liaison_officer, stranger):
    mine = api_of(keeper)
    made = mine.post(
        "/api/v1/groups", {"name": "Pumps", "organization": str(group.organization_id), "purpose": "x"}, format="json"
    )
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    assert (
        mine.post(f"/api/v1/groups/{key}/people", {"email": keeper.email, "because": "x"}, format="json").status_code
        >= 400
    )
    answer = mine.post(
        f"/api/v1/groups/{group.pk}/people", {"email": stranger.email, "because": "x"}, format="json"
    ).json()
    assert [one["name"] for one in answer["people"]] == [stranger.name]

    owner = api_of(liaison_officer)
    assert owner.get(f"/api/v1/groups/{key}").status_code == 404
    body = {"group": str(group.pk), "days": 5, "because": "One case"}
    assert owner.post(f"/api/v1/reports/{report.pk}/let-in", {**body, "group": key}, format="json").status_code == 400
    assert owner.post(f"/api/v1/reports/{report.pk}/let-in", body, format="json").status_code == 200
    assert f"Group {group}" in [row["person"] for row in owner.get("/api/v1/grants").json()]
    assert can(Actor(stranger), BODY, report)

    inside = answer["people"][0]["id"]
    assert (
        api_of(liaison_officer).post(f"/api/v1/groups/{group.pk}/people/{inside}/end", format="json").status_code == 404
    )
    assert mine.post(f"/api/v1/groups/{group.pk}/people/{inside}/end", format="json").json()["people"] == []
    assert mine.post(f"/api/v1/groups/{group.pk}/close", {"because": "Over"}, format="json").status_code == 200
