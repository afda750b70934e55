"""Forms about what a report carries: indicators, files; and about imports."""

from typing import Any

from django import forms

from agreements.models import RetentionTerm
from incidents.forms.reports import TermChoice, terms_for
from incidents.policy import officer_organizations
from partnership.access.actor import Actor
from partnership.models import TLP, Organization


class IndicatorsForm(forms.Form):
    """A pasted list."""

    indicators = forms.CharField(
        max_length=500_000, widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}), label="Indicators, one a line",
        help_text="Addresses, networks, domains, URLs, e-mail addresses, hashes, CVE and AS numbers, “file: name”."
        " Defanged forms are understood; a comment may follow after #. If one line is wrong, none is added.",
    )  # fmt: skip


class AttachmentForm(forms.Form):
    """One file."""

    file = forms.FileField(
        max_length=200,
        help_text="PDF, PNG, JPEG, TXT, CSV or STIX JSON, at most 10 MB. Images are made anew.",
    )


class ImportForm(forms.Form):
    """A VERIS file, and under what it comes in."""

    file = forms.FileField(
        max_length=200,
        label="VERIS file",
        help_text="JSON lines, an array or a single incident; .json or .jsonl, plain or with .gz, at most 50 MB.",
    )
    organization = forms.ModelChoiceField(Organization.objects.none(), label="For organization", empty_label=None)
    filed_under = TermChoice(RetentionTerm.objects.none(), label="Filed under")
    tlp = forms.TypedChoiceField(
        label="Marking of every incident", choices=[choice for choice in TLP.choices if choice[0] != TLP.CLEAR], coerce=int,
        initial=TLP.AMBER, help_text="VERIS carries no marking; this one is put on every incident.",
    )  # fmt: skip

    fields: dict[str, Any]

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = Organization.objects.filter(
            pk__in=actor.fact(officer_organizations)
        ).order_by("name")
        self.fields["filed_under"].queryset = terms_for(actor)
