"""Mails that must arrive: written in the transaction of what they are about, sent by a worker, tried again when it fails."""

from django.db import models

from partnership.abstract import Identified
from partnership.data_policy import classify


class Letter(Identified):
    """One mail to one person: a subject without content and the way to a page. The address is read when it is sent."""

    person = models.ForeignKey("partnership.User", on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=120)
    path = models.CharField(max_length=300)
    written_at = models.DateTimeField()
    next_at = models.DateTimeField(help_text="When it is tried, or tried again.")
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)

    data_policy = classify(
        personal="person",
        open="id subject path written_at next_at attempts sent_at",
        facts="written_at next_at sent_at",
    )

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(sent_at__isnull=True), name="letters_that_wait"),
        ]

    def __str__(self):
        return f"letter {str(self.pk)[:8]}"
