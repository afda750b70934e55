"""Fields of serializers that several floors share."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from partnership.access.scope import visible


class VisibleField(serializers.PrimaryKeyRelatedField):
    """The key of a record on which the caller holds a permission; a hidden one is answered like an absent one."""

    def __init__(self, permission: str, **options: Any):
        self.permission = permission
        super().__init__(**options)

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        return visible(self.context["view"].actor, self.permission, rows)


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
class WordsField(serializers.Field):
    """One text or several, as the query of a page's address would carry them."""

    default_error_messages = {"invalid": "Give a text or a list of texts."}

    def to_internal_value(self, data: Any) -> Any:
        texts = data if isinstance(data, list) else [data]
        if not all(isinstance(text, str) for text in texts):
            self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class ThroughField(VisibleField):
    """The key of a record that the caller knows by way of another record, on which the permission is held."""

    def __init__(self, permission: str, *, path: str, parents: Any, **options: Any):
        self.path, self.parents = path, parents
        super().__init__(permission, **options)

    def get_queryset(self) -> Any:
        known = visible(self.context["view"].actor, self.permission, self.parents._default_manager.all())
        rows: Any = super(VisibleField, self).get_queryset()
        return rows.filter(**{f"{self.path}__in": known}).distinct()
