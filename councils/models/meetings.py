"""Meetings: agenda, attendance, minutes."""

from django.db import models

from partnership.abstract import Identified, paired
from partnership.data_policy import classify


class Meeting(Identified):
    """A meeting of a council, announced in time, opened by the designated officer, with minutes certified after."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        ANNOUNCED = "announced", "Announced"
        OPEN = "open", "In session"
        CLOSED = "closed", "Closed"
        CANCELLED = "cancelled", "Cancelled"

    council = models.ForeignKey("councils.Council", on_delete=models.PROTECT, related_name="meetings")
    charter = models.ForeignKey(
        "councils.Charter", on_delete=models.PROTECT, related_name="+", help_text="The rules it is held under."
    )
    title = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64, default="UTC")
    place = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")
    announced_at = models.DateTimeField(null=True, blank=True)
    announced_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    short_notice_reason = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    data_policy = classify(
        personal="created_by announced_by opened_by closed_by",
        open=(
            "id council charter title starts_at time_zone place state created_at announced_at short_notice_reason"
            " opened_at closed_at"
        ),
        facts="starts_at",
    )

    class Meta:
        constraints = [
            paired("meeting_announced_at_with_by", "announced_at", "announced_by"),
            paired("meeting_opened_at_with_by", "opened_at", "opened_by"),
            paired("meeting_closed_at_with_by", "closed_at", "closed_by"),
        ]
        indexes = [models.Index(fields=["council", "-starts_at"])]

    def __str__(self):
        return self.title


class AgendaItem(Identified):
    """A point of the agenda."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="agenda")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    notes = models.TextField(blank=True)

    data_policy = classify(personal="notes", open="id meeting position title")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "position"], name="agenda_items_are_numbered")]

    def __str__(self):
        return self.title


class Attendance(Identified):
    """A member was there, from one moment to another."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendances")
    occupancy = models.ForeignKey("councils.Occupancy", on_delete=models.PROTECT, related_name="attendances")
    arrived_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")

    data_policy = classify(
        personal="occupancy recorded_by", open="id meeting arrived_at left_at", facts="arrived_at left_at"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "occupancy"], condition=models.Q(left_at__isnull=True), name="present_once_at_a_time"
            ),
        ]

    def __str__(self):
        return f"attendance {self.pk}"


class Minutes(Identified):
    """The record of a meeting, drafted and then certified by the chair."""

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="minutes")
    text = models.TextField()
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")
    certified_at = models.DateTimeField(null=True, blank=True)
    certified_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    data_policy = classify(personal="text drafted_by certified_by", open="id meeting drafted_at certified_at")

    class Meta:
        constraints = [paired("minutes_certified_at_with_by", "certified_at", "certified_by")]

    def __str__(self):
        return f"minutes of {self.meeting_id}"
