"""Default deny: a request reaches a view only when the view has declared who may open it."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, JsonResponse
from django.utils.functional import SimpleLazyObject

from partnership.access.actor import Actor
from partnership.access.decide import may_somewhere
from partnership.access.declare import Administrators, OpenToAll, SignedIn, declaration

API = "/api/"


class DeclaredAccessMiddleware:
    """Puts the actor on the request and refuses undeclared, unknown and unpermitted views as if they were absent."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.actor = SimpleLazyObject(lambda: Actor(request.user))
        return self.get_response(request)

    def process_view(self, request, callback, args, kwargs):
        match = request.resolver_match
        declared = declaration(callback, match.url_name, match.namespaces)
        if declared is None:
            raise Http404
        if isinstance(declared, OpenToAll) or hasattr(callback, "cls"):
            return None  # the API authenticates by itself and asks the same declaration (rest.py)
        if not request.actor.is_known:
            return self._ask_to_sign_in(request)
        if isinstance(declared, SignedIn):
            return None
        if isinstance(declared, Administrators):
            return None if request.user.is_staff else self._absent()
        return None if may_somewhere(request.actor, declared) else self._absent()

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
