"""Pages of versions: read one, compare two, amend, renew, withdraw, and ask whether something may be shared."""

from typing import Any, ClassVar

from django.http import Http404
from django.urls import reverse

from agreements import paper
from agreements.actions import amending, uses, versions
from agreements.forms import agreements as forms
from agreements.models import Agreement
from agreements.redline import compare
from agreements.retention.amended import effects
from agreements.views.agreements import LIST, OnAgreement
from agreements.wording import Names, sections
from partnership.access.decide import can
from partnership.models import Organization
from partnership.web.pages import RecordFormPage, RecordPage, now


def crumbs(agreement: Agreement, title: str) -> list[tuple[str, str | None]]:
    """The way back from a page below an agreement."""
    return [
        ("Agreements", reverse(LIST)),
        (agreement.reference, reverse("agreements:agreement-detail", kwargs={"pk": agreement.pk})),
        (title, None),
    ]


class VersionDetail(RecordPage):
    """One version as it stands or stood, in the words that are signed."""

    permission = "agreements.view_agreement"
    model = Agreement
    template_name = "agreements/version_detail.html"

    def get_breadcrumbs(self):
        return crumbs(self.object, f"Version {self.kwargs['number']}")

    def extra(self):
        version = self.object.versions.filter(number=self.kwargs["number"]).first()
        if version is None:
            raise Http404
        return {
            "page_title": f"{self.object.title}, version {version.number}", "lead": self.object.reference, "version": version,
            "sections": sections(versions.content_of(version), Names()),
            "signatures": version.signatures.select_related("signed_by", "party__organization").order_by("signed_at"),
            "period": getattr(version, "governing_period", None), "former": version.number - 1,
            "actions": self._buttons(version),
        }  # fmt: skip

    def _buttons(self, version):
        found = [("Compare with the version before", self._compare(version), False)] if version.number > 1 else []
        if version.is_frozen:
            key = {"pk": self.object.pk, "number": version.number}
            found.append(("Download as PDF", reverse("agreements:agreement-version-pdf", kwargs=key), False))
        return found

    def _compare(self, version):
        url = reverse("agreements:agreement-compare", kwargs={"pk": self.object.pk})
        return f"{url}?old={version.number - 1}&new={version.number}"


class VersionPaper(RecordPage):
    """A frozen version as a document, for saving; one under work has no hash yet and is not printed."""

    permission = "agreements.view_agreement"
    model = Agreement

    def get(self, request, **kwargs):
        version = self.load().versions.filter(number=kwargs["number"], frozen_at__isnull=False).first()
        if version is None:
            raise Http404
        return paper.saved(paper.of_version(version))


class Compare(RecordPage):
    """Two versions side by side, and what the newer one does to records that are kept."""

    permission = "agreements.view_agreement"
    model = Agreement
    template_name = "agreements/compare.html"

    def get_breadcrumbs(self):
        return crumbs(self.object, "Compare versions")

    def timeline(self):
        return []

    def extra(self):
        by_number = {version.number: version for version in self.object.versions.order_by("number")}
        newest = max(by_number)
        governing = self.object.governing.number if self.object.governing else 1
        before = governing if governing < newest else max(newest - 1, 1)
        form = forms.CompareForm(self.request.GET or {"old": before, "new": newest}, numbers=by_number)
        if not form.is_valid():
            raise Http404
        old, new = by_number[form.cleaned_data["old"]], by_number[form.cleaned_data["new"]]
        names = Names()
        found = compare(
            sections(versions.content_of(old), names), sections(versions.content_of(new), names)
        )  # fmt: skip
        return {
            "page_title": "Compare versions", "lead": f"{self.object.reference} {self.object.title}", "form": form,
            "old": old, "new": new, "sections": found, "changes": sum(section.changes for section in found),
            "effects": self.effects(new),
        }  # fmt: skip

    def effects(self, new):
        """What becomes of kept records: figures of retention, for those whom it tells them."""
        governing = self.object.governing
        if governing is None or new.number <= governing.number:
            return []
        if not can(self.actor, "agreements.view_retention", self.object):
            return []
        today = now().date()
        return effects(new, max(new.effective_on or today, today))


class Amend(OnAgreement):
    permission = "agreements.change_agreement"
    page_title = "Amend"
    submit_label = "Begin version"
    consequences = ["A copy of the governing version is opened for drafting; the governing version stays in force.",
                    "Every party signs the new version before it governs.",
                    "Longer retention acts at once on what is kept; shorter retention only after the notice of the version."]  # fmt: skip

    def act(self, form):
        return amending.amend(agreement=self.object, by=self.request.user, at=now(), **form.cleaned_data)

    def success_url(self, made):
        return reverse("agreements:agreement-steps", kwargs={"pk": self.object.pk})


class Renew(OnAgreement):
    permission = "agreements.change_agreement"
    page_title = "Renew"
    form_class: ClassVar[Any] = forms.RenewForm
    submit_label = "Prepare the renewal"
    consequences = ["A new version with a later last day is opened; nothing else is changed.",
                    "It is sent for signature like any other version, and every party signs it."]  # fmt: skip

    def act(self, form):
        return amending.renew(agreement=self.object, by=self.request.user, at=now(), **form.cleaned_data)

    def success_url(self, made):
        return reverse("agreements:agreement-steps", kwargs={"pk": self.object.pk})


class Withdraw(OnAgreement):
    permission = "agreements.change_agreement"
    page_title = "Withdraw the new version"
    submit_label = "Withdraw"
    consequences = ["The version under work is given up. The governing version stays as it is."]
    is_dangerous = True

    def act(self, form):
        return amending.withdraw(agreement=self.object, by=self.request.user, at=now(), **form.cleaned_data)


class Ask(RecordFormPage):
    """May this be shared? Asks the same question that the portal asks itself, and changes nothing."""

    permission = "agreements.view_agreement"
    model = Agreement
    page_title = "May this be shared?"
    lead = "The answer names the row that allows it, or says why not."
    template_name = "agreements/ask.html"
    form_class = forms.AskForm
    submit_label = "Ask"

    def get_breadcrumbs(self):
        return crumbs(self.object, "May this be shared?")

    def form_kwargs(self):
        parties = self.object.parties.filter(until__isnull=True).values("organization")
        organizations = Organization.objects.filter(pk__in=parties).order_by("name")
        return {"version": self.object.governing, "organizations": organizations}

    def get(self, request, **kwargs):
        self.prepare()
        form = self.make_form(request.GET if "recipients" in request.GET else None)
        answer = uses.ask(agreement=self.object, at=now(), **form.cleaned_data) if form.is_valid() else None
        return self.show(form=form, submit_label=self.submit_label, cancel_url=self.cancel_url(), answer=answer,
                         object=self.object, method="get", status=422 if form.is_bound and form.errors else 200)  # fmt: skip

    def post(self, request, **kwargs):
        raise Http404
