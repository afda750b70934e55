"""Input of a negotiation: remarks, proposals around the forms of the steps, opinions."""

from django import forms

from partnership.models import Organization


class SpokenForm(forms.Form):
    """Something said for a party; who speaks for one party alone is not asked."""

    organization = forms.ModelChoiceField(Organization.objects.none(), label="For", empty_label=None)

    def __init__(self, *args, organizations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = organizations
        if len(organizations) == 1:
            self.fields["organization"].initial = organizations[0]
            self.fields["organization"].widget = forms.HiddenInput()


class RemarkForm(SpokenForm):
    clause = forms.CharField(max_length=600, widget=forms.HiddenInput)
    text = forms.CharField(max_length=2000, widget=forms.Textarea, label="Remark")

    field_order = ["clause", "text", "organization"]


class AnswerForm(forms.Form):
    answer = forms.CharField(max_length=1000, widget=forms.Textarea, required=False)


class DeclineForm(forms.Form):
    answer = forms.CharField(max_length=1000, widget=forms.Textarea, label="Why not")


class ProposalForm(SpokenForm):
    """What is asked beside the row itself."""

    reason = forms.CharField(max_length=1000, widget=forms.Textarea, label="Why")

    field_order = ["reason", "organization"]


class ReviewForm(forms.Form):
    is_approved = forms.TypedChoiceField(
        choices=[("yes", "I approve these words"), ("no", "I object to them")], coerce=lambda value: value == "yes",
        widget=forms.RadioSelect, label="Opinion",
    )  # fmt: skip
    opinion = forms.CharField(max_length=2000, widget=forms.Textarea, label="In words")
    content_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)
