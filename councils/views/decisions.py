"""Pages of what is decided: motions, stepping aside, votes."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse

from councils.actions import meetings
from councils.forms import (
    BallotForm,
    MotionForm,
    RecusalForm,
)
from councils.models import AgendaItem, Decision, Meeting
from councils.views.meetings import LIST
from partnership.access.decide import can
from partnership.access.scope import get_or_404
from partnership.errors import DomainError
from partnership.web.pages import RecordFormPage, RecordPage, now


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
