"""The secretariat's page of exact numbers: coordinators only, every look in the trail."""

from incidents.actions import operations
from partnership.web.pages import Page, now


class OperationsPage(Page):
    permission = operations.PERMISSION
    template_name = "incidents/operations.html"
    page_title = "Operational numbers"
    lead = "Exact and of this moment, for the secretariat's own work. They are not for councils, and every look is recorded."

    def get(self, request):
        return self.show(found=operations.look(by=request.user, at=now()))
