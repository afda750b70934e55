"""The same declarations for the REST API: one permission per action of a view set, and for some a fresh second factor."""

from django.http import Http404
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS, BasePermission

from partnership.access import proof
from partnership.access.actor import Actor
from partnership.access.decide import may_somewhere
from partnership.models import ApiToken

# How an action that asks for a fresh second factor may be called by a token, which has none.
PERSON_ALONE = "only by a person in a session: it binds the person or changes who may do what"
TOKEN_FOR_IT = "also by a token that was made for such deeds, which itself took a fresh second factor"


class SecondFactorNeeded(exceptions.APIException):
    status_code = 403
    default_code = "second_factor_needed"
    default_detail = "Prove your second factor on a page of the portal first; this call follows within five minutes."


class TokenTooNarrow(exceptions.APIException):
    status_code = 403
    default_code = "token_too_narrow"
    default_detail = "This token was not made for such calls. Make one with the scope that the call needs."


class DeclaredPermission(BasePermission):
    """Lets a request pass when the action's declared permission is open to the actor somewhere; rows are scoped later."""

    def has_permission(self, request, view):
        if not request.user.is_authenticated or not request.user.is_active:
            return False
        request.actor = view.actor = Actor(request.user)
        action = getattr(view, "action", None)
        if request.method == "OPTIONS":
            return True
        wanted = view.permissions.get(action or request.method.lower())
        if wanted is None and action is None:
            return True  # the router answers 405 for a method that the resource does not have
        if wanted is None or not may_somewhere(view.actor, wanted):
            raise Http404
        check_scope(request, wanted.partition(".")[0], getattr(view, "fresh", {}).get(action))
        return True


def check_scope(request, area: str, fresh: str | None) -> None:
    """Refuse a token whose scope is too narrow, and a session whose proof is too old."""
    token = request.auth if isinstance(request.auth, ApiToken) else None
    if token is None:
        if fresh and not proof.is_fresh(request._request, timezone.now()):
            raise SecondFactorNeeded
        return
    may_write = token.may_write or request.method in SAFE_METHODS
    may_decide = fresh is None or (fresh == TOKEN_FOR_IT and token.may_decide)
    if not (may_write and may_decide and area in token.areas):
        raise TokenTooNarrow
