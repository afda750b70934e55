"""Input about handling, transfers and further clauses of a version."""

from django import forms

from agreements.forms.agreements import CategoryForm
from agreements.models import Clause, HandlingPolicy, Transfer
from partnership.models import Organization, TransferMechanism


class HandlingForm(CategoryForm):
    class Meta:
        model = HandlingPolicy
        fields = ["category", "tlp", "encrypt_in_transit", "permitted_actions", "affected_party_notifications", "attribution",
                  "unmodified_resale", "external_reference"]  # fmt: skip
        labels = {"tlp": "Highest marking", "encrypt_in_transit": "Encryption", "permitted_actions": "Recipients take",
                  "affected_party_notifications": "Recipients tell affected parties", "unmodified_resale": "Recipients sell it on unmodified",
                  "external_reference": "Policy elsewhere"}  # fmt: skip
        help_texts = {"external_reference": "Address or number of a policy that says more."}

    def __init__(self, *args, version, **kwargs):
        super().__init__(*args, **kwargs)
        listed = self.fields["category"].queryset.filter(pk__in=version.data_items.values("category"))
        self.fields["category"].queryset = listed

    def validate_constraints(self):
        """The action answers for rules; a form answers for shape."""


class TransferForm(forms.ModelForm):
    class Meta:
        model = Transfer
        fields = [
            "organization",
            "mechanism",
            "documents",
            "residency",
            "export_control",
            "export_basis",
            "conflict_note",
        ]
        labels = {"organization": "To", "residency": "Where data must stay", "export_basis": "Exception or licence",
                  "conflict_note": "Conflict of laws"}  # fmt: skip

    def __init__(self, *args, organizations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = organizations
        self.fields["organization"].label_from_instance = _with_country
        self.fields["mechanism"].queryset = TransferMechanism.objects.valid_on().order_by("position")
        self.fields["mechanism"].label_from_instance = lambda way: f"{way.label}, {way.article}"

    def validate_constraints(self):
        """The action answers for rules; a form answers for shape."""


def _with_country(organization: Organization) -> str:
    return f"{organization.name} ({organization.country})"


class ClauseForm(forms.ModelForm):
    class Meta:
        model = Clause
        fields = ["subject", "text"]

    def validate_constraints(self):
        """The action answers for rules; a form answers for shape."""
