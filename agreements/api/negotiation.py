"""A negotiation by calls: remarks and proposals on the version under work, and the answers to them."""

from typing import Any

from rest_framework import serializers

from agreements.actions import negotiation
from agreements.api.terms import (
    ClauseSerializer,
    DataItemSerializer,
    HandlingSerializer,
    PurposeSerializer,
    RedactionSerializer,
    TermSerializer,
    TransferSerializer,
    UseSerializer,
)
from agreements.models import LegalReview, Proposal, Remark
from partnership.api.fields import VisibleField
from partnership.api.router import router
from partnership.api.views import ReadOnly, deed
from partnership.models import Organization

# The shape of the row that a proposal of each kind adds.
SHAPES: dict[str, Any] = {
    "purposes": PurposeSerializer, "data_items": DataItemSerializer, "retention_terms": TermSerializer,
    "redaction_steps": RedactionSerializer, "permitted_uses": UseSerializer, "handling_policies": HandlingSerializer,
    "transfers": TransferSerializer, "clauses": ClauseSerializer,
}  # fmt: skip


class RemarkSerializer(serializers.ModelSerializer):
    organization = VisibleField("partnership.view_organization", queryset=Organization.objects.all(),
                                help_text="The party for which the caller speaks.")  # fmt: skip

    class Meta:
        model = Remark
        fields = ["id", "version", "clause", "organization", "text", "made_at", "closed_at", "answer"]
        read_only_fields = ["id", "version", "made_at", "closed_at", "answer"]


class ProposalSerializer(serializers.ModelSerializer):
    kind = serializers.ChoiceField(sorted(SHAPES))
    columns = serializers.DictField(required=False, help_text="The row to add, in the shape of its kind; or none.")
    organization = VisibleField("partnership.view_organization", queryset=Organization.objects.all(),
                                help_text="The party for which the caller speaks.")  # fmt: skip

    class Meta:
        model = Proposal
        fields = [
            "id",
            "version",
            "kind",
            "removes",
            "columns",
            "effect",
            "reason",
            "organization",
            "state",
            "made_at",
            "decided_at",
            "answer",
        ]
        read_only_fields = ["id", "version", "effect", "state", "made_at", "decided_at", "answer"]

    def validate(self, given):
        if not given.get("columns") and given.get("removes") is None:
            raise serializers.ValidationError({"columns": ["Give a row to add, a row to leave out, or both."]})
        return given


class AnswerSerializer(serializers.Serializer):
    answer = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class WhyNotSerializer(serializers.Serializer):
    answer = serializers.CharField(max_length=1000, help_text="Why not.")


class OpinionSerializer(serializers.ModelSerializer):
    class Meta:
        model = LegalReview
        fields = ["id", "version", "content_hash", "is_approved", "opinion", "reviewed_at"]
        read_only_fields = ["id", "version", "reviewed_at"]
        extra_kwargs = {
            "is_approved": {"required": True},
            "content_hash": {"help_text": "Of the words that were read."},
        }


class RemarkViewSet(ReadOnly):
    """Remarks on clauses of agreements that concern the caller."""

    serializer_class = RemarkSerializer
    filterset_fields = ["version"]
    permissions = {
        "list": "agreements.view_remark",
        "retrieve": "agreements.view_remark",
        "close": "agreements.close_remark",
    }

    def rows(self):
        return Remark.objects.order_by("-made_at", "pk")

    @deed(takes=AnswerSerializer, answers=RemarkSerializer)
    def close(self, request, pk):
        """Close a remark, with an answer."""
        found, values = self.get_object(), self.given(AnswerSerializer)
        return self.answer(negotiation.close_remark(found=found, by=request.user, at=self.now, **values))


class ProposalViewSet(ReadOnly):
    """Proposals for agreements that concern the caller."""

    serializer_class = ProposalSerializer
    filterset_fields = ["version", "state"]
    permissions = {
        "list": "agreements.view_proposal", "retrieve": "agreements.view_proposal", "accept": "agreements.decide_proposal",
        "decline": "agreements.decide_proposal", "withdraw": "agreements.withdraw_proposal",
    }  # fmt: skip

    def rows(self):
        return Proposal.objects.order_by("-made_at", "pk")

    @deed(takes=AnswerSerializer, answers=ProposalSerializer)
    def accept(self, request, pk):
        """Do what was proposed."""
        found, values = self.get_object(), self.given(AnswerSerializer)
        return self.answer(negotiation.accept(proposal=found, by=request.user, at=self.now, **values))

    @deed(takes=WhyNotSerializer, answers=ProposalSerializer)
    def decline(self, request, pk):
        """Say no to a proposal, with the reason."""
        found, values = self.get_object(), self.given(WhyNotSerializer)
        return self.answer(negotiation.decline(proposal=found, by=request.user, at=self.now, **values))

    @deed(answers=ProposalSerializer)
    def withdraw(self, request, pk):
        """Take one's own proposal back."""
        return self.answer(negotiation.withdraw_proposal(proposal=self.get_object(), by=request.user, at=self.now))


router.register("remarks", RemarkViewSet, basename="remark")
router.register("proposals", ProposalViewSet, basename="proposal")
