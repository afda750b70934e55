"""Jobs and files to download: what runs in the background, how far it is, and what it made."""

from django.db import models

from partnership.abstract import Identified
from partnership.data_policy import classify


class Job(Identified):
    """A piece of background work that a person asked for; the row is the record, the queue only a bell."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting to start"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    arguments = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0, help_text="0 while the amount is unknown.")
    result = models.JSONField(default=dict)
    message = models.CharField(max_length=500, blank=True)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="jobs")
    started_at = models.DateTimeField(null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    data_policy = classify(
        personal="requested_by arguments result",
        open="id kind title state done total message requested_at started_at beat_at finished_at attempts",
        facts="started_at beat_at finished_at",
    )

    class Meta:
        indexes = [models.Index(fields=["requested_by", "-requested_at"]), models.Index(fields=["state", "beat_at"])]

    def __str__(self):
        return f"job {self.pk}"


class Export(Identified):
    """A file that a person asked for; readable by that person alone, checked again at download, gone on expiry."""

    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="export", null=True, blank=True)
    report = models.CharField(max_length=60)
    format = models.CharField(max_length=10)
    parameters = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True)
    marking = models.PositiveSmallIntegerField(default=2)
    row_count = models.PositiveIntegerField(default=0)
    file = models.OneToOneField(
        "partnership.StoredFile", on_delete=models.SET_NULL, related_name="export", null=True, blank=True
    )
    manifest = models.JSONField(default=dict)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="exports")
    expires_at = models.DateTimeField()

    data_policy = classify(
        personal="requested_by parameters reason manifest",
        open="id job report format marking row_count file requested_at expires_at",
        facts="expires_at",
    )

    class Meta:
        indexes = [models.Index(fields=["requested_by", "-requested_at"]), models.Index(fields=["expires_at"])]

    def __str__(self):
        return f"export {self.pk}"


class Heartbeat(models.Model):
    """When a part of the portal last showed that it lives; the health page reads it."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()

    data_policy = classify(open="name beat_at", facts="beat_at")

    def __str__(self):
        return self.name
