"""Liaison offices: who speaks for an organization, through which channels, and what was said."""

from django.db import models

from partnership.abstract import Dated, Identified, paired, until_after_since
from partnership.data_policy import classify


class LiaisonOffice(Identified):
    """The desk through which an organization keeps contact; its officers may change, its channels stay."""

    organization = models.ForeignKey("partnership.Organization", on_delete=models.PROTECT, related_name="offices")
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64, default="UTC")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")

    data_policy = classify(personal="created_by", open="id organization name time_zone created_at")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="one_office_per_name"),
        ]

    def __str__(self):
        return self.name


class OfficeAssignment(Identified, Dated):
    """A person serves at a liaison office for a time."""

    office = models.ForeignKey(LiaisonOffice, on_delete=models.PROTECT, related_name="assignments")
    user = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="office_assignments")
    is_deputy = models.BooleanField(default=False)

    data_policy = classify(personal="user", open="id office is_deputy since until")

    class Meta:
        constraints = [
            until_after_since("assignment_ends_after_it_begins"),
            models.UniqueConstraint(
                fields=["office", "user"], condition=models.Q(until__isnull=True), name="one_open_assignment_per_person"
            ),
        ]

    def __str__(self):
        return f"assignment {self.pk}"


class Channel(Identified):
    """A way to reach an office for a purpose, verified from time to time."""

    class Kind(models.TextChoices):
        EMAIL = "email", "E-mail"
        PHONE = "phone", "Telephone"
        PGP = "pgp", "PGP fingerprint"
        CHAT = "chat", "Secure messenger"
        OTHER = "other", "Other"

    class Purpose(models.TextChoices):
        INCIDENTS = "incidents", "Incidents"
        WARNINGS = "warnings", "Warnings"
        AGREEMENTS = "agreements", "Agreements"
        GENERAL = "general", "General"

    office = models.ForeignKey(LiaisonOffice, on_delete=models.CASCADE, related_name="channels")
    kind = models.CharField(max_length=10, choices=Kind)
    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.GENERAL)
    value = models.CharField(max_length=200)
    is_backup = models.BooleanField(default=False)
    is_always_open = models.BooleanField(default=False, help_text="Answered day and night, every day.")
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    data_policy = classify(
        personal="value verified_by", open="id office kind purpose is_backup is_always_open verified_at"
    )

    class Meta:
        constraints = [paired("channel_verified_at_with_by", "verified_at", "verified_by")]

    def __str__(self):
        return f"channel {self.pk}"


class ContactEntry(Identified):
    """A line of the contact log: an office spoke with a partner, when, how, about what, and what follows."""

    office = models.ForeignKey(LiaisonOffice, on_delete=models.PROTECT, related_name="contact_entries")
    partner = models.ForeignKey("partnership.Organization", on_delete=models.PROTECT, related_name="contact_entries")
    held_on = models.DateField()
    channel = models.CharField(max_length=10, choices=[*Channel.Kind.choices, ("meeting", "Meeting")])
    topic = models.CharField(max_length=200)
    notes = models.TextField(blank=True)
    follow_up = models.CharField(max_length=300, blank=True)
    follow_up_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")

    data_policy = classify(
        personal="topic notes follow_up recorded_by", open="id office partner held_on channel follow_up_on recorded_at"
    )

    class Meta:
        indexes = [models.Index(fields=["partner", "-held_on"])]

    def __str__(self):
        return f"contact entry {self.pk}"
