"""Input about exceptions and broken glass: shape and syntax only."""

from datetime import timedelta

from django import forms

from partnership.access.break_glass import BREAKABLE
from partnership.models import TLP, User
from partnership.models.break_glass import MOST_HOURS


class UntilForm(forms.Form):
    """For how long, and why."""

    days = forms.IntegerField(min_value=1, max_value=90, initial=14, label="For how many days from today")
    because = forms.CharField(max_length=500, label="Why it is needed")

    @property
    def length(self):
        return timedelta(days=self.cleaned_data["days"])


class GiveForm(UntilForm):
    """Whom, for how long, and why."""

    email = forms.EmailField(label="E-mail address of the person", help_text="Somebody with an account in this portal.")
    clause = forms.CharField(max_length=120, required=False, label="Clause of the agreement, or ticket")
    field_order = ("email", "days", "because", "clause")

    def clean_email(self):
        person = User.objects.filter(email__iexact=self.cleaned_data["email"], is_active=True).first()
        if person is None:
            raise forms.ValidationError(
                "Nobody with this address has an account. Check the address, or ask their administrator to invite them."
            )
        return person


class GlassForm(forms.Form):
    """Which record, up to which marking, for how long, and why."""

    kind = forms.ChoiceField(choices=lambda: [(known.kind, known.noun.capitalize()) for known in BREAKABLE.values()])
    reference = forms.CharField(max_length=60, help_text="Such as INC-2026-00123.")
    tlp_ceiling = forms.TypedChoiceField(
        coerce=int, choices=TLP.choices, label="Up to which marking", initial=TLP.AMBER
    )
    hours = forms.IntegerField(min_value=1, max_value=MOST_HOURS, initial=1, label="For how many hours")
    because = forms.CharField(max_length=500, label="What the emergency is")
