"""Figures without names: what is hidden, and that what is hidden cannot be worked out."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents import aggregates
from incidents.aggregates import Period
from incidents.aggregates.hiding import Figures, Line, _lines, narrowed, protect
from partnership.models import TLP
from tests.factories.incidents import IndicatorFactory, ReportFactory, agreement_in_force
from tests.factories.partnership import OrganizationFactory

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
ENERGY = "nis2:energy"


@pytest.fixture
def report_of(db):
    """Reports of one month in one sector, under one agreement unless another is given."""
    shared = {}

    def make(organization=None, agreement=None, **more):
        organization = organization or OrganizationFactory()
        shared.setdefault("agreement", agreement or agreement_in_force(organization, group_size=3))
        return ReportFactory(organization=organization, agreement=agreement or shared["agreement"], **more)

    return make


def energy_in_march(**more):
    return aggregates.incidents_by_sector_and_month(sectors=[ENERGY], period=MARCH).cells[ENERGY, date(2026, 3, 1)]


def test_a_figure_of_enough_groups_is_shown(report_of):
    for _ in range(3):
        report_of()

    assert energy_in_march().value == 3


def test_many_reports_of_few_groups_are_hidden(report_of):
    one, two = OrganizationFactory(), OrganizationFactory()
    for organization in (one, one, one, two, two):
        report_of(organization)

    cell = energy_in_march()

    assert cell.is_hidden and "fewer than 3 groups" in cell.reason


def test_a_parent_and_its_subsidiaries_are_one_group(report_of):
    parent = OrganizationFactory()
    report_of(parent)
    for _ in range(3):
        report_of(OrganizationFactory(parent=parent))

    assert energy_in_march().is_hidden


def test_none_is_hidden_like_few(db):
    assert energy_in_march().is_hidden


def test_the_strictest_agreement_behind_the_view_decides(report_of):
    for _ in range(4):
        report_of()
    strict = OrganizationFactory()
    report_of(strict, agreement=agreement_in_force(strict, group_size=6))

    grid = aggregates.incidents_by_sector_and_month(sectors=[ENERGY], period=MARCH)

    assert grid.threshold == 6
    assert all(cell.is_hidden for cell in grid.cells.values())


def test_red_never_counts(report_of):
    for _ in range(3):
        report_of()
    report_of(tlp=TLP.RED)

    assert energy_in_march().value == 3


def test_indicators_are_counted_by_the_groups_that_gave_them(report_of):
    for n in range(3):
        report = report_of()
        for _ in range(n + 1):
            IndicatorFactory(report=report)
    report_of()

    grid = aggregates.indicators_by_sector_and_month(sectors=[ENERGY], period=MARCH)

    assert grid.cells[ENERGY, date(2026, 3, 1)].value == 6


def test_the_trend_is_the_margin_of_the_same_table(report_of):
    for sector in (ENERGY, "nis2:health"):
        for _ in range(3):
            report_of(sector_id=sector)
    sectors = [ENERGY, "nis2:health"]

    trend = aggregates.trend_by_month(sectors=sectors, period=MARCH)
    grid = aggregates.incidents_by_sector_and_month(sectors=sectors, period=MARCH)

    assert [cell.value for cell in trend.cells] == [6] == [grid.month_totals[date(2026, 3, 1)].value]


def test_time_to_share_is_a_median_of_enough_groups(report_of):
    at = datetime(2026, 3, 9, 12, tzinfo=UTC)
    for hours in (2, 4, 30):
        report_of(received_at=at, aware_at=at - timedelta(hours=hours), aware_precision="minute")

    (row,) = aggregates.time_to_share(sectors=[ENERGY], period=MARCH).rows

    assert row.aware_to_received.value == 4.0
    assert row.received_to_released.is_hidden


def test_months_of_a_period_are_whole_and_go_over_the_year():
    assert [str(month) for month in Period(date(2025, 11, 15), date(2026, 2, 1)).months] == [
        "2025-11-01",
        "2025-12-01",
        "2026-01-01",
        "2026-02-01",
    ]


def test_figures_carry_no_name_and_no_key(report_of):
    for _ in range(3):
        report_of()

    grid = aggregates.incidents_by_sector_and_month(sectors=[ENERGY], period=MARCH)

    assert "Operator" not in repr(grid)


WORLDS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 7), st.integers(1, 4)), max_size=60)


def table(world):
    figures = {(row, column): Figures() for row in range(4) for column in range(5)}
    for row, column, group, amount in world:
        figures[row, column].add(group, amount)
    return figures, _lines(range(4), range(5))


@given(WORLDS, st.integers(3, 5))
@settings(max_examples=400, deadline=None)
def test_no_cell_below_the_threshold_leaves(world, threshold):
    figures, _ = table(world)

    shown = protect(figures, rows=range(4), columns=range(5), threshold=threshold)

    assert all(len(figures[key].groups) >= threshold for key in shown.cells)


@given(WORLDS, st.integers(3, 5))
@settings(max_examples=400, deadline=None)
def test_what_a_total_leaves_over_rests_on_enough_groups_and_two_cells(world, threshold):
    figures, lines = table(world)

    shown = protect(figures, rows=range(4), columns=range(5), threshold=threshold)

    for line in shown.totals:
        hidden = [key for key in lines[line] if key not in shown.cells]
        groups = set().union(*(figures[key].groups for key in hidden)) if hidden else set()
        assert not hidden or (len(hidden) >= 2 and len(groups) >= threshold)


SMALL = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 2), st.integers(0, 4), st.just(1)), max_size=14)


@given(SMALL, st.integers(3, 4))
@settings(max_examples=300, deadline=None)
def test_for_every_hidden_cell_another_table_tells_the_same_figures(world, threshold):
    """An attacker who adds and subtracts all that is shown finds more than one answer for each hidden cell."""
    figures = {(row, column): Figures() for row in range(2) for column in range(3)}
    for row, column, group, amount in world:
        figures[row, column].add(group, amount)
    lines = _lines(range(2), range(3))

    shown = protect(figures, rows=range(2), columns=range(3), threshold=threshold)

    for key in figures.keys() - shown.cells:
        others = [value for value in range(figures[key].amount + 4) if value != figures[key].amount]
        assert any(fits(figures, lines, shown, {key: value}) for value in others), key


def fits(figures, lines, shown, fixed):
    """Whether counts exist that agree with every figure shown and with the fixed ones: a search through all of them."""
    hidden = sorted(figures.keys() - shown.cells, key=lambda cell: cell not in fixed)
    bound = [line for line in lines if line in shown.totals]
    left = {line: sum(figures[cell].amount for cell in lines[line] if cell not in shown.cells) for line in bound}
    last = {line: max((n for n, cell in enumerate(hidden) if cell in lines[line]), default=-1) for line in bound}

    def go(n):
        if n == len(hidden):
            return all(value == 0 for value in left.values())
        own = [line for line in bound if hidden[n] in lines[line]]
        most = min((left[line] for line in own), default=figures[hidden[n]].amount)
        values = [fixed[hidden[n]]] if hidden[n] in fixed else range(most + 1)
        for value in values:
            for line in own:
                left[line] -= value
            fine = all(left[line] >= 0 and (last[line] > n or left[line] == 0) for line in own)
            if fine and go(n + 1):
                return True
            for line in own:
                left[line] += value
        return False

    return go(0)


def test_the_attacker_of_these_tests_finds_what_is_not_protected():
    figures = {(row, column): Figures(4, {1, 2, 3, 4}) for row in range(3) for column in range(3)}
    figures[0, 0] = Figures(1, {1})
    lines = _lines(range(3), range(3))
    naive = protect(figures, rows=range(3), columns=range(3), threshold=3)
    naive.cells, naive.totals = {key for key in figures if key != (0, 0)}, set(lines)

    assert not any(fits(figures, lines, naive, {(0, 0): value}) for value in (0, 2, 3))
    assert narrowed(figures, naive, 3) == (0, 0)


def test_a_grand_total_does_not_tell_what_the_other_rows_hold():
    figures = {(row, column): Figures() for row in range(3) for column in range(3)}
    figures[0, 0], figures[0, 1] = Figures(2, {1, 2}), Figures(1, {3})

    shown = protect(figures, rows=range(3), columns=range(3), threshold=3)

    assert Line("all", None) not in shown.totals


def test_a_grand_total_does_not_tell_the_sum_of_one_groups_row():
    figures = {(row, column): Figures() for row in range(2) for column in range(3)}
    figures[0, 0], figures[0, 1], figures[0, 2] = Figures(20, {1, 2}), Figures(20, {3, 4}), Figures(30, {1, 2, 3, 4})
    figures[1, 0], figures[1, 1] = Figures(10, {1}), Figures(10, {1})

    shown = protect(figures, rows=range(2), columns=range(3), threshold=3)

    assert Line("row", 0) in shown.totals
    assert Line("all", None) not in shown.totals


def test_a_rectangle_of_hidden_cells_keeps_its_totals_when_enough_groups_stand_behind_it():
    figures = {(row, column): Figures(20, set(range(9))) for row in range(3) for column in range(3)}
    for n, key in enumerate([(0, 0), (0, 1), (1, 0), (1, 1)]):
        figures[key] = Figures(6, {2 * n, 2 * n + 1})

    shown = protect(figures, rows=range(3), columns=range(3), threshold=3)

    assert shown.totals == set(_lines(range(3), range(3)))
    assert len(shown.cells) == 5
