"""Advisory councils: charter, seats by interest group, and who sits on them."""

from django.db import models

from partnership.abstract import Identified, paired
from partnership.data_policy import classify


class Council(Identified):
    """A standing body that advises on sectors; it keeps one audience, to which reports may be released."""

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        DISSOLVED = "dissolved", "Dissolved"

    name = models.CharField(max_length=200, unique=True)
    sectors = models.ManyToManyField("partnership.Sector", related_name="councils")
    audience = models.OneToOneField("partnership.Audience", on_delete=models.PROTECT, related_name="council")
    secretariat = models.ForeignKey(
        "partnership.Organization", on_delete=models.PROTECT, related_name="councils_served"
    )
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")

    data_policy = classify(personal="created_by", open="id name sectors audience secretariat state created_at")

    def __str__(self):
        return self.name


class Charter(Identified):
    """What a council is for and how it decides; a new charter follows the old one, neither is edited once adopted."""

    class Basis(models.TextChoices):
        ALL_SEATS = "all_seats", "All voting seats"
        FILLED_SEATS = "filled_seats", "Filled voting seats"
        PRESENT = "present", "Voting members present after recusal"

    class Majority(models.TextChoices):
        SIMPLE = "simple", "Simple majority"
        TWO_THIRDS = "two_thirds", "Two thirds"
        FOUR_FIFTHS = "four_fifths", "Four fifths"

    class Tie(models.TextChoices):
        REJECTED = "rejected", "A tie rejects the motion"
        CHAIR = "chair", "The chair decides a tie"

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="charters")
    number = models.PositiveSmallIntegerField()
    purpose = models.TextField()
    authority = models.CharField(max_length=300, help_text="The law or decision that establishes the council.")
    term_months = models.PositiveSmallIntegerField(default=24)
    meetings_a_year = models.PositiveSmallIntegerField(default=4)
    notice_days = models.PositiveSmallIntegerField(default=7, help_text="Calendar days between notice and meeting.")
    quorum_basis = models.CharField(
        max_length=12, choices=[c for c in Basis.choices if c[0] != "present"], default=Basis.FILLED_SEATS
    )
    quorum_numerator = models.PositiveSmallIntegerField(default=1)
    quorum_denominator = models.PositiveSmallIntegerField(default=2)
    quorum_is_more_than = models.BooleanField(default=True, help_text="More than the fraction, rather than at least.")
    majority = models.CharField(max_length=12, choices=Majority, default=Majority.SIMPLE)
    counts_abstentions = models.BooleanField(default=False, help_text="Abstentions count as votes cast.")
    tie_rule = models.CharField(max_length=10, choices=Tie, default=Tie.REJECTED)
    minutes_days = models.PositiveSmallIntegerField(
        default=90, help_text="Calendar days within which minutes are certified."
    )
    adopted_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    adopted_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")

    data_policy = classify(
        personal="adopted_by",
        open=(
            "id council number purpose authority term_months meetings_a_year notice_days quorum_basis"
            " quorum_numerator quorum_denominator quorum_is_more_than majority counts_abstentions tie_rule"
            " minutes_days adopted_on ends_on"
        ),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["council", "number"], name="one_charter_per_number"),
            models.CheckConstraint(
                condition=models.Q(quorum_denominator__gt=0, quorum_numerator__lte=models.F("quorum_denominator")),
                name="a_quorum_is_a_fraction",
            ),
        ]

    def __str__(self):
        return f"charter {self.number} of {self.council_id}"


class Seat(Identified):
    """A place on a council for an interest group; who sits on it, and from when to when, is its membership."""

    class Interest(models.TextChoices):
        GOVERNMENT = "government", "Government"
        OPERATOR = "operator", "Operators"
        VENDOR = "vendor", "Vendors"
        ASSOCIATION = "association", "Associations"
        ACADEMIA = "academia", "Academia"
        CIVIL_SOCIETY = "civil_society", "Civil society"
        SECRETARIAT = "secretariat", "Secretariat"

    class Function(models.TextChoices):
        CHAIR = "chair", "Chair"
        MEMBER = "member", "Member"
        OFFICER = "officer", "Designated officer"
        GUEST = "guest", "Guest"

    council = models.ForeignKey(Council, on_delete=models.PROTECT, related_name="seats")
    number = models.PositiveSmallIntegerField()
    interest = models.CharField(max_length=14, choices=Interest)
    function = models.CharField(max_length=8, choices=Function, default=Function.MEMBER)
    is_voting = models.BooleanField(default=True)

    data_policy = classify(open="id council number interest function is_voting")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["council", "number"], name="one_seat_per_number"),
            models.CheckConstraint(
                condition=~models.Q(function__in=["officer", "guest"], is_voting=True),
                name="officers_and_guests_do_not_vote",
            ),
        ]

    def __str__(self):
        return f"seat {self.number}"


class Occupancy(Identified):
    """A person sits on a seat; the dates stand on the audience membership, which is the permission."""

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="occupancies")
    membership = models.OneToOneField("partnership.AudienceMember", on_delete=models.PROTECT, related_name="occupancy")
    organization = models.ForeignKey("partnership.Organization", on_delete=models.PROTECT, related_name="+")
    appointed_at = models.DateTimeField()
    appointed_by = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+")
    vacated_at = models.DateTimeField(null=True, blank=True)
    vacated_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    data_policy = classify(
        personal="membership appointed_by vacated_by", open="id seat organization appointed_at vacated_at"
    )

    class Meta:
        constraints = [
            paired("occupancy_vacated_at_with_by", "vacated_at", "vacated_by"),
            models.UniqueConstraint(
                fields=["seat"], condition=models.Q(vacated_at__isnull=True), name="one_person_on_a_seat"
            ),
        ]

    def __str__(self):
        return f"occupancy {self.pk}"
