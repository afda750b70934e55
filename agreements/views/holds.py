"""Pages of legal holds."""

from typing import Any
from uuid import UUID

import django_filters
from django.contrib import messages
from django.http import Http404
from django.urls import reverse

from agreements.actions import holds
from agreements.forms.agreements import HoldForm, ReasonForm
from agreements.models import Agreement, LegalHold
from partnership.access.decide import can, may_somewhere
from partnership.access.scope import get_or_404, visible
from partnership.models import Organization
from partnership.tables import Column
from partnership.web.pages import ConfirmPage, FormPage, ListPage, RecordPage, now


class HoldFilter(django_filters.FilterSet):
    ground = django_filters.ChoiceFilter(choices=LegalHold.Ground.choices)
    open = django_filters.BooleanFilter(field_name="lifted_at", lookup_expr="isnull", label="In force")

    class Meta:
        model = LegalHold
        fields = ["ground", "open"]


class HoldList(ListPage):
    permission = "agreements.view_hold"
    page_title = "Legal holds"
    lead = "What is under a hold is not deleted, by any path, until the hold is lifted."
    source_name = "agreements:hold-list"
    filterset = HoldFilter
    ordering = ("-placed_at", "pk")
    row_url_name = "agreements:hold-detail"
    count_label = "holds"
    columns = [
        Column("reference", "Reference", links=True),
        Column("agreement", "Agreement", source="agreement__reference"),
        Column("record", "Record", source="record_name"),
        Column("ground", "Ground", kind="choice", choices=dict(LegalHold.Ground.choices)),
        Column("placed_at", "Placed", kind="moment", brief=True),
        Column("review_on", "Reviewed on", kind="day"),
        Column("lifted_at", "Lifted", kind="moment", brief=True),
    ]

    def queryset(self):
        return LegalHold.objects.all()

    def actions(self):
        if may_somewhere(self.actor, "agreements.hold_agreement"):
            return [("Place a legal hold", reverse("agreements:hold-new"), True)]
        return []


class HoldDetail(RecordPage):
    permission = "agreements.view_hold"
    model = LegalHold
    template_name = "agreements/hold_detail.html"

    def queryset(self):
        return LegalHold.objects.select_related("agreement", "organization", "owner", "placed_by", "lifted_by")

    def get_breadcrumbs(self):
        return [("Legal holds", reverse("agreements:hold-list")), (self.object.reference, None)]

    def extra(self):
        actions = []
        if self.object.lifted_at is None and can(self.actor, "agreements.lift_hold", self.object):
            actions = [("Lift the hold", reverse("agreements:hold-lift", kwargs={"pk": self.object.pk}), True)]
        return {"page_title": self.object.reference, "actions": actions, "protected": self._protected()}

    def _protected(self):
        """How many records it covers: for those whom retention tells its figures, since others may not count reports."""
        hold = self.object
        told = can(self.actor, "agreements.lift_hold", hold) or (
            hold.agreement is not None and can(self.actor, "agreements.view_retention", hold.agreement)
        )
        return holds.protected_now(hold) if told else None


class HoldNew(FormPage):
    """Its scope comes by the address (?agreement=, with ?record_type= and ?record_id=, or ?organization=) or is chosen."""

    permission = "agreements.hold_agreement"
    fresh = True
    page_title = "Place a legal hold"
    form_class = HoldForm
    submit_label = "Place the hold"

    def prepare(self):
        asked = self.request.GET
        self.scope: dict[str, Any] = {}
        self.agreements = visible(self.actor, self.permission, Agreement.objects.order_by("-reference"))
        self.organizations = visible(self.actor, "agreements.hold_organization", Organization.objects.order_by("name"))
        if asked.get("agreement"):
            self.scope["agreement"] = get_or_404(
                self.actor, self.permission, Agreement.objects.all(), pk=_key(asked["agreement"])
            )
            if asked.get("record_id"):
                self.scope |= {
                    "record_type": asked.get("record_type", "incidents.report"),
                    "record_id": _key(asked["record_id"]),
                }
        elif asked.get("organization"):
            self.scope["organization"] = get_or_404(
                self.actor, "agreements.hold_organization", Organization.objects.all(), pk=_key(asked["organization"])
            )
        self.lead = "Nothing in its scope is deleted until the hold is lifted."
        if self.scope:
            one = "one record of " if "record_id" in self.scope else ""
            self.lead = f"It protects {one}{self.scope.get('agreement') or self.scope.get('organization')}."

    def form_kwargs(self):
        return {} if self.scope else {"agreements": self.agreements, "organizations": self.organizations}

    def get_breadcrumbs(self):
        return [("Legal holds", reverse("agreements:hold-list")), ("New", None)]

    def act(self, form):
        placed = holds.place(by=self.request.user, at=now(), **{**form.cleaned_data, **self.scope})
        messages.success(
            self.request,
            f"{placed.hold.reference} protects {placed.protected} records now; {placed.already_deleted} had been deleted before.",
        )
        return placed.hold

    def success_url(self, made):
        return reverse("agreements:hold-detail", kwargs={"pk": made.pk})


def _key(text):
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


class HoldLift(ConfirmPage):
    permission = "agreements.lift_hold"
    fresh = True
    page_title = "Lift a legal hold"
    model = LegalHold
    form_class = ReasonForm
    submit_label = "Lift the hold"
    is_dangerous = True

    def get_breadcrumbs(self):
        return [
            ("Legal holds", reverse("agreements:hold-list")),
            (self.object.reference, reverse("agreements:hold-detail", kwargs={"pk": self.object.pk})),
            ("Lift", None),
        ]

    def get_consequences(self):
        return [f"{holds.protected_now(self.object)} records lose this protection.",
                "What is due goes with the next run, unless another hold protects it."]  # fmt: skip

    def act(self, form):
        return holds.lift(hold=self.object, reason=form.cleaned_data["because"], by=self.request.user, at=now())
