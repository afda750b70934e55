"""What waits for whom about agreements and holds."""

from datetime import timedelta
from typing import Any

from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from agreements.actions import attesting, engagements, signing, versions
from agreements.dates import DAYS_BEFORE, WARNED, days_ahead
from agreements.models import Agreement, Attestation, Departure, Engagement, LegalHold, RetentionApproval
from agreements.policy import AGREEMENTS
from agreements.retention import plan
from agreements.retention.due import local_day
from partnership.access.decide import may_somewhere
from partnership.access.scope import visible
from partnership.registry import Date, Glance, Reviewed, Waiting, dates, glance, reviewed, worklist
from partnership.worklist import about_exceptions


@worklist
def signatures(actor):
    """Versions that wait for the person's signature: first ones and amendments."""
    amended = Q(
        state__in=versions.AMENDABLE, versions__frozen_at__isnull=False, versions__number__gt=F("governing__number")
    )
    waiting = Agreement.objects.filter(Q(state=Agreement.State.SIGNATURE) | amended).distinct()
    for agreement in visible(actor, "agreements.sign_agreement", waiting).order_by("reference")[:20]:
        if signing.parties_to_sign(agreement, actor.user):
            yield Waiting(f"Sign {agreement.reference}: {agreement.title}", reverse("agreements:agreement-sign", kwargs={"pk": agreement.pk}),
                          "Signatures", is_urgent=True)  # fmt: skip


@worklist
def drafts(actor):
    """Versions under work that the person's organizations lead."""
    under_work = Agreement.objects.filter(versions__frozen_at__isnull=True).distinct()
    found = visible(actor, "agreements.change_agreement", under_work)
    for agreement in found.order_by("reference")[:20]:
        detail = "Amendment" if agreement.governing_id else agreement.get_state_display()
        yield Waiting(f"Continue {agreement.reference}: {agreement.title}", reverse("agreements:agreement-steps", kwargs={"pk": agreement.pk}),
                      "Drafts", detail=detail)  # fmt: skip


@worklist
def laws(actor):
    """Laws behind purposes that end within 90 days, and agreements that end or are to be reviewed by then."""
    led = visible(actor, "agreements.change_agreement", Agreement.objects.in_force())
    for agreement in (
        led.select_related("governing")
        .prefetch_related("governing__purposes__legal_basis__rule_set")
        .order_by("reference")
    ):
        url = reverse("agreements:agreement-detail", kwargs={"pk": agreement.pk})
        today = local_day(timezone.now(), agreement.time_zone)
        for ahead in days_ahead(agreement):
            if ahead.day <= today + timedelta(days=WARNED):
                yield Waiting(f"{ahead.words} {agreement.reference}: {agreement.title}", url, "Agreements", due=ahead.day,
                              is_urgent=ahead.day <= today + timedelta(days=30))  # fmt: skip


@worklist
def reviews(actor):
    """Holds whose review is due within 90 days."""
    soon = timezone.now().date() + timedelta(days=WARNED)
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


@dates
def ahead(actor):
    """Days ahead of agreements in force that concern the person, and reviews of holds, for calendars."""
    seen = visible(actor, "agreements.view_agreement", Agreement.objects.in_force()).select_related("governing")
    for agreement in seen.prefetch_related("governing__purposes__legal_basis__rule_set").order_by("reference"):
        url, today = (
            reverse("agreements:agreement-detail", kwargs={"pk": agreement.pk}),
            local_day(timezone.now(), agreement.time_zone),
        )
        for one in days_ahead(agreement):
            if one.day >= today:
                yield Date(
                    f"{one.kind}-{one.day}-{agreement.pk}",
                    f"{one.words} {agreement.reference}",
                    url,
                    one.day,
                    days_before=DAYS_BEFORE,
                )
    holds = visible(actor, "agreements.lift_hold", LegalHold.objects.filter(lifted_at__isnull=True))
    for hold in holds.order_by("review_on", "reference"):
        url = reverse("agreements:hold-detail", kwargs={"pk": hold.pk})
        yield Date(f"hold-{hold.pk}", f"Review {hold.reference}", url, hold.review_on, days_before=DAYS_BEFORE)


@worklist
def approvals(actor):
    """Deletions that another coordinator asked for."""
    asked = RetentionApproval.objects.filter(state=RetentionApproval.State.ASKED)
    for approval in visible(actor, "agreements.approve_deletion", asked).order_by("reference"):
        yield Waiting(f"Approve or decline {approval.reference}: {approval.size} records",
                      reverse("agreements:approval-detail", kwargs={"pk": approval.pk}), "Retention", is_urgent=True)  # fmt: skip


@worklist
def departures(actor):
    """Departures that wait for a second person."""
    asked = Departure.objects.filter(state=Departure.State.ASKED).select_related("organization", "agreement")
    for found in visible(actor, "agreements.decide_departure", asked).order_by("reference")[:20]:
        yield Waiting(f"Confirm or decline {found.reference}: {found.organization.name} leaves {found.agreement.reference}",
                      reverse("agreements:departure-detail", kwargs={"pk": found.pk}), "Departures", due=found.leaves_on)  # fmt: skip


def _owed(actor, permission):
    """Departures after which the person attests something, each once."""
    today = timezone.now().date()
    owed = Attestation.objects.filter(attesting.waiting(today), departure__state=Departure.State.LEFT)
    mine = owed if permission is None else visible(actor, permission, owed)
    found = Departure.objects.filter(pk__in=mine.values("departure")).select_related("agreement")
    return found.order_by("attest_by", "reference"), today


@worklist
def attestations(actor):
    """What the person's organization has to attest after departures."""
    found, today = _owed(actor, "agreements.attest_destruction")
    for departure in found[:20]:
        late = departure.attest_by < today
        yield Waiting(f"Attest what became of data after {departure.reference}", reverse("agreements:departure-detail", kwargs={"pk": departure.pk}),
                      "Departures", due=departure.attest_by, detail="Overdue" if late else "",
                      is_urgent=late or departure.attest_by <= today + timedelta(days=7))  # fmt: skip


@worklist
def overdue_attestations(actor):
    """Attestations that others owe after their day: the secretariat asks for them."""
    if not actor.is_coordinator:
        return
    found, today = _owed(actor, None)
    for departure in found.filter(attest_by__lt=today)[:20]:
        yield Waiting(f"Attestations after {departure.reference} are overdue", reverse("agreements:departure-detail", kwargs={"pk": departure.pk}),
                      "Departures", due=departure.attest_by, is_urgent=True)  # fmt: skip


@dates
def leaving(actor):
    """Days of departures and of attestations that the person owes."""
    bound = Departure.objects.filter(state=Departure.State.CONFIRMED)
    for found in visible(actor, "agreements.view_departure", bound).order_by("leaves_on", "reference"):
        url = reverse("agreements:departure-detail", kwargs={"pk": found.pk})
        yield Date(f"departure-{found.pk}", f"A party leaves, {found.reference}", url, found.leaves_on)
    for found in _owed(actor, "agreements.attest_destruction")[0]:
        url = reverse("agreements:departure-detail", kwargs={"pk": found.pk})
        yield Date(f"attestation-{found.pk}", f"Attest, {found.reference}", url, found.attest_by,
                   days_before=attesting.DAYS_BEFORE)  # fmt: skip


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
        tonight = plan.groups(plan.next_run(timezone.now()), rows)
        yield Glance("Records that go tonight", f"{tonight.goes:,}", reverse("agreements:retention"),
                     f"{tonight.held:,} held, {tonight.waiting:,} to be returned first, {tonight.unapproved:,} to be approved")  # fmt: skip


about_exceptions(AGREEMENTS)


def _engagements() -> Any:
    return Engagement.objects.select_related("auditor").prefetch_related("agreements")


def _covered(row: Any) -> list[Agreement]:
    return sorted(row.agreements.all(), key=lambda agreement: agreement.reference)


reviewed(Reviewed(
    name="engagement", noun="an audit engagement", permission="agreements.end_engagement", lapses=False,
    responsible="the secretariat", why="An audit under way must not stop by silence; it ends on its own day anyway.",
    every=_engagements, rows=lambda at: _engagements().in_force(at).filter(ended_at__isnull=True), person="auditor",
    whom=lambda row: row.auditor.name,
    what=lambda row: f"audits {', '.join(found.reference for found in _covered(row)) or 'nothing'} until {row.until:%-d %b %Y}: {row.title}",
    about=lambda row: next(iter(_covered(row)), None),
    end=lambda row, because, by, at: engagements.end(engagement=row, by=by, at=at),
    page=lambda row: reverse("agreements:engagement-detail", kwargs={"pk": row.pk}),
))  # fmt: skip
