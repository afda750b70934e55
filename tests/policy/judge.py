"""Who notices that a rule of reports is wrong: all forms and every single branch against the plain reference."""

import random
from collections import Counter

from incidents.models import Indicator, Report
from partnership.access.actor import Actor
from partnership.access.decide import can
from partnership.access.table import PERMISSIONS
from partnership.models import User
from tests.policy.forms import FORMS, grouped
from tests.policy.reference import Reference

ON_REPORTS = [
    "view_report",
    "view_report_body",
    "export_report",
    "export_report_body",
    "change_report",
    "share_report",
    "release_report",
    "report_incidents",
]
INHERITED = {"incidents.view_indicator": "view_report_body", "incidents.export_indicator": "export_report_body"}
ACTIONS = {**{f"incidents.{name}": name for name in ON_REPORTS}, **INHERITED}


class OfReports:
    """Compares all forms of a permission on reports with the reference in plain Python."""

    def __init__(self, world):
        self.world, self.reference = world, Reference(world)
        users = User.objects.in_bulk([person.id for person in world.people])
        self.people = [(person, users[person.id]) for person in reversed(world.people)]  # the pinned ones first
        self.ways = {
            action: {person.id: self.reference.ways(person, action) for person in world.people}
            for action in set(ACTIONS.values())
        }
        self.branches = {
            action: {person.id: self.reference.branches(person, action) for person in world.people}
            for action in set(ACTIONS.values())
        }
        self.rows = {Report: Report.objects.in_bulk(), Indicator: Indicator.objects.select_related("report").in_bulk()}

    def knows(self, permission):
        return permission in ACTIONS

    def finds(self, permission):
        """Name of the form that is the first to give somebody another answer than the reference; None if all agree."""
        ways = self.ways[ACTIONS[permission]]
        actors = [(Actor(user), set().union(*ways[person.id].values())) for person, user in self.people]
        checks = {name: _as_a_set(form) for name, form in FORMS.items()} | {"figures": self.counts, "row": self.decides}
        for name, agrees in checks.items():
            if not all(_holds(agrees, actor, permission, expected) for actor, expected in actors):
                return name
        return None

    def counts(self, actor, permission, expected):
        markings = Counter(report.tlp for report in self.world.reports if report.id in expected)
        return grouped(actor, permission) == markings

    def decides(self, actor, permission, expected):
        rows = self.rows[PERMISSIONS[permission].model]
        some = [*random.Random(1).sample(sorted(rows), 12), *sorted(expected)[:6]]
        return all(can(actor, permission, rows[key]) == (key in expected) for key in some)

    def finds_branch(self, permission, name):
        """Whether the branch alone gives somebody other rows than the reference's way of that name."""
        if permission in INHERITED:
            return True  # has no way of its own; what it inherits is compared as a list
        branch = next(b for b in PERMISSIONS[permission].branches if b.name == name)
        ways = self.branches[ACTIONS[permission]]
        return any(rows_of(branch, Actor(user), Report) != ways[person.id][name] for person, user in self.people)


def _as_a_set(form):
    return lambda actor, permission, expected: form(actor, permission) == expected


def _holds(agrees, actor, permission, expected):
    try:
        return agrees(actor, permission, expected)
    except AssertionError:  # the form itself saw a row twice or out of order
        return False


def rows_of(branch, actor, model):
    """What one branch gives to an actor."""
    rows = branch.rows(actor) if actor.is_known else None
    return set(model._default_manager.filter(rows).values_list("pk", flat=True)) if rows is not None else set()
