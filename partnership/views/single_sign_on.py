"""The way in by single sign-on, and the page on which a person removes the link."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from partnership.access import limits
from partnership.access.declare import OpenToAll, SignedIn
from partnership.access.sessions import digest
from partnership.actions import single_sign_on
from partnership.forms.people import EmptyForm
from partnership.models import SignOnLink
from partnership.web import openid, sign_on
from partnership.web.accounts import WAIT, network_of
from partnership.web.pages import FormPage, now


def place_of(request):
    """The network that an attempt is counted under."""
    return network_of(get_adapter().get_client_ip(request))


class SignOn(View):
    """Sends the browser to the provider. Counted before the provider is asked, so that nobody asks it through us."""

    permission = OpenToAll("The way in by single sign-on.")
    http_method_names = ["post"]

    def post(self, request: Any) -> HttpResponse:
        openid.chosen()  # absent where there is none
        if request.user.is_authenticated:
            return redirect("home")
        if not limits.SIGN_ONS.take(place_of(request), at=now()):
            return render(request, "400.html", {"page_title": "", "message": WAIT}, status=429)
        try:
            return openid.ask(request)
        except openid.Unreachable as error:
            return sign_on.refuse(request, error)


class SignOnReturn(View):
    """Takes what the provider sent the browser back with."""

    permission = OpenToAll("The way in by single sign-on.")
    http_method_names = ["get"]

    def get(self, request: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect("home")
        at = now()
        try:
            answer = openid.answer(request)
            person = sign_on.whose(answer.claims)
        except (openid.Refused, openid.Unreachable) as error:
            return sign_on.refuse(request, error)
        limits.SIGN_ONS.give_back(place_of(request), at=at)
        return sign_on.come_in(request, person, answer, at)


class LinkRemove(FormPage):
    permission = SignedIn("One's own single sign-on.")
    fresh = True
    page_title = "Remove the link"
    form_class = EmptyForm
    submit_label = "Remove it"

    def prepare(self):
        self.link = SignOnLink.objects.filter(user=self.request.user, pk=self.kwargs["pk"]).first()
        if self.link is None:
            raise Http404
        self.lead = f"This ends what ties your account to {self.link.issuer}. All other sessions end."

    def get_breadcrumbs(self):
        return [("Second factor", reverse("partnership:second-factor")), ("Single sign-on", None)]

    def act(self, form):
        return single_sign_on.unlink(link=self.link, session=digest(self.request.session.session_key), at=now())

    def success_url(self, made):
        self.request.session.cycle_key()
        return reverse("partnership:second-factor")
