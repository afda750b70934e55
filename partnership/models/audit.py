"""The trail: entries that the database seals into a chain at commit and lets nobody change.

No foreign keys, so that the trail outlives what it speaks of. An entry holds identifiers only; names and values
stand in the detail, which can be taken away without breaking the chain, since the entry carries their digest.
"""

import uuid

from django.db import models

from partnership.data_policy import classify


class AuditEntry(models.Model):
    """Who did what to which record, when, in which request, with what outcome."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True, blank=True, help_text="Empty for the portal's own jobs.")
    actor_kind = models.CharField(
        max_length=10, choices=[("person", "Person"), ("system", "System"), ("anonymous", "Anonymous")]
    )
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64, blank=True, help_text="The organization or agreement it concerns.")
    request_id = models.UUIDField(default=uuid.uuid4)
    outcome = models.CharField(
        max_length=10, default="done", choices=[("done", "Done"), ("refused", "Refused"), ("failed", "Failed")]
    )
    commitment = models.CharField(max_length=64, help_text="SHA-256 of salt and detail.")

    data_policy = classify(
        personal="actor_id",
        open="id at actor_kind verb object_type object_id subject_id request_id outcome commitment",
    )

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id", "-id"]),
            models.Index(fields=["actor_id", "-id"]),
            models.Index(fields=["subject_id", "-id"]),
            models.Index(fields=["verb", "-id"]),
        ]

    def __str__(self):
        return f"audit entry {self.pk}"


class AuditDetail(models.Model):
    """What an entry says in words and values; may be shredded apart from its entry."""

    entry_id = models.BigIntegerField(primary_key=True)
    salt = models.CharField(max_length=32)
    detail = models.JSONField()

    data_policy = classify(personal="detail salt", open="entry_id")

    def __str__(self):
        return f"detail of audit entry {self.entry_id}"


class AuditSeal(models.Model):
    """The link of an entry in the chain: SHA-256 of the link before and of the entry's canonical text."""

    seq = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    previous = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64, unique=True)

    data_policy = classify(open="seq entry_id previous hash")

    def __str__(self):
        return f"audit seal {self.seq}"


class AuditHead(models.Model):
    """The end of the chain; one row, locked last by each sealing transaction."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    data_policy = classify(open="id seq hash")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="the_chain_has_one_head")]

    def __str__(self):
        return f"audit head {self.seq}"


class AuditCheckpoint(models.Model):
    """A statement of size and root of the chain at a moment, to be signed and witnessed outside the database."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    head = models.CharField(max_length=64)
    signature = models.TextField(blank=True)

    data_policy = classify(open="id at size root head signature")

    def __str__(self):
        return f"checkpoint at {self.size}"
