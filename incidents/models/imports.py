"""Imports: a file of incidents, checked as a whole before any of it comes in."""

from django.db import models

from partnership.abstract import Identified, paired
from partnership.data_policy import classify


class Import(Identified):
    """A file given for import into an agreement, first as a dry run, then for good."""

    class State(models.TextChoices):
        CHECKING = "checking", "Being checked"
        CHECKED = "checked", "Checked, waiting for your decision"
        IMPORTING = "importing", "Being imported"
        IMPORTED = "imported", "Imported"
        REFUSED = "refused", "Refused: nothing was imported"

    organization = models.ForeignKey("partnership.Organization", on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey("agreements.Agreement", on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey("agreements.DataCategory", on_delete=models.PROTECT, related_name="+")
    tlp = models.PositiveSmallIntegerField(help_text="VERIS carries no marking; this one is put on every report.")
    file = models.OneToOneField(
        "partnership.StoredFile", on_delete=models.SET_NULL, null=True, related_name="report_import"
    )
    file_name = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.CHECKING)
    job = models.ForeignKey("partnership.Job", on_delete=models.PROTECT, related_name="+", null=True)
    read_count = models.PositiveIntegerField(default=0)
    good_count = models.PositiveIntegerField(default=0)
    bad_count = models.PositiveIntegerField(default=0)
    known_count = models.PositiveIntegerField(default=0, help_text="Came in before; left as they are.")
    errors = models.JSONField(default=list, help_text="The first 1,000 faults: line number and reason.")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(null=True, blank=True)
    imported_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    data_policy = classify(
        personal="file_name errors started_by imported_by",
        open=(
            "id organization agreement category tlp file state job read_count good_count bad_count known_count"
            " started_at imported_at"
        ),
    )

    class Meta:
        constraints = [paired("import_imported_at_with_by", "imported_at", "imported_by")]
        indexes = [models.Index(fields=["organization", "-started_at"])]

    def __str__(self):
        return f"import {self.pk}"
