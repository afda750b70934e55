"""How data is handled, where it goes, and what else the parties promise: further terms of a version, each a row."""

from django.db import models

from partnership.abstract import Identified
from partnership.data_policy import classify
from partnership.models import TLP


class HandlingPolicy(Identified):
    """How recipients handle data of one category, in the fields of FIRST's Information Exchange Policy 2.0."""

    class InTransit(models.TextChoices):
        MUST = "must", "Must be encrypted in transit"
        MAY = "may", "May be encrypted in transit"

    class Actions(models.TextChoices):
        NONE = "none", "No action"
        CONTACT = "contact-for-instruction", "Ask the source first"
        INTERNAL = "internally-visible-actions", "Actions visible inside only"
        INDIRECT = "externally-visible-indirect-actions", "Actions visible outside, but not to the attacker"
        DIRECT = "externally-visible-direct-actions", "Actions visible to the attacker"

    class Permission(models.TextChoices):
        MAY = "may", "May"
        MUST_NOT = "must-not", "Must not"

    class Attribution(models.TextChoices):
        MAY = "may", "The source may be named"
        MUST = "must", "The source must be named"
        MUST_NOT = "must-not", "The source must not be named"

    version = models.ForeignKey(
        "agreements.AgreementVersion", on_delete=models.CASCADE, related_name="handling_policies"
    )
    category = models.ForeignKey("agreements.DataCategory", on_delete=models.PROTECT, related_name="+")
    tlp = models.PositiveSmallIntegerField(
        choices=TLP, default=TLP.AMBER, help_text="The strictest marking that data of this category may carry here."
    )
    encrypt_in_transit = models.CharField(max_length=4, choices=InTransit, default=InTransit.MUST)
    permitted_actions = models.CharField(max_length=40, choices=Actions, default=Actions.INTERNAL)
    affected_party_notifications = models.CharField(max_length=8, choices=Permission, default=Permission.MUST_NOT)
    attribution = models.CharField(max_length=8, choices=Attribution, default=Attribution.MUST_NOT)
    unmodified_resale = models.CharField(max_length=8, choices=Permission, default=Permission.MUST_NOT)
    external_reference = models.CharField(max_length=200, blank=True)

    data_policy = classify(
        open=(
            "id version category tlp encrypt_in_transit permitted_actions affected_party_notifications attribution"
            " unmodified_resale external_reference"
        )
    )

    class Meta:
        verbose_name_plural = "handling policies"
        constraints = [models.UniqueConstraint(fields=["version", "category"], name="one_handling_policy_per_category")]

    def __str__(self):
        return f"handling policy {self.pk}"


class Transfer(Identified):
    """By which way data goes to a party in another country: mechanism, residency and export control."""

    class Residency(models.TextChoices):
        NONE = "none", "No rule asks that data stays in the country"
        KEPT = "kept", "A rule asks it, and a copy stays in the country"
        FORBIDS = "forbids", "A rule forbids that personal data leaves"

    class Export(models.TextChoices):
        NOT_LISTED = "not_listed", "Not listed under export control"
        EXCEPTION = "exception", "Listed; a licence exception is used"
        LICENCE = "licence", "Listed; a licence is held"
        REFUSED = "refused", "Listed; no licence, so it does not go"

    version = models.ForeignKey("agreements.AgreementVersion", on_delete=models.CASCADE, related_name="transfers")
    organization = models.ForeignKey("partnership.Organization", on_delete=models.PROTECT, related_name="+")
    mechanism = models.ForeignKey("partnership.TransferMechanism", on_delete=models.PROTECT, related_name="+")
    documents = models.CharField(max_length=300, blank=True, help_text="Clauses, decision or assessment relied on.")
    residency = models.CharField(max_length=8, choices=Residency, default=Residency.NONE)
    export_control = models.CharField(max_length=10, choices=Export, default=Export.NOT_LISTED)
    export_basis = models.CharField(
        max_length=200, blank=True, help_text="Exception or licence, such as 15 CFR 740.22 (ACE)."
    )
    conflict_note = models.CharField(max_length=300, blank=True, help_text="Where the laws of both countries disagree.")

    data_policy = classify(
        open="id version organization mechanism documents residency export_control export_basis conflict_note"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "organization"], name="one_transfer_per_party")]

    def __str__(self):
        return f"transfer {self.pk}"

    @property
    def forbids(self):
        """Why personal data may not go there although the transfer is described; empty when it may."""
        if self.residency == self.Residency.FORBIDS:
            return "a rule forbids that personal data leaves the country"
        return "it is under export control without a licence" if self.export_control == self.Export.REFUSED else ""


class Clause(Identified):
    """What else the parties promise, one text for each subject of the ICO data sharing code."""

    class Subject(models.TextChoices):
        SECURITY = "security", "Security"
        LIABILITY = "liability", "Liability"
        ATTRIBUTION = "attribution", "Attribution and disclosure"
        RIGHTS = "rights", "Rights of individuals"
        GOVERNANCE = "governance", "Quality, training and incidents"
        ASSESSMENT = "assessment", "Impact assessment"
        COMPLAINTS = "complaints", "Complaints and termination"

    version = models.ForeignKey("agreements.AgreementVersion", on_delete=models.CASCADE, related_name="clauses")
    subject = models.CharField(max_length=12, choices=Subject)
    text = models.TextField(max_length=4000)

    data_policy = classify(open="id version subject text")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "subject"], name="one_clause_per_subject")]

    def __str__(self):
        return self.get_subject_display()
