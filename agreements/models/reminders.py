"""What was told to whom ahead of a day, so that it is told once."""

from django.db import models

from partnership.abstract import Identified
from partnership.data_policy import classify


class Reminder(Identified):
    """One person was told, so many days ahead, of one day of an agreement or hold. A day that moves is told anew."""

    class Kind(models.TextChoices):
        LAW = "law", "The law behind a purpose ends"
        END = "end", "The agreement ends"
        REVIEW = "review", "The agreement is to be reviewed"
        HOLD = "hold", "A legal hold is to be reviewed"
        ATTEST = "attest", "Destruction is to be attested"
        OVERDUE = "overdue", "An attestation is overdue"

    person = models.ForeignKey("partnership.User", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    about = models.UUIDField(help_text="The agreement, hold or departure.")
    day = models.DateField()
    days_before = models.PositiveSmallIntegerField(help_text="Which of the reminders: 90, 30, 7 or 0.")
    told_at = models.DateTimeField()

    data_policy = classify(personal="person", open="id kind about day days_before told_at", facts="told_at")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "about", "day", "days_before"], name="a_day_ahead_is_told_once"
            ),
        ]

    def __str__(self):
        return f"reminder {self.pk}"
