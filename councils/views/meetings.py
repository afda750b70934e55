"""Pages of meetings, votes, minutes and action items."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse

from councils.actions import meetings
from councils.forms import (
    ActionForm,
    AnnounceForm,
    BallotForm,
    ItemForm,
    MeetingForm,
    MinutesForm,
    MotionForm,
    RecusalForm,
)
from councils.models import AgendaItem, Council, Decision, Meeting, Minutes, Occupancy
from partnership.access.decide import can
from partnership.access.scope import get_or_404
from partnership.actions import corrective_actions
from partnership.errors import DomainError
from partnership.forms.people import EmptyForm
from partnership.models import CorrectiveAction, User
from partnership.tables import Column
from partnership.web.pages import ConfirmPage, ListPage, RecordFormPage, RecordPage, now

LIST = "councils:meeting-list"
TONES = {"open": "info", "announced": "info", "closed": "good", "cancelled": "bad"}


class MeetingList(ListPage):
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


class OfItem(RecordFormPage):
    """A form about one point of an agenda."""

    def prepare(self):
        self.item = AgendaItem.objects.select_related("meeting").filter(pk=self.kwargs["pk"]).first()
        self.object = get_or_404(
            self.actor, self.permission, Meeting.objects.all(), pk=self.item.meeting_id if self.item else None
        )

    def get_breadcrumbs(self):
        return [
            ("Meetings", reverse(LIST)),
            (self.object.title, reverse("councils:meeting-detail", kwargs={"pk": self.object.pk})),
            (self.item.title, None),
        ]


class MotionNew(OfItem):
    permission = "councils.chair_meeting"
    page_title = "Put a motion"
    form_class = MotionForm

    def act(self, form):
        return meetings.put_motion(item=self.item, motion=form.cleaned_data["motion"], by=self.request.user, at=now())

    def success_url(self, made):
        return reverse("councils:decision-detail", kwargs={"pk": made.pk})


class Recuse(OfItem):
    permission = "councils.attend_meeting"
    page_title = "Step aside"
    lead = "You count neither for the quorum nor in the vote on this item."
    form_class = RecusalForm
    submit_label = "Step aside"

    def act(self, form):
        return meetings.recuse(item=self.item, ground=form.cleaned_data["ground"], by=self.request.user, at=now())


class DecisionDetail(RecordPage):
    permission = "councils.view_decision"
    model = Decision
    template_name = "councils/decision_detail.html"

    def queryset(self):
        return Decision.objects.select_related("meeting__council", "meeting__charter", "item__meeting__charter")

    def get_breadcrumbs(self):
        meeting = self.object.meeting
        return [
            ("Meetings", reverse(LIST)),
            (meeting.title, reverse("councils:meeting-detail", kwargs={"pk": meeting.pk})),
            ("Decision", None),
        ]

    def extra(self):
        mine = self.object.ballots.filter(occupancy__membership__user=self.request.user).first()
        return {"page_title": self.object.item.title, "mine": mine, "ballot_form": BallotForm(initial={"choice": mine.choice if mine else None}),
                "quorum": meetings.quorum_for(self.object.item) if self.object.meeting.state == "open" else None,
                "cast": self.object.ballots.count(), "chairs": can(self.actor, "councils.chair_decision", self.object),
                "votes": can(self.actor, "councils.vote_decision", self.object)}  # fmt: skip

    def post(self, request, pk):
        decision = self.load()
        try:
            self._do(request, decision)
        except DomainError as error:
            messages.error(request, str(error))
        return redirect("councils:decision-detail", pk=pk)

    def _do(self, request, decision):
        do = request.POST.get("do")
        if do == "open":
            meetings.open_vote(decision=decision, by=request.user, at=now())
        elif do == "close":
            meetings.close_vote(decision=decision, by=request.user, at=now())
        else:
            form = BallotForm(request.POST)
            if not form.is_valid():
                raise DomainError("Choose yes, no or abstain.")
            meetings.vote(decision=decision, choice=form.cleaned_data["choice"], by=request.user, at=now())


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


class ActionNew(OfMeeting):
    permission = "councils.attend_meeting"
    page_title = "Raise an action item"
    form_class = ActionForm

    def form_kwargs(self):
        seated = Occupancy.objects.filter(seat__council=self.object.council, vacated_at__isnull=True)
        return {"people": User.objects.filter(audience_memberships__occupancy__in=seated).order_by("name")}

    def act(self, form):
        owner = form.cleaned_data["owner"]
        seat = Occupancy.objects.filter(
            seat__council=self.object.council, membership__user=owner, vacated_at__isnull=True
        ).first()
        return corrective_actions.raise_action(
            source=self.object, source_name=self.object.title, organization=seat.organization, audience=self.object.council.audience,
            by=self.request.user, at=now(), **form.cleaned_data,
        )  # fmt: skip


class ActionList(ListPage):
    permission = "councils.view_action"
    page_title = "Action items"
    source_name = "councils:action-list"
    ordering = ("due_on", "pk")
    row_url_name = "councils:action-detail"
    count_label = "action items"
    columns = [
        Column("title", "What", links=True),
        Column("owner", "Owner", source="owner__name"),
        Column("raised_by_name", "Raised by"),
        Column("due_on", "Due", kind="day"),
        Column(
            "state",
            "State",
            kind="choice",
            choices=dict(CorrectiveAction.State.choices),
            tone={"verified": "good", "done": "info", "open": "warn"},
        ),
    ]

    def queryset(self):
        return CorrectiveAction.objects.all()


class ActionDetail(RecordPage):
    permission = "councils.view_action"
    model = CorrectiveAction
    template_name = "councils/action_detail.html"

    def queryset(self):
        return CorrectiveAction.objects.select_related("owner", "organization")

    def get_breadcrumbs(self):
        return [("Action items", reverse("councils:action-list")), (self.object.title, None)]

    def extra(self):
        return {"page_title": self.object.title, "is_owner": self.object.owner_id == self.request.user.pk}

    def post(self, request, pk):
        action = self.load()
        try:
            do = corrective_actions.finish if request.POST.get("do") == "finish" else corrective_actions.verify
            do(action=action, by=request.user, at=now())
        except DomainError as error:
            messages.error(request, str(error))
        return redirect("councils:action-detail", pk=pk)
