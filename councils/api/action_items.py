"""Action items: raised at meetings, done by their owner, verified by another member."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from councils.models import Meeting, Occupancy
from partnership.actions import corrective_actions
from partnership.api.router import router
from partnership.api.views import ReadOnly, deed
from partnership.models import CorrectiveAction, User


class ActionItemSerializer(serializers.ModelSerializer):
    owner_name = serializers.CharField(source="owner.name")

    class Meta:
        model = CorrectiveAction
        fields = [
            "id", "title", "owner", "owner_name", "organization", "raised_by_type", "raised_by_id", "raised_by_name", "due_on", "state",
            "created_at", "done_at", "verified_at",
        ]  # fmt: skip
        read_only_fields = fields


class MemberField(serializers.PrimaryKeyRelatedField):
    """A person who sits on the council that meets."""

    def get_queryset(self) -> Any:
        seated = Occupancy.objects.filter(seat__council=self.context["council"], vacated_at__isnull=True)
        return User.objects.filter(audience_memberships__occupancy__in=seated).distinct()


class RaisedSerializer(serializers.Serializer):
    title = serializers.CharField(max_length=200)
    owner = MemberField(queryset=User.objects.all())
    due_on = serializers.DateField()


def raised(meeting: Meeting, values: dict[str, Any], by: User, at: datetime) -> CorrectiveAction:
    """Raise an item at a meeting for a member, on behalf of the organization for which the member sits there."""
    seat = Occupancy.objects.select_related("organization").get(
        seat__council=meeting.council_id, membership__user=values["owner"], vacated_at__isnull=True
    )
    return corrective_actions.raise_action(
        source=meeting, source_name=meeting.title, organization=seat.organization, audience=meeting.council.audience, by=by, at=at, **values
    )  # fmt: skip


class ActionItemViewSet(ReadOnly):
    """Action items of one's councils, and one's own."""

    serializer_class = ActionItemSerializer
    filterset_fields = ["state"]
    permissions = {name: "councils.view_action" for name in ("list", "retrieve", "finish", "verify")}

    def rows(self):
        return CorrectiveAction.objects.select_related("owner").order_by("due_on", "pk")

    @deed(answers=ActionItemSerializer)
    def finish(self, request, pk):
        """Say, as its owner, that it is done."""
        return self.answer(corrective_actions.finish(action=self.get_object(), by=request.user, at=self.now))

    @deed(answers=ActionItemSerializer)
    def verify(self, request, pk):
        """Confirm, as somebody else, that it is done."""
        return self.answer(corrective_actions.verify(action=self.get_object(), by=request.user, at=self.now))


router.register("action-items", ActionItemViewSet, basename="action-item")
