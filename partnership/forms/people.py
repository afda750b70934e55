"""Input about people, invitations, tokens and exports: shape and syntax only."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from partnership.forms.organizations import ZoneField
from partnership.models import Area, Organization, Role, User


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

    def __init__(self, *args, email="", organization="", **kwargs):
        super().__init__(*args, **kwargs)
        self.email, self.organization = email, organization

    def clean_password(self):
        # The account is not there yet, so that its organization is told apart.
        person = User(email=self.email, name=self.cleaned_data.get("name", ""))
        person.context_words = (self.organization,)
        validate_password(self.cleaned_data["password"], person)
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
    areas = forms.MultipleChoiceField(label="It opens", choices=Area.choices, widget=forms.CheckboxSelectMultiple)
    may_write = forms.BooleanField(label="It may also write", required=False)
    may_decide = forms.BooleanField(
        label="It may also place and lift holds, release reports and make exports", required=False,
        help_text="Pages ask you for your second factor each time; the token is not asked.",
    )  # fmt: skip


class CalendarForm(forms.Form):
    name = forms.CharField(max_length=100, help_text="Which calendar reads it, such as your phone's.")
    days = forms.IntegerField(label="Ends after (days)", min_value=1, max_value=365, initial=365)


PACK_CHOICE = ("pack", "Evidence pack: all four, with hashes, definitions, versions and the program that checks them")


class ExportForm(forms.Form):
    format = forms.ChoiceField(
        choices=[("csv", "CSV"), ("xlsx", "Excel"), ("pdf", "PDF"), ("json", "JSON")], widget=forms.RadioSelect
    )
    reason = forms.CharField(max_length=300, help_text="One sentence; it stands in the trail and in the manifest.")

    def __init__(self, *args: Any, is_report: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if is_report:
            self.fields["format"].choices = [*self.fields["format"].choices, PACK_CHOICE]  # type: ignore[attr-defined]


class EmptyForm(forms.Form):
    """Nothing to fill in: the button alone."""
