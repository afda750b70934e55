"""REST resources of agreements, holds, retention and certificates."""

from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from agreements.actions import agreements, holds, signing
from agreements.models import Agreement, AgreementVersion, DeletionRecord, LegalHold, Party, Purpose, RetentionTerm
from agreements.retention import plan
from partnership.access.scope import get_or_404, visible
from partnership.api.router import router
from partnership.api.views import ReadOnly, ScopedViewSet
from partnership.models import Organization


class PurposeSerializer(serializers.ModelSerializer):
    class Meta:
        model = Purpose
        fields = ["text", "legal_basis", "law_cited", "law_valid_until", "special_condition"]


class TermSerializer(serializers.ModelSerializer):
    class Meta:
        model = RetentionTerm
        fields = ["category", "trigger", "months", "days", "action", "basis"]


class PartySerializer(serializers.ModelSerializer):
    class Meta:
        model = Party
        fields = ["id", "organization", "role", "controller_role"]


class VersionSerializer(serializers.ModelSerializer):
    purposes = PurposeSerializer(many=True)
    retention_terms = TermSerializer(many=True)

    class Meta:
        model = AgreementVersion
        fields = ["id", "number", "summary", "tlp_ceiling", "minimum_group_size", "effective_on", "ends_on", "frozen_at", "content_hash",
                  "purposes", "retention_terms"]  # fmt: skip


class AgreementSerializer(serializers.ModelSerializer):
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


class SignSerializer(serializers.Serializer):
    party = serializers.UUIDField()
    content_hash = serializers.CharField(max_length=64, help_text="The hash of the version that was read.")
    statement = serializers.CharField(max_length=500)


class ReasonSerializer(serializers.Serializer):
    because = serializers.CharField(max_length=500)


class EmptySerializer(serializers.Serializer):
    """No fields."""


class AgreementViewSet(mixins.CreateModelMixin, ReadOnly):
    """Agreements that concern the caller."""

    serializer_class = AgreementSerializer
    permissions = {"list": "agreements.view_agreement", "retrieve": "agreements.view_agreement", "create": "agreements.draft_agreement",
                   "send": "agreements.change_agreement", "sign": "agreements.sign_agreement", "suspend": "agreements.end_agreement",
                   "terminate": "agreements.end_agreement"}  # fmt: skip

    def rows(self):
        return Agreement.objects.select_related("governing").prefetch_related(
            "parties", "governing__purposes", "governing__retention_terms").order_by("-reference")  # fmt: skip

    def create(self, request):
        """Begin a draft; its terms are filled step by step."""
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = agreements.draft(by=request.user, at=self.now, **given.validated_data)
        return Response(self.get_serializer(made).data, status=201)

    @action(detail=True, methods=["post"], serializer_class=EmptySerializer)
    def send(self, request, pk):
        """Freeze the version and send it for signature."""
        agreements.send_for_signature(agreement=self.get_object(), by=request.user, at=self.now)
        return Response(AgreementSerializer(self.rows().get(pk=pk)).data)

    @action(detail=True, methods=["post"], serializer_class=SignSerializer)
    def sign(self, request, pk):
        """Sign for a party the version whose hash is given."""
        agreement, given = self.get_object(), SignSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        party = get_or_404_party(agreement, given.validated_data["party"])
        signing.sign(agreement=agreement, party=party, content_hash=given.validated_data["content_hash"],
                     statement=given.validated_data["statement"], by=request.user, at=self.now)  # fmt: skip
        return Response(AgreementSerializer(self.rows().get(pk=pk)).data)

    @action(detail=True, methods=["post"], serializer_class=ReasonSerializer)
    def suspend(self, request, pk):
        """Suspend sharing, with the reason."""
        return self._move(agreements.suspend, request)

    @action(detail=True, methods=["post"], serializer_class=ReasonSerializer)
    def terminate(self, request, pk):
        """End the agreement, with the reason."""
        return self._move(agreements.terminate, request)

    def _move(self, do, request):
        found, given = self.get_object(), ReasonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        done = do(agreement=found, because=given.validated_data["because"], by=request.user, at=self.now)
        return Response(AgreementSerializer(self.rows().get(pk=done.pk)).data)


def get_or_404_party(agreement, key):
    found = agreement.parties.filter(pk=key).first()
    if found is None:
        raise serializers.ValidationError({"party": ["This is no party of the agreement."]})
    return found


class HoldSerializer(serializers.ModelSerializer):
    class Meta:
        model = LegalHold
        fields = ["id", "reference", "agreement", "organization", "record_type", "record_id", "ground", "authority", "reason", "review_on",
                  "placed_at", "lifted_at", "lifted_reason"]  # fmt: skip
        read_only_fields = ["id", "reference", "placed_at", "lifted_at", "lifted_reason"]
        extra_kwargs = {"agreement": {"required": False}, "organization": {"required": False}}
        validators: list = []


class HoldViewSet(mixins.CreateModelMixin, ReadOnly):
    """Legal holds that concern the caller."""

    serializer_class = HoldSerializer
    permissions = {
        "list": "agreements.view_hold",
        "retrieve": "agreements.view_hold",
        "create": "agreements.hold_agreement",
        "lift": "agreements.lift_hold",
    }

    def rows(self):
        return LegalHold.objects.order_by("-placed_at", "pk")

    def create(self, request):
        """Place a hold on an agreement, on a record of it, or on an organization."""
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        for name, permission, rows in (("agreement", "agreements.hold_agreement", Agreement.objects.all()),
                                       ("organization", "partnership.view_organization", Organization.objects.all())):  # fmt: skip
            if values.get(name) is not None:
                values[name] = get_or_404(self.actor, permission, rows, pk=values[name].pk)
        placed = holds.place(by=request.user, at=self.now, **values)
        return Response(self.get_serializer(placed.hold).data, status=201)

    @action(detail=True, methods=["post"], serializer_class=ReasonSerializer)
    def lift(self, request, pk):
        """Lift the hold, with the reason."""
        given = ReasonSerializer(data=request.data)
        found = self.get_object()
        given.is_valid(raise_exception=True)
        return Response(
            HoldSerializer(
                holds.lift(hold=found, reason=given.validated_data["because"], by=request.user, at=self.now)
            ).data
        )


class CertificateSerializer(serializers.ModelSerializer):
    class Meta:
        model = DeletionRecord
        exclude = ["organization_id"]


class CertificateViewSet(ReadOnly):
    """Certificates of deletions that concern the caller."""

    serializer_class = CertificateSerializer
    permissions = {"list": "agreements.view_certificate", "retrieve": "agreements.view_certificate"}

    def rows(self):
        return DeletionRecord.objects.order_by("-deleted_at", "pk")


class GroupSerializer(serializers.Serializer):
    agreement = serializers.CharField()
    category = serializers.CharField()
    goes = serializers.IntegerField()
    held = serializers.IntegerField()
    waiting = serializers.IntegerField()


class PreviewViewSet(ScopedViewSet):
    """What the next retention run does, under the agreements that concern the caller."""

    serializer_class = GroupSerializer
    permissions = {"list": "agreements.view_retention"}
    pagination_class = None
    filter_backends = ()

    def rows(self):
        return Agreement.objects.all()

    def list(self, request):
        """Due records by agreement and category: how many go, are held, wait for their return."""
        keys = list(
            visible(self.actor, "agreements.view_retention", Agreement.objects.all()).values_list("pk", flat=True)
        )
        return Response(GroupSerializer(plan.preview(self.now, keys).groups, many=True).data)


router.register("agreements", AgreementViewSet, basename="agreement")
router.register("holds", HoldViewSet, basename="hold")
router.register("certificates", CertificateViewSet, basename="certificate")
router.register("retention-preview", PreviewViewSet, basename="retention-preview")
