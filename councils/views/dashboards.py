"""The dashboard of a council: published figures as page and file; what is hidden is hidden alike in both."""

from collections.abc import Mapping

from django.urls import reverse

from councils.dashboards import panels
from councils.models import Council
from partnership.access.scope import get_or_404
from partnership.tables import TableSource, source
from partnership.web.pages import EXPORT_FORMATS, Page

HIDDEN = "hidden: the figure is below five, rests on too few groups, or would give away another hidden one."


class Dashboard(Page):
    """Figures of the council's sectors from the published releases."""

    permission = "councils.view_dashboard"
    template_name = "councils/dashboard.html"

    def get_breadcrumbs(self):
        return [("Councils", reverse("councils:council-list")), (self.council.name, reverse("councils:council-detail", kwargs={"pk": self.council.pk})),
                ("Dashboard", None)]  # fmt: skip

    def get(self, request, pk):
        self.council = get_or_404(self.actor, self.permission, Council.objects.all(), pk=pk)
        shown = board_of(self.council)
        self.page_title = f"{self.council.name}: figures"
        self.lead = "Figures of the council's sectors. No partner is named."
        if shown is None:
            return self.show(shown=None)
        self.lead = f"{shown.release.title}: published on {shown.release.published_on:%-d %B %Y}, the same for everybody. No partner is named."
        parts = [(panel, panels.sentence(panel), panels.most(panel)) for panel in shown.panels]
        return self.show(shown=shown, panels=parts, glances=panels.glances(shown), trend=panels.trend(shown.panel("sectors")),
                         reason=HIDDEN, exports=self.exports(), weights=shown.release.rules["risk_weights"].items())  # fmt: skip

    def exports(self):
        base = reverse("partnership:export-new", kwargs={"source": DASHBOARD.name})
        return [(label, f"{base}?council={self.council.pk}&format={code}") for code, label in EXPORT_FORMATS]


def board_of(council: Council):
    return panels.board(list(council.sectors.values_list("pk", flat=True)))


def dashboard_table(actor, parameters: Mapping):
    """The dashboard as a table for files."""
    council = get_or_404(actor, "councils.view_dashboard", Council.objects.all(), pk=parameters.get("council"))
    table = panels.table(DASHBOARD.name, f"Figures of {council.name}", board_of(council))
    table.parameters = {"council": str(council.pk)}
    return table


DASHBOARD = source(TableSource("councils:dashboard", "Council figures", "councils.view_dashboard", dashboard_table))
