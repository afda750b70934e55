"""Pages of the quarterly question: what waits, one partner's round, and the end of one right."""

from collections import defaultdict

from django.http import Http404
from django.urls import reverse

from partnership.access.questions import waiting
from partnership.actions import recertification
from partnership.forms.grants import RoundForm
from partnership.forms.organizations import ReasonForm
from partnership.registry import REVIEWED
from partnership.web.pages import ConfirmPage, FormPage, Page, now

SEE = "partnership.view_grants"
LIST = ("Recertification", "partnership:review-list")
OTHER = "other"  # rights that concern no organization and no agreement


def name_of(asked):
    """The organization or agreement of a question, as the person who answers may see it."""
    about = asked.kind.about(asked.row)
    return str(about) if about is not None else "Neither an organization nor an agreement"


class ReviewList(Page):
    """What the portal asks this person this quarter, by organization and agreement."""

    permission = SEE
    page_title = "Recertification"
    lead = "Each quarter the portal asks whether rights are still needed. Confirm those that are, and end the others with a reason."
    template_name = "partnership/review_list.html"

    def get(self, request, **kwargs):
        at, by_about = now(), defaultdict(list)
        for asked in waiting(self.actor, at):
            by_about[asked.question.about_id or OTHER].append(asked)
        parts = [
            {"about": about, "name": name_of(found[0]), "count": len(found), "due": found[0].question.due_at,
             "late": sum(asked.question.escalated_at is not None for asked in found)}
            for about, found in by_about.items()
        ]  # fmt: skip
        kinds = {kind.family or kind.noun: kind for kind in REVIEWED.values()}
        silence = sorted(kinds.items(), key=lambda pair: (not pair[1].lapses, pair[0]))
        return self.show(parts=sorted(parts, key=lambda part: (part["due"], part["name"])), silence=silence, now=at)


class ReviewRound(FormPage):
    """The rights of one organization or agreement: those that are ticked are confirmed, all or none."""

    permission = SEE
    fresh = ("POST",)  # what is asked may be read without
    form_class = RoundForm
    submit_label = "Confirm what is ticked"
    success_message = "Confirmed."
    lead = "Tick what is still needed. What is not, you end, with a reason; the rest keeps waiting."
    template_name = "partnership/review_round.html"

    def prepare(self):
        about = self.kwargs["about"]
        self.found = waiting(self.actor, now(), about_id="" if about == OTHER else about[:36])
        if not self.found:
            raise Http404
        self.page_title = name_of(self.found[0])

    def get_breadcrumbs(self):
        return [(LIST[0], reverse(LIST[1])), (self.page_title, None)]

    def form_kwargs(self):
        return {"keys": [str(asked.question.pk) for asked in self.found]}

    def context(self, **more):
        ticked = set(more["form"].data.getlist("rights")) if more["form"].is_bound else set()
        rows = [(asked, str(asked.question.pk), str(asked.question.pk) in ticked) for asked in self.found]
        return super().context(rows=rows, now=now(), **more)

    def act(self, form):
        ticked = set(form.cleaned_data["rights"])
        chosen = [asked.question for asked in self.found if str(asked.question.pk) in ticked]
        return recertification.confirm(questions=chosen, by=self.request.user, at=now())

    def success_url(self, made):
        return reverse(LIST[1])


class ReviewEnd(ConfirmPage):
    """The end of one right that is asked about."""

    permission = SEE
    fresh = True
    page_title = "End a right"
    form_class = ReasonForm
    submit_label = "End it now"
    success_message = "It has ended."
    is_dangerous = True

    def prepare(self):
        found = waiting(self.actor, now(), pk=self.kwargs["pk"])
        if not found:
            raise Http404
        self.asked, self.object = found[0], found[0].question

    def get_breadcrumbs(self):
        round_ = reverse("partnership:review-round", kwargs={"about": self.object.about_id or OTHER})
        return [(LIST[0], reverse(LIST[1])), (name_of(self.asked), round_), (self.page_title, None)]

    def get_consequences(self):
        return [f"This ends at the next click: {self.asked.whom} {self.asked.what}.",
                "What happened while it lasted stays in the trail."]  # fmt: skip

    def act(self, form):
        return recertification.end(question=self.object, by=self.request.user, at=now(), **form.cleaned_data)

    def success_url(self, made):
        return reverse(LIST[1])
