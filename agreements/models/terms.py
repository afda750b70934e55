"""The terms of a version, each a row that the machine reads: purposes, data, retention, redaction, uses."""

from datetime import timedelta

from django.db import models

from partnership.abstract import Identified
from partnership.data_policy import classify
from partnership.models import TLP


class Purpose(Identified):
    """Why data is shared, on which legal basis, and on which law where the basis needs one."""

    version = models.ForeignKey("agreements.AgreementVersion", on_delete=models.CASCADE, related_name="purposes")
    position = models.PositiveSmallIntegerField(default=1)
    text = models.CharField(max_length=500)
    legal_basis = models.ForeignKey("agreements.LegalBasis", on_delete=models.PROTECT, related_name="+")
    law_cited = models.CharField(max_length=300, blank=True)
    law_valid_until = models.DateField(null=True, blank=True)
    special_condition = models.ForeignKey(
        "agreements.SpecialCondition", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    data_policy = classify(open="id version position text legal_basis law_cited law_valid_until special_condition")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "position"], name="purposes_are_numbered")]

    def __str__(self):
        return self.text

    @property
    def last_day_of_law(self):
        """The last day on which the law behind it is in force; None when no end is known. Its basis' list is read too."""
        listed = self.legal_basis.rule_set.valid_until  # the day after the last one
        days = [self.law_valid_until, listed - timedelta(days=1) if listed else None]
        return min((day for day in days if day is not None), default=None)


class DataItem(Identified):
    """A category of data that the agreement covers."""

    version = models.ForeignKey("agreements.AgreementVersion", on_delete=models.CASCADE, related_name="data_items")
    category = models.ForeignKey("agreements.DataCategory", on_delete=models.PROTECT, related_name="+")
    description = models.CharField(max_length=300, blank=True)
    has_personal_data = models.BooleanField(default=False)

    data_policy = classify(open="id version category description has_personal_data")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "category"], name="a_category_is_listed_once")]

    def __str__(self):
        return f"data item {self.pk}"


class RetentionTerm(Identified):
    """How long data of one category is kept: from which event, for how long by the calendar, and what then."""

    class Trigger(models.TextChoices):
        RECEIVED = "received", "Report received"
        CLOSED = "closed", "Incident closed"
        AGREEMENT_ENDED = "agreement_ended", "Agreement ended"

    class Action(models.TextChoices):
        DELETE = "delete", "Delete"
        ANONYMISE = "anonymise", "Anonymise"
        RETURN = "return", "Return, then delete"

    version = models.ForeignKey("agreements.AgreementVersion", on_delete=models.CASCADE, related_name="retention_terms")
    category = models.ForeignKey("agreements.DataCategory", on_delete=models.PROTECT, related_name="+")
    trigger = models.CharField(max_length=16, choices=Trigger, default=Trigger.RECEIVED)
    months = models.PositiveSmallIntegerField(default=0)
    days = models.PositiveSmallIntegerField(default=0)
    action = models.CharField(max_length=10, choices=Action, default=Action.DELETE)
    basis = models.CharField(max_length=300, blank=True, help_text="Why this long: a law, a standard, a need.")

    data_policy = classify(open="id version category trigger months days action basis")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "category"], name="one_retention_term_per_category"),
            models.CheckConstraint(
                condition=models.Q(months__gt=0) | models.Q(days__gt=0), name="a_retention_period_is_not_empty"
            ),
            models.CheckConstraint(condition=models.Q(months__lte=1200), name="a_retention_period_ends"),
        ]

    def __str__(self):
        return f"retention term {self.pk}"


class RedactionStep(Identified):
    """One step of what is taken out of data of a category before it is released."""

    version = models.ForeignKey("agreements.AgreementVersion", on_delete=models.CASCADE, related_name="redaction_steps")
    category = models.ForeignKey("agreements.DataCategory", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=1)
    instruction = models.CharField(max_length=300)

    data_policy = classify(open="id version category position instruction")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "category", "position"], name="redaction_steps_are_numbered")
        ]

    def __str__(self):
        return self.instruction


class PermittedUse(Identified):
    """A use that the parties authorise beforehand: for what, which data, by whom, under which conditions."""

    class Recipients(models.TextChoices):
        PARTIES = "parties", "The parties"
        SECTOR = "sector", "Partners of the same sector"
        COUNCILS = "councils", "Advisory councils, as figures"
        AUTHORITIES = "authorities", "Public authorities"
        AUDIENCES = "audiences", "Groups of persons, such as a council, to read"

    version = models.ForeignKey("agreements.AgreementVersion", on_delete=models.CASCADE, related_name="permitted_uses")
    position = models.PositiveSmallIntegerField(default=1)
    purpose = models.ForeignKey(Purpose, on_delete=models.CASCADE, related_name="uses")
    categories = models.ManyToManyField("agreements.DataCategory", related_name="+", blank=True)
    recipients = models.CharField(max_length=12, choices=Recipients)
    conditions = models.CharField(max_length=300, blank=True)
    highest_tlp = models.PositiveSmallIntegerField(choices=TLP, default=TLP.AMBER)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    data_policy = classify(
        open="id version position purpose categories recipients conditions highest_tlp valid_from valid_until"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "position"], name="uses_are_numbered")]

    def __str__(self):
        return f"permitted use {self.position}"
