"""Pages of break-glass: asked for, approved or refused by another, closed; the owner sees each step."""

from typing import ClassVar

import django_filters
from django.urls import reverse

from partnership.access.decide import can, may_somewhere
from partnership.actions import break_glass
from partnership.forms.grants import GlassForm
from partnership.forms.people import EmptyForm
from partnership.models import TLP, BreakGlass
from partnership.tables import Column
from partnership.web.links import link_of_glass
from partnership.web.pages import ConfirmPage, FormPage, ListPage, RecordPage, now

LIST = ("Emergency openings", "partnership:glass-list")


class GlassFilter(django_filters.FilterSet):
    record = django_filters.CharFilter("record_name", "icontains", label="Record contains")
    is_approved = django_filters.BooleanFilter("approved_at", "isnull", exclude=True, label="Approved")

    class Meta:
        model = BreakGlass
        fields: ClassVar[list[str]] = ["record", "is_approved"]


class GlassList(ListPage):
    permission = "partnership.view_break_glass"
    page_title = "Emergency openings"
    lead = "One record, opened to one person for some hours, asked for by one person and approved by another. Nothing here is silent."
    source_name = "partnership:glass-list"
    filterset = GlassFilter
    ordering = ("-requested_at", "pk")
    row_url_name = "partnership:glass-detail"
    count_label = "requests"
    empty = ("None", "Nobody asked to open a record in an emergency.")
    columns: ClassVar[list[Column]] = [
        Column("record_name", "Record", links=True),
        Column("requested_by", "Asked by", source="requested_by__name", sort=None),
        Column("requested_at", "Asked", kind="moment", brief=True),
        Column("hours", "Hours", kind="number"),
        Column("approved_at", "Approved", kind="moment", brief=True),
        Column("refused_at", "Refused", kind="moment", brief=True),
        Column("expires_at", "Open until", kind="moment", brief=True),
        Column("ended_at", "Closed early", kind="moment", brief=True),
    ]

    def queryset(self):
        return BreakGlass.objects.all()

    def actions(self):
        if not may_somewhere(self.actor, "partnership.ask_break_glass"):
            return []
        return [("Ask for a record", reverse("partnership:glass-new"), False)]


class GlassNew(FormPage):
    permission = "partnership.ask_break_glass"
    fresh = True
    page_title = "Ask for a record in an emergency"
    lead = (
        "A coordinator decides; until then nothing opens. The owner of the record is told at once, "
        "and the trail keeps who asked, why, and what was read."
    )
    form_class = GlassForm
    submit_label = "Ask"
    success_message = "Asked. A coordinator has to approve it."

    def get_breadcrumbs(self):
        return [(LIST[0], reverse(LIST[1])), (self.page_title, None)]

    def act(self, form):
        return break_glass.ask(by=self.request.user, at=now(), link=link_of_glass(self.request), **form.cleaned_data)

    def success_url(self, made):
        return reverse("partnership:glass-detail", kwargs={"pk": made.pk})


class GlassDetail(RecordPage):
    permission = "partnership.view_break_glass"
    model = BreakGlass
    template_name = "partnership/glass_detail.html"

    def queryset(self):
        return BreakGlass.objects.select_related("requested_by", "approved_by", "refused_by", "ended_by", "owner")

    def get_breadcrumbs(self):
        return [(LIST[0], reverse(LIST[1])), (self.object.record_name, None)]

    def extra(self):
        glass, at = self.object, now()
        is_open = glass.expires_at is not None and glass.expires_at > at and glass.ended_at is None
        return {"page_title": f"{glass.record_name} in an emergency", "is_open": is_open, "actions": self._buttons(is_open),
                "ceiling": TLP(glass.tlp_ceiling).label, "knows_record": glass.requested_by_id != self.request.user.pk}  # fmt: skip

    def _buttons(self, is_open):
        glass, key = self.object, {"pk": self.object.pk}
        if (
            glass.approved_at is None
            and glass.refused_at is None
            and can(self.actor, "partnership.decide_break_glass", glass)
        ):
            return [("Approve", reverse("partnership:glass-approve", kwargs=key), True),
                    ("Refuse", reverse("partnership:glass-refuse", kwargs=key), False)]  # fmt: skip
        if is_open and can(self.actor, "partnership.end_break_glass", glass):
            return [("Close now", reverse("partnership:glass-end", kwargs=key), False)]
        return []


class OfGlass(ConfirmPage):
    model = BreakGlass
    form_class = EmptyForm
    fresh = True

    def queryset(self):
        return BreakGlass.objects.select_related("requested_by", "owner")

    def get_breadcrumbs(self):
        back = reverse("partnership:glass-detail", kwargs={"pk": self.object.pk})
        return [(LIST[0], reverse(LIST[1])), (self.object.record_name, back), (self.page_title, None)]


class GlassApprove(OfGlass):
    permission = "partnership.decide_break_glass"
    page_title = "Open the record"
    submit_label = "Open it"
    success_message = "The record is open."
    is_dangerous = True

    def get_consequences(self):
        glass = self.object
        return [f"{glass.requested_by.name} may read {glass.record_name} up to {TLP(glass.tlp_ceiling).label} for {glass.hours} hours; it is never exported.",
                "Its owner is told at once, and every reading stands in the trail."]  # fmt: skip

    def act(self, form):
        return break_glass.approve(
            request=self.object, by=self.request.user, at=now(), link=link_of_glass(self.request)
        )


class GlassRefuse(OfGlass):
    permission = "partnership.decide_break_glass"
    page_title = "Leave the record closed"
    submit_label = "Refuse"
    consequences: ClassVar[list[str]] = ["Nothing opens. Whoever asked sees that it was refused."]

    def act(self, form):
        return break_glass.refuse(request=self.object, by=self.request.user, at=now())


class GlassEnd(OfGlass):
    permission = "partnership.end_break_glass"
    page_title = "Close the record"
    submit_label = "Close it now"
    consequences: ClassVar[list[str]] = ["The record is closed to whoever asked, from the next click on."]

    def act(self, form):
        return break_glass.end(request=self.object, by=self.request.user, at=now())
