"""REST resources of councils: the same visibility and the same hidden cells as the pages."""

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from councils.actions import meetings
from councils.dashboards import panels
from councils.models import Ballot, Council, Decision, Meeting
from partnership.api.router import router
from partnership.api.views import ReadOnly


class CouncilSerializer(serializers.ModelSerializer):
    class Meta:
        model = Council
        fields = ["id", "name", "sectors", "secretariat", "state", "created_at"]


class CellSerializer(serializers.Serializer):
    panel = serializers.CharField()
    sector = serializers.CharField()
    month = serializers.CharField()
    value = serializers.CharField(help_text="A number, or the word hidden.")


class BoardSerializer(serializers.Serializer):
    threshold = serializers.IntegerField()
    notes = serializers.ListField(child=serializers.CharField())
    cells = CellSerializer(many=True)


class CouncilViewSet(ReadOnly):
    """Councils that the caller sits on or serves."""

    serializer_class = CouncilSerializer
    permissions = {
        "list": "councils.view_council",
        "retrieve": "councils.view_council",
        "dashboard": "councils.view_dashboard",
    }

    def rows(self):
        return Council.objects.prefetch_related("sectors").order_by("name", "pk")

    @action(detail=True, serializer_class=BoardSerializer, pagination_class=None, filter_backends=[])
    def dashboard(self, request, pk):
        """The council's figures; a hidden one is hidden here too."""
        council = self.get_object()
        board = panels.board(list(council.sectors.values_list("pk", flat=True)), self.now.date())
        table = panels.table("dashboard", board)
        cells = [dict(zip(("panel", "sector", "month", "value"), row, strict=True)) for row in table.rows()]
        return Response({"threshold": board.threshold, "notes": list(table.notes), "cells": cells})


class MeetingSerializer(serializers.ModelSerializer):
    class Meta:
        model = Meeting
        fields = ["id", "council", "title", "starts_at", "time_zone", "place", "state"]


class MeetingViewSet(ReadOnly):
    """Meetings of one's councils."""

    serializer_class = MeetingSerializer
    permissions = {"list": "councils.view_meeting", "retrieve": "councils.view_meeting"}

    def rows(self):
        return Meeting.objects.order_by("-starts_at", "pk")


class DecisionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Decision
        fields = ["id", "meeting", "motion", "majority", "state", "tally", "explanation", "opened_at", "closed_at"]


class BallotSerializer(serializers.Serializer):
    choice = serializers.ChoiceField(choices=Ballot.Choice.choices)


class DecisionViewSet(ReadOnly):
    """Decisions of one's councils."""

    serializer_class = DecisionSerializer
    permissions = {
        "list": "councils.view_decision",
        "retrieve": "councils.view_decision",
        "ballot": "councils.vote_decision",
    }

    def rows(self):
        return Decision.objects.order_by("-proposed_at", "pk")

    @action(detail=True, methods=["post"], serializer_class=BallotSerializer)
    def ballot(self, request, pk):
        """Vote while the vote is open; the last ballot counts."""
        decision = self.get_object()
        given = BallotSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        meetings.vote(decision=decision, choice=given.validated_data["choice"], by=request.user, at=self.now)
        return Response(given.data, status=201)


router.register("councils", CouncilViewSet, basename="council")
router.register("meetings", MeetingViewSet, basename="meeting")
router.register("decisions", DecisionViewSet, basename="decision")
