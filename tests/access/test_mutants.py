"""Every permission that is not on reports: no deliberate bug of its branches is missed by the pinned world."""

from collections import defaultdict

import pytest
from django.db import transaction

from partnership.access.actor import Actor
from partnership.access.audience import Audience
from partnership.access.scope import listed, visible
from partnership.access.table import PERMISSIONS
from partnership.models import User
from tests.access.pinned import Pinned
from tests.policy.judge import ACTIONS, rows_of
from tests.policy.mutants import MUTANTS
from tests.policy.mutation import every_pair, survivors

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ELSEWHERE = [
    mutant for mutant in MUTANTS if not mutant.is_of_form and any(name not in ACTIONS for name, _ in mutant.pairs)
]


class OfEverything:
    """Compares the lists of a permission with what its reaches said before anything was broken."""

    def __init__(self, world):
        self.users = [User.objects.get(pk=person.pk) for person in world.people]
        self.rows, self.expected = {}, {}
        for name, entry in PERMISSIONS.items():
            if entry.model is not None and name not in ACTIONS:
                self.rows[name] = list(entry.model._default_manager.all())
                self.expected[name] = self._said(name)

    def _said(self, permission):
        said = defaultdict(lambda: defaultdict(set))
        for row in self.rows[permission]:
            for branch, found in Audience(permission, row).branches:
                for reach in found:
                    people = User.objects.filter(pk__in=reach.people, is_active=True)
                    for person in people.values_list("pk", flat=True):
                        said[branch.name][person].add(row.pk)
        return said

    def knows(self, permission):
        return permission in self.expected

    def finds(self, permission):
        said = self.expected[permission]
        for user in self.users:
            expected = set().union(*(found[user.pk] for found in said.values()))
            for name, form in (("composable", visible), ("list", listed)):
                found = list(form(Actor(user), permission, self.some(permission)).values_list("pk", flat=True))
                if set(found) != expected or (name == "list" and len(found) != len(expected)):
                    return name
        return None

    def finds_branch(self, permission, name):
        branch = next(b for b in PERMISSIONS[permission].branches if b.name == name)
        said, keys = self.expected[permission][name], {row.pk for row in self.rows[permission]}
        model = PERMISSIONS[permission].model
        return any(rows_of(branch, Actor(user), model) & keys != said[user.pk] for user in self.users)

    def some(self, permission):
        manager = PERMISSIONS[permission].model._default_manager
        return manager.filter(pk__in=[row.pk for row in self.rows[permission]])


@pytest.fixture(scope="module")
def judge(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield OfEverything(Pinned())
        transaction.set_rollback(True)


def test_the_reaches_agree_with_every_branch_that_is_not_broken(judge):
    assert [pair for pair in every_pair() if judge.knows(pair[0]) and judge.finds_branch(*pair)] == []


@pytest.mark.parametrize("mutant", ELSEWHERE, ids=lambda mutant: mutant.name)
def test_the_pinned_rows_notice(mutant, judge):
    assert survivors(mutant, judge) == []
