"""Legal holds: placed, shown, lifted."""

from rest_framework import serializers

from agreements.actions import holds
from agreements.models import Agreement, LegalHold
from partnership.access.rest import TOKEN_FOR_IT
from partnership.api.fields import VisibleField
from partnership.api.router import router
from partnership.api.shapes import ReasonSerializer
from partnership.api.views import ReadOnly, deed
from partnership.models import Organization


class HoldSerializer(serializers.ModelSerializer):
    agreement = VisibleField(
        "agreements.hold_agreement", queryset=Agreement.objects.all(), required=False, allow_null=True
    )
    organization = VisibleField("agreements.hold_organization", queryset=Organization.objects.all(), required=False,
                                allow_null=True)  # fmt: skip

    class Meta:
        model = LegalHold
        fields = ["id", "reference", "agreement", "organization", "record_type", "record_id", "ground", "authority", "reason", "review_on",
                  "placed_at", "lifted_at", "lifted_reason"]  # fmt: skip
        read_only_fields = ["id", "reference", "placed_at", "lifted_at", "lifted_reason"]
        validators: list = []


class HoldViewSet(ReadOnly):
    """Legal holds that concern the caller."""

    serializer_class = HoldSerializer
    permissions = {
        "list": "agreements.view_hold",
        "retrieve": "agreements.view_hold",
        "create": "agreements.hold_agreement",
        "lift": "agreements.lift_hold",
    }
    fresh = {"create": TOKEN_FOR_IT, "lift": TOKEN_FOR_IT}

    def rows(self):
        return LegalHold.objects.order_by("-placed_at", "pk")

    def create(self, request):
        """Place a hold on an agreement, on a record of it, or on an organization."""
        placed = holds.place(by=request.user, at=self.now, **self.given(HoldSerializer))
        return self.answer(placed.hold, status=201)

    @deed(takes=ReasonSerializer, answers=HoldSerializer)
    def lift(self, request, pk):
        """Lift the hold, with the reason."""
        found, values = self.get_object(), self.given(ReasonSerializer)
        return self.answer(holds.lift(hold=found, reason=values["because"], by=request.user, at=self.now))


router.register("holds", HoldViewSet, basename="hold")
