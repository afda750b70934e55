"""Incident reports: what happened, to whom it may be shown, and under which terms it is kept."""

from django.db import models
from django.db.models.functions import TruncMonth

from agreements.models import GOVERNED_COLUMNS, Governed
from partnership.abstract import Identified, paired
from partnership.data_policy import classify
from partnership.models import PAP, TLP
from partnership.models.reference import TERM_COLUMNS, ListTerm


class IncidentKind(ListTerm):
    """A kind of incident, after the Reference Security Incident Taxonomy (RSIT) and VERIS actions."""

    veris_action = models.CharField(max_length=20, blank=True)

    data_policy = classify(open=f"{TERM_COLUMNS} veris_action")


class Precision(models.TextChoices):
    """How exactly a moment is known; real records often know the year alone."""

    YEAR = "year", "Year"
    MONTH = "month", "Month"
    DAY = "day", "Day"
    MINUTE = "minute", "Minute"


class Report(Governed):
    """An incident, reported by an organization under an agreement in force; its owner decides who else sees it.

    Narrative and source record stand in ReportBody, so that lists never touch them.
    """

    class State(models.TextChoices):
        RECEIVED = "received", "Received"
        IN_WORK = "in_work", "In work"
        CLOSED = "closed", "Closed"

    class Severity(models.IntegerChoices):
        UNKNOWN = 0, "Unknown"
        LOW = 1, "Low"
        MODERATE = 2, "Moderate"
        HIGH = 3, "High"
        CRITICAL = 4, "Critical"

    class Answer(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        UNKNOWN = "unknown", "Unknown"

    class Source(models.TextChoices):
        FORM = "form", "Form"
        API = "api", "API"
        VERIS = "veris", "VERIS import"

    reference = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=200)
    # No index of these three alone: one below begins with each. The planner took the lesser one, which knows no marking.
    agreement = models.ForeignKey("agreements.Agreement", on_delete=models.PROTECT, related_name="+", db_index=False)
    organization = models.ForeignKey(
        "partnership.Organization", on_delete=models.PROTECT, related_name="reports", db_index=False
    )
    category = models.ForeignKey("agreements.DataCategory", on_delete=models.PROTECT, related_name="+")
    sector = models.ForeignKey("partnership.Sector", on_delete=models.PROTECT, related_name="reports", db_index=False)
    kind = models.ForeignKey(IncidentKind, on_delete=models.PROTECT, related_name="reports")
    severity = models.PositiveSmallIntegerField(choices=Severity, default=Severity.UNKNOWN)
    tlp = models.PositiveSmallIntegerField(choices=TLP, default=TLP.AMBER)
    pap = models.PositiveSmallIntegerField(choices=PAP, default=PAP.AMBER)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    personal_data = models.CharField(max_length=7, choices=Answer, default=Answer.UNKNOWN)
    cross_border = models.CharField(max_length=7, choices=Answer, default=Answer.UNKNOWN)
    affected_service = models.CharField(max_length=200, blank=True)
    occurred_at = models.DateTimeField(null=True, blank=True)
    occurred_precision = models.CharField(max_length=6, choices=Precision, default=Precision.DAY)
    aware_at = models.DateTimeField(
        null=True, blank=True, help_text="When the organization became aware: clocks start here."
    )
    aware_precision = models.CharField(max_length=6, choices=Precision, default=Precision.MINUTE)
    received_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    filed_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="reports_filed", null=True, blank=True
    )
    source = models.CharField(max_length=6, choices=Source, default=Source.FORM)
    source_key = models.CharField(max_length=120, blank=True, help_text="The record's own number at its source.")
    month = models.GeneratedField(
        expression=TruncMonth("received_at", output_field=models.DateField(), tzinfo=None),
        output_field=models.DateField(), db_persist=True,
    )  # fmt: skip

    data_policy = classify(
        personal="title filed_by released_by closed_by affected_service",
        open=(
            f"{GOVERNED_COLUMNS} reference organization category sector kind severity tlp pap state personal_data"
            " cross_border occurred_at occurred_precision aware_at aware_precision received_at released_at closed_at"
            " source source_key month"
        ),
        facts="occurred_at aware_at received_at expires_at",
        relations={
            "body": ("delete", "the narrative is what the term is about"),
            "indicators": ("delete", "indicators go with their report"),
            "attachments": ("delete", "files go with their report, through the erasure outbox"),
            "sector_shares": ("delete", "a share without its report is void"),
            "releases": ("delete", "a release without its report is void"),
            "user_grants": ("delete", "an exception for a record that is gone is void"),
            "group_grants": ("delete", "an exception for a record that is gone is void"),
            "counted": ("delete", "what is gone is never counted again; the figure it went into stays"),
        },
    )

    # Which moment a trigger of a term means here; an amended term counts from it again.
    trigger_moments = {"received": "received_at", "closed": "closed_at"}

    # By what its source knows it; the last is empty where it has no source. What was deleted does not come in again.
    source_identity = ("organization_id", "source", "source_key")

    # What the term "anonymise" does: these columns are blanked, these rows go; indicators and figures stay.
    anonymised = {"title": "Anonymised report", "affected_service": "", "filed_by_id": None, "source_key": ""}
    anonymise_removes = ("body", "attachments", "releases", "sector_shares", "user_grants", "group_grants")

    class Meta:
        verbose_name = "report"
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "source", "source_key"], condition=~models.Q(source_key=""),
                name="a_source_record_comes_in_once",
            ),
            models.CheckConstraint(condition=models.Q(tlp__lte=4), name="tlp_is_one_of_five"),
            models.CheckConstraint(
                condition=models.Q(state="closed", closed_at__isnull=False) | ~models.Q(state="closed"),
                name="closed_says_when",
            ),
            paired("report_released_at_with_by", "released_at", "released_by"),
            paired("report_closed_at_with_by", "closed_at", "closed_by"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="reports_newest_first"),
            models.Index(fields=["agreement", "tlp", "-received_at"], include=["id", "organization", "sector", "expires_at"], name="reports_by_agreement"),
            models.Index(fields=["organization", "-received_at"], include=["id", "tlp", "agreement", "sector", "expires_at"], name="reports_by_organization"),
            models.Index(fields=["-received_at", "-id"], include=["tlp", "organization", "agreement", "sector", "expires_at"],
                         condition=models.Q(tlp=TLP.CLEAR), name="reports_public_newest_first"),
            models.Index(fields=["sector", "month"], include=["tlp", "organization", "agreement", "expires_at"], name="reports_by_sector_and_month"),
            models.Index(fields=["retain_until", "id"], name="reports_by_due_day"),
            models.Index(fields=["title"], name="reports_by_title"),
        ]  # fmt: skip

    def __str__(self):
        return self.reference


class ReportBody(models.Model):
    """What a report tells: the narrative, and everything of the source record that has no column of its own."""

    report = models.OneToOneField(Report, on_delete=models.CASCADE, primary_key=True, related_name="body")
    narrative = models.TextField(blank=True)
    raw = models.JSONField(default=dict, blank=True, help_text="The source record, without loss.")

    data_policy = classify(personal="narrative raw", open="report")

    def __str__(self):
        return f"body of {self.report_id}"


class SectorShare(Identified):
    """The owner shares a report with the partners of a sector."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="sector_shares")
    sector = models.ForeignKey("partnership.Sector", on_delete=models.PROTECT, related_name="+")
    use = models.ForeignKey(
        "agreements.PermittedUse", on_delete=models.PROTECT, related_name="+", null=True, blank=True,
        help_text="The row of the agreement that allows it; empty where it was shared before that was asked.",
    )  # fmt: skip
    shared_at = models.DateTimeField()
    shared_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")

    data_policy = classify(personal="shared_by", open="id report sector use shared_at")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sector", "report"], name="shared_once_with_a_sector")]

    def __str__(self):
        return f"share {self.pk}"


class Release(Identified):
    """The owner releases a report to an audience, such as the members of a council."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="releases")
    audience = models.ForeignKey("partnership.Audience", on_delete=models.PROTECT, related_name="releases")
    use = models.ForeignKey(
        "agreements.PermittedUse", on_delete=models.PROTECT, related_name="+", null=True, blank=True,
        help_text="The row of the agreement that allows it; empty where it was released before that was asked.",
    )  # fmt: skip
    released_at = models.DateTimeField()
    released_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")

    data_policy = classify(personal="released_by", open="id report audience use released_at")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["audience", "report"], name="released_once_to_an_audience")]

    def __str__(self):
        return f"release {self.pk}"
