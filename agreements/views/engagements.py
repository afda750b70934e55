"""Pages of audit engagements."""

from typing import Any, ClassVar

import django_filters
from django.urls import reverse

from agreements.actions import engagements
from agreements.forms.agreements import EngagementForm
from agreements.models import Agreement, Engagement
from partnership.access.decide import can
from partnership.access.scope import visible
from partnership.forms.people import EmptyForm
from partnership.models import Role, User
from partnership.tables import Column
from partnership.web.pages import ConfirmPage, FormPage, ListPage, RecordPage, now

LIST = "agreements:engagement-list"


class EngagementFilter(django_filters.FilterSet):
    title = django_filters.CharFilter(lookup_expr="icontains", label="Title contains")
    running = django_filters.BooleanFilter(label="In force", method="by_running")

    class Meta:
        model = Engagement
        fields = ["title"]

    def by_running(self, queryset, name, value):
        running = Engagement.objects.in_force(now())
        return queryset.filter(pk__in=running) if value else queryset.exclude(pk__in=running)


class EngagementList(ListPage):
    permission = "agreements.view_engagement"
    page_title = "Audit engagements"
    source_name = "agreements:engagement-list"
    ordering = ("-since", "pk")
    filterset = EngagementFilter
    row_url_name = "agreements:engagement-detail"
    count_label = "engagements"
    columns = [
        Column("title", "Title", links=True),
        Column("auditor", "Auditor", source="auditor__name"),
        Column("since", "Since", kind="moment", brief=True),
        Column("until", "Until", kind="moment", brief=True),
    ]

    def queryset(self):
        return Engagement.objects.all()

    def actions(self):
        if can(self.actor, "agreements.engage_auditor"):
            return [("Engage an auditor", reverse("agreements:engagement-new"), True)]
        return []


class EngagementDetail(RecordPage):
    permission = "agreements.view_engagement"
    model = Engagement
    template_name = "agreements/engagement_detail.html"

    def queryset(self):
        return Engagement.objects.select_related("auditor", "created_by", "ended_by")

    def get_breadcrumbs(self):
        return [("Audit engagements", reverse(LIST)), (self.object.title, None)]

    def extra(self):
        is_running = self.object.until > now()
        actions = []
        if is_running and can(self.actor, "agreements.engage_auditor"):
            url = reverse("agreements:engagement-end", kwargs={"pk": self.object.pk})
            actions.append(("End the engagement", url, False))
        seen = visible(self.actor, "agreements.view_agreement", self.object.agreements.order_by("reference"))
        return {"page_title": self.object.title, "actions": actions, "is_running": is_running, "covered": seen}


class EngagementNew(FormPage):
    permission = "agreements.engage_auditor"
    fresh = True
    page_title = "Engage an auditor"
    form_class = EngagementForm

    def get_breadcrumbs(self):
        return [("Audit engagements", reverse(LIST)), ("New", None)]

    def form_kwargs(self):
        auditors = User.objects.filter(memberships__role=Role.AUDITOR, memberships__until__isnull=True, is_active=True)
        return {"auditors": auditors.distinct().order_by("name"),
                "agreements": visible(self.actor, "agreements.view_agreement", Agreement.objects.order_by("reference"))}  # fmt: skip

    def act(self, form):
        return engagements.engage(since=now(), by=self.request.user, at=now(), **form.cleaned_data)

    def success_url(self, made):
        return reverse(LIST)


class EngagementEnd(ConfirmPage):
    permission = "agreements.end_engagement"
    page_title = "End an engagement"
    model = Engagement
    form_class: ClassVar[Any] = EmptyForm
    submit_label = "End it now"
    consequences = ["The auditor sees nothing of it from the next request on."]

    def get_breadcrumbs(self):
        url = reverse("agreements:engagement-detail", kwargs={"pk": self.object.pk})
        return [("Audit engagements", reverse(LIST)), (self.object.title, url), ("End", None)]

    def act(self, form):
        return engagements.end(engagement=self.object, by=self.request.user, at=now())
