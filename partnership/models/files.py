"""Files outside the database: what is stored, and what is still to be erased."""

from django.db import models

from partnership.abstract import Identified
from partnership.data_policy import classify


class StoredFile(Identified):
    """A file outside the database, found by an own random key and never by the name that came with it."""

    key = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)

    data_policy = classify(personal="name", open="id key content_type size sha256")

    def __str__(self):
        return f"file {self.pk}"


class FileErasure(models.Model):
    """A file that must go: written in the transaction that deletes its row, done afterwards until it succeeds."""

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=100, unique=True)
    requested_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    data_policy = classify(open="id key requested_at attempts last_error erased_at", facts="requested_at erased_at")

    class Meta:
        indexes = [models.Index(fields=["erased_at", "id"])]

    def __str__(self):
        return f"erasure {self.pk}"
