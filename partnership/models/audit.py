"""The trail: entries that the database seals into a chain at commit and lets nobody change.

No foreign keys, so that the trail outlives what it speaks of. An entry holds identifiers only; names and values
stand in the detail, which can be taken away without breaking the chain, since the entry carries their digest.
"""

import uuid

from django.db import models

from partnership.abstract import Identified, paired
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
    """A signed statement of size and root of the chain at a moment, which is kept outside the database too."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    origin = models.CharField(max_length=200, help_text="Whose trail it is; the name under which it is signed.")
    size = models.BigIntegerField()
    root = models.CharField(max_length=64, help_text="Of the tree of RFC 6962 over the seals.")
    head = models.CharField(max_length=64, help_text="The last link of the chain.")
    frontier = models.TextField(
        blank=True, help_text="Roots of the full subtrees: enough to go on without reading all."
    )
    signature = models.TextField(help_text="The line below the statement, in the signed note form.")

    data_policy = classify(open="id at origin size root head frontier signature")

    class Meta:
        indexes = [models.Index(fields=["size", "id"])]

    def __str__(self):
        return f"checkpoint of {self.size} entries"


class AuditWitness(Identified):
    """A partner's public key: with it the partner counter-signs checkpoints, after checking that nothing was rewritten."""

    organization = models.ForeignKey("partnership.Organization", on_delete=models.PROTECT, related_name="witnesses")
    key = models.CharField(max_length=300, unique=True, help_text="The public key, written as name+id+key.")
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    data_policy = classify(personal="registered_by withdrawn_by", open="id organization key registered_at withdrawn_at")

    class Meta:
        constraints = [
            paired("witness_withdrawn_at_with_by", "withdrawn_at", "withdrawn_by"),
            models.UniqueConstraint(
                fields=["organization"], condition=models.Q(withdrawn_at=None), name="one_witness_key_per_organization"
            ),
        ]

    def __str__(self):
        return self.key.partition("+")[0]


class AuditCosignature(models.Model):
    """The counter-signature of a witness under a checkpoint."""

    id = models.BigAutoField(primary_key=True)
    checkpoint = models.ForeignKey(AuditCheckpoint, on_delete=models.PROTECT, related_name="cosignatures")
    witness = models.ForeignKey(AuditWitness, on_delete=models.PROTECT, related_name="cosignatures")
    witnessed_at = models.DateTimeField(help_text="By the witness's own clock; part of what it signed.")
    posted_at = models.DateTimeField()
    posted_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")
    signature = models.TextField(help_text="The line below the checkpoint, in the signed note form.")

    data_policy = classify(
        personal="posted_by", open="id checkpoint witness witnessed_at posted_at signature", facts="witnessed_at"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "witness"], name="a_witness_signs_a_checkpoint_once")
        ]

    def __str__(self):
        return f"counter-signature {self.pk}"
