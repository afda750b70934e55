"""Pages of action items: raised in a meeting, followed up until they are verified."""

import django_filters
from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse

from councils.forms import (
    ActionForm,
)
from councils.models import Occupancy
from councils.views.meetings import DAY, OfMeeting
from partnership.actions import corrective_actions
from partnership.errors import DomainError
from partnership.models import CorrectiveAction, User
from partnership.tables import Column
from partnership.web.pages import ListPage, RecordPage, now


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


class ActionFilter(django_filters.FilterSet):
    title = django_filters.CharFilter(lookup_expr="icontains", label="What contains")
    state = django_filters.ChoiceFilter(choices=CorrectiveAction.State.choices)
    mine = django_filters.BooleanFilter(label="Only mine", method="only_mine", widget=forms.CheckboxInput)
    due_until = django_filters.DateFilter(field_name="due_on", lookup_expr="lte", label="Due until", widget=DAY)

    class Meta:
        model = CorrectiveAction
        fields = ["title", "state"]

    def only_mine(self, queryset, name, value):
        return queryset.filter(owner_id=self.request.user.pk) if value else queryset


class ActionList(ListPage):
    filterset = ActionFilter
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
