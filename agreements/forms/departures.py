"""Input about a party that leaves, and about what became of its data."""

from django import forms

from agreements.forms.agreements import DAY, ReasonForm
from agreements.models import Attestation


class LeaveForm(ReasonForm):
    """`seen_hash` says which preview the person read; the action compares it."""

    leaves_on = forms.DateField(label="Leaves on", widget=forms.DateInput(attrs=DAY))
    seen_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)

    field_order = ["leaves_on", "because"]

    def __init__(self, *args, first_day=None, **kwargs):
        super().__init__(*args, **kwargs)
        if first_day is not None:
            self.fields[
                "leaves_on"
            ].help_text = (
                f"The agreement's notice allows {first_day:%-d %B %Y} and later. An earlier day needs the secretariat."
            )


class ConfirmLeaveForm(ReasonForm):
    seen_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)


class AttestForm(forms.Form):
    outcome = forms.ChoiceField(
        choices=[choice for choice in Attestation.Outcome.choices if choice[0]], widget=forms.RadioSelect, label="What became of it"
    )  # fmt: skip
    statement = forms.CharField(
        max_length=500, widget=forms.Textarea(attrs={"rows": 3}), label="What was done",
        help_text="Which copies, where and how, with backups and what others received from you.",
    )  # fmt: skip
    law = forms.CharField(
        max_length=300, required=False, label="Law that obliges to keep it", help_text="Only if it is kept: the law with its article."
    )  # fmt: skip
    kept_until = forms.DateField(required=False, widget=forms.DateInput(attrs=DAY), help_text="Only if it is kept.")
