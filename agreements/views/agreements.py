"""Pages of agreements: list, record, sending, signing, suspending, ending."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Count, Q
from django.http import Http404
from django.urls import reverse

from agreements.actions import agreements, signing, versions
from agreements.forms import agreements as forms
from agreements.models import Agreement, Party
from agreements.redline import compare
from agreements.retention.due import example, period
from agreements.wording import Names, sections
from partnership.access.decide import can
from partnership.access.scope import permitted
from partnership.forms.people import EmptyForm
from partnership.tables import Column
from partnership.web.pages import ConfirmPage, ListPage, RecordFormPage, RecordPage, now

LIST = "agreements:agreement-list"
TONES = {"in_force": "good", "suspended": "warn", "expired": "neutral", "terminated": "neutral", "signature": "info", "signed": "info",
         "negotiation": "info"}  # fmt: skip


NEXT = {
    "draft": "The lead completes the draft", "negotiation": "The lead sends it for signature", "signed": "Nobody: it begins on its first day",
    "in_force": "Nobody: it runs", "suspended": "The lead resumes or ends it", "expired": "Nobody: it has ended",
    "terminated": "Nobody: it has ended",
}  # fmt: skip


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
        working = versions.last_version(self.object)
        version = self.object.governing or working
        return {
            "page_title": f"{self.object.title}", "lead": self.object.reference, "version": version, "working": working,
            "parties": self.object.parties.select_related("organization").order_by("organization__name"),
            "signatures": working.signatures.select_related("signed_by", "party__organization"),
            "terms": [(t, period(t), example(t, now().date())) for t in version.retention_terms.select_related("category")],
            "purposes": version.purposes.select_related("legal_basis__rule_set", "special_condition").order_by("position"),
            "data_items": version.data_items.select_related("category"), "today": now().date(),
            "steps": version.redaction_steps.select_related("category").order_by("category_id", "position"),
            "uses": version.permitted_uses.select_related("purpose").prefetch_related("categories").order_by("position"),
            "versions": self.object.versions.select_related("governing_period").order_by("-number"), "actions": self.buttons(working),
            "next": self.next_step(working), "may_leave": self.may_leave(),
            "gaps": versions.gaps(self.object, working, now().date()) if not working.is_frozen else [],
        }  # fmt: skip

    def may_leave(self):
        """Parties whose departure this person may ask for; the lead stays as long as its agreement."""
        if self.object.state not in versions.AMENDABLE:
            return set()
        staying = self.object.parties.in_force().filter(until__isnull=True).exclude(organization=self.object.lead_id)
        return permitted(self.actor, "agreements.let_leave", list(staying))

    def next_step(self, working):
        if versions.out_for_signature(self.object) is not None:
            signed = working.signatures.values("party")
            waiting = (
                self.object.parties.filter(until__isnull=True).exclude(pk__in=signed).select_related("organization")
            )
            return "Signatures of " + ", ".join(party.organization.name for party in waiting)
        if not working.is_frozen and self.object.governing_id:
            return f"The lead completes version {working.number}"
        return NEXT[self.object.state]

    def buttons(self, working):
        key, found = {"pk": self.object.pk}, []
        may_change = can(self.actor, "agreements.change_agreement", self.object)
        found += self._of_version(working, may_change, key)
        found += self._of_state(may_change and working.pk == self.object.governing_id, key)
        if not working.is_frozen and self.object.state != Agreement.State.DRAFT:
            found.append(("Negotiation", reverse("agreements:agreement-negotiation", kwargs=key), False))
        if self.object.governing_id:
            found.append(("May this be shared?", reverse("agreements:agreement-ask", kwargs=key), False))
        if self.object.governing_id and can(self.actor, "agreements.hold_agreement", self.object):
            found.append(("Place a legal hold", f"{reverse('agreements:hold-new')}?agreement={self.object.pk}", False))
        return found

    def _of_version(self, working, may_change, key):
        """Buttons about the version under work or for signature."""
        found = []
        if not working.is_frozen and may_change:
            found.append(("Continue drafting", reverse("agreements:agreement-steps", kwargs=key), True))
            if self.object.governing_id:
                found.append(("Withdraw the new version", reverse("agreements:agreement-withdraw", kwargs=key), False))
        if signing.parties_to_sign(self.object, self.request.user):
            found.append(("Read and sign", reverse("agreements:agreement-sign", kwargs=key), True))
        if may_change and versions.out_for_signature(self.object) is not None:
            found.append(("Take back", reverse("agreements:agreement-take-back", kwargs=key), False))
        return found

    def _of_state(self, may_amend, key):
        """Buttons about an agreement that governs."""
        state, found = self.object.state, []
        if state not in versions.AMENDABLE:
            return found
        if may_amend:
            found += [("Amend", reverse("agreements:agreement-amend", kwargs=key), False),
                      ("Renew", reverse("agreements:agreement-renew", kwargs=key), False)]  # fmt: skip
        if can(self.actor, "agreements.end_agreement", self.object):
            label, name = ("Suspend", "suspend") if state == "in_force" else ("Resume", "resume")
            found.append((label, reverse(f"agreements:agreement-{name}", kwargs=key), False))
            found.append(("Terminate", reverse("agreements:agreement-terminate", kwargs=key), False))
        return found


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
        return versions.send_for_signature(agreement=self.object, by=self.request.user, at=now())


class TakeBack(OnAgreement):
    permission = "agreements.change_agreement"
    page_title = "Take back from signature"
    submit_label = "Take back"
    consequences = ["Signatures given so far stay with the frozen version; a new version, a copy of it, can be edited."]

    def act(self, form):
        return versions.take_back(
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
    fresh = True
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
        self.version = versions.last_version(self.object)

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
        content, names = self.version.content, Names()
        changes = []
        if self.object.governing is not None:
            changes = compare(sections(self.object.governing.content, names), sections(content, names))
        return super().context(object=self.object, version=self.version, sections=sections(content, names), changes=changes,
                               **more)  # fmt: skip

    def act(self, form):
        return signing.sign(agreement=self.object, by=self.request.user, at=now(), **form.cleaned_data)
