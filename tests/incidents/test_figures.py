"""Publishing figures: who counts, once, under which thresholds; and that what is published stays."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.actions import figures
from incidents.aggregates import cells, cohorts, published, tables
from incidents.aggregates.attack import FREE, Arc, weak
from incidents.aggregates.cells import Cell, interval, may_be_shown, rounded
from incidents.aggregates.cohorts import Members
from incidents.aggregates.material import Material, Tallied
from incidents.models import CohortMember, CountedReport, FigureRelease, Report, Tally
from incidents.tasks import publish_figures
from partnership.audit.record import SYSTEM
from partnership.models import TLP, AuditEntry, Sector
from tests.factories.incidents import IndicatorFactory, ReportFactory, agreement_in_force
from tests.factories.partnership import OrganizationFactory
from tests.incidents.worlds import Partnership

ENERGY = "nis2:energy"
MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
AFTER = {
    MARCH: datetime(2026, 4, 6, 4, tzinfo=UTC),
    APRIL: datetime(2026, 5, 6, 4, tzinfo=UTC),
    MAY: datetime(2026, 6, 6, 4, tzinfo=UTC),
}


@pytest.fixture
def energy(db):
    """Seven energy groups under one agreement, and a way to let them report."""
    groups = [OrganizationFactory() for _ in range(7)]
    agreement = agreement_in_force(*groups)

    def report(*amounts, month=MARCH, **more):
        for organization, amount in zip(groups, amounts, strict=False):
            for n in range(amount):
                received = datetime(month.year, month.month, 2 + n, 9, tzinfo=UTC)
                ReportFactory(organization=organization, agreement=agreement, **{"received_at": received, **more})

    report.groups, report.agreement = groups, agreement
    return report


def publish(month=MARCH, **more):
    return figures.publish(month=month, by=SYSTEM, at=AFTER[month], **more)


def value_of(release, line=ENERGY, code="sectors"):
    table = next(table for table in release.content["tables"] if table["code"] == code)
    return next(row["values"][0] for row in table["rows"] if row["key"] == line)


# what a figure is shown as


@pytest.mark.parametrize(("amount", "number"), [(5, 5), (7, 5), (8, 10), (12, 10), (13, 15), (97, 95), (98, 100)])
def test_numbers_are_rounded_to_five_and_tell_no_more_than_what_rounds_to_them(amount, number):
    assert rounded(amount) == number
    assert [n for n in range(5, 200) if rounded(n) == number] == list(
        range(interval(number)[0], interval(number)[1] + 1)
    )


def cell(*amounts, population=None, strictest=3):
    return Cell("c", {n: amount for n, amount in enumerate(amounts)}, population or max(5, len(amounts)), strictest)


@pytest.mark.parametrize(("given", "is_shown"), [
    (cell(4, 3, 3, 2, 2), True),
    (cell(4, 3, 3, 2, 2, population=4), False),  # too few could report
    (cell(8, 6, 4, population=5), True),  # three of five did
    (cell(9, 9, population=5), False),  # two did
    (cell(1, 1, 1, 1), False),  # below five
    (cell(50, 10, 9), False),  # 9 is less than a fifth of 50
    (cell(50, 10, 10), True),
    (cell(3, 2, 1), False),  # the first two know that the rest have at most 2
    (cell(8, 6, 4, 4, 4, strictest=6), False),  # an agreement asks for six
    (cell(8, 6, 4, 4, 4, 4, strictest=6), True),
])  # fmt: skip
def test_thresholds_of_one_figure(given, is_shown):
    assert may_be_shown(given) == is_shown


def test_one_more_group_would_be_asked_for_by_the_public():
    assert cells.LEAST_PUBLIC == 10 and not may_be_shown(cell(4, 3, 3, 2, 2), least=cells.LEAST_PUBLIC)


def test_the_attack_finds_one_hidden_figure_beside_a_total_and_bears_a_free_one():
    total = Arc("total", "month", "out", {n: 6 for n in range(10)}, 58, 62)
    shown = Arc("a", "out", "month", {n: 6 for n in range(6)}, 33, 37)
    hidden = Arc("b", "out", "month", {n: 6 for n in range(6, 10)})

    assert [arc.key for arc in weak([total, shown, hidden])] == ["b"]
    assert list(weak([replace(total, low=0, high=FREE), shown, hidden])) == []


# who counts


def test_a_month_is_published_with_its_rounded_number(energy):
    energy(5, 4, 3, 3, 2)

    release = publish()

    assert value_of(release) == 15 and release.number == release.series == 1


def test_a_parent_and_its_subsidiaries_are_one_group(energy):
    head = energy.groups[0]
    type(head).objects.filter(pk__in=[one.pk for one in energy.groups[1:4]]).update(parent=head)
    energy(5, 4, 3, 3, 2, 2, 2)

    publish()

    assert FigureRelease.objects.get().content["merged"][0][0] == ENERGY  # four groups are too few


def test_red_never_counts(energy):
    energy(5, 4, 3, 3, 2)
    energy(9, 9, 9, 9, 9, tlp=TLP.RED)

    assert value_of(publish()) == 15


def test_what_comes_late_enters_the_next_release_and_the_published_one_stays(energy):
    energy(5, 4, 3, 3, 2)
    energy(3, 3, 2, 2, tlp=TLP.RED)
    first = publish()
    Report.objects.filter(tlp=TLP.RED).update(tlp=TLP.AMBER)
    energy(5, 4, 3, 3, 2, month=APRIL)

    second = publish(APRIL)

    assert (value_of(first), value_of(second)) == (15, 25)
    assert FigureRelease.objects.get(number=1).content == first.content


def test_a_report_counts_once(energy):
    energy(5, 4, 3, 3, 2)
    publish()

    assert value_of(publish(APRIL)) is None
    assert CountedReport.objects.count() == 17


def test_who_joins_waits_until_enough_do_and_what_it_reported_before_never_counts(energy):
    energy(5, 4, 3, 3, 2)
    publish()
    newcomers = [OrganizationFactory() for _ in range(5)]
    first = agreement_in_force(newcomers[0])
    for n in range(8):
        ReportFactory(organization=newcomers[0], agreement=first, received_at=datetime(2026, 4, 2 + n, tzinfo=UTC))
    energy(5, 4, 3, 3, 2, month=APRIL)
    second = publish(APRIL)
    agreement_in_force(*newcomers[1:])
    energy(5, 4, 3, 3, 2, month=MAY)
    ReportFactory(organization=newcomers[0], agreement=first, received_at=datetime(2026, 5, 3, tzinfo=UTC))

    third = publish(MAY)

    assert value_of(second) == 15
    assert CohortMember.objects.filter(line=ENERGY).count() == 12
    assert CountedReport.objects.filter(release=third).count() == 18  # 17 and one: the eight of April never count


def test_who_leaves_stays_in_the_cohort_until_enough_go_but_counts_no_longer_as_somebody_who_could_report(energy):
    energy(5, 4, 3, 3, 2)
    publish()
    energy.agreement.parties.filter(organization__in=energy.groups[4:]).update(until=datetime(2026, 4, 10, tzinfo=UTC))
    energy(6, 5, 5, 4, month=APRIL)

    second = publish(APRIL)

    assert CohortMember.objects.filter(line=ENERGY).count() == 7
    assert value_of(second) is None  # four could report


def test_a_january_begins_a_new_series_with_everybody_and_a_visible_break():
    whose = cohorts.begin(Members({"a": frozenset("abcdef")}))
    joined = Members({"a": frozenset("abcdefg")})

    assert cohorts.follow(whose, joined).lines["a"] == frozenset("abcdef")
    assert cohorts.begin(joined, whose.merged).lines["a"] == frozenset("abcdefg")


def test_a_sector_that_was_merged_stays_merged_however_many_come():
    whose = cohorts.begin(Members({"a": frozenset("abcdef"), "b": frozenset("xy")}))
    many = Members({"a": frozenset("abcdef"), "b": frozenset("uvwxyz")})

    assert whose.merged == {"b", "none"}
    assert "b" in cohorts.follow(whose, many).merged and "b" in cohorts.begin(many, whose.merged).merged


def test_a_new_sector_goes_among_the_others():
    whose = cohorts.begin(Members({"a": frozenset("abcdef")}))

    assert "c" in cohorts.follow(whose, Members({"a": frozenset("abcdef"), "c": frozenset("123456")})).merged


def test_december_and_january_are_of_two_series(energy):
    energy(5, 4, 3, 3, 2, received_at=datetime(2025, 12, 9, tzinfo=UTC))
    figures.publish(month=date(2025, 12, 1), by=SYSTEM, at=datetime(2026, 1, 6, tzinfo=UTC))
    release = figures.publish(month=date(2026, 1, 1), by=SYSTEM, at=datetime(2026, 2, 6, tzinfo=UTC))

    assert release.series == 2 and release.content["is_break"]
    assert published(sectors=[ENERGY]).panel("sectors").columns[-1].begins_series


def test_indicators_count_only_when_three_groups_have_seen_them_or_they_are_public(energy):
    energy(3, 3, 3, 3, 3)
    for report in Report.objects.filter(organization__in=energy.groups[:4]):
        IndicatorFactory(report=report, value="198.51.100.7")
        IndicatorFactory(
            report=report,
            value=f"203.0.113.{report.received_at.day}" if report.organization == energy.groups[0] else "192.0.2.1",
        )
    counted = publish()

    seen, _ = figures.counting.sightings(counted.pk, datetime(2026, 4, 1, tzinfo=UTC))

    assert sorted(seen.values()) == [1, 2, 2, 2]  # the first group's own addresses count for nobody
    Report.objects.filter(organization=energy.groups[0]).update(tlp=TLP.CLEAR)
    seen, _ = figures.counting.sightings(counted.pk, datetime(2026, 4, 1, tzinfo=UTC))
    assert sorted(seen.values()) == [2, 2, 2, 4]


# when, and for good


def test_a_month_is_published_five_days_after_its_end_once_and_in_order(energy):
    for at in (datetime(2026, 4, 5, 23, tzinfo=UTC), datetime(2026, 3, 20, tzinfo=UTC)):
        with pytest.raises(figures.NotDue):
            figures.publish(month=MARCH, by=SYSTEM, at=at)
    publish()
    for month in (MARCH, MAY):
        with pytest.raises(figures.NotDue):
            publish(month)
    with pytest.raises(figures.MidQuarter):
        publish(APRIL, new_series=True) and publish(MAY, new_series=True)


def test_the_schedule_publishes_what_is_due_and_twice_equals_once(energy, time_machine):
    energy(5, 4, 3, 3, 2)
    time_machine.move_to(AFTER[MARCH])
    publish_figures()
    publish_figures()
    assert FigureRelease.objects.count() == 1

    time_machine.move_to(AFTER[MAY])
    publish_figures()
    assert list(FigureRelease.objects.order_by("number").values_list("month", flat=True)) == [MARCH, APRIL, MAY]


@pytest.mark.parametrize("sql", [
    "UPDATE incidents_figurerelease SET content = '{}'", "UPDATE incidents_figurerelease SET number = 9",
    "DELETE FROM incidents_figurerelease", "TRUNCATE incidents_figurerelease CASCADE",
])  # fmt: skip
def test_the_database_refuses_to_change_what_was_published(energy, sql):
    publish()
    Tally.objects.all().delete()

    with pytest.raises(DatabaseError, match="stand as they were published"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(sql)


def test_a_release_vouches_for_the_one_before_and_for_itself(energy):
    first, second = publish(), publish(APRIL)

    assert second.content["previous"] == first.content_hash
    for release in FigureRelease.objects.all():
        assert figures.hash_of(release.content) == release.content_hash


def test_publishing_leaves_one_entry_in_the_trail_without_a_figure(energy):
    energy(5, 4, 3, 3, 2)
    publish()

    (entry,) = AuditEntry.objects.filter(verb="incidents.figures_published")
    assert entry.actor_kind == "system"


def test_what_groups_contributed_is_forgotten_when_the_quarter_is_published(energy):
    energy(5, 4, 3, 3, 2, month=APRIL)
    publish()
    assert not Tally.objects.exists()  # March ends a quarter
    publish(APRIL)
    assert Tally.objects.count() == 5


def test_a_deleted_report_changes_no_published_figure(energy):
    energy(5, 4, 3, 3, 2)
    before = publish().content
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL portal.retention = 'on'")
        CountedReport.objects.all().delete()
        Report.objects.filter(organization=energy.groups[0]).delete()

    assert FigureRelease.objects.get().content == before


# removing any one group


@given(st.integers(0, 10_000), st.data())
@settings(max_examples=15, deadline=None)
def test_removing_a_group_that_waits_changes_nothing_and_one_that_counts_only_its_own_numbers(seed, data):
    """A group outside the cohort changes no number; one inside changes a number by its own part and the rounding at most."""
    world = Partnership(seed, sectors=3, months=2).run()
    whose, month, truth = world.cohorts_by_month[-1][1], date(2026, 2, 1), world.truth
    live = {line: groups & frozenset(world.present) for line, groups in whose.items()}
    rows = [
        Tallied(line, month, group, level, amount, 3) for (n, line, level, group), amount in truth.items() if n == 2
    ]
    material = Material(month, {line: line for line in sorted(whose)}, live, rows)
    gone = data.draw(st.sampled_from(sorted({row.group for row in rows}) or ["nobody"]))
    without = Material(month, material.labels, live, [row for row in rows if row.group != gone])

    before, after = (tables.incidents_by_sector(one)["rows"] for one in (material, without))

    for old, new in zip(before, after, strict=True):
        own = sum(row.amount for row in rows if row.group == gone and row.line == old["key"])
        if old["values"][0] is not None and new["values"][0] is not None:
            assert 0 <= old["values"][0] - new["values"][0] <= own + 4
            assert own or old["values"] == new["values"]


def test_a_waiting_group_changes_no_published_number(energy):
    energy(5, 4, 3, 3, 2)
    publish()
    energy(5, 4, 3, 3, 2, month=APRIL)
    with_it = OrganizationFactory()
    for n in range(20):
        ReportFactory(
            organization=with_it,
            agreement=agreement_in_force(with_it),
            received_at=datetime(2026, 4, 2 + n, tzinfo=UTC),
        )

    assert value_of(publish(APRIL)) == 15
    assert Sector.objects.filter(pk=ENERGY).exists()
