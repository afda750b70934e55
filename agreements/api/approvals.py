"""The second person of a retention run: requests, approvals, refusals."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from agreements.actions import approvals
from agreements.api.retention import GroupSerializer
from agreements.models import RetentionApproval
from partnership.access.rest import PERSON_ALONE
from partnership.api.router import router
from partnership.api.shapes import ReasonSerializer
from partnership.api.views import ReadOnly, deed


class ApprovalGroupSerializer(GroupSerializer):
    """Counts of one agreement and category as they were seen."""

    agreement_id = serializers.UUIDField()
    why = serializers.CharField()


class ApprovalSerializer(serializers.ModelSerializer):
    groups = ApprovalGroupSerializer(many=True)

    class Meta:
        model = RetentionApproval
        fields = ["id", "reference", "state", "due_at", "groups", "size", "hash", "because", "asked_at", "decided_at", "opinion"]  # fmt: skip


class ApproveSerializer(ReasonSerializer):
    content_hash = serializers.CharField(max_length=64, help_text="The `hash` of the preview that was read.")


class ApprovalViewSet(ReadOnly):
    """Stored previews of what goes only with a second coordinator's approval."""

    serializer_class = ApprovalSerializer
    permissions = {
        "list": "agreements.view_approval",
        "retrieve": "agreements.view_approval",
        "create": "agreements.run_retention",
        "approve": "agreements.approve_deletion",
        "decline": "agreements.approve_deletion",
    }
    fresh = {"approve": PERSON_ALONE}

    def rows(self):
        return RetentionApproval.objects.order_by("-asked_at", "pk")

    @extend_schema(request=ReasonSerializer, responses={201: ApprovalSerializer})
    def create(self, request):
        """Store the preview of what waits for a second person, and ask for it."""
        values = self.given(ReasonSerializer)
        return self.answer(approvals.ask(by=request.user, at=self.now, **values), status=201)

    @deed(takes=ApproveSerializer, answers=ApprovalSerializer)
    def approve(self, request, pk):
        """Approve what the preview names; only another person than the one who asked."""
        found, values = self.get_object(), self.given(ApproveSerializer)
        return self.answer(approvals.approve(approval=found, by=request.user, at=self.now, **values))

    @deed(takes=ReasonSerializer, answers=ApprovalSerializer)
    def decline(self, request, pk):
        """Decline the request, with the reason."""
        found, values = self.get_object(), self.given(ReasonSerializer)
        return self.answer(approvals.decline(approval=found, by=request.user, at=self.now, **values))


router.register("retention-approvals", ApprovalViewSet, basename="retention-approval")
