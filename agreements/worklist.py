"""What waits for whom about agreements and holds."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from agreements.models import Agreement, LegalHold
from agreements.retention import plan
from partnership.access.decide import may_somewhere
from partnership.access.scope import visible
from partnership.registry import Glance, Waiting, glance, worklist


@worklist
def signatures(actor):
    """Agreements that wait for the person's signature."""
    own = actor.organizations("signatory")
    found = visible(actor, "agreements.sign_agreement", Agreement.objects.filter(state="signature"))
    waiting = found.filter(parties__organization__in=own, parties__until__isnull=True).distinct()
    for agreement in waiting.order_by("reference")[:20]:
        if not agreement.versions.order_by("-number")[0].signatures.filter(party__organization__in=own).exists():
            yield Waiting(f"Sign {agreement.reference}: {agreement.title}", reverse("agreements:agreement-sign", kwargs={"pk": agreement.pk}),
                          "Signatures", is_urgent=True)  # fmt: skip


@worklist
def drafts(actor):
    """Drafts of the person's organizations."""
    found = visible(actor, "agreements.change_agreement", Agreement.objects.filter(state__in=["draft", "negotiation"]))
    for agreement in found.order_by("reference")[:20]:
        yield Waiting(f"Continue {agreement.reference}: {agreement.title}", reverse("agreements:agreement-steps", kwargs={"pk": agreement.pk}),
                      "Drafts", detail=agreement.get_state_display())  # fmt: skip


@worklist
def reviews(actor):
    """Holds whose review is due within a month."""
    soon = timezone.now().date() + timedelta(days=30)
    found = visible(
        actor, "agreements.lift_hold", LegalHold.objects.filter(lifted_at__isnull=True, review_on__lte=soon)
    )
    for hold in found.order_by("review_on")[:20]:
        yield Waiting(
            f"Review {hold.reference}",
            reverse("agreements:hold-detail", kwargs={"pk": hold.pk}),
            "Legal holds",
            due=hold.review_on,
        )


@glance
def standing(actor):
    """Agreements in force, and what retention does tonight."""
    if may_somewhere(actor, "agreements.view_agreement"):
        found = visible(actor, "agreements.view_agreement", Agreement.objects.filter(state="in_force"))
        soon = found.filter(governing__ends_on__lte=timezone.now().date() + timedelta(days=90)).count()
        yield Glance("Agreements in force", str(found.count()), f"{reverse('agreements:agreement-list')}?state=in_force",
                     f"{soon} end within 90 days")  # fmt: skip
    if may_somewhere(actor, "agreements.view_retention"):
        rows = None if actor.is_coordinator else list(
            visible(actor, "agreements.view_retention", Agreement.objects.all()).values_list("pk", flat=True))  # fmt: skip
        tonight = plan.preview(plan.next_run(timezone.now()), rows)
        yield Glance("Records that go tonight", f"{tonight.goes:,}", reverse("agreements:retention"),
                     f"{tonight.held:,} held, {tonight.waiting:,} to be returned first")  # fmt: skip
