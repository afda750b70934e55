"""Django's own permission question, answered by the policy."""

from django.contrib.auth.backends import BaseBackend

from partnership.access.actor import Actor
from partnership.access.decide import can


class PolicyBackend(BaseBackend):
    """has_perm on an object asks the policy; without an object the answer is no. There is no superuser shortcut."""

    def has_perm(self, user_obj, perm, obj=None):
        return obj is not None and can(Actor(user_obj), perm, obj)
