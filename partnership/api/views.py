"""Base of all view sets: rows come through `scope`, writes go through actions."""

from typing import ClassVar

from django.utils import timezone
from rest_framework import mixins, viewsets

from partnership.access.scope import get_or_404, visible


class ScopedViewSet(viewsets.GenericViewSet):
    """A resource whose rows are those on which the actor holds the action's permission.

    A subclass gives `permissions` (action name -> permission), `rows()` and a serializer. `lookup_value_regex` keeps
    malformed keys from reaching the database.
    """

    permissions: ClassVar[dict[str, str]] = {}
    lookup_value_regex = "[0-9a-f-]{36}"

    def rows(self):
        raise NotImplementedError

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.rows().none()
        return visible(self.actor, self.permissions[self.action], self.rows())

    def get_object(self):
        return get_or_404(self.actor, self.permissions[self.action], self.rows(), pk=self.kwargs["pk"])

    @property
    def now(self):
        return timezone.now()


class ReadOnly(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """List and retrieve."""
