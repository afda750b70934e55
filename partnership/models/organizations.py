"""Organizations of the partnership, their sectors and identifiers, and how far they are vetted."""

from django.db import models
from django.db.models.functions import Lower

from partnership.abstract import Identified, paired
from partnership.data_policy import classify


class Organization(Identified):
    """A partner or a candidate: government, operator, vendor, association, academia, civil society, international."""

    class Kind(models.TextChoices):
        GOVERNMENT = "government", "Government"
        OPERATOR = "operator", "Operator"
        VENDOR = "vendor", "Vendor"
        ASSOCIATION = "association", "Association"
        ACADEMIA = "academia", "Academia"
        CIVIL_SOCIETY = "civil_society", "Civil society"
        INTERNATIONAL = "international", "International organization"

    class Size(models.TextChoices):
        """NIS2 and Recommendation 2003/361/EC: medium from 50 staff, large from 250."""

        MICRO = "micro", "Micro (under 10 staff)"
        SMALL = "small", "Small (10 to 49 staff)"
        MEDIUM = "medium", "Medium (50 to 249 staff)"
        LARGE = "large", "Large (250 staff or more)"

    class Vetting(models.TextChoices):
        APPLICANT = "applicant", "Applicant"
        WAITING = "waiting", "Waiting for the applicant"
        VETTED = "vetted", "Vetted"
        REFUSED = "refused", "Refused"
        EXPIRED = "expired", "Vetting expired"

    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=20, choices=Kind)
    size = models.CharField(max_length=10, choices=Size)
    country = models.CharField(max_length=2, help_text="ISO 3166-1, two letters, such as NL or US.")
    sectors = models.ManyToManyField("partnership.Sector", related_name="organizations", blank=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="subsidiaries",
        null=True,
        blank=True,
        help_text="The head of its group; figures count a group once.",
    )
    website = models.URLField(blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    is_secretariat = models.BooleanField(
        default=False, help_text="The neutral coordinating body: stewards councils and formats, has no vote."
    )
    vetting = models.CharField(max_length=10, choices=Vetting, default=Vetting.APPLICANT)
    tier = models.PositiveSmallIntegerField(default=0, help_text="Trust tier from 0 (none) to 3 (highest).")
    revet_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")
    vetted_at = models.DateTimeField(null=True, blank=True)
    vetted_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    data_policy = classify(
        personal="created_by vetted_by suspended_by",
        open=(
            "id name short_name kind size country sectors parent website time_zone is_secretariat vetting tier"
            " revet_on created_at vetted_at suspended_at"
        ),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), "country", name="one_organization_per_name_and_country"),
            models.CheckConstraint(condition=models.Q(tier__lte=3), name="tier_is_0_to_3"),
            models.CheckConstraint(condition=models.Q(country__regex=r"^[A-Z]{2}$"), name="country_is_two_letters"),
            models.CheckConstraint(
                condition=~models.Q(vetting="vetted") | models.Q(vetted_at__isnull=False, revet_on__isnull=False),
                name="vetted_says_when_and_until",
            ),
            paired("organization_vetted_at_with_by", "vetted_at", "vetted_by"),
            paired("organization_suspended_at_with_by", "suspended_at", "suspended_by"),
        ]

    def __str__(self):
        return self.name

    @property
    def group_id(self):
        """The key of the group that figures count once: the parent's, or its own."""
        return self.parent_id or self.pk


class OrganizationIdentifier(Identified):
    """A number under which a register knows the organization, such as its LEI (ISO 17442)."""

    class Scheme(models.TextChoices):
        LEI = "lei", "Legal Entity Identifier (LEI)"
        VAT = "vat", "VAT number"
        REGISTER = "register", "National company register"
        DUNS = "duns", "D-U-N-S number"
        OTHER = "other", "Other"

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=10, choices=Scheme)
    value = models.CharField(max_length=60)

    data_policy = classify(open="id organization scheme value")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "value"], name="an_identifier_names_one_organization")]

    def __str__(self):
        return f"{self.scheme} {self.value}"
