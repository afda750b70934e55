"""Indicators of compromise and attachments: what a report carries beside its words."""

from django.db import models

from partnership.abstract import Identified
from partnership.data_policy import classify


class Indicator(Identified):
    """An observable that points to an attack: typed, validated, and stored in its plain (fanged) form."""

    class Type(models.TextChoices):
        IPV4 = "ipv4", "IPv4 address"
        IPV6 = "ipv6", "IPv6 address"
        CIDR = "cidr", "Network (CIDR)"
        DOMAIN = "domain", "Domain name"
        URL = "url", "URL"
        EMAIL = "email", "E-mail address"
        MD5 = "md5", "MD5 hash"
        SHA1 = "sha1", "SHA-1 hash"
        SHA256 = "sha256", "SHA-256 hash"
        SHA512 = "sha512", "SHA-512 hash"
        CVE = "cve", "CVE number"
        ASN = "asn", "Autonomous system"
        FILENAME = "filename", "File name"

    report = models.ForeignKey("incidents.Report", on_delete=models.CASCADE, related_name="indicators")
    type = models.CharField(max_length=8, choices=Type)
    value = models.CharField(max_length=2048)
    comment = models.CharField(max_length=300, blank=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")

    data_policy = classify(personal="value comment added_by", open="id report type added_at")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "type", "value"], name="an_indicator_is_listed_once")]
        indexes = [
            models.Index(fields=["-added_at", "-id"], name="indicators_newest_first"),
            models.Index(fields=["type", "-added_at"], name="indicators_by_type"),
        ]

    def __str__(self):
        return f"{self.type} indicator"


class Attachment(Identified):
    """A file that came with a report, checked by content, images re-encoded, never served inline."""

    report = models.ForeignKey("incidents.Report", on_delete=models.CASCADE, related_name="attachments")
    file = models.OneToOneField("partnership.StoredFile", on_delete=models.PROTECT, related_name="attachment")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    is_scanned = models.BooleanField(default=False)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")

    data_policy = classify(personal="name uploaded_by", open="id report file content_type size is_scanned uploaded_at")

    def __str__(self):
        return f"attachment {self.pk}"
