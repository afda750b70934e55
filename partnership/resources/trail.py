"""The trail by calls: read, verified, exported; checkpoints for the witnesses to fetch and to counter-sign."""

import base64
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers
from rest_framework.exceptions import NotFound

from partnership.access.rest import PERSON_ALONE, TOKEN_FOR_IT
from partnership.access.scope import get_or_404
from partnership.actions import checkpoints, trail
from partnership.api.router import router
from partnership.api.views import ReadOnly, ScopedViewSet, deed
from partnership.audit import checkpoints as signed
from partnership.audit.sentences import lines
from partnership.forms.trail import AuditFilter, reading_verbs
from partnership.models import AuditCheckpoint, AuditEntry, AuditWitness, Organization, User
from partnership.resources.oversight import ExportSerializer, JobSerializer


class TrailLineSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    verb = serializers.CharField(source="entry.verb")
    who = serializers.CharField()
    sentence = serializers.CharField()
    because = serializers.CharField()
    object_type = serializers.CharField(source="entry.object_type")
    object_id = serializers.CharField(source="entry.object_id")
    outcome = serializers.CharField(source="entry.outcome")
    request_id = serializers.UUIDField(source="entry.request_id")


class TrailReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=300, help_text="One sentence; it stands in the trail.")


class ShredSerializer(serializers.Serializer):
    person = serializers.UUIDField()
    because = serializers.CharField(max_length=300, help_text="One sentence; it stands in the trail.")


class ShreddedSerializer(serializers.Serializer):
    number = serializers.IntegerField(help_text="Entries without words now.")


class AuditViewSet(mixins.ListModelMixin, ScopedViewSet):
    """The trail, as far as it concerns the caller."""

    serializer_class = TrailLineSerializer
    filterset_class = AuditFilter
    permissions = {
        "list": "partnership.view_audit", "reads": "partnership.view_audit", "verify": "partnership.verify_audit",
        "export": "partnership.export_trail", "shred": "partnership.shred_details",
    }  # fmt: skip
    fresh = {"export": TOKEN_FOR_IT, "shred": PERSON_ALONE}

    def rows(self):
        rows = AuditEntry.objects.order_by("-id")
        return rows.filter(verb__in=reading_verbs()) if self.action == "reads" else rows

    def paginate_queryset(self, queryset):
        return lines(super().paginate_queryset(queryset))

    @deed(answers=TrailLineSerializer(many=True), methods=["get"], detail=False)
    def reads(self, request):
        """Who opened narratives, source records, files and exports; `sentence` tells the rule that allowed it."""
        return self.list(request)

    @deed(answers=JobSerializer, detail=False, status=202, filterset_class=None)
    def verify(self, request):
        """Check the whole chain, as a job whose `result` holds the verdict; the check itself is the next entry."""
        return self.answer(trail.start_verification(by=request.user, at=self.now), JobSerializer, status=202)

    @deed(takes=TrailReasonSerializer, answers=ExportSerializer, detail=False, status=201, filterset_class=None)
    def export(self, request):
        """Make a file with entries, proofs, checkpoints and the program that checks them; it runs as a job."""
        made = trail.export(reason=self.given(TrailReasonSerializer)["reason"], by=request.user, at=self.now)
        return self.answer(made, ExportSerializer, status=201)

    @deed(takes=ShredSerializer, answers=ShreddedSerializer, detail=False, filterset_class=None)
    def shred(self, request):
        """Take names and values of a person out of the trail; the entries stay, and the chain still verifies."""
        given = self.given(ShredSerializer)
        person = get_object_or_404(User, pk=given["person"])
        number = trail.shred(person=person, because=given["because"], by=request.user, at=self.now)
        return self.answer({"number": number}, ShreddedSerializer)


class CosignatureSerializer(serializers.Serializer):
    organization = serializers.CharField(source="witness.organization.name")
    key = serializers.CharField(source="witness.key")
    witnessed_at = serializers.DateTimeField()
    signature = serializers.CharField()


class CheckpointSerializer(serializers.ModelSerializer):
    note = serializers.SerializerMethodField(help_text="The checkpoint as signed text, with all signatures below it.")
    cosignatures = CosignatureSerializer(many=True, read_only=True)

    class Meta:
        model = AuditCheckpoint
        fields = ["id", "at", "size", "root", "head", "note", "cosignatures"]

    def get_note(self, row) -> str:
        return signed.note(row)


class ProvenSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    note = serializers.CharField()
    since = serializers.IntegerField()
    proof = serializers.ListField(child=serializers.CharField(), help_text="Base64 hashes: RFC 6962, 2.1.2.")


class SignatureSerializer(serializers.Serializer):
    signature = serializers.CharField(max_length=400, help_text="The line that begins with a long dash.")


class CheckpointViewSet(ReadOnly):
    """What the portal signed of its trail; partners fetch it with a proof, check it and counter-sign it."""

    serializer_class = CheckpointSerializer
    lookup_value_regex = "[0-9a-f-]{1,36}"
    permissions = {
        "list": "partnership.view_checkpoint", "retrieve": "partnership.view_checkpoint", "latest": "partnership.view_checkpoint",
        "cosign": "partnership.cosign_checkpoint",
    }  # fmt: skip

    def rows(self):
        return AuditCheckpoint.objects.prefetch_related("cosignatures__witness__organization").order_by("-size", "-id")

    @extend_schema(parameters=[OpenApiParameter("since", int, description="Entries at your last one; 0 at first.")])
    @deed(answers=ProvenSerializer, methods=["get"], detail=False, pagination_class=None)
    def latest(self, request):
        """The newest checkpoint, with the proof that it begins with what you saw last."""
        row = self.scoped().first()
        since = serializers.IntegerField(min_value=0).run_validation(request.query_params.get("since", "0"))
        if row is None:
            raise NotFound
        proof = checkpoints.proof(checkpoint=row, since=since)
        data: dict[str, Any] = {"id": row.pk, "note": signed.note(row), "since": since,
                                "proof": [base64.b64encode(part).decode() for part in proof]}  # fmt: skip
        return self.answer(data, ProvenSerializer)

    @deed(takes=SignatureSerializer, answers=CheckpointSerializer, status=201)
    def cosign(self, request, pk):
        """Send the counter-signature of one's organization; it is checked before it is kept."""
        row = self.get_object()
        checkpoints.cosign(
            checkpoint=row, signature=self.given(SignatureSerializer)["signature"], by=request.user, at=self.now
        )
        return self.answer(self.rows().get(pk=row.pk), status=201)


class WitnessSerializer(serializers.ModelSerializer):
    organization_name = serializers.CharField(source="organization.name", read_only=True)
    organization = serializers.UUIDField(source="organization_id")
    key = serializers.CharField(max_length=300, help_text="The public key, written as name+id+key.")

    class Meta:
        model = AuditWitness
        fields = ["id", "organization", "organization_name", "key", "registered_at", "withdrawn_at"]
        read_only_fields = ["id", "registered_at", "withdrawn_at"]


class WitnessViewSet(ReadOnly):
    """Public keys with which partners counter-sign."""

    serializer_class = WitnessSerializer
    permissions = {
        "list": "partnership.view_witness", "retrieve": "partnership.view_witness",
        "create": "partnership.register_witness", "withdraw": "partnership.withdraw_witness",
    }  # fmt: skip
    fresh = {"create": PERSON_ALONE, "withdraw": PERSON_ALONE}

    def rows(self):
        return AuditWitness.objects.select_related("organization").order_by("-registered_at", "pk")

    def create(self, request):
        """Register the key of an organization that one administers; an earlier one is withdrawn."""
        given = self.given(WitnessSerializer)
        organization = get_or_404(
            self.actor, "partnership.register_witness", Organization.objects.all(), pk=given["organization_id"]
        )
        made = checkpoints.register_witness(organization=organization, key=given["key"], by=request.user, at=self.now)
        return self.answer(made, status=201)

    @deed(answers=WitnessSerializer)
    def withdraw(self, request, pk):
        """The key signs no more; what it signed stays."""
        return self.answer(checkpoints.withdraw_witness(witness=self.get_object(), by=request.user, at=self.now))


router.register("audit", AuditViewSet, basename="audit")
router.register("checkpoints", CheckpointViewSet, basename="checkpoint")
router.register("witnesses", WitnessViewSet, basename="witness")
