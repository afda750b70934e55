"""Input about councils and meetings: shape and syntax only."""

from django import forms

from councils.models import Ballot, Charter, Occupancy, Recusal, Seat
from partnership.forms.organizations import ZoneField
from partnership.models import Organization, Sector, User


class CharterForm(forms.ModelForm):
    """What a council is for and how it decides."""

    class Meta:
        model = Charter
        fields = ["purpose", "authority", "term_months", "meetings_a_year", "notice_days", "quorum_basis", "quorum_numerator",
                  "quorum_denominator", "quorum_is_more_than", "majority", "counts_abstentions", "tie_rule", "minutes_days", "ends_on"]  # fmt: skip
        widgets = {"ends_on": forms.DateInput(attrs={"type": "date"})}
        labels = {"quorum_is_more_than": "More than this fraction, not just as many", "ends_on": "Ends on"}

    def clean(self):
        data = super().clean()
        top, bottom = data.get("quorum_numerator"), data.get("quorum_denominator")
        if top is not None and bottom is not None and not 0 < top <= bottom:
            self.add_error("quorum_numerator", "The quorum is a fraction between 0 and 1, such as 1 and 2 for a half.")
        return data

    def validate_constraints(self):
        """The form's own check names the field."""


class CouncilForm(CharterForm):
    name = forms.CharField(max_length=200)
    sectors = forms.ModelMultipleChoiceField(Sector.objects.order_by("position"), widget=forms.CheckboxSelectMultiple)

    field_order = ["name", "sectors"]


class SeatForm(forms.ModelForm):
    class Meta:
        model = Seat
        fields = ["interest", "function", "is_voting"]

    def validate_constraints(self):
        """The action answers for rules; a form answers for shape."""


class AppointForm(forms.Form):
    seat = forms.ModelChoiceField(Seat.objects.none())
    person = forms.ModelChoiceField(User.objects.none())
    organization = forms.ModelChoiceField(Organization.objects.filter(vetting="vetted").order_by("name"))

    def __init__(self, *args, council, **kwargs):
        super().__init__(*args, **kwargs)
        taken = Occupancy.objects.filter(vacated_at__isnull=True).values("seat")
        free = council.seats.exclude(pk__in=taken).order_by("number")
        self.fields["seat"].queryset = free
        self.fields["seat"].label_from_instance = lambda seat: (
            f"Seat {seat.number}, {seat.get_interest_display()}, {seat.get_function_display()}"
        )
        self.fields["person"].queryset = (
            User.objects.filter(memberships__until__isnull=True, memberships__isnull=False, is_active=True)
            .distinct()
            .order_by("name")
        )
        self.fields["person"].label_from_instance = lambda person: person.name


class MeetingForm(forms.Form):
    title = forms.CharField(max_length=200)
    starts_at = forms.DateTimeField(label="Starts (UTC)", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    time_zone = ZoneField(initial="UTC", label="Local time zone")
    place = forms.CharField(max_length=300, help_text="A room or a link.")


class ItemForm(forms.Form):
    title = forms.CharField(max_length=200)
    notes = forms.CharField(widget=forms.Textarea, required=False)


class AnnounceForm(forms.Form):
    short_notice_reason = forms.CharField(
        max_length=300,
        required=False,
        label="Reason for short notice",
        help_text="Needed when the charter asks for more days.",
    )


class MotionForm(forms.Form):
    motion = forms.CharField(widget=forms.Textarea)


class RecusalForm(forms.Form):
    ground = forms.ChoiceField(choices=Recusal.Ground.choices)


class BallotForm(forms.Form):
    choice = forms.ChoiceField(choices=Ballot.Choice.choices, widget=forms.RadioSelect, label="Your vote")


class MinutesForm(forms.Form):
    text = forms.CharField(widget=forms.Textarea, label="Matters discussed, resolutions, papers")


class ActionForm(forms.Form):
    title = forms.CharField(max_length=200)
    owner = forms.ModelChoiceField(User.objects.none())
    due_on = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people
        self.fields["owner"].label_from_instance = lambda person: person.name
