"""Pages of retention: what goes tonight, what was returned, runs, certificates."""

import django_filters
from django.http import Http404
from django.urls import reverse

from agreements import paper
from agreements.actions import retention
from agreements.forms.agreements import ReturnForm
from agreements.models import Agreement, DeletionRecord, DeletionRun
from agreements.retention import plan, sanitization
from partnership.access.decide import can, may_somewhere
from partnership.access.scope import visible
from partnership.forms.people import EmptyForm
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
        if may_somewhere(self.actor, "agreements.report_compliance"):
            actions.append(("Compliance", reverse("partnership:report-detail", args=["agreements.compliance"]), False))
        if can(self.actor, "agreements.run_retention"):
            actions.append(("Approvals", reverse("agreements:approval-list"), False))
            actions.append(("Run now", reverse("agreements:retention-run-now"), True))
        tonight = plan.next_run(now())
        may_return = set(
            visible(self.actor, "agreements.hold_agreement", Agreement.objects.all()).values_list("pk", flat=True)
        )
        return self.show(
            preview=plan.preview(tonight, scope),
            tonight=tonight,
            may_return=may_return,
            actions=actions,
            shown=plan.SHOWN,
        )


class RunNow(FormPage):
    permission = "agreements.run_retention"
    fresh = True
    page_title = "Run retention now"
    template_name = "components/confirm_page.html"
    form_class = EmptyForm
    submit_label = "Run now"

    def get_breadcrumbs(self):
        return [("Retention", reverse(PREVIEW)), ("Run now", None)]

    def context(self, **more):
        goes, held, waiting, unapproved = plan.counts(now())
        lines = [
            f"{goes} records go, each with a certificate.",
            f"{held} records are held and stay.",
            f"{waiting} wait for their return.",
            f"{unapproved} wait for the approval of a second coordinator and stay.",
        ]
        return super().context(consequences=lines, is_dangerous=True, **more)

    def act(self, form):
        return retention.run_now(by=self.request.user)

    def success_url(self, made):
        return reverse("agreements:retention-run-detail", kwargs={"pk": made.pk})


class Returned(ConfirmPage):
    """Says that the data that an agreement wants back was given back, so that it may go."""

    permission = "agreements.hold_agreement"
    page_title = "Confirm the return"
    model = Agreement
    form_class = ReturnForm
    submit_label = "It was returned"
    is_dangerous = True

    def get_breadcrumbs(self):
        url = reverse("agreements:agreement-detail", kwargs={"pk": self.object.pk})
        return [("Retention", reverse(PREVIEW)), (self.object.reference, url), (self.page_title, None)]

    def prepare(self):
        super().prepare()
        self.waiting = plan.waiting(self.object, plan.next_run(now()))
        if not self.waiting:
            raise Http404

    def get_consequences(self):
        first = ", ".join(reference for _, _, reference in self.waiting[:5])
        more = f" and {len(self.waiting) - 5} more" if len(self.waiting) > 5 else ""
        return [f"{len(self.waiting)} records wait: {first}{more}.",
                "They go with the next run, each with a certificate that says they were returned first."]  # fmt: skip

    def act(self, form):
        return retention.confirm_returns(agreement=self.object, by=self.request.user, at=now(), **form.cleaned_data)

    def success_url(self, made):
        return reverse(PREVIEW)


class RunFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=DeletionRun.State.choices)
    trigger = django_filters.ChoiceFilter(
        choices=[("schedule", "Schedule"), ("command", "Command"), ("person", "Person")]
    )

    class Meta:
        model = DeletionRun
        fields = ["state", "trigger"]


class RunList(ListPage):
    filterset = RunFilter
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
        Column("unapproved_count", "Waiting for approval", kind="number"),
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
                "actions": [("PDF", reverse("agreements:retention-run-pdf", kwargs={"pk": self.object.pk}), False)],
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
            "fields": sanitization.of_record(self.object),
            "limits": sanitization.LIMITS,
            "actions": [
                ("Public check", sanitization.address(self.object), False),
                ("PDF", reverse("agreements:certificate-pdf", kwargs={"pk": self.object.pk}), False),
            ],
        }


class CertificatePaper(RecordPage):
    """The certificate as a document, with the address at which anybody verifies it."""

    permission = "agreements.view_certificate"
    model = DeletionRecord

    def queryset(self):
        return DeletionRecord.objects.select_related("batch__run__started_by")

    def get(self, request, **kwargs):
        found = self.load()
        return paper.saved(paper.of_record(found, request.build_absolute_uri(sanitization.address(found))))


class RunPaper(RecordPage):
    """A whole run as a document: counts and roots, no single record."""

    permission = "agreements.view_run"
    model = DeletionRun

    def get(self, request, **kwargs):
        return paper.saved(paper.of_run(self.load()))
