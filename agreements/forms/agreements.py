"""Input about agreements and their terms."""

from django import forms

from agreements.models import (
    Agreement,
    AgreementTemplate,
    AgreementVersion,
    DataCategory,
    DataItem,
    LegalBasis,
    LegalHold,
    Party,
    PermittedUse,
    Purpose,
    RedactionStep,
    RetentionTerm,
    SpecialCondition,
)
from partnership.forms.organizations import ZoneField
from partnership.models import TLP, Organization, User

DAY = {"type": "date"}


class DraftForm(forms.Form):
    title = forms.CharField(
        max_length=200, help_text="What it is about, such as “Exchange of incident reports in energy”."
    )
    template = forms.ModelChoiceField(
        AgreementTemplate.objects.none(), required=False, empty_label="None: begin with empty steps",
        help_text="It fills purposes, data, retention, redaction, handling, uses and clauses. You can change all of them.",
    )  # fmt: skip
    kind = forms.ChoiceField(
        choices=[("", "As the template says"), *Agreement.Kind.choices], required=False,
        help_text="Needed only without a template.",
    )  # fmt: skip
    lead = forms.ModelChoiceField(Organization.objects.none(), label="Led by")

    def __init__(self, *args, organizations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = AgreementTemplate.objects.valid_on().order_by("position")
        self.fields["lead"].queryset = organizations
        if organizations.count() == 1:
            self.fields["lead"].initial = organizations.first()

    def clean(self):
        cleaned = super().clean()
        if "template" in cleaned and not cleaned["template"] and not cleaned.get("kind"):
            self.add_error("kind", "Choose a template, or say of which kind the agreement is.")
        return cleaned


class BasicsForm(forms.ModelForm):
    title = forms.CharField(max_length=200)
    time_zone = ZoneField(label="Calendar", help_text="The time zone in which days end, such as Europe/Amsterdam.")

    class Meta:
        model = AgreementVersion
        fields = [
            "summary",
            "tlp_ceiling",
            "minimum_group_size",
            "notice_days",
            "effective_on",
            "ends_on",
            "review_on",
        ]
        labels = {"summary": "Why the parties share", "tlp_ceiling": "Highest marking", "notice_days": "Days of notice",
                  "effective_on": "First day", "ends_on": "Last day", "review_on": "Reviewed on"}  # fmt: skip
        widgets = {name: forms.DateInput(attrs=DAY) for name in ("effective_on", "ends_on", "review_on")}

    field_order = ["title", "summary"]

    def __init__(self, *args, is_signed=False, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("title", "time_zone") if is_signed else ():
            self.fields[name].disabled = True
            self.fields[name].help_text = "Every version was signed with it, so it stays."

    def clean_minimum_group_size(self):
        size = self.cleaned_data["minimum_group_size"]
        if size < 3:
            raise forms.ValidationError("A figure rests on at least 3 groups of organizations. Give 3 or more.")
        return size

    def validate_constraints(self):
        """The action answers for rules; a form answers for shape."""


class PartyForm(forms.ModelForm):
    class Meta:
        model = Party
        fields = ["organization", "role", "controller_role", "contact"]
        labels = {"controller_role": "Role under data protection law"}

    def __init__(self, *args, organizations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = organizations


class PurposeForm(forms.ModelForm):
    class Meta:
        model = Purpose
        fields = ["text", "legal_basis", "law_cited", "law_valid_until", "special_condition"]
        labels = {"text": "Purpose", "special_condition": "Condition for special categories"}
        help_texts = {"law_cited": "Needed for a legal obligation and for a public task."}
        widgets = {"law_valid_until": forms.DateInput(attrs=DAY)}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["legal_basis"].queryset = LegalBasis.objects.valid_on().order_by("position")
        self.fields["legal_basis"].label_from_instance = lambda basis: f"{basis.label}, {basis.article}"
        self.fields["special_condition"].queryset = SpecialCondition.objects.valid_on().order_by("position")


class CategoryForm(forms.ModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = DataCategory.objects.valid_on().order_by("position")


class DataItemForm(CategoryForm):
    class Meta:
        model = DataItem
        fields = ["category", "description", "has_personal_data"]


class RetentionForm(CategoryForm):
    class Meta:
        model = RetentionTerm
        fields = ["category", "trigger", "months", "days", "action", "basis"]
        labels = {"trigger": "The period begins with", "action": "Then", "basis": "Why this long"}

    def validate_constraints(self):
        """The action answers for rules; a form answers for shape."""


class RetentionPeriodForm(forms.Form):
    """The part of a retention term that decides the day."""

    trigger = forms.ChoiceField(choices=RetentionTerm.Trigger.choices)
    months = forms.IntegerField(min_value=0, max_value=1200, required=False)
    days = forms.IntegerField(min_value=0, max_value=36600, required=False)
    action = forms.ChoiceField(choices=RetentionTerm.Action.choices)

    def clean(self):
        cleaned = super().clean()
        cleaned |= {"months": cleaned.get("months") or 0, "days": cleaned.get("days") or 0}
        if not cleaned["months"] and not cleaned["days"]:
            raise forms.ValidationError("Give months, days or both.")
        return cleaned


class RedactionForm(CategoryForm):
    class Meta:
        model = RedactionStep
        fields = ["category", "instruction"]


class UseForm(forms.ModelForm):
    class Meta:
        model = PermittedUse
        fields = ["purpose", "categories", "recipients", "conditions", "highest_tlp", "valid_from", "valid_until"]
        widgets = {"categories": forms.CheckboxSelectMultiple, "valid_from": forms.DateInput(attrs=DAY),
                   "valid_until": forms.DateInput(attrs=DAY)}  # fmt: skip
        labels = {"highest_tlp": "Highest marking"}

    def __init__(self, *args, version, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["purpose"].queryset = version.purposes.order_by("position")
        self.fields["categories"].queryset = DataCategory.objects.filter(pk__in=version.data_items.values("category"))


class SignForm(forms.Form):
    party = forms.ModelChoiceField(Party.objects.none(), label="For", empty_label=None)
    statement = forms.CharField(
        max_length=500, initial="I am authorised to sign for this organization.", label="Statement of authority"
    )
    content_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args, parties, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = parties
        self.fields["party"].label_from_instance = lambda party: party.organization.name


class ReasonForm(forms.Form):
    because = forms.CharField(label="Reason", max_length=500)


class ApproveForm(ReasonForm):
    content_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)


class RenewForm(ReasonForm):
    ends_on = forms.DateField(label="New last day", widget=forms.DateInput(attrs=DAY))

    field_order = ["ends_on", "because"]


class CompareForm(forms.Form):
    """Two versions of one agreement, by their numbers."""

    old = forms.TypedChoiceField(coerce=int)
    new = forms.TypedChoiceField(coerce=int)

    def __init__(self, *args, numbers, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(number, f"Version {number}") for number in numbers]
        self.fields["old"].choices = self.fields["new"].choices = choices


class AskForm(forms.Form):
    """What somebody wants to share, for what, with whom."""

    purpose = forms.ModelChoiceField(Purpose.objects.none(), required=False, empty_label="Any purpose of the agreement")
    categories = forms.ModelMultipleChoiceField(
        DataCategory.objects.none(), widget=forms.CheckboxSelectMultiple, label="Which data"
    )
    recipients = forms.ChoiceField(choices=PermittedUse.Recipients.choices, label="With whom")
    tlp = forms.TypedChoiceField(choices=TLP.choices, coerce=int, label="Marked")
    recipient = forms.ModelChoiceField(
        Organization.objects.none(), required=False, label="A certain party", empty_label="No party in particular"
    )

    def __init__(self, *args, version, organizations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["recipient"].queryset = organizations
        if version is not None:
            self.fields["purpose"].queryset = version.purposes.order_by("position")
        self.fields["categories"].queryset = DataCategory.objects.valid_on().order_by("position")


class EngagementForm(forms.Form):
    auditor = forms.ModelChoiceField(User.objects.none())
    title = forms.CharField(max_length=200)
    agreements = forms.ModelMultipleChoiceField(Agreement.objects.none(), widget=forms.CheckboxSelectMultiple)
    independence = forms.CharField(widget=forms.Textarea, label="Statement of independence")
    until = forms.DateTimeField(label="Ends on", widget=forms.DateInput(attrs=DAY))

    def __init__(self, *args, auditors, agreements, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["auditor"].queryset = auditors
        self.fields["auditor"].label_from_instance = lambda person: person.name
        self.fields["agreements"].queryset = agreements


class ReturnForm(forms.Form):
    because = forms.CharField(
        label="How it was returned", max_length=500, help_text="To whom, when and by which way; it stands in the trail."
    )


class HoldForm(forms.Form):
    """Without a scope by the address, the form asks for one: an agreement or an organization."""

    agreement = forms.ModelChoiceField(
        Agreement.objects.none(), required=False, help_text="Everything that stands under it is kept."
    )
    organization = forms.ModelChoiceField(
        Organization.objects.none(), required=False,
        help_text="Or: everything that this organization filed is kept. Leave empty when an agreement is chosen.",
    )  # fmt: skip
    ground = forms.ChoiceField(choices=LegalHold.Ground.choices)
    authority = forms.CharField(max_length=200, required=False, help_text="Who asks for it, if an authority does.")
    reason = forms.CharField(max_length=500)
    review_on = forms.DateField(label="Reviewed on", widget=forms.DateInput(attrs=DAY))

    def __init__(self, *args, agreements=None, organizations=None, **kwargs):
        super().__init__(*args, **kwargs)
        if agreements is None:
            del self.fields["agreement"], self.fields["organization"]
            return
        self.fields["agreement"].queryset = agreements
        self.fields["organization"].queryset = organizations
        if not organizations.exists():
            del self.fields["organization"]

    def clean(self):
        cleaned = super().clean()
        if "agreement" in self.fields and bool(cleaned.get("agreement")) == bool(cleaned.get("organization")):
            self.add_error("agreement", "Choose an agreement or an organization, and not both.")
        return cleaned
