"""A rule of the house: deeds that bind or open ask for a fresh second factor, on pages and by call, and no others do."""

import pytest

from partnership.access.rest import PERSON_ALONE, TOKEN_FOR_IT
from tests.house.test_api_routes import ROUTES, actions_of, functions_of
from tests.house.test_urls import ALL

ASKS = {
    "agreements.actions.holds.place", "agreements.actions.holds.lift", "agreements.actions.signing.sign",
    "agreements.actions.engagements.engage", "agreements.actions.retention.run_now", "agreements.actions.approvals.approve",
    "agreements.actions.departures.ask", "agreements.actions.departures.confirm", "agreements.actions.attesting.attest",
    "incidents.actions.reports.release", "incidents.actions.reports.let_in",
    "councils.actions.councils.appoint", "councils.actions.councils.vacate", "partnership.actions.accounts.invite",
    "partnership.actions.accounts.grant_membership", "partnership.actions.accounts.end_membership",
    "partnership.actions.accounts.deactivate", "partnership.actions.exports.request",
    "partnership.actions.trail.export", "partnership.actions.trail.shred", "partnership.actions.checkpoints.register_witness",
    "partnership.actions.checkpoints.withdraw_witness",
    "partnership.actions.grants.give", "partnership.actions.grants.renew", "partnership.actions.grants.end",
    "partnership.actions.groups.add", "partnership.actions.groups.end", "partnership.actions.groups.close",
    "partnership.actions.recertification.confirm", "partnership.actions.recertification.end", "partnership.actions.break_glass.ask",
    "partnership.actions.break_glass.approve", "partnership.actions.break_glass.refuse", "partnership.actions.break_glass.end",
}  # fmt: skip
# What concerns the own account alone has no call, and asks too.
OWN_ACCOUNT = {
    "AppNew",
    "PasskeyNew",
    "FactorRemove",
    "RecoveryCodes",
    "LinkRemove",
    "SecondFactor",
    "TokenList",
    "CalendarList",
}
VIEWS = sorted({view for _, entry, _ in ALL if (view := getattr(entry.callback, "view_class", None)) and hasattr(view, "fresh")},
               key=lambda view: view.__name__)  # fmt: skip


def reached(view, functions):
    return {name for function in functions for name in actions_of(function, view)}


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_a_page_asks_when_its_deed_does(view):
    asks = view.fresh is True or "POST" in (view.fresh or ())

    assert asks == bool(reached(view, functions_of(view)) & ASKS) or view.__name__ in OWN_ACCOUNT


@pytest.mark.parametrize(("view", "name"), sorted({(view, name) for _, _, view, name in ROUTES}, key=str),
                         ids=lambda part: getattr(part, "__name__", part))  # fmt: skip
def test_a_call_asks_when_its_deed_does(view, name):
    declared = getattr(view, "fresh", {}).get(name)

    assert declared in (None, PERSON_ALONE, TOKEN_FOR_IT)
    assert bool(declared) == bool(reached(view, [getattr(view, name)]) & ASKS)


def test_every_deed_of_the_list_is_reached():
    pages = set().union(*(reached(view, functions_of(view)) for view in VIEWS))
    calls = set().union(*(reached(view, [getattr(view, name)]) for _, _, view, name in ROUTES))

    assert calls >= ASKS
    assert ASKS - pages <= {"partnership.actions.accounts.grant_membership"}, "given by call alone so far"


@pytest.mark.parametrize("view", [view for view in VIEWS if view.fresh], ids=lambda view: view.__name__)
def test_what_is_asked_again_holds_no_file(view):
    """The question carries what was entered in hidden fields, which a file does not fit into."""
    form = getattr(view, "form_class", None)
    fields = getattr(form, "base_fields", {})

    assert not any(field.widget.needs_multipart_form for field in fields.values())
