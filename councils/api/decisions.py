"""Motions under points of the agenda, recusals, votes."""

import django_filters
from rest_framework import serializers

from councils.actions import meetings
from councils.models import AgendaItem, Ballot, Decision, Meeting, Recusal
from partnership.api.router import router
from partnership.api.views import OfParent, ReadOnly, deed


class DecisionFilters(django_filters.FilterSet):
    meeting = django_filters.UUIDFilter(field_name="meeting_id", label="Key of a meeting")

    class Meta:
        model = Decision
        fields = ["meeting", "state"]


class DecisionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Decision
        fields = [
            "id",
            "meeting",
            "item",
            "motion",
            "majority",
            "state",
            "tally",
            "explanation",
            "opened_at",
            "closed_at",
        ]


class MotionSerializer(serializers.Serializer):
    motion = serializers.CharField()


class RecusalSerializer(serializers.ModelSerializer):
    class Meta:
        model = Recusal
        fields = ["id", "ground", "declared_at"]
        read_only_fields = ["id", "declared_at"]


class BallotSerializer(serializers.Serializer):
    choice = serializers.ChoiceField(choices=Ballot.Choice.choices)


class AgendaItemViewSet(OfParent):
    """Points of an agenda: motions are put under them, and members step aside for them."""

    parent, parents = "meeting", Meeting
    serializer_class = DecisionSerializer
    permissions = {"put_motion": "councils.chair_meeting", "recuse": "councils.attend_meeting"}

    def rows(self):
        return AgendaItem.objects.select_related("meeting__council", "meeting__charter")

    @deed(takes=MotionSerializer, answers=DecisionSerializer, status=201, path="motions")
    def put_motion(self, request, pk):
        """Put a motion under the point."""
        item, values = self.get_object(), self.given(MotionSerializer)
        made = meetings.put_motion(item=item, by=request.user, at=self.now, **values)
        return self.answer(made, DecisionSerializer, status=201)

    @deed(takes=RecusalSerializer, answers=RecusalSerializer, status=201, path="recusals")
    def recuse(self, request, pk):
        """Step aside: one counts neither for the quorum nor in the vote on it."""
        item, values = self.get_object(), self.given(RecusalSerializer)
        made = meetings.recuse(item=item, by=request.user, at=self.now, **values)
        return self.answer(made, RecusalSerializer, status=201)


class DecisionViewSet(ReadOnly):
    """Decisions of one's councils."""

    serializer_class = DecisionSerializer
    filterset_class = DecisionFilters
    permissions = {
        "list": "councils.view_decision",
        "retrieve": "councils.view_decision",
        "ballot": "councils.vote_decision",
        "open": "councils.chair_decision",
        "close": "councils.chair_decision",
    }

    def rows(self):
        return Decision.objects.order_by("-proposed_at", "pk")

    @deed(answers=DecisionSerializer)
    def open(self, request, pk):
        """Open the vote, if the quorum is met; the text stands from here on."""
        return self.answer(meetings.open_vote(decision=self.get_object(), by=request.user, at=self.now))

    @deed(answers=DecisionSerializer)
    def close(self, request, pk):
        """Close the vote and count it, with the sentence that explains the result."""
        return self.answer(meetings.close_vote(decision=self.get_object(), by=request.user, at=self.now))

    @deed(takes=BallotSerializer, answers=BallotSerializer, status=201)
    def ballot(self, request, pk):
        """Vote while the vote is open; the last ballot counts."""
        decision, values = self.get_object(), self.given(BallotSerializer)
        made = meetings.vote(decision=decision, by=request.user, at=self.now, **values)
        return self.answer(made, BallotSerializer, status=201)


router.register("agenda-items", AgendaItemViewSet, basename="agenda-item")
router.register("decisions", DecisionViewSet, basename="decision")
