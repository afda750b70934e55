"""Base of all view sets: rows come through `scope`, writes go through actions."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.db.models import Model
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response

from partnership.access.scope import get_or_404, listed, visible

KEY = "[0-9a-f-]{36}"  # keeps malformed keys from reaching the database


class ScopedViewSet(viewsets.GenericViewSet):
    """A resource whose rows are those on which the actor holds the action's permission.

    A subclass gives `permissions` (action name -> permission), `rows()` and a serializer.
    """

    permissions: ClassVar[dict[str, str]] = {}
    lookup_value_regex = KEY
    actor: Any  # put here by DeclaredPermission

    def rows(self):
        raise NotImplementedError

    def scoped(self):
        return listed(self.actor, self.permissions[self.action], self.rows())

    def get_queryset(self):
        return self.rows().none() if getattr(self, "swagger_fake_view", False) else self.scoped()

    def get_object(self):
        return get_or_404(self.actor, self.permissions[self.action], self.rows(), pk=self.kwargs["pk"])

    def given(self, shape: Any, *, partial: bool = False, **context: Any) -> dict[str, Any]:
        """The body in the shape asked for; what is missing or wrong in it is answered by field."""
        context = {**self.get_serializer_context(), **context}
        serializer = shape(data=self.request.data, partial=partial, context=context)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def answer(self, found: Any, shape: Any = None, *, status: int = 200, many: bool = False) -> Response:
        """A record, or several, as the resource shows them."""
        shape = shape or self.get_serializer_class()
        return Response(shape(found, many=many, context=self.get_serializer_context()).data, status=status)

    @property
    def now(self):
        return timezone.now()


class OfParent(ScopedViewSet):
    """Rows without a rule of their own: one does with them what one may do with the record to which they belong."""

    parent: ClassVar[str] = ""  # path from the row to that record
    parents: ClassVar[type[Model]]

    def scoped(self):
        allowed = visible(self.actor, self.permissions[self.action], self.parents._default_manager.all())
        return self.rows().filter(**{f"{self.parent}__in": allowed})

    def get_object(self):
        return get_object_or_404(self.scoped(), pk=self.kwargs["pk"])


class ReadOnly(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """List and retrieve."""


class ReadOnlyOfParent(mixins.ListModelMixin, mixins.RetrieveModelMixin, OfParent):
    """List and retrieve what belongs to a record."""


def deed(
    *, takes: Any = None, answers: Any = None, status: int = 200, path: str | None = None, methods: Sequence[Any] = ("post",),
    detail: bool = True, **options: Any,
) -> Callable[[Any], Any]:  # fmt: skip
    """One action beside the usual five: what it takes, what it answers, and under which path.

    `{key}` in the path stands for the key of a part, which the method receives as `key`.
    """
    parameters = [OpenApiParameter("key", OpenApiTypes.UUID, OpenApiParameter.PATH)] if path and "{key}" in path else []
    route = path.replace("{key}", f"(?P<key>{KEY})") if path else None

    def mark(method: Any) -> Any:
        marked = action(detail=detail, methods=list(methods), url_path=route, **options)(method)
        responses = answers if isinstance(answers, dict) else {status: answers}
        return extend_schema(request=takes, responses=responses, parameters=parameters)(marked)

    return mark
