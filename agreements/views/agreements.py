"""Pages of agreements: list, record, drafting step by step, signing, suspending, ending."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse

from agreements.actions import agreements, engagements, signing
from agreements.forms import agreements as forms
from agreements.models import Agreement, Engagement, Party
from agreements.retention.due import example, period
from partnership.access.decide import can
from partnership.access.scope import get_or_404, visible
from partnership.forms.people import EmptyForm
from partnership.models import Organization, Role, User
from partnership.tables import Column
from partnership.web.pages import ConfirmPage, FormPage, ListPage, RecordFormPage, RecordPage, now

LIST = "agreements:agreement-list"
TONES = {"in_force": "good", "suspended": "warn", "terminated": "neutral", "signature": "info", "negotiation": "info"}
FOR_PEOPLE = {"text": "Text contains", "state": "State"}


class AgreementFilter(django_filters.FilterSet):
    text = django_filters.CharFilter(label="Title or reference contains", method="by_text")
    state = django_filters.MultipleChoiceFilter(choices=Agreement.State.choices)
    kind = django_filters.ChoiceFilter(choices=Agreement.Kind.choices)

    class Meta:
        model = Agreement
        fields = ["text", "state", "kind"]

    def by_text(self, queryset, name, value):
        return queryset.filter(Q(title__icontains=value) | Q(reference__icontains=value))


class AgreementList(ListPage):
    permission = "agreements.view_agreement"
    page_title = "Agreements"
    lead = "What partners permit each other. Each term of a signed agreement is a row that the portal enforces."
    source_name = "agreements:agreement-list"
    filterset = AgreementFilter
    ordering = ("-reference",)
    row_url_name = "agreements:agreement-detail"
    count_label = "agreements"
    columns = [
        Column("reference", "Reference", links=True),
        Column("title", "Title"),
        Column("state", "State", kind="choice", choices=dict(Agreement.State.choices), tone=TONES),
        Column("lead", "Led by", source="lead__name"),
        Column(
            "parties",
            "Parties",
            source=Count("parties", filter=Q(parties__until__isnull=True)),
            kind="number",
            sort=None,
        ),
        Column("in_force_since", "In force since", kind="day"),
        Column("ends_on", "Ends on", source="governing__ends_on", kind="day"),
    ]

    def queryset(self):
        return Agreement.objects.all()

    def actions(self):
        if can(self.actor, "agreements.draft_agreement"):
            return [("Draft an agreement", reverse("agreements:agreement-new"), True)]
        return []


class AgreementDetail(RecordPage):
    permission = "agreements.view_agreement"
    model = Agreement
    template_name = "agreements/agreement_detail.html"

    def queryset(self):
        return Agreement.objects.select_related("lead", "governing")

    def get_breadcrumbs(self):
        return [("Agreements", reverse(LIST)), (self.object.reference, None)]

    def extra(self):
        version = self.object.governing or agreements.last_version(self.object)
        working = agreements.last_version(self.object)
        return {
            "page_title": f"{self.object.title}", "lead": self.object.reference, "version": working, "governing": version,
            "parties": self.object.parties.select_related("organization").order_by("organization__name"),
            "signatures": working.signatures.select_related("signed_by", "party__organization"),
            "terms": [(t, period(t), example(t, now().date())) for t in working.retention_terms.select_related("category")],
            "purposes": working.purposes.select_related("legal_basis", "special_condition").order_by("position"),
            "data_items": working.data_items.select_related("category"),
            "steps": working.redaction_steps.select_related("category").order_by("category_id", "position"),
            "uses": working.permitted_uses.select_related("purpose").prefetch_related("categories").order_by("position"),
            "versions": self.object.versions.order_by("-number"), "actions": self.buttons(working), "next": self.next_step(working),
            "gaps": agreements.gaps(self.object, working, now().date()) if not working.is_frozen else [],
        }  # fmt: skip

    def next_step(self, working):
        if self.object.state == Agreement.State.SIGNATURE:
            signed = working.signatures.values("party")
            waiting = (
                self.object.parties.filter(until__isnull=True).exclude(pk__in=signed).select_related("organization")
            )
            return "Signatures of " + ", ".join(party.organization.name for party in waiting)
        return {"draft": "The lead completes the draft", "negotiation": "The lead sends it for signature",
                "in_force": "Nobody: it runs", "suspended": "The lead resumes or ends it", "terminated": "Nobody: it has ended"}[self.object.state]  # fmt: skip

    def buttons(self, working):
        key, state, found = {"pk": self.object.pk}, self.object.state, []
        if state in agreements.EDITABLE and can(self.actor, "agreements.change_agreement", self.object):
            found.append(("Continue drafting", reverse("agreements:agreement-steps", kwargs=key), True))
        if state == "signature":
            if signing.parties_to_sign(self.object, self.request.user):
                found.append(("Read and sign", reverse("agreements:agreement-sign", kwargs=key), True))
            if can(self.actor, "agreements.change_agreement", self.object):
                found.append(("Take back", reverse("agreements:agreement-take-back", kwargs=key), False))
        if state in ("in_force", "suspended") and can(self.actor, "agreements.end_agreement", self.object):
            label, name = ("Suspend", "suspend") if state == "in_force" else ("Resume", "resume")
            found.append((label, reverse(f"agreements:agreement-{name}", kwargs=key), False))
            found.append(("Terminate", reverse("agreements:agreement-terminate", kwargs=key), False))
        if state in ("in_force", "suspended", "terminated") and can(
            self.actor, "agreements.hold_agreement", self.object
        ):
            found.append(("Place a legal hold", f"{reverse('agreements:hold-new')}?agreement={self.object.pk}", False))
        return found


class AgreementNew(FormPage):
    permission = "agreements.draft_agreement"
    page_title = "Draft an agreement"
    lead = "Three questions to begin; the terms follow step by step, and you can leave at any time."
    form_class = forms.DraftForm
    submit_label = "Begin"

    def get_breadcrumbs(self):
        return [("Agreements", reverse(LIST)), ("New", None)]

    def form_kwargs(self):
        own = self.actor.organizations(Role.LIAISON_OFFICER)
        return {"organizations": Organization.objects.filter(pk__in=own).order_by("name")}

    def act(self, form):
        return agreements.draft(by=self.request.user, at=now(), **form.cleaned_data)

    def success_url(self, made):
        return reverse("agreements:agreement-steps", kwargs={"pk": made.pk})


class Drafting(RecordFormPage):
    """A step of drafting: the open version of an agreement that the actor may change."""

    permission = "agreements.change_agreement"
    model = Agreement

    def prepare(self):
        super().prepare()
        self.version = agreements.open_version(self.object)
        if self.version is None:
            raise Http404

    def get_breadcrumbs(self):
        key = {"pk": self.object.pk}
        return [("Agreements", reverse(LIST)), (self.object.reference, reverse("agreements:agreement-detail", kwargs=key)),
                ("Drafting", reverse("agreements:agreement-steps", kwargs=key)), (self.page_title, None)]  # fmt: skip

    def success_url(self, made):
        return self.request.path


STEPS = [
    ("basics", "Basics and handling", "Why, from when, the highest marking, the smallest group of a figure"),
    ("parties", "Parties", "Who takes part, and in which role"),
    ("purposes", "Purposes", "Each with its legal basis and the law cited"),
    ("data", "Data and retention", "Which data, and how long each is kept"),
    ("redaction", "Redaction", "What is taken out before release"),
    ("uses", "Permitted uses", "What is authorised beforehand"),
]


class Steps(Drafting):
    page_title = "Drafting"
    template_name = "agreements/steps.html"

    def get_breadcrumbs(self):
        return super().get_breadcrumbs()[:-2] + [("Drafting", None)]

    def get(self, request, **kwargs):
        self.prepare()
        gaps = agreements.gaps(self.object, self.version, now().date())
        steps = [(name, label, text, [words for step, words in gaps if step == name]) for name, label, text in STEPS]
        return self.show(object=self.object, steps=steps, gaps=gaps, version=self.version)

    def post(self, request, **kwargs):
        raise Http404


class Basics(Drafting):
    page_title = "Basics and handling"
    form_class = forms.BasicsForm
    success_message = "Saved."

    def form_kwargs(self):
        return {"instance": self.version, "initial": {"title": self.object.title, "time_zone": self.object.time_zone}}

    def act(self, form):
        return agreements.change_basics(
            agreement=self.object, columns=form.cleaned_data, by=self.request.user, at=now()
        )

    def success_url(self, made):
        return reverse("agreements:agreement-steps", kwargs={"pk": self.object.pk})


class RowStep(Drafting):
    """A step that adds rows of one kind and shows those that are there."""

    template_name = "agreements/row_step.html"
    submit_label = "Add"
    kind = ""
    second = ""

    def rows(self):
        return getattr(self.version, self.kind).all()

    def context(self, **more):
        return super().context(
            object=self.object, rows=[(self.kind, row, self.describe(row)) for row in self.rows()], **more
        )

    def describe(self, row):
        return str(row)

    def act(self, form):
        return agreements.add_row(
            agreement=self.object, kind=self.kind, columns=form.cleaned_data, by=self.request.user, at=now()
        )


class Purposes(RowStep):
    page_title = "Purposes"
    form_class = forms.PurposeForm
    kind = "purposes"

    def rows(self):
        return self.version.purposes.select_related("legal_basis").order_by("position")

    def describe(self, row):
        return f"{row.text} ({row.legal_basis.label}, {row.legal_basis.article}{'; ' + row.law_cited if row.law_cited else ''})"


class Data(RowStep):
    page_title = "Data and retention"
    lead = "List each category first, then say how long it is kept."
    form_class = forms.DataItemForm
    kind = "data_items"

    def rows(self):
        return self.version.data_items.select_related("category")

    def describe(self, row):
        return f"{row.category.label}{', holds personal data' if row.has_personal_data else ''}"

    def context(self, **more):
        more.setdefault(
            "below",
            (
                reverse("agreements:agreement-retention", kwargs={"pk": self.object.pk}),
                "Go on to the retention periods",
            ),
        )
        return super().context(**more)


class Retention(RowStep):
    page_title = "Retention periods"
    lead = "For each category: from which event, for how long by the calendar, and what then."
    form_class = forms.RetentionForm
    kind = "retention_terms"

    def rows(self):
        return self.version.retention_terms.select_related("category")

    def describe(self, row):
        return f"{row.category.label}: {period(row)} from “{row.get_trigger_display()}”, then {row.get_action_display().lower()}. {example(row, now().date())}"


class Redaction(RowStep):
    page_title = "Redaction"
    form_class = forms.RedactionForm
    kind = "redaction_steps"

    def describe(self, row):
        return f"{row.category_id}, step {row.position}: {row.instruction}"


class Uses(RowStep):
    page_title = "Permitted uses"
    form_class = forms.UseForm
    kind = "permitted_uses"

    def form_kwargs(self):
        return {"version": self.version}

    def describe(self, row):
        return f"{row.purpose.text}: {row.get_recipients_display().lower()}, up to {row.get_highest_tlp_display()}"


class Parties(Drafting):
    page_title = "Parties"
    template_name = "agreements/row_step.html"
    form_class = forms.PartyForm
    submit_label = "Add"

    def form_kwargs(self):
        return {
            "organizations": visible(
                self.actor,
                "partnership.view_organization",
                Organization.objects.filter(vetting="vetted").order_by("name"),
            )
        }

    def context(self, **more):
        rows = (
            self.object.parties.filter(until__isnull=True).select_related("organization").order_by("organization__name")
        )
        return super().context(
            object=self.object,
            rows=[
                (
                    "party",
                    p,
                    f"{p.organization.name}: {p.get_role_display().lower()}, {p.get_controller_role_display().lower()}",
                )
                for p in rows
            ],
            **more,
        )

    def act(self, form):
        return agreements.add_party(agreement=self.object, by=self.request.user, at=now(), **form.cleaned_data)


class RowRemove(Drafting):
    """Takes one row out of the draft."""

    def get(self, request, **kwargs):
        raise Http404

    def post(self, request, pk, kind, key, **kwargs):
        self.prepare()
        if kind == "party":
            party = self.object.parties.filter(pk=key).exclude(organization_id=self.object.lead_id).first()
            if party is None:
                raise Http404
            agreements.remove_party(party=party, by=request.user, at=now())
        elif kind in agreements.ROWS:
            agreements.remove_row(agreement=self.object, kind=kind, key=key, by=request.user, at=now())
        else:
            raise Http404
        step = {"party": "parties", "data_items": "data", "retention_terms": "retention", "redaction_steps": "redaction",
                "permitted_uses": "uses"}.get(kind, kind)  # fmt: skip
        return redirect(f"agreements:agreement-{step}", pk=pk)


class OnAgreement(ConfirmPage):
    """One decision about one agreement."""

    model = Agreement
    form_class: ClassVar[Any] = forms.ReasonForm

    def get_breadcrumbs(self):
        return [
            ("Agreements", reverse(LIST)),
            (self.object.reference, reverse("agreements:agreement-detail", kwargs={"pk": self.object.pk})),
            (self.page_title, None),
        ]


class Negotiate(OnAgreement):
    permission = "agreements.change_agreement"
    page_title = "Open the negotiation"
    form_class: ClassVar[Any] = EmptyForm
    submit_label = "Show it to the parties"
    consequences = ["All parties named can read the draft. You can still change it."]

    def act(self, form):
        return agreements.open_negotiation(agreement=self.object, by=self.request.user, at=now())


class Send(OnAgreement):
    permission = "agreements.change_agreement"
    page_title = "Send for signature"
    form_class: ClassVar[Any] = EmptyForm
    submit_label = "Freeze and send"
    consequences = ["The version is frozen under a hash; nobody can change it any more, the database included.",
                    "Each party's signatory is asked to sign. The last signature puts it in force."]  # fmt: skip

    def act(self, form):
        return agreements.send_for_signature(agreement=self.object, by=self.request.user, at=now())


class TakeBack(OnAgreement):
    permission = "agreements.change_agreement"
    page_title = "Take back from signature"
    submit_label = "Take back"
    consequences = ["Signatures given so far stay with the frozen version; a new version, a copy of it, can be edited."]

    def act(self, form):
        return agreements.take_back(
            agreement=self.object, because=form.cleaned_data["because"], by=self.request.user, at=now()
        )


class Suspend(OnAgreement):
    permission = "agreements.end_agreement"
    page_title = "Suspend"
    submit_label = "Suspend"
    consequences = ["Nothing new is filed under it, and parties no longer see each other's reports through it.",
                    "Retention periods go on."]  # fmt: skip
    is_dangerous = True

    def act(self, form):
        return agreements.suspend(
            agreement=self.object, because=form.cleaned_data["because"], by=self.request.user, at=now()
        )


class Resume(OnAgreement):
    permission = "agreements.end_agreement"
    page_title = "Resume"
    submit_label = "Resume"
    consequences = ["Sharing goes on as before the suspension."]

    def act(self, form):
        return agreements.resume(
            agreement=self.object, because=form.cleaned_data["because"], by=self.request.user, at=now()
        )


class Terminate(OnAgreement):
    permission = "agreements.end_agreement"
    page_title = "Terminate"
    submit_label = "Terminate"
    consequences = ["Sharing ends for good. Retention duties survive; periods that wait for the end begin today."]
    is_dangerous = True

    def act(self, form):
        return agreements.terminate(
            agreement=self.object, because=form.cleaned_data["because"], by=self.request.user, at=now()
        )


class Sign(RecordFormPage):
    permission = "agreements.sign_agreement"
    page_title = "Read and sign"
    model = Agreement
    form_class = forms.SignForm
    submit_label = "Sign"
    template_name = "agreements/sign.html"
    success_message = "Signed."

    def prepare(self):
        super().prepare()
        self.parties = signing.parties_to_sign(self.object, self.request.user)
        if not self.parties:
            raise Http404
        self.version = agreements.last_version(self.object)

    def get_breadcrumbs(self):
        return [
            ("Agreements", reverse(LIST)),
            (self.object.reference, reverse("agreements:agreement-detail", kwargs={"pk": self.object.pk})),
            ("Sign", None),
        ]

    def form_kwargs(self):
        return {"parties": Party.objects.filter(pk__in=[party.pk for party in self.parties]).select_related("organization"),
                "initial": {"content_hash": self.version.content_hash, "party": self.parties[0]}}  # fmt: skip

    def context(self, **more):
        return super().context(object=self.object, version=self.version, **more)

    def act(self, form):
        return signing.sign(agreement=self.object, by=self.request.user, at=now(), **form.cleaned_data)


class EngagementList(ListPage):
    permission = "agreements.view_engagement"
    page_title = "Audit engagements"
    source_name = "agreements:engagement-list"
    ordering = ("-since", "pk")
    row_url_name = "agreements:engagement-end"
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


class EngagementNew(FormPage):
    permission = "agreements.engage_auditor"
    page_title = "Engage an auditor"
    form_class = forms.EngagementForm

    def get_breadcrumbs(self):
        return [("Audit engagements", reverse("agreements:engagement-list")), ("New", None)]

    def form_kwargs(self):
        auditors = User.objects.filter(memberships__role=Role.AUDITOR, memberships__until__isnull=True, is_active=True)
        return {"auditors": auditors.distinct().order_by("name"),
                "agreements": visible(self.actor, "agreements.view_agreement", Agreement.objects.order_by("reference"))}  # fmt: skip

    def act(self, form):
        return engagements.engage(since=now(), by=self.request.user, at=now(), **form.cleaned_data)

    def success_url(self, made):
        return reverse("agreements:engagement-list")


class EngagementEnd(ConfirmPage):
    permission = "agreements.view_engagement"
    page_title = "End an engagement"
    model = Engagement
    form_class: ClassVar[Any] = EmptyForm
    submit_label = "End it now"
    consequences = ["The auditor sees nothing of it from the next request on."]

    def get_breadcrumbs(self):
        return [("Audit engagements", reverse("agreements:engagement-list")), (self.object.title, None)]

    def act(self, form):
        return engagements.end(engagement=self.object, by=self.request.user, at=now())


__all__ = ["AgreementDetail", "AgreementList", "get_or_404"]
