"""Agreements: begun, shown, sent, signed, suspended, ended."""

from rest_framework import serializers

from agreements.actions import agreements, retention, signing
from agreements.api.drafting import CHANGE, Drafting
from agreements.api.terms import PartySerializer, VersionSerializer
from agreements.models import Agreement
from partnership.api.fields import VisibleField
from partnership.api.router import router
from partnership.api.shapes import ReasonSerializer
from partnership.api.views import ReadOnly, deed
from partnership.forms.organizations import known_zone
from partnership.models import Organization


class AgreementSerializer(serializers.ModelSerializer):
    lead = VisibleField("partnership.view_organization", queryset=Organization.objects.all(),
                        help_text="An organization whose liaison officer you are.")  # fmt: skip
    time_zone = serializers.CharField(max_length=64, required=False, validators=[known_zone])
    governing = VersionSerializer(read_only=True)
    parties = PartySerializer(many=True, read_only=True)

    class Meta:
        model = Agreement
        fields = [
            "id",
            "reference",
            "title",
            "kind",
            "lead",
            "state",
            "time_zone",
            "in_force_since",
            "ended_on",
            "governing",
            "parties",
        ]
        read_only_fields = ["id", "reference", "state", "in_force_since", "ended_on"]
        extra_kwargs = {"kind": {"required": True}}


class SignSerializer(serializers.Serializer):
    party = serializers.UUIDField()
    content_hash = serializers.CharField(max_length=64, help_text="The hash of the version that was read.")
    statement = serializers.CharField(max_length=500)


class ToSignSerializer(serializers.Serializer):
    content_hash = serializers.CharField(help_text="Of the version that is out; read it under `version`.")
    parties = PartySerializer(many=True)


class ReturnedSerializer(serializers.Serializer):
    returned = serializers.IntegerField(help_text="How many records that were.")


class AgreementViewSet(Drafting, ReadOnly):
    """Agreements that concern the caller."""

    serializer_class = AgreementSerializer
    filterset_fields = ["state", "kind", "reference"]
    permissions = {
        "list": "agreements.view_agreement", "retrieve": "agreements.view_agreement", "version": "agreements.view_agreement",
        "create": "agreements.draft_agreement", "basics": "agreements.change_agreement", **CHANGE,
        "negotiate": "agreements.change_agreement", "send": "agreements.change_agreement", "take_back": "agreements.change_agreement",
        "sign": "agreements.sign_agreement", "to_sign": "agreements.sign_agreement", "suspend": "agreements.end_agreement", "resume": "agreements.end_agreement",
        "terminate": "agreements.end_agreement", "confirm_returns": "agreements.hold_agreement",
    }  # fmt: skip

    def rows(self):
        return Agreement.objects.select_related("governing").prefetch_related(
            "parties", "governing__purposes", "governing__retention_terms").order_by("-reference")  # fmt: skip

    def create(self, request):
        """Begin a draft; its terms are filled step by step."""
        made = agreements.draft(by=request.user, at=self.now, **self.given(AgreementSerializer))
        return self.answer(made, status=201)

    @deed(answers=AgreementSerializer)
    def negotiate(self, request, pk):
        """Show the draft to all parties."""
        return self._again(agreements.open_negotiation(agreement=self.get_object(), by=request.user, at=self.now))

    @deed(answers=AgreementSerializer)
    def send(self, request, pk):
        """Freeze the version and send it for signature."""
        found = self.get_object()
        agreements.send_for_signature(agreement=found, by=request.user, at=self.now)
        return self._again(found)

    @deed(takes=ReasonSerializer, answers=AgreementSerializer, path="take-back")
    def take_back(self, request, pk):
        """Take it back from signature: a copy of the frozen version can be edited."""
        found, values = self.get_object(), self.given(ReasonSerializer)
        agreements.take_back(agreement=found, by=request.user, at=self.now, **values)
        return self._again(found)

    @deed(answers=ToSignSerializer, methods=["get"], path="to-sign")
    def to_sign(self, request, pk):
        """The parties for which the caller may still sign the version that is out."""
        found = self.get_object()
        waiting = {"parties": signing.parties_to_sign(found, request.user)}
        return self.answer(waiting | {"content_hash": agreements.last_version(found).content_hash}, ToSignSerializer)

    @deed(takes=SignSerializer, answers=AgreementSerializer)
    def sign(self, request, pk):
        """Sign for a party the version whose hash is given."""
        found, values = self.get_object(), self.given(SignSerializer)
        party = found.parties.filter(pk=values.pop("party")).first()
        if party is None:
            raise serializers.ValidationError({"party": ["This is no party of the agreement."]})
        signing.sign(agreement=found, party=party, by=request.user, at=self.now, **values)
        return self._again(found)

    @deed(takes=ReasonSerializer, answers=AgreementSerializer)
    def suspend(self, request, pk):
        """Suspend sharing, with the reason."""
        found, values = self.get_object(), self.given(ReasonSerializer)
        return self._again(agreements.suspend(agreement=found, by=request.user, at=self.now, **values))

    @deed(takes=ReasonSerializer, answers=AgreementSerializer)
    def resume(self, request, pk):
        """Lift the suspension, with the reason."""
        found, values = self.get_object(), self.given(ReasonSerializer)
        return self._again(agreements.resume(agreement=found, by=request.user, at=self.now, **values))

    @deed(takes=ReasonSerializer, answers=AgreementSerializer)
    def terminate(self, request, pk):
        """End the agreement, with the reason."""
        found, values = self.get_object(), self.given(ReasonSerializer)
        return self._again(agreements.terminate(agreement=found, by=request.user, at=self.now, **values))

    @deed(takes=ReasonSerializer, answers=ReturnedSerializer, path="confirm-returns")
    def confirm_returns(self, request, pk):
        """Note that everything it wants back by the next run was given back, and how."""
        found, values = self.get_object(), self.given(ReasonSerializer)
        count = retention.confirm_returns(agreement=found, by=request.user, at=self.now, **values)
        return self.answer({"returned": count}, ReturnedSerializer)

    def _again(self, found):
        return self.answer(self.rows().get(pk=found.pk))


router.register("agreements", AgreementViewSet, basename="agreement")
