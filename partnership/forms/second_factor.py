"""Input about second factors."""

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms

from partnership.web.fields import hidden_json


class AppForm(forms.Form):
    code = forms.CharField(
        label="Code of the app", max_length=12, help_text="The six digits that the app shows now.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )  # fmt: skip


class PasskeyForm(AddWebAuthnForm):
    """The name of a passkey; the browser fills in the rest."""

    credential = hidden_json()
    passwordless = None  # every passkey verifies its holder, so there is nothing to choose
    name = forms.CharField(max_length=60, help_text="By which you know it, such as “Work laptop”.")
