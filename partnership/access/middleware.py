"""Default deny: a request reaches a view only when the view has declared who may open it."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, JsonResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from partnership.access import proof
from partnership.access.actor import Actor
from partnership.access.decide import may_somewhere
from partnership.access.declare import Administrators, OpenToAll, SignedIn, declaration

API = "/api/"
# Library views and probes that somebody may open who is signed in without a second factor.
BEFORE_SECOND_FACTOR = {"account_logout", "health-live", "health-ready"}


class DeclaredAccessMiddleware:
    """Puts the actor on the request and refuses undeclared, unknown and unpermitted views as if they were absent."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.actor = SimpleLazyObject(lambda: Actor(request.user))
        answer = self.get_response(request)
        if request.session.accessed:
            request.session.touch()
        return answer

    def process_view(self, request, callback, args, kwargs):
        match = request.resolver_match
        declared = declaration(callback, match.url_name, match.namespaces)
        if declared is None:
            raise Http404
        if hasattr(callback, "cls"):
            return None  # the API authenticates by itself and asks the same declaration (rest.py)
        if self._lacks_second_factor(request, callback):
            return redirect("partnership:second-factor")
        if isinstance(declared, OpenToAll):
            return None
        if not request.actor.is_known:
            return self._ask_to_sign_in(request)
        if isinstance(declared, SignedIn):
            return None
        if isinstance(declared, Administrators):
            return None if request.user.is_staff else self._absent()
        return None if may_somewhere(request.actor, declared) else self._absent()

    @staticmethod
    def _lacks_second_factor(request, callback):
        if not request.actor.is_known or proof.is_proven(request):
            return False
        is_on_the_way = getattr(getattr(callback, "view_class", None), "before_second_factor", False)
        return not (is_on_the_way or request.resolver_match.url_name in BEFORE_SECOND_FACTOR)

    @staticmethod
    def _absent():
        raise Http404

    @staticmethod
    def _ask_to_sign_in(request):
        if request.path.startswith(API):
            return JsonResponse(
                {"error": {"code": "not_authenticated", "message": "Sign in or send a token."}}, status=401
            )
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
