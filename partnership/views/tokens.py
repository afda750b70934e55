"""Pages of tokens: keys of connected systems, and addresses of calendar feeds."""

from typing import ClassVar

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views import View

from partnership import calendars
from partnership.access.actor import Actor
from partnership.access.declare import OpenToAll, SignedIn
from partnership.actions import accounts
from partnership.api.authentication import live_token
from partnership.forms.people import CalendarForm, EmptyForm, TokenForm
from partnership.models import CALENDAR, ApiToken
from partnership.web.pages import FormPage, now

OWN = SignedIn("It concerns the person alone.")


class TokenList(FormPage):
    permission = OWN
    fresh = ("POST",)  # the list may be read without
    page_title = "API tokens"
    lead = "A token lets one of your systems act for you, with what you may see and nothing more. It is shown once."
    template_name = "partnership/token_list.html"
    form_class: ClassVar[type[forms.Form]] = TokenForm
    submit_label = "Make a token"

    tokens_label = "Your tokens"
    is_calendar = False

    def context(self, **more):
        mine = ApiToken.objects.filter(user=self.request.user).order_by("-created_at")
        shown = mine.filter(areas=[CALENDAR]) if self.is_calendar else mine.exclude(areas=[CALENDAR])
        return super().context(
            tokens=shown, tokens_label=self.tokens_label, is_calendar=self.is_calendar, now=now(), **more
        )

    def act(self, form):
        made, token = accounts.make_token(user=self.request.user, at=now(), **form.cleaned_data)
        messages.success(self.request, f"Your token, shown this once: {token}")
        return made

    def success_url(self, made):
        return reverse("partnership:token-list")


class CalendarList(TokenList):
    page_title = "Calendar feed"
    lead = (
        "An address from which your calendar reads the days ahead: ends and reviews of agreements, reviews of holds,"
        " meetings. Whoever has the address can read them; they carry numbers and no content."
    )
    form_class = CalendarForm
    submit_label = "Make an address"
    tokens_label = "Your addresses"
    is_calendar = True

    def act(self, form):
        made, token = accounts.make_calendar(user=self.request.user, at=now(), **form.cleaned_data)
        address = self.request.build_absolute_uri(reverse("partnership:calendar-feed", kwargs={"token": token}))
        messages.success(self.request, f"Your address, shown this once: {address}")
        return made

    def success_url(self, made):
        return reverse("partnership:calendar-list")


class CalendarFeed(View):
    """What a calendar reads. An address that is unknown, ended or revoked is absent."""

    permission = OpenToAll("Calendars cannot sign in: the secret of the address is the key, and opens this feed alone.")

    def get(self, request, token):
        row = live_token(token, is_calendar=True)
        if row is None:
            raise Http404
        return HttpResponse(calendars.feed(Actor(row.user), now()), content_type="text/calendar; charset=utf-8")


class TokenRevoke(FormPage):
    permission = OWN
    form_class = EmptyForm
    submit_label = "Revoke"

    def prepare(self):
        self.token = ApiToken.objects.filter(
            user=self.request.user, pk=self.kwargs["pk"], revoked_at__isnull=True
        ).first()
        if self.token is None:
            raise Http404
        self.back = CalendarList if self.token.areas == [CALENDAR] else TokenList
        self.page_title = "Revoke an address" if self.back is CalendarList else "Revoke a token"
        self.lead = f"Whatever uses “{self.token.name}” is refused from the next call on."

    def get_breadcrumbs(self):
        return [(self.back.page_title, self.success_url(self.token)), ("Revoke", None)]

    def act(self, form):
        return accounts.revoke_token(token=self.token, by=self.request.user, at=now())

    def success_url(self, made):
        return reverse("partnership:calendar-list" if self.back is CalendarList else "partnership:token-list")
