"""Figures without names: what was published for good, and the little that the next release must know."""

from django.db import models

from partnership.abstract import Identified
from partnership.data_policy import classify


class FigureRelease(Identified):
    """The figures of one month, the same for everybody. The database refuses to change or remove a release.

    `content` holds what everybody may read and nothing else; `content_hash` vouches for it and for the release before.
    """

    number = models.PositiveIntegerField(unique=True)
    month = models.DateField(unique=True)
    series = models.PositiveIntegerField(help_text="Figures of different series are not comparable.")
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    data_policy = classify(open="id number month series content content_hash published_at", facts="published_at")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(month__day=1), name="a_release_is_of_a_whole_month"),
            models.CheckConstraint(
                condition=models.Q(content_hash__regex=r"^[0-9a-f]{64}$"), name="a_release_is_hashed"
            ),
        ]

    def __str__(self):
        return f"release {self.number}"


class CountedReport(models.Model):
    """A report was counted in a release; what is not here yet enters the next one."""

    report = models.OneToOneField(
        "incidents.Report", on_delete=models.CASCADE, primary_key=True, related_name="counted"
    )
    release = models.ForeignKey(FigureRelease, on_delete=models.PROTECT, related_name="+")

    data_policy = classify(open="report release")

    def __str__(self):
        return f"count of {self.report_id}"


class CohortMember(Identified):
    """A group of organizations whose reports count in a line of the figures, from a month on."""

    line = models.CharField(max_length=60)
    group = models.ForeignKey("partnership.Organization", on_delete=models.CASCADE, related_name="+")
    since = models.DateField()

    data_policy = classify(open="id line group since")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "group"], name="a_group_counts_once_in_a_line")]

    def __str__(self):
        return f"member of {self.line}"


class Tally(Identified):
    """What a group contributed to a line in a month; removed when the quarter to which it belongs is published."""

    line = models.CharField(max_length=60)
    month = models.DateField()
    group = models.ForeignKey("partnership.Organization", on_delete=models.CASCADE, related_name="+")
    severity = models.PositiveSmallIntegerField()
    amount = models.PositiveIntegerField()
    strictest = models.PositiveSmallIntegerField(
        help_text="The greatest minimum group size of the agreements behind it."
    )

    data_policy = classify(open="id line month group severity amount strictest")

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [
            models.UniqueConstraint(
                fields=["month", "line", "group", "severity"], name="one_tally_per_group_and_severity"
            )
        ]

    def __str__(self):
        return f"tally {self.pk}"
