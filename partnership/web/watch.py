"""Note every refusal at the door: answers that refuse, and failed logins."""

from django.contrib.auth.signals import user_login_failed
from django.dispatch import receiver

from partnership import keys
from partnership.models import User
from partnership.security import note


class WatchMiddleware:
    """Notes refused answers; what was asked for and whether it exists stays unsaid to the caller."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        kind = _refusal(request, response.status_code)
        if kind:
            note(kind, request=request, detail={"method": request.method})
        return response


def _refusal(request, status):
    if status == 404 and getattr(request, "resolver_match", None) is not None:
        return "access_refused"
    if status == 401 and request.headers.get("Authorization"):
        return "token_refused"
    return {403: "form_refused", 429: "rate_limited"}.get(status)


@receiver(user_login_failed)
def note_failed_login(sender, credentials, request=None, **kwargs):
    """The account's key where there is one; else a digest by which tries of one address are told to be one."""
    address = str(credentials.get("email") or credentials.get("username") or credentials.get("login") or "").lower()
    person = User.objects.filter(email=address).values_list("pk", flat=True).first()
    unknown = {} if person else {"unknown address": keys.search_digest("login", address)[:12]}
    note("login_failed", request=request, person_id=person, detail=unknown)
