"""Lists and rule values as dated data: each entry says from which text it comes and while it holds.

Values change (three of those loaded here changed within two years), so no page and no rule holds them as constants.
"""

from django.db import models
from django.db.models.functions import Now

from partnership.data_policy import classify


class TLP(models.IntegerChoices):
    """Traffic Light Protocol 2.0 (FIRST, August 2022), in order of strictness so that markings can be compared."""

    CLEAR = 0, "TLP:CLEAR"
    GREEN = 1, "TLP:GREEN"
    AMBER = 2, "TLP:AMBER"
    AMBER_STRICT = 3, "TLP:AMBER+STRICT"
    RED = 4, "TLP:RED"


class PAP(models.IntegerChoices):
    """Permissible Actions Protocol (MISP taxonomy `PAP`), in order of strictness."""

    CLEAR = 0, "PAP:CLEAR"
    GREEN = 1, "PAP:GREEN"
    AMBER = 2, "PAP:AMBER"
    RED = 3, "PAP:RED"


class RuleSet(models.Model):
    """One list or set of rule values, in one version, with the text that it comes from."""

    code = models.CharField(max_length=40)
    version = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    source = models.CharField(max_length=300)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    data_policy = classify(open="id code version title source valid_from valid_until")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_rule_set_per_version"),
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True) | models.Q(valid_until__gt=models.F("valid_from")),
                name="rule_set_ends_after_it_begins",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.version}"


class TermQuerySet(models.QuerySet):
    """Questions to entries of a list."""

    def valid_on(self, day=None):
        """Entries that hold on a day; today by the database clock unless a day is given."""
        moment = day if day is not None else Now()
        ends = models.Q(rule_set__valid_until__isnull=True) | models.Q(rule_set__valid_until__gt=moment)
        return self.filter(ends & models.Q(rule_set__valid_from__lte=moment))


class ListTerm(models.Model):
    """An entry of a list: a stable code for machines, a label for people, and its place in the order."""

    code = models.CharField(max_length=60, primary_key=True)
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = TermQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self):
        return self.label


TERM_COLUMNS = "code rule_set label description position"


class Sector(ListTerm):
    """A sector of critical infrastructure: NIS2 annexes I and II, or one of the 16 of the United States."""

    scheme = models.CharField(
        max_length=10, choices=[("nis2", "NIS2 Directive"), ("us16", "United States, 16 sectors")]
    )
    group = models.CharField(max_length=60, blank=True)
    matches = models.ManyToManyField("self", blank=True)

    data_policy = classify(open=f"{TERM_COLUMNS} scheme group matches")

    class Meta:
        indexes = [models.Index(fields=["scheme", "position"])]


class Marking(ListTerm):
    """What a handling marking means and who may receive under it; `rank` is the value stored on records."""

    scheme = models.CharField(
        max_length=10, choices=[("tlp", "Traffic Light Protocol"), ("pap", "Permissible Actions Protocol")]
    )
    rank = models.PositiveSmallIntegerField()

    data_policy = classify(open=f"{TERM_COLUMNS} scheme rank")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule_set", "rank"], name="one_marking_per_rank")]


class TransferMechanism(ListTerm):
    """A way by which personal data may go to another country (GDPR chapter V)."""

    article = models.CharField(max_length=40)
    is_derogation = models.BooleanField(default=False, help_text="Article 49: for single cases only.")

    data_policy = classify(open=f"{TERM_COLUMNS} article is_derogation")
