"""Pages of a negotiation: what parties remark and propose, what the lead answers, what a second person thinks of it."""

from typing import Any, ClassVar
from uuid import UUID

from django.forms.models import model_to_dict
from django.http import Http404
from django.urls import reverse

from agreements.actions import negotiation, versions
from agreements.forms import negotiation as forms
from agreements.models import Agreement, Proposal, Remark
from agreements.views import drafting
from agreements.views.amending import crumbs
from agreements.wording import Names, sections
from partnership.access.decide import can
from partnership.access.scope import permitted
from partnership.forms.people import EmptyForm
from partnership.web.pages import ConfirmPage, RecordFormPage, RecordPage, now

# Which step asks for which kind of row; a proposal uses the step's own form.
STEPS: dict[str, Any] = {
    step.kind: step
    for step in (drafting.Purposes, drafting.Data, drafting.Retention, drafting.Redaction, drafting.Handling, drafting.Uses,
                 drafting.Transfers, drafting.Clauses)
}  # fmt: skip


class Negotiation(RecordPage):
    """The version under work, clause by clause, with remarks and proposals."""

    permission = "agreements.view_agreement"
    model = Agreement
    template_name = "agreements/negotiation.html"

    def get_breadcrumbs(self):
        return crumbs(self.object, "Negotiation")

    def timeline(self):
        return []

    def extra(self):
        version = versions.last_version(self.object)
        content = versions.content_of(version)
        remarks: dict[str, list[Remark]] = {}
        for remark in version.remarks.select_related("organization", "made_by", "closed_by").order_by("made_at"):
            remarks.setdefault(remark.clause, []).append(remark)
        words = [(section, [(clause, remarks.pop(clause.key, [])) for clause in section.clauses])
                 for section in sections(content, Names())]  # fmt: skip
        proposals = list(version.proposals.select_related("organization", "made_by", "decided_by").order_by("-made_at"))
        loose = [remark for found in remarks.values() for remark in found]
        closable = [r for _, clauses in words for _, found in clauses for r in found] + loose
        may_speak = not version.is_frozen and can(self.actor, "agreements.negotiate_agreement", self.object)
        return {
            "page_title": "Negotiation", "lead": f"{self.object.reference} {self.object.title}, version {version.number}",
            "version": version, "words": words, "loose": loose, "proposals": proposals, "may_speak": may_speak,
            "may_close": permitted(self.actor, "agreements.close_remark", closable),
            "may_decide": permitted(self.actor, "agreements.decide_proposal", proposals),
            "may_withdraw": permitted(self.actor, "agreements.withdraw_proposal", proposals),
            "reviews": version.legal_reviews.select_related("reviewed_by").order_by("-reviewed_at"),
            "hash_now": versions.digest(content), "kinds": [(kind, step.page_title) for kind, step in STEPS.items()],
            "actions": self.buttons(version),
        }  # fmt: skip

    def buttons(self, version):
        if version.is_frozen or not can(self.actor, "agreements.review_agreement", self.object):
            return []
        return [("Legal review", reverse("agreements:agreement-review", kwargs={"pk": self.object.pk}), False)]


def negotiation_url(agreement: Agreement) -> str:
    return reverse("agreements:agreement-negotiation", kwargs={"pk": agreement.pk})


class Speaking(RecordFormPage):
    """A form by which a party says something about the version under work."""

    permission = "agreements.negotiate_agreement"
    model = Agreement

    def prepare(self):
        super().prepare()
        self.version = versions.open_version(self.object)
        self.organizations = negotiation.own_parties(self.object, self.actor)
        if self.version is None or not self.organizations:
            raise Http404

    def get_breadcrumbs(self):
        way = crumbs(self.object, self.page_title)
        return [*way[:-1], ("Negotiation", negotiation_url(self.object)), way[-1]]

    def success_url(self, made):
        return negotiation_url(self.object)


class RemarkNew(Speaking):
    page_title = "Remark on a clause"
    form_class = forms.RemarkForm
    submit_label = "Send"
    template_name = "agreements/remark.html"

    def form_kwargs(self):
        return {"organizations": self.organizations, "initial": {"clause": self.request.GET.get("clause", "")}}

    def context(self, **more):
        asked = self.request.POST.get("clause") or self.request.GET.get("clause", "")
        found = [c for s in sections(versions.content_of(self.version), Names()) for c in s.clauses if c.key == asked]
        return super().context(clause=found[0] if found else None, **more)

    def act(self, form):
        return negotiation.remark(agreement=self.object, by=self.request.user, at=now(), **form.cleaned_data)


class Propose(Speaking):
    """The form of a step, with the reason: a row to add, or to put in the place of another, or to leave out."""

    page_title = "Propose a change"
    submit_label = "Propose"
    template_name = "agreements/propose.html"

    def prepare(self):
        super().prepare()
        self.kind = self.request.GET.get("kind", "retention_terms")
        if self.kind not in STEPS:
            raise Http404
        self.replaced = self._replaced()
        self.leaves_out = "leave_out" in self.request.GET and self.replaced is not None

    def _replaced(self):
        asked = self.request.GET.get("replaces")
        if not asked:
            return None
        try:
            found = getattr(self.version, self.kind).filter(pk=UUID(asked)).first()
        except ValueError:
            found = None
        if found is None:
            raise Http404
        return found

    def _step(self):
        step = STEPS[self.kind]()
        step.request, step.object, step.version = self.request, self.object, self.version
        return step

    def make_form(self, data=None, files=None):
        said = forms.ProposalForm(data, prefix="said", organizations=self.organizations)
        if self.leaves_out:
            return said
        step = self._step()
        initial = model_to_dict(self.replaced) if self.replaced is not None else None
        form = step.form_class(data, initial=initial, **step.form_kwargs())
        for name in said.fields:
            form.fields[f"said-{name}"] = said.fields[name]
            if said.fields[name].initial is not None:
                form.initial[f"said-{name}"] = said.fields[name].initial
        return form

    def context(self, **more):
        step = self._step()
        rows = [(row, step.describe(row)) for row in step.rows()]
        return super().context(object=self.object, kind=self.kind, kinds=[(k, s.page_title) for k, s in STEPS.items()], rows=rows,
                               step=step, replaced=step.describe(self.replaced) if self.replaced else "",
                               leaves_out=self.leaves_out, **more)  # fmt: skip

    def act(self, form):
        values = dict(form.cleaned_data)
        prefix = "" if self.leaves_out else "said-"
        said = {name: values.pop(f"{prefix}{name}") for name in ("reason", "organization")}
        removes = self.replaced.pk if self.replaced is not None else None
        return negotiation.propose(agreement=self.object, kind=self.kind, columns=values, removes=removes, by=self.request.user,
                                   at=now(), **said)  # fmt: skip


class OnRemark(ConfirmPage):
    model: ClassVar[Any] = Remark
    permission = "agreements.close_remark"
    page_title = "Close a remark"
    form_class: ClassVar[Any] = forms.AnswerForm
    submit_label = "Close"

    def queryset(self):
        return Remark.objects.select_related("version__agreement")

    def get_breadcrumbs(self):
        agreement = self.object.version.agreement
        way = crumbs(agreement, self.page_title)
        return [*way[:-1], ("Negotiation", negotiation_url(agreement)), way[-1]]

    def get_consequences(self):
        return [f"“{self.object.text}” is closed; it stays readable with your answer."]

    def act(self, form):
        return negotiation.close_remark(found=self.object, by=self.request.user, at=now(), **form.cleaned_data)


class OnProposal(OnRemark):
    model: ClassVar[Any] = Proposal
    permission = "agreements.decide_proposal"

    def queryset(self):
        return Proposal.objects.select_related("version__agreement", "organization")

    def get_consequences(self):
        lines = [
            f"Before: {line['old'] or 'not said'}. After: {line['new'] or 'left out'}." for line in self.object.effect
        ]
        return [f"Proposed for {self.object.organization.name}: {self.object.reason}", *lines]


class Accept(OnProposal):
    page_title = "Accept a proposal"
    submit_label = "Accept and change"

    def act(self, form):
        return negotiation.accept(proposal=self.object, by=self.request.user, at=now(), **form.cleaned_data)


class Decline(OnProposal):
    page_title = "Decline a proposal"
    form_class: ClassVar[Any] = forms.DeclineForm
    submit_label = "Decline"

    def act(self, form):
        return negotiation.decline(proposal=self.object, by=self.request.user, at=now(), **form.cleaned_data)


class WithdrawProposal(OnProposal):
    permission = "agreements.withdraw_proposal"
    page_title = "Withdraw a proposal"
    form_class: ClassVar[Any] = EmptyForm
    submit_label = "Withdraw"

    def act(self, form):
        return negotiation.withdraw_proposal(proposal=self.object, by=self.request.user, at=now())


class Review(RecordFormPage):
    """A second person reads the whole version and approves or objects."""

    permission = "agreements.review_agreement"
    model = Agreement
    page_title = "Legal review"
    lead = "Read the words as they stand. An approval counts for exactly these; any change asks for a new one."
    form_class = forms.ReviewForm
    submit_label = "Give the opinion"
    template_name = "agreements/review.html"

    def prepare(self):
        super().prepare()
        self.version = versions.open_version(self.object)
        if self.version is None:
            raise Http404
        self.content = versions.content_of(self.version)

    def get_breadcrumbs(self):
        return crumbs(self.object, self.page_title)

    def form_kwargs(self):
        return {"initial": {"content_hash": versions.digest(self.content)}}

    def context(self, **more):
        return super().context(version=self.version, sections=sections(self.content, Names()),
                               last=versions.last_changed_by(self.version), **more)  # fmt: skip

    def act(self, form):
        return negotiation.review(agreement=self.object, by=self.request.user, at=now(), **form.cleaned_data)

    def success_url(self, made):
        return negotiation_url(self.object)
