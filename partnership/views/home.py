"""The home page: what waits for the person."""

from partnership.access.declare import SignedIn
from partnership.registry import WORKLISTS
from partnership.web.pages import Page


class Home(Page):
    """A work list, grouped by kind, urgent things first."""

    permission = SignedIn("Everybody has a home page; it shows what waits for that person.")
    page_title = "Home"
    template_name = "partnership/home.html"

    def get(self, request):
        waiting = [item for source in WORKLISTS for item in source(self.actor)]
        return self.show(waiting=waiting)
