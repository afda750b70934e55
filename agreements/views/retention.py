"""Pages of retention: what goes tonight, runs, certificates, holds."""

from uuid import UUID

import django_filters
from django.contrib import messages
from django.http import Http404
from django.urls import reverse

from agreements.actions import holds, retention
from agreements.forms.agreements import HoldForm, ReasonForm
from agreements.models import Agreement, DeletionRecord, DeletionRun, LegalHold
from agreements.retention import plan
from partnership.access.decide import can
from partnership.access.scope import get_or_404, visible
from partnership.forms.people import EmptyForm
from partnership.models import Organization
from partnership.tables import Column
from partnership.web.pages import ConfirmPage, FormPage, ListPage, Page, RecordPage, now

PREVIEW = "agreements:retention"


class Preview(Page):
    """What the next run does and why, for the agreements that concern the person."""

    permission = "agreements.view_retention"
    page_title = "Retention"
    lead = "What goes tonight, what does not, and why. The run asks the same question as this page."
    template_name = "agreements/retention.html"

    def get(self, request):
        scope = None if self.actor.is_coordinator else list(
            visible(self.actor, self.permission, Agreement.objects.all()).values_list("pk", flat=True))  # fmt: skip
        actions = [("Runs", reverse("agreements:retention-run-list"), False)]
        if can(self.actor, "agreements.run_retention"):
            actions.append(("Run now", reverse("agreements:retention-run-now"), True))
        tonight = plan.next_run(now())
        return self.show(preview=plan.preview(tonight, scope), tonight=tonight, actions=actions, shown=plan.SHOWN)


class RunNow(FormPage):
    permission = "agreements.run_retention"
    page_title = "Run retention now"
    template_name = "components/confirm_page.html"
    form_class = EmptyForm
    submit_label = "Run now"

    def get_breadcrumbs(self):
        return [("Retention", reverse(PREVIEW)), ("Run now", None)]

    def context(self, **more):
        goes, held, waiting = plan.counts(now())
        lines = [
            f"{goes} records go, each with a certificate.",
            f"{held} records are held and stay.",
            f"{waiting} wait for their return.",
        ]
        return super().context(consequences=lines, is_dangerous=True, **more)

    def act(self, form):
        return retention.run_now(by=self.request.user)

    def success_url(self, made):
        return reverse("agreements:retention-run-detail", kwargs={"pk": made.pk})


class RunList(ListPage):
    permission = "agreements.view_run"
    page_title = "Retention runs"
    source_name = "agreements:retention-run-list"
    ordering = ("-started_at", "pk")
    row_url_name = "agreements:retention-run-detail"
    count_label = "runs"
    columns = [
        Column("started_at", "Started", kind="moment", links=True),
        Column(
            "state",
            "State",
            kind="choice",
            choices=dict(DeletionRun.State.choices),
            tone={"complete": "good", "partial": "warn", "running": "info"},
        ),
        Column("deleted_count", "Deleted", kind="number"),
        Column("anonymised_count", "Anonymised", kind="number"),
        Column("held_count", "Held", kind="number"),
        Column("left_count", "Left", kind="number"),
    ]

    def queryset(self):
        return DeletionRun.objects.all()


class RunDetail(RecordPage):
    permission = "agreements.view_run"
    model = DeletionRun
    template_name = "agreements/run_detail.html"

    def get_breadcrumbs(self):
        return [
            ("Retention", reverse(PREVIEW)),
            ("Runs", reverse("agreements:retention-run-list")),
            (f"{self.object.started_at:%-d %b %Y, %H:%M}", None),
        ]

    def extra(self):
        mine = visible(self.actor, "agreements.view_certificate", DeletionRecord.objects.filter(batch__run=self.object))
        return {"page_title": f"Run of {self.object.started_at:%-d %B %Y, %H:%M} UTC", "batches": self.object.batches.order_by("seq"),
                "records": mine.order_by("reference")[:200], "quarantined": self.object.quarantined.all()}  # fmt: skip


class CertificateFilter(django_filters.FilterSet):
    reference = django_filters.CharFilter(lookup_expr="icontains", label="Reference contains")
    action = django_filters.ChoiceFilter(
        choices=[("delete", "Deleted"), ("anonymise", "Anonymised"), ("return", "Returned, deleted")]
    )

    class Meta:
        model = DeletionRecord
        fields = ["reference", "action"]


class CertificateList(ListPage):
    permission = "agreements.view_certificate"
    page_title = "Certificates of deletion"
    lead = "One for each record that went: which rule, which version, when. No content, and nothing made from content."
    source_name = "agreements:certificate-list"
    filterset = CertificateFilter
    ordering = ("-deleted_at", "pk")
    row_url_name = "agreements:certificate-detail"
    count_label = "certificates"
    columns = [
        Column("reference", "Record", links=True),
        Column(
            "action",
            "Action",
            kind="choice",
            choices={"delete": "Deleted", "anonymise": "Anonymised", "return": "Returned, deleted"},
        ),
        Column("rule", "Rule"),
        Column("due_on", "Kept until", kind="day"),
        Column("deleted_at", "Done", kind="moment", brief=True),
        Column("batch", "Batch", source="batch_id", kind="number"),
    ]

    def queryset(self):
        return DeletionRecord.objects.all()


class CertificateDetail(RecordPage):
    permission = "agreements.view_certificate"
    model = DeletionRecord
    template_name = "agreements/certificate_detail.html"

    def queryset(self):
        return DeletionRecord.objects.select_related("batch__run")

    def get_breadcrumbs(self):
        return [("Certificates", reverse("agreements:certificate-list")), (self.object.reference, None)]

    def extra(self):
        return {
            "page_title": f"Certificate: {self.object.reference}",
            "agreement": Agreement.objects.filter(pk=self.object.agreement_id).first(),
        }


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
        return {"page_title": self.object.reference, "actions": actions, "protected": holds.protected_now(self.object)}


class HoldNew(FormPage):
    """Its scope comes by the address: ?agreement=, with ?record_type= and ?record_id=, or ?organization=."""

    permission = "agreements.hold_agreement"
    page_title = "Place a legal hold"
    form_class = HoldForm
    submit_label = "Place the hold"

    def prepare(self):
        asked = self.request.GET
        self.scope = {}
        if asked.get("agreement"):
            self.scope["agreement"] = get_or_404(
                self.actor, self.permission, Agreement.objects.all(), pk=asked["agreement"]
            )
            if asked.get("record_id"):
                self.scope |= {
                    "record_type": asked.get("record_type", "incidents.report"),
                    "record_id": _key(asked["record_id"]),
                }
        elif asked.get("organization"):
            self.scope["organization"] = get_or_404(
                self.actor, "partnership.change_organization", Organization.objects.all(), pk=asked["organization"]
            )
        else:
            raise Http404
        one = "one record of " if "record_id" in self.scope else ""
        self.lead = f"It protects {one}{self.scope.get('agreement') or self.scope.get('organization')}."

    def get_breadcrumbs(self):
        return [("Legal holds", reverse("agreements:hold-list")), ("New", None)]

    def act(self, form):
        placed = holds.place(by=self.request.user, at=now(), **self.scope, **form.cleaned_data)
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
