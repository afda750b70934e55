"""Drafting step by step; each step can be left and resumed."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from agreements import completeness
from agreements.actions import agreements, templates, versions
from agreements.forms import agreements as forms
from agreements.forms import handling
from agreements.models import Agreement, AgreementTemplate, RetentionTerm
from agreements.retention.due import example, period
from agreements.views.agreements import LIST
from agreements.wording import Names, terms
from partnership.access.scope import visible
from partnership.models import Organization, Role
from partnership.web.pages import FormPage, RecordFormPage, now


class AgreementNew(FormPage):
    permission = "agreements.draft_agreement"
    page_title = "Draft an agreement"
    lead = "A few questions to begin; the terms follow step by step, and you can leave at any time."
    form_class = forms.DraftForm
    submit_label = "Begin"
    template_name = "agreements/new.html"

    def context(self, **more):
        names = Names()
        listed = AgreementTemplate.objects.valid_on().select_related("rule_set").order_by("position")
        return super().context(templates=[(found, terms(found.content, names)) for found in listed], **more)

    def get_breadcrumbs(self):
        return [("Agreements", reverse(LIST)), ("New", None)]

    def form_kwargs(self):
        own = self.actor.organizations(Role.LIAISON_OFFICER)
        return {"organizations": Organization.objects.filter(pk__in=own).order_by("name")}

    def act(self, form):
        return templates.begin(by=self.request.user, at=now(), **form.cleaned_data)

    def success_url(self, made):
        return reverse("agreements:agreement-steps", kwargs={"pk": made.pk})


class Drafting(RecordFormPage):
    """A step of drafting: the open version of an agreement that the actor may change."""

    permission = "agreements.change_agreement"
    model = Agreement

    def prepare(self):
        super().prepare()
        self.version = versions.open_version(self.object)
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
    ("data", "Data", "Which categories, and whether they hold personal data"),
    ("retention", "Retention", "How long each category is kept, from when, and what then"),
    ("redaction", "Redaction", "What is taken out before release"),
    ("handling", "Handling", "How recipients handle each category, and up to which marking"),
    ("uses", "Permitted uses", "What is authorised beforehand"),
    ("transfers", "Transfers", "By which way data goes to parties in other countries"),
    ("clauses", "Further clauses", "Security, liability, attribution, rights, governance"),
    ("review", "Legal review", "A second person reads the words and approves them"),
]


class Steps(Drafting):
    page_title = "Drafting"
    template_name = "agreements/steps.html"

    def get_breadcrumbs(self):
        return super().get_breadcrumbs()[:-2] + [("Drafting", None)]

    def get(self, request, **kwargs):
        self.prepare()
        gaps = versions.gaps(self.object, self.version, now().date())
        steps = [
            (label, text, self.step_url(name), [words for step, words in gaps if step == name])
            for name, label, text in STEPS
        ]
        return self.show(object=self.object, steps=steps, gaps=gaps, version=self.version)

    def step_url(self, name):
        return reverse(f"agreements:agreement-{name}", kwargs={"pk": self.object.pk})

    def post(self, request, **kwargs):
        raise Http404


class Completeness(Steps):
    """The contents that a sharing agreement should have, each there or missing, with its step."""

    page_title = "Completeness"
    template_name = "agreements/completeness.html"

    def get_breadcrumbs(self):
        return super().get_breadcrumbs()[:-1] + [
            ("Drafting", reverse("agreements:agreement-steps", kwargs={"pk": self.object.pk})), ("Completeness", None)]  # fmt: skip

    def get(self, request, **kwargs):
        self.prepare()
        items = completeness.check(self.object, self.version, now().date())
        return self.show(object=self.object, version=self.version, missing=sum(not item.is_there for item in items),
                         items=[(item, self.step_url(item.step)) for item in items])  # fmt: skip


class Basics(Drafting):
    page_title = "Basics and handling"
    form_class = forms.BasicsForm
    success_message = "Saved."

    def form_kwargs(self):
        initial = {"title": self.object.title, "time_zone": self.object.time_zone}
        return {"instance": self.version, "initial": initial, "is_signed": self.object.governing_id is not None}

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
    page_title = "Data"
    lead = "List each category first; how long it is kept is the next step."
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

    def context(self, **more):
        url = reverse("agreements:agreement-retention-example", kwargs={"pk": self.object.pk})
        return super().context(example_url=url, **more)


class RetentionExample(Drafting):
    """The worked example of what is being typed, for the page to show at once."""

    page_title = "Worked example"

    def get(self, request, **kwargs):
        self.prepare()
        form = forms.RetentionPeriodForm(request.GET)
        words = example(RetentionTerm(**form.cleaned_data), now().date()) if form.is_valid() else ""
        return render(request, "agreements/_example.html", {"words": words})

    def post(self, request, **kwargs):
        raise Http404


class Redaction(RowStep):
    page_title = "Redaction"
    form_class = forms.RedactionForm
    kind = "redaction_steps"

    def describe(self, row):
        return f"{row.category_id}, step {row.position}: {row.instruction}"


class Handling(RowStep):
    page_title = "Handling"
    lead = "How recipients handle each category, in the terms of FIRST's Information Exchange Policy 2.0."
    form_class = handling.HandlingForm
    kind = "handling_policies"

    def rows(self):
        return self.version.handling_policies.select_related("category").order_by("category_id")

    def form_kwargs(self):
        return {"version": self.version}

    def describe(self, row):
        return f"{row.category.label}: up to {row.get_tlp_display()}; {row.get_permitted_actions_display().lower()}"


class Transfers(RowStep):
    page_title = "Transfers"
    lead = "Within the European Economic Area personal data moves freely; any other party abroad needs a mechanism."
    form_class = handling.TransferForm
    kind = "transfers"

    def rows(self):
        return self.version.transfers.select_related("organization", "mechanism").order_by("organization__name")

    def form_kwargs(self):
        parties = self.object.parties.filter(until__isnull=True).exclude(organization=self.object.lead_id)
        return {"organizations": Organization.objects.filter(pk__in=parties.values("organization")).order_by("name")}

    def describe(self, row):
        return f"{row.organization.name} ({row.organization.country}): {row.mechanism.label}, {row.mechanism.article}"


class Clauses(RowStep):
    page_title = "Further clauses"
    form_class = handling.ClauseForm
    kind = "clauses"

    def rows(self):
        return self.version.clauses.order_by("subject")

    def describe(self, row):
        return f"{row.get_subject_display()}: {row.text}"


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
        elif kind in versions.ROWS:
            agreements.remove_row(agreement=self.object, kind=kind, key=key, by=request.user, at=now())
        else:
            raise Http404
        step = {"party": "parties", "data_items": "data", "retention_terms": "retention", "redaction_steps": "redaction",
                "permitted_uses": "uses", "handling_policies": "handling"}.get(kind, kind)  # fmt: skip
        return redirect(f"agreements:agreement-{step}", pk=pk)
