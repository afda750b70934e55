"""The home page: what waits for the person."""

from django.urls import NoReverseMatch, reverse

from partnership.access.decide import may_somewhere
from partnership.access.declare import SignedIn
from partnership.registry import GLANCES, WORKLISTS
from partnership.web.pages import Page

QUICK = [
    ("Report an incident", "incidents:report-new", "incidents.file_under"),
    ("Draft an agreement", "agreements:agreement-new", "agreements.draft_agreement"),
    ("Compliance reports", "partnership:report-list", "partnership.view_reports"),
    ("Councils", "councils:council-list", "councils.view_council"),
]


class Home(Page):
    """A work list, grouped by kind, urgent things first."""

    permission = SignedIn("Everybody has a home page; it shows what waits for that person.")
    page_title = "Home"
    template_name = "partnership/home.html"

    def get(self, request):
        waiting = [item for source in WORKLISTS for item in source(self.actor)]
        waiting.sort(key=lambda item: (item.kind, not item.is_urgent, str(item.due or "9")))
        glances = [item for source in GLANCES for item in source(self.actor)]
        return self.show(waiting=waiting, glances=glances, quick=list(self.quick()))

    def quick(self):
        for label, name, permission in QUICK:
            try:
                url = reverse(name)
            except NoReverseMatch:
                continue  # an app that is not part of this installation
            if may_somewhere(self.actor, permission):
                yield label, url
