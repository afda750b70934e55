"""The gate: every deliberate bug of a policy is noticed, and no branch is without one."""

from dataclasses import replace

import pytest
from django.db import transaction

from partnership.access.table import PERMISSIONS, Branch
from tests.policy.judge import ACTIONS, INHERITED, OfReports
from tests.policy.mutants import MUTANTS
from tests.policy.mutation import Mutant, Stale, every_pair, survivors
from tests.policy.world import Maker

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def _open(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def of_reports(_open):
    return OfReports(Maker(11).make())


ON_REPORTS = [mutant for mutant in MUTANTS if any(name in ACTIONS for name, _ in mutant.pairs)]


@pytest.mark.parametrize("mutant", ON_REPORTS, ids=lambda mutant: mutant.name)
def test_the_reference_notices(mutant, of_reports):
    assert survivors(mutant, of_reports) == []


def test_the_reference_agrees_with_every_branch_that_is_not_broken(of_reports):
    wrong = [pair for pair in every_pair() if of_reports.knows(pair[0]) and of_reports.finds_branch(*pair)]

    assert [pair for pair in wrong if pair[0] not in INHERITED] == []


def untried(pairs):
    """Branches of which no deliberate bug is written down."""
    return set(pairs) - {pair for mutant in MUTANTS if not mutant.is_of_form for pair in mutant.pairs}


def test_every_branch_has_a_deliberate_bug_of_its_own():
    assert untried(every_pair()) == set(), "write a mutant of each in mutants.py"
    assert len(ON_REPORTS) >= 25 and len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)


def test_a_new_branch_is_missed_until_somebody_breaks_it(monkeypatch):
    new = Branch("friend", "A friend of yours filed it.", lambda actor: None)
    entry = PERMISSIONS["incidents.view_report"]
    monkeypatch.setitem(PERMISSIONS, entry.name, replace(entry, branches=(*entry.branches, new)))

    assert untried(every_pair()) == {("incidents.view_report", "friend")}


def test_a_mutant_of_words_that_are_gone_is_stale():
    for mutant in (
        Mutant("a", ("*",), "incidents.policy:_public", "no such words", ""),
        Mutant("b", ("no.such/branch",)),
    ):
        with pytest.raises(Stale):
            mutant.pairs  # noqa: B018
            with mutant.at_work():
                pass


def test_what_was_broken_is_mended():
    before = {name: [branch.rows.__code__ for branch in entry.branches] for name, entry in PERMISSIONS.items()}
    for mutant in MUTANTS:
        with mutant.at_work():
            pass

    assert before == {name: [branch.rows.__code__ for branch in entry.branches] for name, entry in PERMISSIONS.items()}
