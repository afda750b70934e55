"""Agreements, their versions and parties, and the signatures that put a version in force."""

from django.db import models

from partnership.abstract import Dated, DatedQuerySet, Identified, paired, until_after_since
from partnership.data_policy import classify
from partnership.models import TLP


class AgreementQuerySet(models.QuerySet):
    """Questions to agreements."""

    def in_force(self):
        return self.filter(state=Agreement.State.IN_FORCE)


class Agreement(Identified):
    """A data-sharing agreement between organizations; what it says stands in its versions."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        NEGOTIATION = "negotiation", "In negotiation"
        SIGNATURE = "signature", "Sent for signature"
        SIGNED = "signed", "Signed, begins later"
        IN_FORCE = "in_force", "In force"
        SUSPENDED = "suspended", "Suspended"
        EXPIRED = "expired", "Expired"
        TERMINATED = "terminated", "Terminated"

    class Kind(models.TextChoices):
        BILATERAL = "bilateral", "Bilateral"
        MULTILATERAL = "multilateral", "Multilateral"
        CROSS_BORDER = "cross_border", "Cross-border"
        SMALL_FIRM = "small_firm", "Small firm, light form"

    reference = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=14, choices=Kind, default=Kind.MULTILATERAL)
    template = models.ForeignKey(
        "agreements.AgreementTemplate", on_delete=models.PROTECT, related_name="+", null=True, blank=True,
        help_text="The template with which its first version began.",
    )  # fmt: skip
    lead = models.ForeignKey("partnership.Organization", on_delete=models.PROTECT, related_name="agreements_led")
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    governing = models.ForeignKey(
        "agreements.AgreementVersion",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="The signed version that governs now.",
    )
    coming = models.ForeignKey(
        "agreements.AgreementVersion",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="Signed by every party; governs from its first day.",
    )
    time_zone = models.CharField(max_length=64, default="UTC", help_text="The calendar in which days end.")
    retention_generation = models.PositiveIntegerField(
        default=0, help_text="Counts holds and changed terms, so that a running deletion notices them."
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")
    in_force_since = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    state_reason = models.CharField(max_length=500, blank=True)

    data_policy = classify(
        personal="created_by",
        open=(
            "id reference title kind template lead state governing coming time_zone retention_generation created_at in_force_since"
            " ended_on state_reason"
        ),
    )
    objects = AgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["in_force", "suspended"]) | models.Q(governing__isnull=False),
                name="in_force_means_a_governing_version",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["expired", "terminated"]) | models.Q(ended_on__isnull=False),
                name="ended_says_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="signed") | models.Q(coming__isnull=False),
                name="signed_means_a_coming_version",
            ),
        ]
        indexes = [models.Index(fields=["state", "reference"])]

    def __str__(self):
        return f"{self.reference} {self.title}"


class AgreementVersion(Identified):
    """What an agreement says, as rows. Once frozen, the database lets nobody change it or its rows."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    summary = models.TextField(blank=True, help_text="Why the parties share, and what good comes of it.")
    tlp_ceiling = models.PositiveSmallIntegerField(
        choices=TLP, default=TLP.AMBER, help_text="The strictest marking of what may be filed under the agreement."
    )
    minimum_group_size = models.PositiveSmallIntegerField(
        default=5, help_text="No figure on a dashboard that rests on fewer groups of organizations."
    )
    notice_days = models.PositiveSmallIntegerField(
        default=30, help_text="A shortened retention term deletes nothing before this many days have passed."
    )
    effective_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")
    changed_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True,
        help_text="Who changed its words last; empty until somebody does.",
    )  # fmt: skip
    frozen_at = models.DateTimeField(null=True, blank=True)
    frozen_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    content = models.JSONField(default=dict, blank=True, help_text="Canonical content that the hash is made of.")
    content_hash = models.CharField(max_length=64, blank=True)

    data_policy = classify(
        personal="created_by changed_by frozen_by",
        open=(
            "id agreement number summary tlp_ceiling minimum_group_size notice_days effective_on ends_on review_on"
            " created_at frozen_at content content_hash"
        ),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="one_version_per_number"),
            models.CheckConstraint(
                condition=models.Q(minimum_group_size__gte=3), name="minimum_group_size_is_at_least_3"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(effective_on__isnull=False, ends_on__gt=models.F("effective_on")),
                name="version_ends_after_it_begins",
            ),
            paired("version_frozen_at_with_by", "frozen_at", "frozen_by"),
            models.CheckConstraint(
                condition=models.Q(frozen_at__isnull=True) | models.Q(content_hash__regex=r"^[0-9a-f]{64}$"),
                name="frozen_means_hashed",
            ),
        ]

    def __str__(self):
        return f"version {self.number} of {self.agreement_id}"

    @property
    def is_frozen(self):
        return self.frozen_at is not None


class GoverningPeriod(Identified, Dated):
    """From when until when a version governed its agreement; the rows of one agreement follow each other."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="governing_periods")
    version = models.OneToOneField(AgreementVersion, on_delete=models.PROTECT, related_name="governing_period")

    data_policy = classify(open="id agreement version since until")
    objects = DatedQuerySet.as_manager()  # type: ignore[misc]  # the base declares the same

    class Meta:
        constraints = [
            until_after_since("governing_period_ends_after_it_begins"),
            models.UniqueConstraint(
                fields=["agreement"], condition=models.Q(until__isnull=True), name="one_version_governs_at_a_time"
            ),
        ]

    def __str__(self):
        return f"governing period {self.pk}"


class Party(Identified, Dated):
    """An organization is a party from one moment to another; while it lasts, it is the permission.

    `since` is set far in the future until the agreement comes into force.
    """

    class Role(models.TextChoices):
        PROVIDER = "provider", "Provides data"
        RECIPIENT = "recipient", "Receives data"
        BOTH = "both", "Provides and receives"
        STEWARD = "steward", "Steward"

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="parties")
    organization = models.ForeignKey("partnership.Organization", on_delete=models.PROTECT, related_name="parties")
    role = models.CharField(max_length=10, choices=Role, default=Role.BOTH)
    controller_role = models.CharField(
        max_length=16, default="controller",
        choices=[("controller", "Controller"), ("joint_controller", "Joint controller"), ("processor", "Processor")],
        help_text="GDPR Articles 4, 26 and 28.",
    )  # fmt: skip
    contact = models.CharField(max_length=200, blank=True, help_text="Whom to ask about this agreement.")

    data_policy = classify(personal="contact", open="id agreement organization role controller_role since until")
    objects = DatedQuerySet.as_manager()  # type: ignore[misc]  # the base declares the same

    class Meta:
        constraints = [
            until_after_since("party_ends_after_it_begins"),
            models.UniqueConstraint(
                fields=["agreement", "organization"],
                condition=models.Q(until__isnull=True),
                name="once_a_party_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["organization", "until"])]

    def __str__(self):
        return f"party {self.pk}"


class Signature(Identified):
    """A party's signatory signed one frozen version; the hash says which words."""

    version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="signatures")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="signatures")
    content_hash = models.CharField(max_length=64)
    statement = models.CharField(max_length=500, help_text="The signatory's statement of authority.")
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="signatures")

    data_policy = classify(personal="signed_by statement", open="id version party content_hash signed_at")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "party"], name="a_party_signs_a_version_once")]

    def __str__(self):
        return f"signature {self.pk}"
