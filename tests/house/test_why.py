"""A rule of the house: every page of a protected record says why the person can see it."""

import pytest
from django.template.loader import get_template

from partnership.access.table import PERMISSIONS
from partnership.web.pages import FormPage, Page, RecordPage
from tests.house.test_urls import ALL

DETAIL = '{% extends "components/detail_page.html" %}'
WHY = '{% include "components/_why.html" %}'
PROTECTED = {entry.model for entry in PERMISSIONS.values() if entry.model is not None}
# Pages with a key in their address that are no page of a record, each with the reason.
OTHERWISE = {
    "WhoCanSee": "It tells the same of everybody, the person among them.",
    "Dashboard": "Figures of a council that name nobody; the council's own page says why.",
    "RecordTimeline": "Entries of the trail, each of which the person may read; the record's own page says why.",
    "PersonTimeline": "Entries of the trail, each of which the person may read.",
    "ReportDetail": "A compliance report, which is for whoever holds its permission in general.",
}
KEYED = sorted(
    {
        view
        for route, entry, _ in ALL
        if "<" in route and (view := getattr(entry.callback, "view_class", None)) is not None
    },
    key=lambda view: view.__name__,
)


def is_page(view):
    """Whether it shows something, and neither asks for something nor hands out a file."""
    shows = issubclass(view, Page) and view.template_name and view.template_name != "components/_progress.html"
    return shows and not issubclass(view, FormPage)


@pytest.mark.parametrize("view", [view for view in KEYED if is_page(view)], ids=lambda view: view.__name__)
def test_a_page_of_a_record_says_why_it_can_be_seen(view):
    if not issubclass(view, RecordPage):
        assert OTHERWISE.get(view.__name__), "make it a RecordPage, or say here why it is none"
        return
    assert view.model in PROTECTED
    source = get_template(view.template_name).template.source
    assert source.lstrip().startswith(DETAIL) or WHY in source


def test_the_rule_finds_pages_and_every_exception_is_needed():
    names = {view.__name__ for view in KEYED if is_page(view)}
    assert len(names) > 12
    assert set(OTHERWISE) <= names


def test_the_page_of_every_record_has_the_reasons():
    source = get_template("components/detail_page.html").template.source
    assert (
        "components/_why.html" in source
        and "Why can I see this?" in get_template("components/_why.html").template.source
    )
