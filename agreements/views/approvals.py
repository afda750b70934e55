"""Pages of the second person: ask with a stored preview, read it, approve or decline."""

import django_filters
from django.contrib import messages
from django.urls import reverse

from agreements.actions import approvals
from agreements.forms.agreements import ApproveForm, ReasonForm
from agreements.models import RetentionApproval
from agreements.retention import named, plan
from partnership.access.decide import can
from partnership.tables import Column
from partnership.web.pages import ConfirmPage, FormPage, ListPage, RecordPage, now

PREVIEW = "agreements:retention"
LIST = "agreements:approval-list"
DETAIL = "agreements:approval-detail"
TONES = {"asked": "warn", "approved": "good", "declined": "bad", "replaced": "neutral"}


class ApprovalFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=RetentionApproval.State.choices)

    class Meta:
        model = RetentionApproval
        fields = ["state"]


class ApprovalList(ListPage):
    permission = "agreements.view_approval"
    page_title = "Approvals of deletions"
    lead = "First runs, shortened terms and large runs wait for a second coordinator. Each request keeps what was seen."
    source_name = "agreements:approval-list"
    filterset = ApprovalFilter
    ordering = ("-asked_at", "pk")
    row_url_name = DETAIL
    count_label = "requests"
    columns = [
        Column("reference", "Reference", links=True),
        Column("state", "State", kind="choice", choices=dict(RetentionApproval.State.choices), tone=TONES),
        Column("size", "Records", kind="number"),
        Column("asked_at", "Asked", kind="moment", brief=True),
        Column("decided_at", "Decided", kind="moment", brief=True),
    ]

    def queryset(self):
        return RetentionApproval.objects.all()

    def actions(self):
        if can(self.actor, "agreements.run_retention"):
            return [("Ask for approval", reverse("agreements:approval-new"), True)]
        return []


class ApprovalNew(FormPage):
    permission = "agreements.run_retention"
    page_title = "Ask for approval"
    template_name = "components/confirm_page.html"
    form_class = ReasonForm
    submit_label = "Store the preview and ask"

    def get_breadcrumbs(self):
        return [("Retention", reverse(PREVIEW)), ("Approvals", reverse(LIST)), ("Ask", None)]

    def context(self, **more):
        waits = plan.counts(plan.next_run(now())).unapproved
        lines = [
            f"{waits} records are named, each by its key alone, and counted by agreement and category.",
            "Another coordinator reads the stored preview and approves or declines it. You cannot approve your own request.",
            "Nothing is deleted by asking. An older request that nobody decided is replaced by this one.",
        ]
        return super().context(consequences=lines, is_dangerous=False, **more)

    def act(self, form):
        return approvals.ask(by=self.request.user, at=now(), **form.cleaned_data)

    def success_url(self, made):
        return reverse(DETAIL, kwargs={"pk": made.pk})


class ApprovalDetail(RecordPage):
    permission = "agreements.view_approval"
    model = RetentionApproval
    template_name = "agreements/approval_detail.html"

    def queryset(self):
        return RetentionApproval.objects.select_related("asked_by", "decided_by")

    def get_breadcrumbs(self):
        return [("Retention", reverse(PREVIEW)), ("Approvals", reverse(LIST)), (self.object.reference, None)]

    def extra(self):
        actions = []
        if self.object.state == RetentionApproval.State.ASKED and can(
            self.actor, "agreements.approve_deletion", self.object
        ):
            where = {"pk": self.object.pk}
            actions = [
                ("Decline", reverse("agreements:approval-decline", kwargs=where), False),
                ("Approve", reverse("agreements:approval-approve", kwargs=where), True),
            ]
        return {"page_title": self.object.reference, "actions": actions, "remaining": named.remaining(self.object),
                "tone": TONES[self.object.state]}  # fmt: skip


class Decision(ConfirmPage):
    """One of the two answers to a request."""

    permission = "agreements.approve_deletion"
    model = RetentionApproval
    is_dangerous = True

    def get_breadcrumbs(self):
        return [("Approvals", reverse(LIST)), (self.object.reference, reverse(DETAIL, kwargs={"pk": self.object.pk})),
                (self.page_title, None)]  # fmt: skip

    def success_url(self, made):
        return reverse(DETAIL, kwargs={"pk": made.pk})


class Approve(Decision):
    fresh = True
    page_title = "Approve the deletion"
    form_class = ApproveForm
    submit_label = "Approve"
    template_name = "agreements/approve.html"

    def form_kwargs(self):
        return {"initial": {"content_hash": self.object.hash}}

    def get_consequences(self):
        return [f"The next run deletes the {self.object.size} records that this preview names, as far as no hold protects them then.",
                "What has fallen due since is not covered. Each certificate points at this approval.",
                "It cannot be undone."]  # fmt: skip

    def act(self, form):
        made = approvals.approve(approval=self.object, by=self.request.user, at=now(), **form.cleaned_data)
        messages.success(self.request, f"{made.reference} is approved. Its records go with the next run.")
        return made


class Decline(Decision):
    page_title = "Decline the deletion"
    form_class = ReasonForm
    submit_label = "Decline"
    consequences = ["The records stay. The health page goes on to count them, and warns when they wait for long."]

    def act(self, form):
        return approvals.decline(approval=self.object, by=self.request.user, at=now(), **form.cleaned_data)
