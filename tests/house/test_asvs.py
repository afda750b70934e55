"""The table of the security standard: every requirement once, every test that it names exists."""

import ast
import re

import pytest

from tests.house.test_words import ROOT

TABLE = ROOT / "docs" / "asvs.md"
STATES = {"held", "partly", "open", "operator", "no such part"}
# How many requirements of level 1 and 2 each section has, from 1 on.
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4, "3.4": 6,
    "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12,
    "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2,
    "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2,
    "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1,
    "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5,
    "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
REQUIRED = {f"{section}.{number}" for section, most in SECTIONS.items() for number in range(1, most + 1)}
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows():
    for line in TABLE.read_text().splitlines():
        if re.match(r"\| \d+\.\d", line):
            numbers, _, state, why = (cell.strip() for cell in line.strip("|").split("|"))
            first, _, last = numbers.partition(" to ")
            section, begin = first.rpartition(".")[::2]
            end = (last or first).rpartition(".")[2]
            yield [f"{section}.{number}" for number in range(int(begin), int(end) + 1)], state, why


def test_every_requirement_of_level_one_and_two_stands_once():
    found = [number for numbers, _, _ in rows() for number in numbers]

    assert len(REQUIRED) == 253
    assert sorted(found) == sorted(REQUIRED)


def test_every_row_has_a_known_state_and_says_why():
    assert [(numbers, state) for numbers, state, why in rows() if state not in STATES or not why] == []


@pytest.mark.parametrize(
    "document",
    [TABLE, ROOT / "docs" / "threat_model.md", ROOT / "docs" / "retention_invariants.md", ROOT / "SECURITY.md"],
    ids=lambda path: path.name,
)
def test_every_test_that_a_document_names_exists(document):
    named = set(NAMED.findall(document.read_text()))
    missing = []
    for path, test in named:
        file = ROOT / path
        tests = (
            {node.name for node in ast.parse(file.read_text()).body if isinstance(node, ast.FunctionDef)}
            if file.exists()
            else ()
        )
        if test not in tests:
            missing.append(f"{path}::{test}")

    assert missing == []
    assert named or document.name == "SECURITY.md"


def test_no_document_names_a_test_that_is_not_readable_as_one():
    plain = re.findall(r"tests/[\w/]+\.py::\w+", TABLE.read_text())

    assert len(plain) == len(NAMED.findall(TABLE.read_text())), "a name of a test stands between backticks"
