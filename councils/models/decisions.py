"""Decisions: a frozen motion, ballots, recusals, and a result that explains itself."""

from django.db import models

from partnership.abstract import Identified, paired
from partnership.data_policy import classify


class Decision(Identified):
    """A motion put to the vote at a meeting; its text is frozen when the vote opens."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        OPEN = "open", "Vote open"
        ADOPTED = "adopted", "Adopted"
        REJECTED = "rejected", "Rejected"
        INVALID = "invalid", "Invalid: no quorum"

    meeting = models.ForeignKey("councils.Meeting", on_delete=models.PROTECT, related_name="decisions")
    item = models.ForeignKey("councils.AgendaItem", on_delete=models.PROTECT, related_name="decisions")
    motion = models.TextField()
    majority = models.CharField(max_length=12)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    tally = models.JSONField(
        default=dict, blank=True, help_text="Counts and the figures of quorum and majority at closing."
    )
    explanation = models.CharField(max_length=500, blank=True)

    data_policy = classify(
        personal="proposed_by opened_by closed_by",
        open="id meeting item motion majority state proposed_at opened_at closed_at tally explanation",
    )

    class Meta:
        constraints = [
            paired("decision_opened_at_with_by", "opened_at", "opened_by"),
            paired("decision_closed_at_with_by", "closed_at", "closed_by"),
        ]

    def __str__(self):
        return f"decision {self.pk}"


class Recusal(Identified):
    """A member steps aside for one item: in neither the basis nor the count."""

    class Ground(models.TextChoices):
        INTEREST = "interest", "Financial interest"
        EMPLOYMENT = "employment", "Employment or mandate"
        RELATION = "relation", "Personal relation"
        OTHER = "other", "Other"

    item = models.ForeignKey("councils.AgendaItem", on_delete=models.PROTECT, related_name="recusals")
    occupancy = models.ForeignKey("councils.Occupancy", on_delete=models.PROTECT, related_name="recusals")
    ground = models.CharField(max_length=10, choices=Ground)
    declared_at = models.DateTimeField()
    declared_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")

    data_policy = classify(personal="occupancy ground declared_by", open="id item declared_at")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "occupancy"], name="recused_once_per_item")]

    def __str__(self):
        return f"recusal {self.pk}"


class Ballot(Identified):
    """One member's vote on one motion; the last one before closing counts, each is in the trail."""

    class Choice(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        ABSTAIN = "abstain", "Abstain"

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="ballots")
    occupancy = models.ForeignKey("councils.Occupancy", on_delete=models.PROTECT, related_name="ballots")
    choice = models.CharField(max_length=7, choices=Choice)
    cast_at = models.DateTimeField()
    cast_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")

    data_policy = classify(personal="occupancy choice cast_by", open="id decision cast_at")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "occupancy"], name="one_ballot_per_member")]

    def __str__(self):
        return f"ballot {self.pk}"
