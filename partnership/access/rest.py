"""The same declarations for the REST API: one permission per action of a view set."""

from django.http import Http404
from rest_framework.permissions import BasePermission

from partnership.access.actor import Actor
from partnership.access.decide import may_somewhere


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
        return True
