"""Fields of forms that take more than one line of text."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput

from partnership.guarded_json import BadJson, loads


class GuardedJSONField(forms.JSONField):
    """JSON in a form, read by the project's bounded reader, so that deep nesting is a refusal and not a failure."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value:
            try:
                loads(value.encode(errors="replace"))
            except BadJson as error:
                raise ValidationError(str(error), code="invalid") from error
        return super().to_python(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What the refused form shows again; Django would read the text once more, without bounds."""
        return InvalidJSONInput(data) if isinstance(data, str) else super().bound_data(data, initial)


def hidden_json(*, required: bool = True) -> GuardedJSONField:
    """What the browser fills in when a passkey is used."""
    return GuardedJSONField(required=required, widget=forms.HiddenInput)
