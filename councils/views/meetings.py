"""Pages of meetings: list, record, planning, roll call, minutes."""

from typing import ClassVar

import django_filters
from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse

from councils.actions import meetings
from councils.forms import (
    AnnounceForm,
    ItemForm,
    MeetingForm,
    MinutesForm,
)
from councils.models import Council, Meeting, Minutes, Occupancy
from partnership.access.decide import can
from partnership.access.scope import visible
from partnership.errors import DomainError
from partnership.forms.organizations import ReasonForm
from partnership.forms.people import EmptyForm
from partnership.models import CorrectiveAction
from partnership.tables import Column
from partnership.web.pages import ConfirmPage, ListPage, RecordFormPage, RecordPage, now

LIST = "councils:meeting-list"
DAY = forms.DateInput(attrs={"type": "date"})


def _councils(request):
    return visible(request.actor, "councils.view_council", Council.objects.order_by("name"))


TONES = {"open": "info", "announced": "info", "closed": "good", "cancelled": "bad"}


class MeetingFilter(django_filters.FilterSet):
    title = django_filters.CharFilter(lookup_expr="icontains", label="Title contains")
    council = django_filters.ModelChoiceFilter(queryset=_councils)
    state = django_filters.MultipleChoiceFilter(choices=Meeting.State.choices)
    starts_from = django_filters.DateFilter(field_name="starts_at", lookup_expr="date__gte", label="From", widget=DAY)
    starts_until = django_filters.DateFilter(field_name="starts_at", lookup_expr="date__lte", label="Until", widget=DAY)

    class Meta:
        model = Meeting
        fields = ["title", "council", "state"]


class MeetingList(ListPage):
    filterset = MeetingFilter
    permission = "councils.view_meeting"
    page_title = "Meetings"
    source_name = "councils:meeting-list"
    ordering = ("-starts_at", "pk")
    row_url_name = "councils:meeting-detail"
    count_label = "meetings"
    columns = [
        Column("title", "Meeting", links=True),
        Column("council", "Council", source="council__name"),
        Column("starts_at", "Starts", kind="moment"),
        Column("place", "Place"),
        Column("state", "State", kind="choice", choices=dict(Meeting.State.choices), tone=TONES),
    ]

    def queryset(self):
        return Meeting.objects.all()


class MeetingDetail(RecordPage):
    permission = "councils.view_meeting"
    model = Meeting
    template_name = "councils/meeting_detail.html"

    def queryset(self):
        return Meeting.objects.select_related("council", "charter")

    def get_breadcrumbs(self):
        council = self.object.council
        return [
            ("Councils", reverse("councils:council-list")),
            (council.name, reverse("councils:council-detail", kwargs={"pk": council.pk})),
            (self.object.title, None),
        ]

    def extra(self):
        here = {a.occupancy_id for a in self.object.attendances.filter(left_at__isnull=True)}
        seated = Occupancy.objects.filter(seat__council=self.object.council, vacated_at__isnull=True).select_related(
            "seat", "membership__user", "organization"
        )
        items = self.object.agenda.order_by("position").prefetch_related(
            "decisions", "recusals__occupancy__membership__user"
        )
        agenda = [(item, meetings.quorum_for(item) if self.object.state == "open" else None) for item in items]
        may = {
            name: can(self.actor, f"councils.{name}_meeting", self.object)
            for name in ("run", "open", "chair", "attend")
        }
        return {
            "page_title": self.object.title, "lead": f"{self.object.council.name}", "agenda": agenda, "may": may,
            "members": [(o, o.pk in here) for o in seated.order_by("seat__number")], "actions": self.buttons(may),
            "minutes": Minutes.objects.filter(meeting=self.object).first(),
            "action_items": CorrectiveAction.objects.filter(raised_by_id=self.object.pk).select_related("owner"),
        }  # fmt: skip

    def buttons(self, may):
        key, state = {"pk": self.object.pk}, self.object.state
        offered = [
            (may["run"] and state == "planned", "Announce", "announce"), (may["run"] and state in ("planned", "announced"), "Add to the agenda", "item-new"),
            (may["open"] and state == "announced", "Open the meeting", "meeting-open"), (may["open"] and state == "open", "Close the meeting", "meeting-close"),
            (may["attend"] and state == "closed", "Write the minutes", "minutes"), (may["attend"], "Raise an action item", "action-new"),
            (may["run"] and state in ("planned", "announced"), "Cancel the meeting", "meeting-cancel"),
        ]  # fmt: skip
        return [
            (label, reverse(f"councils:{name}", kwargs=key), n == 0)
            for n, (_, label, name) in enumerate(o for o in offered if o[0])
        ]


class OfMeeting(RecordFormPage):
    model = Meeting

    def get_breadcrumbs(self):
        return [
            ("Meetings", reverse(LIST)),
            (self.object.title, reverse("councils:meeting-detail", kwargs={"pk": self.object.pk})),
            (self.page_title, None),
        ]


class MeetingNew(RecordFormPage):
    permission = "councils.run_council"
    page_title = "Plan a meeting"
    model = Council
    form_class = MeetingForm

    def get_breadcrumbs(self):
        return [
            (self.object.name, reverse("councils:council-detail", kwargs={"pk": self.object.pk})),
            ("Plan a meeting", None),
        ]

    def act(self, form):
        return meetings.plan(council=self.object, by=self.request.user, at=now(), **form.cleaned_data)

    def success_url(self, made):
        return reverse("councils:meeting-detail", kwargs={"pk": made.pk})


class ItemNew(OfMeeting):
    permission = "councils.run_meeting"
    page_title = "Add to the agenda"
    form_class = ItemForm

    def act(self, form):
        return meetings.add_item(meeting=self.object, by=self.request.user, at=now(), **form.cleaned_data)


class Announce(OfMeeting):
    permission = "councils.run_meeting"
    page_title = "Announce"
    form_class = AnnounceForm
    submit_label = "Announce"

    def act(self, form):
        return meetings.announce(meeting=self.object, by=self.request.user, at=now(), **form.cleaned_data)


class MeetingCancel(OfMeeting, ConfirmPage):
    permission = "councils.run_meeting"
    page_title = "Cancel the meeting"
    form_class = ReasonForm
    submit_label = "Cancel the meeting"
    is_dangerous = True
    consequences: ClassVar[list[str]] = ["It is not held. It stays in the list, with the reason in its timeline."]

    def act(self, form):
        return meetings.cancel(meeting=self.object, by=self.request.user, at=now(), **form.cleaned_data)


class MeetingOpen(OfMeeting, ConfirmPage):
    permission = "councils.open_meeting"
    page_title = "Open the meeting"
    form_class = EmptyForm
    submit_label = "Open"
    consequences = ["You are noted as present; then call the roll."]

    def act(self, form):
        return meetings.open_meeting(meeting=self.object, by=self.request.user, at=now())


class MeetingClose(OfMeeting, ConfirmPage):
    permission = "councils.open_meeting"
    page_title = "Close the meeting"
    form_class = EmptyForm
    submit_label = "Close"
    consequences = ["Everybody is noted as having left; the minutes can be written."]

    def act(self, form):
        return meetings.close_meeting(meeting=self.object, by=self.request.user, at=now())


class RollCall(OfMeeting):
    """Buttons beside each member: arrived, left."""

    permission = "councils.open_meeting"

    def get(self, request, **kwargs):
        raise Http404

    def post(self, request, pk, occupancy):
        self.prepare()
        member = Occupancy.objects.filter(
            pk=occupancy, seat__council=self.object.council, vacated_at__isnull=True
        ).first()
        if member is None:
            raise Http404
        do = meetings.leave if request.POST.get("do") == "leave" else meetings.arrive
        try:
            do(meeting=self.object, occupancy=member, by=request.user, at=now())
        except DomainError as error:
            messages.error(request, str(error))
        return redirect("councils:meeting-detail", pk=pk)


class MinutesPage(OfMeeting):
    permission = "councils.attend_meeting"
    page_title = "Minutes"
    form_class = MinutesForm
    template_name = "councils/minutes.html"

    def form_kwargs(self):
        found = Minutes.objects.filter(meeting=self.object).first()
        return {"initial": {"text": found.text if found else ""}}

    def context(self, **more):
        return super().context(
            minutes=Minutes.objects.filter(meeting=self.object).first(),
            chairs=can(self.actor, "councils.chair_meeting", self.object),
            **more,
        )

    def act(self, form):
        made = meetings.draft_minutes(
            meeting=self.object, text=form.cleaned_data["text"], by=self.request.user, at=now()
        )
        if self.request.POST.get("do") == "certify":
            made = meetings.certify_minutes(minutes=made, by=self.request.user, at=now())
        return made
