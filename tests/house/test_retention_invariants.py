"""The table of what retention promises: every number once, and nothing called held without a test."""

import re

from tests.house.test_asvs import NAMED
from tests.house.test_words import ROOT

TABLE = ROOT / "docs" / "retention_invariants.md"


def rows():
    for line in TABLE.read_text().splitlines():
        if re.match(r"\| \d+ \|", line):
            number, _, state, why = (cell.strip() for cell in line.strip("|").split("|"))
            yield int(number), state, why


def test_each_of_the_45_stands_once_and_in_order():
    assert [number for number, _, _ in rows()] == list(range(1, 46))


def test_what_is_held_names_its_test_and_what_is_not_says_why():
    for number, state, why in rows():
        assert state in {"held", "partly", "open"}, number
        assert NAMED.search(why) if state != "open" else why, number
