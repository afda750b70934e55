"""Departures of parties and the attestations after them: the same actions as the pages."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from agreements.actions import attesting, departures
from agreements.models import Attestation, Departure, Party
from agreements.retention import departing
from partnership.access.rest import PERSON_ALONE
from partnership.api.fields import VisibleField
from partnership.api.router import router
from partnership.api.shapes import ReasonSerializer
from partnership.api.views import ReadOnly, deed


class DepartureLineSerializer(serializers.Serializer):
    """So many of something, and what becomes of it."""

    part = serializers.CharField()
    what = serializers.CharField()
    count = serializers.IntegerField()
    becomes = serializers.CharField()


class PreviewSerializer(serializers.Serializer):
    """What a departure would touch now; `seen_hash` is sent along when it is asked for or confirmed."""

    seen_hash = serializers.CharField()
    seen = DepartureLineSerializer(many=True)


class DepartureSerializer(serializers.ModelSerializer):
    seen = DepartureLineSerializer(many=True)
    acted = DepartureLineSerializer(many=True)

    class Meta:
        model = Departure
        fields = ["id", "reference", "agreement", "party", "organization", "state", "because", "leaves_on", "leaves_at", "notice_from",
                  "attest_by", "seen", "seen_hash", "acted", "asked_at", "decided_at", "opinion", "left_at"]  # fmt: skip


class LeaveSerializer(ReasonSerializer):
    party = VisibleField("agreements.let_leave", queryset=Party.objects.all())
    leaves_on = serializers.DateField()
    seen_hash = serializers.CharField(max_length=64)


class ConfirmLeaveSerializer(ReasonSerializer):
    seen_hash = serializers.CharField(max_length=64, help_text="The `seen_hash` of the preview that was read.")


class LeaverSerializer(serializers.Serializer):
    party = VisibleField("agreements.let_leave", queryset=Party.objects.all())


class DepartureViewSet(ReadOnly):
    """Parties that leave or have left an agreement."""

    serializer_class = DepartureSerializer
    permissions = {
        "list": "agreements.view_departure",
        "retrieve": "agreements.view_departure",
        "create": "agreements.let_leave",
        "preview": "agreements.let_leave",
        "preview_again": "agreements.decide_departure",
        "confirm": "agreements.decide_departure",
        "decline": "agreements.decide_departure",
    }
    fresh = {"create": PERSON_ALONE, "confirm": PERSON_ALONE}

    def rows(self):
        return Departure.objects.order_by("-asked_at", "pk")

    @extend_schema(request=LeaveSerializer, responses={201: DepartureSerializer})
    def create(self, request):
        """Ask that a party leaves on a day, with the hash of the preview that was read."""
        return self.answer(departures.ask(by=request.user, at=self.now, **self.given(LeaveSerializer)), status=201)

    @deed(takes=LeaverSerializer, answers=PreviewSerializer, detail=False)
    def preview(self, request):
        """What it would touch if a party left; nothing happens."""
        return self._preview(self.given(LeaverSerializer)["party"])

    @deed(answers=PreviewSerializer, path="preview", methods=("get",))
    def preview_again(self, request, pk):
        """What the departure would touch now."""
        return self._preview(self.get_object().party)

    def _preview(self, party):
        lines = departing.lines(party, self.now)
        return self.answer(
            {"seen_hash": departing.digest(lines), "seen": [line.as_data for line in lines]}, PreviewSerializer
        )

    @deed(takes=ConfirmLeaveSerializer, answers=DepartureSerializer)
    def confirm(self, request, pk):
        """Let the party leave on its day; only another person than the one who asked."""
        found, values = self.get_object(), self.given(ConfirmLeaveSerializer)
        return self.answer(departures.confirm(departure=found, by=request.user, at=self.now, **values))

    @deed(takes=ReasonSerializer, answers=DepartureSerializer)
    def decline(self, request, pk):
        """Decline it, with the reason."""
        found, values = self.get_object(), self.given(ReasonSerializer)
        return self.answer(departures.decline(departure=found, by=request.user, at=self.now, **values))


class AttestationSerializer(serializers.ModelSerializer):
    class Meta:
        model = Attestation
        fields = ["id", "departure", "organization", "direction", "category", "outcome", "statement", "law", "kept_until", "attested_at"]  # fmt: skip


class AttestSerializer(serializers.Serializer):
    outcome = serializers.ChoiceField(choices=["destroyed", "returned", "kept"])
    statement = serializers.CharField(max_length=500)
    law = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    kept_until = serializers.DateField(required=False, default=None, allow_null=True)


class AttestationViewSet(ReadOnly):
    """What became of data after departures, by attester and category."""

    serializer_class = AttestationSerializer
    permissions = {
        "list": "agreements.view_attestation",
        "retrieve": "agreements.view_attestation",
        "attest": "agreements.attest_destruction",
    }
    fresh = {"attest": PERSON_ALONE}

    def rows(self):
        return Attestation.objects.order_by("departure", "organization", "direction", "category", "pk")

    @deed(takes=AttestSerializer, answers=AttestationSerializer)
    def attest(self, request, pk):
        """Attest for one's organization what became of the data."""
        found, values = self.get_object(), self.given(AttestSerializer)
        return self.answer(attesting.attest(attestation=found, by=request.user, at=self.now, **values))


router.register("departures", DepartureViewSet, basename="departure")
router.register("attestations", AttestationViewSet, basename="attestation")
