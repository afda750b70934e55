"""Who sees which report: every branch, every persona, every boundary; list, single check and explanation agree."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from agreements.models import AgreementUserGrant, Engagement, Party
from incidents.models import Report
from partnership.access.decide import can, explain
from partnership.access.scope import visible
from partnership.models import (
    TLP,
    BreakGlass,
    GroupMembership,
    Membership,
    Organization,
    OrganizationGroupGrant,
    OrganizationUserGrant,
    Role,
    Sector,
)
from tests.factories.incidents import (
    ReleaseFactory,
    ReportFactory,
    ReportGroupGrantFactory,
    ReportUserGrantFactory,
    SectorShareFactory,
)
from tests.factories.partnership import (
    AudienceMemberFactory,
    BreakGlassFactory,
    GroupMembershipFactory,
    OrganizationFactory,
    member,
)

ALL = (TLP.CLEAR, TLP.GREEN, TLP.AMBER, TLP.AMBER_STRICT, TLP.RED)
HEAD, BODY, EXPORT = "incidents.view_report", "incidents.view_report_body", "incidents.export_report"


@pytest.fixture
def by_tlp(agreement, own_organization):
    """One report of the own organization for each marking."""
    return {tlp: ReportFactory(organization=own_organization, agreement=agreement, tlp=tlp) for tlp in ALL}


@pytest.fixture
def seen(by_tlp, actor_of):
    """Up to which marking a person holds a permission on them; checks that list and single answers agree."""

    def ask(person, permission=HEAD):
        actor = actor_of(person)
        listed = set(visible(actor, permission, Report.objects.all()).values_list("tlp", flat=True))
        for tlp, report in by_tlp.items():
            assert can(actor, permission, report) == (tlp in listed) == bool(explain(actor, permission, report))
        return sorted(listed)

    return ask


def engage(auditor, agreement, days=30, **more):
    now = timezone.now()
    row = Engagement.objects.create(
        auditor=auditor, title="Yearly audit", independence="None of us works there.", since=now - timedelta(days=30),
        until=now + timedelta(days=days), created_at=now, created_by=auditor, **more,
    )  # fmt: skip
    row.agreements.add(agreement)
    return row


def grant(model, person, codename, obj, **more):
    now = timezone.now()
    whom = {"group": person} if isinstance(person, Group) else {"user": person}
    permission = Permission.objects.get(codename=codename, content_type__app_label=obj._meta.app_label)
    return model.objects.create(
        **whom, permission=permission, content_object=obj, granted_at=now, granted_by_id=Membership.objects.first().user_id, reason="Asked for",
        **{"expires_at": now + timedelta(days=5), **more},
    )  # fmt: skip


@pytest.mark.parametrize("role", [Role.LIAISON_OFFICER, Role.ANALYST, Role.COORDINATOR])
def test_the_owner_sees_every_marking(seen, own_organization, role):
    person = member(role, own_organization)

    assert seen(person) == seen(person, BODY) == seen(person, EXPORT) == list(ALL)


@pytest.mark.parametrize("role", [Role.SIGNATORY, Role.COUNCIL_MEMBER, Role.ADMINISTRATOR, Role.AUDITOR])
def test_other_roles_of_the_owner_see_what_is_public(seen, own_organization, role):
    assert seen(member(role, own_organization)) == [TLP.CLEAR]


def test_a_party_sees_all_but_red_and_takes_out_up_to_amber(seen, partner_officer):
    assert seen(partner_officer) == seen(partner_officer, BODY) == [0, 1, 2, 3]
    assert seen(partner_officer, EXPORT) == [0, 1, 2]


def test_an_analyst_of_a_party_reads_like_an_officer_and_changes_nothing(seen, partner_organization):
    person = member(Role.ANALYST, partner_organization)

    assert seen(person, BODY) == [0, 1, 2, 3]
    assert seen(person, "incidents.change_report") == []


def test_a_party_that_left_sees_what_is_public(seen, partner_officer, agreement, partner_organization):
    Party.objects.filter(agreement=agreement, organization=partner_organization).update(
        until=timezone.now() - timedelta(seconds=1)
    )

    assert seen(partner_officer) == [0]


def test_a_party_to_come_sees_what_is_public(seen, partner_officer, agreement, partner_organization):
    Party.objects.filter(agreement=agreement, organization=partner_organization).update(
        since=timezone.now() + timedelta(hours=1)
    )

    assert seen(partner_officer) == [0]


@pytest.mark.parametrize("state", ["suspended", "terminated"])
def test_parties_of_an_agreement_not_in_force_see_what_is_public(seen, partner_officer, agreement, state):
    type(agreement).objects.filter(pk=agreement.pk).update(state=state, ended_on=timezone.now().date())

    assert seen(partner_officer) == [0]


def test_a_stranger_sees_what_is_public_and_nobody_sees_nothing(seen, stranger, nobody, coordinator):
    assert seen(stranger) == [0]
    assert seen(coordinator) == [0]
    assert seen(nobody) == []


@pytest.mark.parametrize(
    "change",
    [{"suspended": True}, {"vetting": "expired"}, {"revet_on": timezone.now().date() - timedelta(days=1)}],
    ids=str,
)
def test_an_organization_out_of_order_gives_its_people_nothing(seen, own_organization, liaison_officer, change):
    if change.pop("suspended", False):
        change = {"suspended_at": timezone.now(), "suspended_by": liaison_officer}
    Organization.objects.filter(pk=own_organization.pk).update(**change)

    assert seen(liaison_officer) == []


def test_a_deactivated_person_and_an_ended_membership_see_nothing(seen, liaison_officer, analyst):
    Membership.objects.filter(user=analyst).update(until=timezone.now() - timedelta(seconds=1))
    liaison_officer.is_active = False
    liaison_officer.save()

    assert seen(liaison_officer) == seen(analyst) == []


def test_a_superuser_is_no_exception(seen, nobody):
    nobody.is_superuser = nobody.is_staff = True
    nobody.save()

    assert seen(nobody) == []


def test_a_sector_share_reaches_the_sector_up_to_green(seen, by_tlp, stranger):
    for report in by_tlp.values():
        SectorShareFactory(report=report)

    assert seen(stranger) == seen(stranger, BODY) == seen(stranger, EXPORT) == [0, 1]


def test_a_sector_share_does_not_reach_another_sector(seen, by_tlp):
    for report in by_tlp.values():
        SectorShareFactory(report=report)
    other = member(Role.LIAISON_OFFICER, OrganizationFactory(sectors=[Sector.objects.get(code="nis2:health")]))

    assert seen(other) == [0]


def test_a_release_reaches_members_of_the_audience_up_to_amber_while_they_belong(seen, by_tlp, council_member):
    membership = AudienceMemberFactory(user=council_member)
    for report in by_tlp.values():
        ReleaseFactory(report=report, audience=membership.audience)

    assert seen(council_member) == seen(council_member, BODY) == [0, 1, 2]

    membership.until = timezone.now() - timedelta(seconds=1)
    membership.save()

    assert seen(council_member) == [0]


def test_a_grant_by_name_reaches_red_and_is_never_exported(seen, by_tlp, stranger):
    row = ReportUserGrantFactory(user=stranger, content_object=by_tlp[TLP.RED])

    assert seen(stranger) == seen(stranger, BODY) == [0, 4]
    assert seen(stranger, EXPORT) == [0]

    row.revoked_at, row.revoked_by = timezone.now(), stranger
    row.save()

    assert seen(stranger) == [0]


def test_a_grant_ends_by_itself_and_needs_a_vetted_member(seen, by_tlp, stranger, nobody):
    ReportUserGrantFactory(
        user=stranger, content_object=by_tlp[TLP.RED], expires_at=timezone.now() - timedelta(seconds=1)
    )
    ReportUserGrantFactory(user=nobody, content_object=by_tlp[TLP.RED])

    assert seen(stranger) == [0]
    assert seen(nobody) == []


def test_a_grant_on_the_agreement_reaches_up_to_amber_while_it_is_in_force(seen, stranger, agreement):
    grant(AgreementUserGrant, stranger, "view_agreement", agreement)

    assert seen(stranger) == [0, 1, 2]

    type(agreement).objects.filter(pk=agreement.pk).update(state="suspended")

    assert seen(stranger) == [0]


def test_a_grant_on_the_organization_reaches_up_to_amber_by_person_and_by_group(
    seen, stranger, council_member, own_organization
):
    grant(OrganizationUserGrant, stranger, "view_organization", own_organization)
    group = Group.objects.create(name="Task force")
    GroupMembershipFactory(group=group, user=council_member)
    grant(OrganizationGroupGrant, group, "view_organization", own_organization)

    assert seen(stranger) == seen(council_member) == [0, 1, 2]


def test_a_grant_to_a_group_reaches_its_persons_up_to_amber_strict(seen, by_tlp, stranger, own_organization):
    group = Group.objects.create(name="Task force")
    GroupMembershipFactory(group=group, user=stranger)
    for tlp in (TLP.AMBER, TLP.AMBER_STRICT):
        ReportGroupGrantFactory(group=group, content_object=by_tlp[tlp])

    assert seen(stranger) == seen(stranger, BODY) == [0, 2, 3]
    assert seen(stranger, EXPORT) == [0]

    GroupMembership.objects.update(until=Now())
    stranger.groups.add(group)  # the account's own column opens nothing

    assert seen(stranger) == [0]


def test_the_database_refuses_a_red_report_to_a_group_from_both_sides(by_tlp):
    with pytest.raises(IntegrityError, match="named persons"), transaction.atomic():
        ReportGroupGrantFactory(content_object=by_tlp[TLP.RED])
    row = ReportGroupGrantFactory(content_object=by_tlp[TLP.AMBER])
    report = Report.objects.filter(pk=by_tlp[TLP.AMBER].pk)
    with pytest.raises(IntegrityError, match="end that first"), transaction.atomic():
        report.update(tlp=TLP.RED)

    row.revoked_at, row.revoked_by = timezone.now(), row.granted_by
    row.save()

    assert report.update(tlp=TLP.RED) == 1


def test_the_database_refuses_more_than_ninety_days_no_reason_and_an_end_before_the_beginning(by_tlp):
    row = ReportUserGrantFactory(content_object=by_tlp[TLP.GREEN])
    for wrong in ({"expires_at": row.granted_at + timedelta(days=91)}, {"reason": ""}, {"expires_at": row.granted_at}):
        with pytest.raises(IntegrityError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**wrong)

    renewed = {"renewed_at": row.granted_at + timedelta(days=60), "renewed_by": row.granted_by}

    assert type(row).objects.filter(pk=row.pk).update(expires_at=row.granted_at + timedelta(days=150), **renewed)


@pytest.mark.parametrize(
    ("more", "sees"),
    [({}, True), ({"minutes": -1}, False), ({"approved": False}, False), ({"ended": True}, False)],
    ids=["live", "expired", "not approved", "ended"],
)
def test_broken_glass_opens_one_record_up_to_its_ceiling_while_it_is_live(
    seen, by_tlp, stranger, coordinator, more, sees
):
    now = timezone.now()
    for tlp in (TLP.AMBER_STRICT, TLP.RED):
        glass = BreakGlassFactory(record_id=by_tlp[tlp].pk, requested_by=stranger, tlp_ceiling=TLP.AMBER_STRICT)
        if more.get("approved", True):
            glass.approved_at, glass.approved_by = now - timedelta(hours=1), coordinator
            glass.expires_at = now + timedelta(minutes=more.get("minutes", 60))
        if more.get("ended"):
            glass.ended_at, glass.ended_by = now, stranger
        glass.save()

    assert seen(stranger) == seen(stranger, BODY) == ([0, 3] if sees else [0])
    assert seen(stranger, EXPORT) == [0]


def test_broken_glass_takes_two_persons_and_four_hours_at_most(by_tlp, stranger, coordinator):
    glass, now = BreakGlassFactory(requested_by=stranger), timezone.now()
    rows = BreakGlass.objects.filter(pk=glass.pk)
    for wrong in (
        {"approved_by": stranger, "expires_at": now + timedelta(hours=1)},
        {"approved_by": coordinator, "expires_at": now + timedelta(hours=4, seconds=1)},
        {"approved_by": coordinator, "expires_at": None},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(approved_at=now, **wrong)

    assert rows.update(approved_at=now, approved_by=coordinator, expires_at=now + timedelta(hours=4)) == 1


def test_an_engaged_auditor_sees_heads_and_no_body(seen, auditor, agreement):
    engage(auditor, agreement)

    assert seen(auditor) == [0, 1, 2, 3]
    assert seen(auditor, BODY) == [0]
    assert seen(auditor, EXPORT) == [0, 1, 2]


def test_an_auditor_keeps_the_heads_after_the_agreement_lapsed_and_loses_them_with_the_engagement(
    seen, auditor, agreement
):
    engagement = engage(auditor, agreement)
    type(agreement).objects.filter(pk=agreement.pk).update(state="terminated", ended_on=timezone.now().date())

    assert seen(auditor) == [0, 1, 2, 3]

    engagement.until = timezone.now() - timedelta(seconds=1)
    engagement.save()

    assert seen(auditor) == [0]


def test_an_engagement_without_the_role_of_auditor_gives_nothing(seen, stranger, agreement):
    engage(stranger, agreement)

    assert seen(stranger) == [0]


@pytest.mark.parametrize("permission", ["change_report", "share_report", "release_report"])
def test_only_liaison_officers_of_the_owner_act(
    seen, liaison_officer, analyst, partner_officer, coordinator, permission
):
    assert seen(liaison_officer, f"incidents.{permission}") == list(ALL)
    assert [seen(person, f"incidents.{permission}") for person in (analyst, partner_officer, coordinator)] == [
        [],
        [],
        [],
    ]


def test_coordinators_and_engaged_auditors_count_for_the_report_of_incidents(
    seen, coordinator, auditor, agreement, liaison_officer
):
    engage(auditor, agreement)

    assert seen(coordinator, "incidents.report_incidents") == list(ALL)
    assert seen(auditor, "incidents.report_incidents") == [0, 1, 2, 3]
    assert seen(liaison_officer, "incidents.report_incidents") == []


def test_the_explanation_names_every_way_in(by_tlp, actor_of, partner_officer):
    SectorShareFactory(report=by_tlp[TLP.GREEN])

    ways = explain(actor_of(partner_officer), HEAD, by_tlp[TLP.GREEN])

    assert [way.name for way in ways] == ["party", "sector share"]
