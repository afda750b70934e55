"""Input about organizations and offices: shape and syntax only."""

from zoneinfo import available_timezones

from django import forms
from django.core.validators import EmailValidator, RegexValidator
from stdnum import lei
from stdnum.eu import vat
from stdnum.exceptions import ValidationError as BadNumber

from partnership.countries import CODES
from partnership.models import Channel, ContactEntry, Organization, OrganizationIdentifier, Sector, User

PHONE = RegexValidator(
    r"^\+[1-9][0-9]{6,14}$", "Write the number with its country code and without spaces, such as +31201234567."
)
FINGERPRINT = RegexValidator(r"^[0-9A-Fa-f]{40}$", "A PGP fingerprint has 40 hexadecimal digits, without spaces.")


def known_zone(value):
    """Refuse what is no time zone of the IANA database."""
    if value not in available_timezones():
        raise forms.ValidationError("Give a time zone such as Europe/Amsterdam or UTC.")


def known_country(value):
    """Refuse what is no country code."""
    if value.upper() not in CODES:
        raise forms.ValidationError("Give the two letters of ISO 3166-1, such as NL or US.")


def fits_kind(kind, value):
    """Refuse an address of a channel that its kind does not have."""
    check = {"email": EmailValidator(), "phone": PHONE, "pgp": FINGERPRINT}.get(kind)
    if check is not None and value:
        check(value)


class ZoneField(forms.CharField):
    """A time zone of the IANA database."""

    default_validators = [known_zone]


class OrganizationForm(forms.ModelForm):
    time_zone = ZoneField(initial="UTC", help_text="Such as Europe/Amsterdam.")
    website = forms.URLField(required=False, assume_scheme="https")
    sectors = forms.ModelMultipleChoiceField(
        Sector.objects.order_by("position"), widget=forms.CheckboxSelectMultiple, required=False,
        help_text="From both lists; several are possible.",
    )  # fmt: skip

    class Meta:
        model = Organization
        fields = ["name", "short_name", "kind", "size", "country", "parent", "website", "time_zone", "sectors"]

    def __init__(self, *args, known, **kwargs):
        """`known` are the organizations that may be named as the parent: those that the person may see."""
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = known.filter(parent__isnull=True).order_by("name")

    def clean_country(self):
        known_country(self.cleaned_data["country"])
        return self.cleaned_data["country"].upper()

    def validate_constraints(self):
        """The action answers for rules; a form answers for shape."""


class IdentifierForm(forms.Form):
    """A register's number; the check digits of those that have some must be right."""

    scheme = forms.ChoiceField(label="Register", choices=OrganizationIdentifier.Scheme.choices)
    value = forms.CharField(label="Number", max_length=60, help_text="As it stands in the register.")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("value") and cleaned.get("scheme"):
            try:
                cleaned["value"] = identifier(cleaned["scheme"], cleaned["value"])
            except forms.ValidationError as error:
                self.add_error("value", error)
        return cleaned


def identifier(scheme: str, value: str) -> str:
    """A number in its register's own form; refuses wrong check digits (ISO 17442, national VAT rules)."""
    try:
        if scheme == "lei":
            return str(lei.validate(value))
        if scheme == "vat":
            return str(vat.validate(value))
    except BadNumber as error:
        raise forms.ValidationError(
            {"lei": "An LEI has 20 letters and digits, of which the last two are check digits. Compare it with the register.",
             "vat": "Give the VAT number with its two country letters, such as NL123456782B90."}[scheme]
        ) from error  # fmt: skip
    if scheme == "duns":
        digits = value.replace("-", "").replace(" ", "")
        if len(digits) != 9 or not (digits.isascii() and digits.isdigit()):
            raise forms.ValidationError("A D-U-N-S number has nine digits.")
        return digits
    return " ".join(value.split())


class OfficerForm(forms.Form):
    officer = forms.ModelChoiceField(User.objects.none(), help_text="Members of the organization.")
    is_deputy = forms.BooleanField(label="As a deputy", required=False)

    def __init__(self, *args, members, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = members


class VettingForm(forms.Form):
    decision = forms.ChoiceField(choices=Organization.Vetting.choices)
    tier = forms.IntegerField(min_value=0, max_value=3, initial=1, help_text="0 (none) to 3 (highest).")
    revet_on = forms.DateField(
        label="Vetted again on", required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Needed when the organization is vetted; 24 months ahead is usual.",
    )  # fmt: skip
    because = forms.CharField(label="Reason", max_length=500)


class ReasonForm(forms.Form):
    because = forms.CharField(label="Reason", max_length=500)


class OfficeForm(forms.Form):
    name = forms.CharField(max_length=200)
    time_zone = ZoneField(initial="UTC")


class ChannelForm(forms.ModelForm):
    class Meta:
        model = Channel
        fields = ["kind", "purpose", "value", "is_backup", "is_always_open"]
        labels = {"value": "Address, number or fingerprint"}

    def clean(self):
        cleaned = super().clean()
        try:
            fits_kind(cleaned.get("kind"), cleaned.get("value"))
        except forms.ValidationError as error:
            self.add_error("value", error)
        return cleaned


class ContactForm(forms.ModelForm):
    partner = forms.ModelChoiceField(Organization.objects.none())

    class Meta:
        model = ContactEntry
        fields = ["partner", "held_on", "channel", "topic", "notes", "follow_up", "follow_up_on"]
        widgets = {
            "held_on": forms.DateInput(attrs={"type": "date"}), "follow_up_on": forms.DateInput(attrs={"type": "date"})
        }  # fmt: skip

    def __init__(self, *args, partners, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["partner"].queryset = partners
