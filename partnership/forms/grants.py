"""Input about exceptions and broken glass: shape and syntax only."""

from datetime import timedelta

from django import forms

from partnership.access.break_glass import BREAKABLE
from partnership.models import TLP, NamedGroup, Organization, User
from partnership.models.break_glass import MOST_HOURS


class UntilForm(forms.Form):
    """For how long, and why."""

    days = forms.IntegerField(min_value=1, max_value=90, initial=14, label="For how many days from today")
    because = forms.CharField(max_length=500, label="Why it is needed")

    @property
    def length(self):
        return timedelta(days=self.cleaned_data["days"])


class PersonField(forms.EmailField):
    """The address of somebody who has an account; gives the person."""

    def __init__(self, **options):
        options = {
            "label": "E-mail address of the person",
            "help_text": "Somebody with an account in this portal.",
            **options,
        }
        super().__init__(**options)

    def clean(self, value):
        address = super().clean(value)
        person = User.objects.filter(email__iexact=address, is_active=True).first() if address else None
        if address and person is None:
            raise forms.ValidationError(
                "Nobody with this address has an account. Check the address, or ask their administrator to invite them."
            )
        return person


class LetInForm(UntilForm):
    """Which person or which group, for how long, and why. Without groups it is about a person alone."""

    email = PersonField(required=False)
    group = forms.ModelChoiceField(
        NamedGroup.objects.none(), required=False, label="Or a group", empty_label="No group",
        help_text="Everybody in it, also those who are added later.",
    )  # fmt: skip
    field_order: tuple[str, ...] = ("email", "group", "days", "because")

    def __init__(self, *args, groups, **kwargs):
        super().__init__(*args, **kwargs)
        if groups is None:
            del self.fields["group"]
        else:
            self.fields["group"].queryset = groups

    def clean(self):
        given = super().clean()
        chosen = [given[name] for name in ("email", "group") if given.get(name)]
        if len(chosen) != 1 and not self.errors:
            self.add_error("email", "Give the address of one person or choose one group, not both.")
        return {**given, "to": chosen[0] if chosen else None}


class GiveForm(LetInForm):
    """The same, with the clause or ticket by which it is done."""

    clause = forms.CharField(max_length=120, required=False, label="Clause of the agreement, or ticket")
    field_order = ("email", "group", "days", "because", "clause")


class GroupForm(forms.Form):
    """A group: who keeps it, what for, and who may let it in."""

    name = forms.CharField(max_length=150)
    organization = forms.ModelChoiceField(Organization.objects.none(), label="Kept by")
    purpose = forms.CharField(max_length=300, label="What it is for")
    is_listed = forms.BooleanField(
        required=False, label="Other organizations may let it in to their records",
        help_text="Their liaison officers then see who is in it. This cannot be changed later.",
    )  # fmt: skip

    def __init__(self, *args, organizations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = organizations


class GroupMemberForm(forms.Form):
    """Who comes into a group, and why."""

    email = PersonField()
    because = forms.CharField(max_length=300, label="Why this person belongs in it")


class GlassForm(forms.Form):
    """Which record, up to which marking, for how long, and why."""

    kind = forms.ChoiceField(choices=lambda: [(known.kind, known.noun.capitalize()) for known in BREAKABLE.values()])
    reference = forms.CharField(max_length=60, help_text="Such as INC-2026-00123.")
    tlp_ceiling = forms.TypedChoiceField(
        coerce=int, choices=TLP.choices, label="Up to which marking", initial=TLP.AMBER
    )
    hours = forms.IntegerField(min_value=1, max_value=MOST_HOURS, initial=1, label="For how many hours")
    because = forms.CharField(max_length=500, label="What the emergency is")


class RoundForm(forms.Form):
    """Which of the rights that are asked about are still needed."""

    rights = forms.MultipleChoiceField(
        label="Rights", error_messages={"required": "Tick at least one right that is still needed."}
    )

    def __init__(self, *args, keys, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["rights"].choices = [(key, key) for key in keys]
