"""Input about people, invitations, tokens and exports: shape and syntax only."""

from django import forms
from django.contrib.auth.password_validation import validate_password

from partnership.forms.organizations import ZoneField
from partnership.models import Organization, Role, User


class InvitationForm(forms.Form):
    organization = forms.ModelChoiceField(Organization.objects.none())
    name = forms.CharField(max_length=200)
    email = forms.EmailField(label="E-mail address", max_length=254)
    role = forms.ChoiceField(choices=Role.choices)

    def __init__(self, *args, organizations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = organizations


class JoinForm(forms.Form):
    name = forms.CharField(max_length=200)
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 15 characters; a few words are good.",
    )

    def __init__(self, *args, email="", **kwargs):
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self):
        validate_password(self.cleaned_data["password"], User(email=self.email, name=self.cleaned_data.get("name", "")))
        return self.cleaned_data["password"]


class ProfileForm(forms.Form):
    name = forms.CharField(max_length=200)
    time_zone = ZoneField()


class AppearanceForm(forms.Form):
    theme = forms.ChoiceField(
        label="Appearance",
        choices=[("auto", "As the device"), ("light", "Light"), ("dark", "Dark")],
        widget=forms.RadioSelect,
    )


class TokenForm(forms.Form):
    name = forms.CharField(max_length=100, help_text="Which system uses it.")
    days = forms.IntegerField(label="Ends after (days)", min_value=1, max_value=365, initial=90)


class ExportForm(forms.Form):
    format = forms.ChoiceField(
        choices=[("csv", "CSV"), ("xlsx", "Excel"), ("pdf", "PDF"), ("json", "JSON")], widget=forms.RadioSelect
    )
    reason = forms.CharField(max_length=300, help_text="One sentence; it stands in the trail and in the manifest.")


class EmptyForm(forms.Form):
    """Nothing to fill in: the button alone."""
