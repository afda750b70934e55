"""The attack on 24 months of published figures: joiners, leavers, late reports, one insider, two insiders."""

from itertools import combinations

import pytest

from tests.incidents.attacker import Attack
from tests.incidents.worlds import Partnership


def largest(world, contents, most=4):
    """The groups that contributed most: the best informed insiders."""
    numbers, sums = {c["number"] for c in contents}, {}
    for (release, _, _, group), amount in world.truth.items():
        if release in numbers:
            sums[group] = sums.get(group, 0) + amount
    return sorted(sums, key=lambda group: (-sums[group], group))[:most]


def quarters(contents):
    """Releases that share a report with no other: attacking them apart is attacking them together."""
    found = {}
    for content in contents:
        year, month = map(int, content["month"].split("-"))
        found.setdefault((content["series"], year, (month - 1) // 3), []).append(content)
    return list(found.values())


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_nobody_is_narrowed_down_over_24_months_by_a_reader_or_the_best_informed_insiders(seed):
    world = Partnership(seed, months=24).run()

    assert list(Attack(world.contents, world.truth).narrowed()) == []
    for contents in quarters(world.contents)[seed::4]:
        first, second = largest(world, contents, 2)
        for insiders in ((first,), (first, second)):
            assert list(Attack(contents, world.truth, insiders).narrowed()) == []


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "sectors", "rate"), [(3, 3, 0.8), (4, 4, 1.6), (5, 5, 3.0), (6, 3, 6.0)])
def test_nobody_is_narrowed_down_by_any_contributor_or_any_two(seed, sectors, rate):
    world = Partnership(seed, sectors, rate, months=24).run()

    for contents in quarters(world.contents):
        insiders = largest(world, contents, 9)
        for views in (1, 2):
            for chosen in combinations(insiders, views):
                found = list(Attack(contents, world.truth, chosen).narrowed())
                assert found == [], (contents[0]["month"], chosen)


def test_this_attacker_finds_what_a_naive_publisher_gives_away():
    """All but one sector and the total, exactly as the first version did: the hidden figure is the difference."""
    rows = [{"key": "s0", "label": "s0", "values": [20]}, {"key": "s1", "label": "s1", "values": [None]}]
    content = {"number": 1, "month": "2026-01", "series": 1, "lines": [["s0", ""], ["s1", ""]],
               "tables": [{"code": "sectors", "rows": rows, "total": [40]}]}  # fmt: skip
    truth = {(1, "s0", 1, f"a{n}"): 4 for n in range(5)} | {(1, "s1", 1, "b"): 19, (1, "s1", 1, "c"): 1}

    found = list(Attack([content], truth).narrowed())

    assert [(kind, low, high) for _, kind, low, high in found] == [("a hidden figure", 16, 24)]


def test_this_attacker_finds_what_two_contributors_know_of_the_third():
    rows = [{"key": "s0", "label": "s0", "values": [10]}, {"key": "s1", "label": "s1", "values": [None]}]
    content = {"number": 1, "month": "2026-01", "series": 1, "lines": [["s0", ""], ["s1", ""]],
               "tables": [{"code": "sectors", "rows": rows, "total": [None]}]}  # fmt: skip
    truth = {(1, "s0", 1, "a"): 6, (1, "s0", 1, "b"): 3, (1, "s0", 1, "c"): 1}

    assert list(Attack([content], truth).narrowed()) == []
    assert [kind for _, kind, _, _ in Attack([content], truth, ["a", "b"]).narrowed()] == ["a group"]


def test_between_releases_of_a_series_the_groups_of_a_figure_change_by_none_or_by_five():
    for seed in range(30):
        world = Partnership(seed, months=14).run()
        for (series, before), (then, after) in zip(world.cohorts_by_month, world.cohorts_by_month[1:], strict=False):
            if series == then:
                everybody = frozenset().union(*before.values()) ^ frozenset().union(*after.values())
                changes = [len(before[line] ^ after[line]) for line in before] + [len(everybody)]
                assert all(change == 0 or change >= 5 for change in changes), (seed, changes)
