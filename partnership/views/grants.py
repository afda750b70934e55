"""Pages of exceptions: given and received, given anew, renewed, ended; and who can see a record."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404
from django.urls import reverse

from partnership.access import exceptions_seen
from partnership.access.audience import Audience
from partnership.access.exceptions import KINDS
from partnership.access.grants import live_on
from partnership.access.scope import get_or_404
from partnership.actions import grants
from partnership.forms.grants import GiveForm, UntilForm
from partnership.forms.people import EmptyForm
from partnership.models import Membership
from partnership.policy import groups_for
from partnership.web.pages import ConfirmPage, FormPage, Page, now

LIST = ("Exceptions", "partnership:grant-list")
SEE = "partnership.view_grants"


class GrantList(Page):
    """Every exception that concerns the person."""

    permission = SEE
    page_title = "Exceptions"
    lead = "Records that were opened to somebody by name: to you, by you, or where you decide. Each ends by itself."
    template_name = "partnership/grant_list.html"

    def get(self, request, **kwargs):
        at, found = now(), list(exceptions_seen.every(self.actor))
        found.sort(key=lambda seen: (not seen.is_live(at), seen.row.expires_at))
        received = [seen for seen in found if seen.is_received]
        given = [seen for seen in found if seen.may_decide or seen.row.granted_by_id == request.user.pk]
        soon = at + timedelta(days=7)
        return self.show(
            now=at,
            actions=[("To confirm", reverse("partnership:review-list"), False)],
            soon=soon,
            parts=[("Open to you", received, False), ("Given, or yours to decide", given, True)],
        )


class OfGrant(ConfirmPage):
    """A form about one exception that the person decides about."""

    permission = SEE
    fresh = True

    def prepare(self):
        self.seen = exceptions_seen.one(self.actor, self.kwargs["key"], decide=True)
        self.object = self.seen.row

    def get_breadcrumbs(self):
        return [(LIST[0], reverse(LIST[1])), (self.seen.what, None)]


class GrantRenew(OfGrant):
    page_title = "Renew an exception"
    form_class = UntilForm
    submit_label = "Renew"
    success_message = "The exception is renewed."

    def get_consequences(self):
        return [f"{self.seen.whom} may see {self.seen.what} for as many days from today as you enter, 90 at most."]

    def act(self, form):
        at = now()
        return grants.renew(row=self.object, until=at + form.length, because=form.cleaned_data["because"],
                            by=self.request.user, at=at)  # fmt: skip


class GrantEnd(OfGrant):
    page_title = "End an exception"
    form_class = EmptyForm
    submit_label = "End it now"
    success_message = "The exception has ended."
    is_dangerous = True

    def get_consequences(self):
        return [f"{self.seen.whom} can no longer see {self.seen.what} by it, from the next click on."]

    def act(self, form):
        return grants.end(row=self.object, by=self.request.user, at=now())


class OfRecord(Page):
    """A page about one record on which the person decides who is let in by name."""

    permission = SEE

    def find(self) -> Any:
        kind = KINDS.get(self.kwargs["kind"])
        if kind is None:
            raise Http404
        self.kind = kind
        return get_or_404(self.actor, kind.decided_by, kind.model._default_manager.all(), pk=self.kwargs["pk"])

    def get_breadcrumbs(self):
        return [(str(self.object), reverse(self.kind.page, kwargs={"pk": self.object.pk})), (self.page_title, None)]


class GrantNew(OfRecord, FormPage):
    fresh = True
    page_title = "Let a person or a group in"
    lead = "By name, for some days, with a reason that the trail keeps. It ends by itself, and you can end it earlier."
    form_class = GiveForm
    submit_label = "Let in"
    success_message = "It may be seen now."

    def prepare(self):
        self.object = self.find()
        if self.kind.door != "partnership:grant-new":
            raise Http404  # this kind has a page of its own, with its own rules

    def form_kwargs(self):
        return {"groups": groups_for(self.actor, self.kind, self.object)}

    def act(self, form):
        at, given = now(), form.cleaned_data
        return grants.give(kind=self.kind, obj=self.object, to=given["to"], until=at + form.length,
                           because=given["because"], clause=given["clause"], by=self.request.user, at=at)  # fmt: skip

    def success_url(self, made):
        return reverse("partnership:audience", kwargs={"kind": self.kind.name, "pk": self.object.pk})


class WhoCanSee(OfRecord):
    """Everybody who can see a record, with each way and its end."""

    page_title = "Who can see this?"
    lead = "Everybody who may open it at this moment, by which rule, and until when."
    template_name = "partnership/audience.html"
    per_page = 50

    def get(self, request, **kwargs):
        self.object, at = self.find(), now()
        audience = Audience(self.kind.seen_by, self.object)
        # Two people may share a name; where they work tells them apart.
        places = Membership.objects.in_force().order_by("organization__name", "organization_id").distinct(
            "organization__name", "organization_id").select_related("organization")  # fmt: skip
        people = audience.people.order_by("name", "pk").prefetch_related(
            Prefetch("memberships", places, to_attr="places")
        )
        pages = Paginator(people, self.per_page)
        page = pages.get_page(request.GET.get("page"))
        return self.show(
            object=self.object, kind=self.kind, people=audience.admitted(page.object_list), page_obj=page, now=at,
            count=pages.count, grants=[(f"{self.kind.name}-{to}-{row.pk}", to, row) for to, table in self.kind.tables
                                       for row in live_on(table, self.object).order_by("expires_at", "pk")[:200]],
            actions=[("Let a person or a group in", reverse(self.kind.door, kwargs=self._door()), True)],
        )  # fmt: skip

    def _door(self):
        key = {"pk": self.object.pk}
        return {"kind": self.kind.name, **key} if self.kind.door == "partnership:grant-new" else key
