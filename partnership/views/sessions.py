"""The page of a person's sessions."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.urls import reverse

from partnership.access.declare import SignedIn
from partnership.access.sessions import digest
from partnership.actions import sessions
from partnership.forms.people import EmptyForm
from partnership.models import Session
from partnership.web.pages import FormPage, now


class SessionList(FormPage):
    """Where the person is signed in now, and the button that ends all others."""

    permission = SignedIn("One's own sessions.")
    page_title = "Where you are signed in"
    lead = "A session ends after 30 minutes without use, and after 12 hours in any case."
    template_name = "partnership/session_list.html"
    form_class = EmptyForm
    submit_label = "End all others"

    @property
    def own(self):
        return digest(self.request.session.session_key)

    def context(self, **more):
        at = now()
        rows = Session.objects.filter(
            user=self.request.user, seen_at__gt=at - timedelta(seconds=settings.PORTAL_SESSION_IDLE_SECONDS),
            started_at__gt=at - timedelta(seconds=settings.SESSION_COOKIE_AGE),
        )  # fmt: skip
        return super().context(sessions=rows.order_by("-seen_at", "pk"), own=self.own, **more)

    def act(self, form):
        ended = sessions.end_others(user=self.request.user, kept=self.own, at=now())
        messages.success(self.request, "No other session was open." if not ended else "All other sessions have ended.")
        return ended

    def success_url(self, made):
        return reverse("partnership:session-list")
