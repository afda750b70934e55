"""The rows on which a rule turns: each boundary once in every world, whatever the dice said."""

from datetime import timedelta
from types import SimpleNamespace as Row

from partnership.models import Role

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def pin(maker) -> None:
    """Organizations at the edge of their vetting, parties that left or are to come, every marking, every exception."""
    world, now = maker.world, maker.world.now
    home = maker.organization(sectors=["nis2:health"])
    own, others = maker.organization(sectors=["nis2:energy"]), maker.organization(sectors=["nis2:banking"])
    agreement, ended = world.agreements[0], Row(id=None, state="terminated", returns=False)
    halted = Row(id=None, state="suspended", returns=False)
    world.agreements += [ended, halted]
    maker._store_agreements()
    by_tlp = {tlp: maker.report(others, agreement, tlp) for tlp in range(5)}
    under = {a.id: [maker.report(others, a, tlp) for tlp in range(5)] for a in (ended, halted)}
    person = {}
    for name, role in [
        ("officer", Role.LIAISON_OFFICER),
        ("analyst", Role.ANALYST),
        ("auditor", Role.AUDITOR),
        ("seat", Role.COUNCIL_MEMBER),
    ]:
        person[name] = maker.person()
        maker.join(person[name], own, role)
    maker.join(maker.person(), maker.organization(), Role.COORDINATOR)  # of an organization, not of the secretariat
    coordinator, superuser = maker.person(), maker.person(superuser=True)
    maker.join(coordinator, maker.organization(secretariat=True), Role.COORDINATOR)
    for a in (agreement, ended, halted):
        maker.enter(a, own)
    lapsed, today = maker.organization(days=-1), maker.organization(days=0)
    closed = maker.organization(suspended=True)
    for organization in (lapsed, today, closed):
        maker.report(organization, agreement, 4)
        someone = maker.person()
        maker.join(someone, organization, Role.LIAISON_OFFICER)
    _expire(maker, own, others, person["auditor"])
    left = maker.person()
    maker.join(left, home, Role.LIAISON_OFFICER, until=now - HOUR)
    maker.enter(agreement, home, until=now - HOUR)
    coming = maker.person()
    maker.join(coming, maker.organization(sectors=["nis2:health"]), Role.LIAISON_OFFICER)
    maker.enter(agreement, world.organizations[-1], since=now + HOUR)
    _let_in(maker, by_tlp, under, person, coordinator, superuser)


def _expire(maker, own, others, auditor) -> None:
    """The last day and the day after it, by every way; what is kept after it by a hold, to be returned, in an emergency."""
    world, agreement = maker.world, maker.world.agreements[0]
    returning = next(a for a in world.agreements if a.returns)
    for days in (0, -1):
        for tlp in (0, 3):
            opened = maker.report(others, agreement, tlp, days)
            maker.grant("report", opened.id, auditor.id)
            maker.break_glass(opened, auditor, 4)
            world.shares.append(Row(report=opened.id, sector="nis2:energy"))
            world.releases.append(Row(report=opened.id, audience=world.audiences[0].pk))
            maker.report(own, agreement, tlp, days)
            for returned in (False, True):
                maker.report(own, returning, tlp, days, returned)
        alone = maker.organization()
        single, whole = (maker.report(alone, world.agreements[2], 4, days) for _ in range(2))
        maker.report(alone, world.agreements[2], 4, days)  # beside it, under no hold of one record
        maker.hold(own, report=single)
        maker.hold(own, report=whole, lifted=True)
        kept = maker.organization()
        maker.report(kept, world.agreements[3], 2, days)
        maker.hold(own, organization=kept)
        maker.hold(others, agreement=agreement)


def _let_in(maker, by_tlp, under, person, coordinator, superuser) -> None:
    world, now = maker.world, maker.world.now
    outside = maker.organization(sectors=["nis2:transport"])
    reader = maker.person()
    maker.join(reader, outside, Role.ANALYST)
    lone = maker.organization(sectors=["nis2:health"])
    for tlp, report in by_tlp.items():
        world.shares.append(Row(report=maker.report(lone, world.agreements[3], tlp).id, sector="nis2:transport"))
        world.releases.append(
            Row(report=maker.report(lone, world.agreements[3], tlp).id, audience=world.audiences[0].pk)
        )
        maker.grant("report", report.id, coordinator.id, days=5)
        maker.grant("report", report.id, superuser.id, days=5)
        maker.grant("report", report.id, reader.id, days=[5, 5, -1, 5, 5][tlp], revoked=tlp == 3)
    both = maker.report(
        maker.organization(), world.agreements[3], 2
    )  # shared above its ceiling, released below: the second way counts
    world.shares.append(Row(report=both.id, sector="nis2:transport"))
    world.releases.append(Row(report=both.id, audience=world.audiences[0].pk))
    world.members.append(Row(person=reader.id, audience=world.audiences[0].pk, since=now - DAY, until=None))
    world.members.append(
        Row(person=person["seat"].id, audience=world.audiences[0].pk, since=now - DAY, until=now - HOUR)
    )
    passing = maker.person()
    maker.join(passing, outside, Role.AUDITOR)
    world.members.append(Row(person=passing.id, audience=world.audiences[0].pk, since=now - DAY, until=now + HOUR))
    world.members.append(Row(person=coordinator.id, audience=world.audiences[0].pk, since=now + HOUR, until=None))
    auditor, ended, halted = person["auditor"], *(a for a in world.agreements if a.id in under)
    maker.engage(auditor, ended, now - DAY, now + DAY)
    maker.engage(auditor, world.agreements[0], now - DAY, now + DAY, ended=True)
    maker.engage(auditor, world.agreements[1], now - DAY, now - HOUR)
    maker.engage(person["officer"], world.agreements[2], now - DAY, now + DAY)
    for a in (world.agreements[1], world.agreements[2]):
        for tlp in range(5):
            maker.report(lone, a, tlp)
    maker.grant("agreement", world.agreements[1].id, person["seat"].id)
    maker.grant("agreement", halted.id, person["seat"].id)
    maker.grant("agreement", world.agreements[2].id, person["seat"].id, days=-1)
    maker.grant("organization", lone.id, None, world.task_force.pk)
    world.groups.append(Row(group=world.task_force.pk, person=person["analyst"].id, since=now - DAY, until=None))
    shut = maker.organization(suspended=True)
    maker.report(shut, world.agreements[3], 1)
    maker.grant("organization", shut.id, person["seat"].id)
    maker.grant("organization", lone.id, person["seat"].id, revoked=True)
    _open(maker, reader, lone)


def _open(maker, reader, lone) -> None:
    """What groups and emergencies open: each kind once for somebody who has no other way."""
    world, red = maker.world, maker.report(lone, world_agreement(maker), 4)
    for tlp in range(4):
        maker.grant("report", maker.report(lone, world_agreement(maker), tlp).id, None, world.task_force.pk)
    maker.grant("report", maker.report(lone, world_agreement(maker), 4).id, reader.id, codename="change_report")
    left, coming, now = maker.person(), maker.person(), world.now
    for person, since, until in ((reader, -DAY, HOUR), (left, -DAY, -HOUR), (coming, HOUR, DAY)):
        world.groups.append(Row(group=world.task_force.pk, person=person.id, since=now + since, until=now + until))
    for person in (left, coming):
        maker.join(person, maker.organization(), "analyst")
    maker.grant("report", maker.report(lone, world_agreement(maker), 3).id, None, world.task_force.pk, days=-1)
    maker.grant("report", maker.report(lone, world_agreement(maker), 3).id, None, world.task_force.pk, revoked=True)
    maker.grant("agreement", world.agreements[4].id, None, world.task_force.pk)
    nobody = maker.person()
    for person in (reader, nobody):
        maker.break_glass(red, person, 4)
    maker.break_glass(maker.report(lone, world_agreement(maker), 4), reader, 3)
    for state in ({"approved": False}, {"ended": True}, {"over": True}):
        maker.break_glass(maker.report(lone, world_agreement(maker), 3), reader, 3, **state)


def world_agreement(maker):
    return maker.world.agreements[3]
