"""A party leaves an agreement: the notice with what was seen, the second person's word, and who attests what."""

from typing import Any

from django.db import models
from django.db.models.functions import Now

from partnership.abstract import Identified, paired
from partnership.data_policy import classify


class DepartureQuerySet(models.QuerySet):
    """Questions to departures."""

    def over(self) -> Any:
        """Those whose moment has come, by the database's clock, whether or not the nightly work is done."""
        return self.filter(state__in=Departure.BOUND, leaves_at__lte=Now())


class Departure(Identified):
    """An organization leaves an agreement on a day; what each side holds afterwards is attested.

    `seen` holds counts and no content: what was shown when it was asked for, and `acted` what it was when it happened.
    """

    class State(models.TextChoices):
        ASKED = "asked", "Waits for a second person"
        DECLINED = "declined", "Declined"
        CONFIRMED = "confirmed", "Confirmed"
        LEFT = "left", "Has left"

    BOUND = (State.CONFIRMED, State.LEFT)

    reference = models.CharField(max_length=20, unique=True)
    agreement = models.ForeignKey("agreements.Agreement", on_delete=models.PROTECT, related_name="departures")
    party = models.ForeignKey("agreements.Party", on_delete=models.PROTECT, related_name="departures")
    organization = models.ForeignKey("partnership.Organization", on_delete=models.PROTECT, related_name="departures")
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    because = models.CharField(max_length=500)
    leaves_on = models.DateField(help_text="A day of the agreement's calendar; access ends when it begins.")
    leaves_at = models.DateTimeField(help_text="That beginning as a moment.")
    notice_from = models.DateField(help_text="The first day that the agreement's notice allows.")
    attest_by = models.DateField(help_text="The last day on which destruction is attested in time.")
    seen = models.JSONField(default=list)
    seen_hash = models.CharField(max_length=64, help_text="SHA-256 over what was seen, the records' keys included.")
    acted = models.JSONField(default=list, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    opinion = models.CharField(max_length=500, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    data_policy = classify(
        personal="asked_by decided_by because opinion",
        open=(
            "id reference agreement party organization state leaves_on leaves_at notice_from attest_by seen seen_hash"
            " acted asked_at decided_at left_at"
        ),
        facts="leaves_at left_at",
    )
    objects = DepartureQuerySet.as_manager()

    class Meta:
        constraints = [
            paired("departure_decided_at_with_by", "decided_at", "decided_by"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["confirmed", "left"]) | (
                    models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("asked_by"))
                ),
                name="a_departure_is_confirmed_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="left") | models.Q(left_at__isnull=False), name="left_says_when"
            ),
            models.UniqueConstraint(
                fields=["party"], condition=~models.Q(state="declined"), name="a_party_leaves_once"
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organization", "leaves_at"], name="departures_by_organization")]

    def __str__(self):
        return self.reference


class Attestation(Identified):
    """One organization says what became of one category of data that it held when a party left.

    Nobody makes a row but the departure; an empty outcome is an answer that is owed.
    """

    class Direction(models.TextChoices):
        GIVEN = "given", "Data that the leaving party gave"
        RECEIVED = "received", "Data that the leaving party received"

    class Outcome(models.TextChoices):
        OWED = "", "Not attested yet"
        DESTROYED = "destroyed", "Destroyed"
        RETURNED = "returned", "Returned, no copy kept"
        KEPT = "kept", "Kept, because a law obliges to"

    departure = models.ForeignKey(Departure, on_delete=models.PROTECT, related_name="attestations")
    organization = models.ForeignKey("partnership.Organization", on_delete=models.PROTECT, related_name="attestations")
    direction = models.CharField(max_length=8, choices=Direction)
    category = models.ForeignKey("agreements.DataCategory", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=9, choices=Outcome, default=Outcome.OWED, blank=True)
    statement = models.CharField(max_length=500, blank=True, help_text="What was done with which copies, and how.")
    law = models.CharField(max_length=300, blank=True, help_text="The law that obliges to keep it, with its article.")
    kept_until = models.DateField(null=True, blank=True)
    attested_at = models.DateTimeField(null=True, blank=True)
    attested_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    data_policy = classify(
        personal="attested_by statement",
        open="id departure organization direction category outcome law kept_until attested_at",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["departure", "organization", "direction", "category"], name="one_attestation_each"
            ),
            paired("attestation_attested_at_with_by", "attested_at", "attested_by"),
            models.CheckConstraint(
                condition=models.Q(outcome="", attested_at__isnull=True)
                | (~models.Q(outcome="") & models.Q(attested_at__isnull=False)),
                name="an_outcome_says_by_whom",
            ),
            models.CheckConstraint(
                condition=(models.Q(outcome="kept", kept_until__isnull=False) & ~models.Q(law=""))
                | (~models.Q(outcome="kept") & models.Q(kept_until__isnull=True, law="")),
                name="what_is_kept_names_the_law_and_the_day",
            ),
        ]
        indexes = [models.Index(fields=["organization", "outcome"], name="attestations_owed")]

    def __str__(self):
        return f"attestation {self.pk}"
