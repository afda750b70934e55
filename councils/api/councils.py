"""Councils: founded with a charter, shown, their seats and who sits there, their figures."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action

from councils.actions import councils
from councils.dashboards import panels
from councils.models import Charter, Council, Occupancy, Seat
from partnership.access.rest import PERSON_ALONE
from partnership.api.fields import VisibleField
from partnership.api.router import router
from partnership.api.views import OfParent, ReadOnly, deed
from partnership.models import Organization, Sector, User

RULES = [
    "purpose", "authority", "term_months", "meetings_a_year", "notice_days", "quorum_basis", "quorum_numerator",
    "quorum_denominator", "quorum_is_more_than", "majority", "counts_abstentions", "tie_rule", "minutes_days", "ends_on",
]  # fmt: skip


class CharterSerializer(serializers.ModelSerializer):
    class Meta:
        model = Charter
        fields = [*RULES, "number", "adopted_on"]
        read_only_fields = ["number", "adopted_on"]
        extra_kwargs = {"quorum_numerator": {"min_value": 1}, "quorum_denominator": {"min_value": 1}}
        validators: list = []

    def validate(self, rules: dict[str, Any]) -> dict[str, Any]:
        if rules.get("quorum_numerator", 1) > rules.get("quorum_denominator", 2):
            words = "The quorum is a fraction between 0 and 1, such as 1 and 2 for a half."
            raise serializers.ValidationError({"quorum_numerator": words})
        return rules


class CouncilSerializer(serializers.ModelSerializer):
    charter = serializers.SerializerMethodField(help_text="The charter in force.")

    class Meta:
        model = Council
        fields = ["id", "name", "sectors", "secretariat", "state", "created_at", "charter"]

    @extend_schema_field(CharterSerializer)
    def get_charter(self, council: Council) -> Any:
        adopted = max(council.charters.all(), key=lambda charter: charter.number, default=None)
        return CharterSerializer(adopted).data if adopted else None


class FoundingSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=200)
    sectors = serializers.PrimaryKeyRelatedField(many=True, allow_empty=False, queryset=Sector.objects.all())
    charter = CharterSerializer()


class OccupancySerializer(serializers.ModelSerializer):
    person = serializers.UUIDField(source="membership.user_id")
    name = serializers.CharField(source="membership.user.name")

    class Meta:
        model = Occupancy
        fields = ["id", "seat", "person", "name", "organization", "appointed_at", "vacated_at"]
        read_only_fields = fields


class SeatSerializer(serializers.ModelSerializer):
    occupancy = serializers.SerializerMethodField(help_text="Who sits there now.")

    class Meta:
        model = Seat
        fields = ["id", "number", "interest", "function", "is_voting", "occupancy"]
        read_only_fields = ["id", "number"]
        validators: list = []

    @extend_schema_field(OccupancySerializer(allow_null=True))
    def get_occupancy(self, seat: Seat) -> Any:
        now = next((one for one in seat.occupancies.all() if one.vacated_at is None), None)
        return OccupancySerializer(now).data if now else None


class SeatField(serializers.PrimaryKeyRelatedField):
    """A seat of the council in question."""

    def get_queryset(self) -> Any:
        return self.context["council"].seats.all()


class PersonField(serializers.PrimaryKeyRelatedField):
    """Somebody who holds a role in the partnership."""

    def get_queryset(self) -> Any:
        return User.objects.filter(
            memberships__until__isnull=True, memberships__isnull=False, is_active=True
        ).distinct()


class AppointmentSerializer(serializers.Serializer):
    seat = SeatField(queryset=Seat.objects.all())
    person = PersonField(queryset=User.objects.all())
    organization = VisibleField("partnership.view_organization", queryset=Organization.objects.filter(vetting="vetted"))


class CellSerializer(serializers.Serializer):
    panel = serializers.CharField(help_text="The table.")
    row = serializers.CharField()
    column = serializers.CharField()
    value = serializers.CharField(help_text="A number, a band, or the word hidden.")
    reason = serializers.CharField(help_text="Why there is no value; empty where there is one.")


class PublicationSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    month = serializers.DateField()
    published_on = serializers.DateField()
    content_hash = serializers.CharField(help_text="SHA-256 of the release.")


class BoardSerializer(serializers.Serializer):
    release = PublicationSerializer(allow_null=True, help_text="Null before the first release.")
    hidden = serializers.IntegerField(help_text="How many of the cells are hidden.")
    notes = serializers.ListField(child=serializers.CharField())
    cells = CellSerializer(many=True)


class CouncilViewSet(ReadOnly):
    """Councils that the caller sits on or serves."""

    serializer_class = CouncilSerializer
    permissions = {
        "list": "councils.view_council", "retrieve": "councils.view_council", "dashboard": "councils.view_dashboard",
        "create": "councils.found_council", "seats": "councils.view_council", "add_seat": "councils.run_council",
        "appoint": "councils.run_council", "adopt_charter": "councils.run_council",
    }  # fmt: skip
    fresh = {"appoint": PERSON_ALONE}

    def rows(self):
        return Council.objects.prefetch_related("sectors", "charters").order_by("name", "pk")

    @extend_schema(request=FoundingSerializer, responses={201: CouncilSerializer})
    def create(self, request):
        """Found a council with its first charter."""
        values = self.given(FoundingSerializer)
        body = Organization.objects.get(is_secretariat=True)
        made = councils.found(secretariat=body, by=request.user, at=self.now, **values)
        return self.answer(made, status=201)

    @deed(answers=SeatSerializer(many=True), methods=["get"], pagination_class=None, filter_backends=[])
    def seats(self, request, pk):
        """The seats, and who sits there now."""
        rows = self.get_object().seats.order_by("number").prefetch_related("occupancies__membership__user")
        return self.answer(rows, SeatSerializer, many=True)

    @extend_schema(request=SeatSerializer, responses={201: SeatSerializer})
    @seats.mapping.post
    def add_seat(self, request, pk):
        """Add a seat for an interest group; officers and guests do not vote."""
        council, values = self.get_object(), self.given(SeatSerializer)
        made = councils.create_seat(council=council, by=request.user, at=self.now, **values)
        return self.answer(made, SeatSerializer, status=201)

    @deed(takes=CharterSerializer, answers=CharterSerializer, status=201, path="charters")
    def adopt_charter(self, request, pk):
        """Adopt a new charter; meetings that are planned already keep theirs."""
        council, values = self.get_object(), self.given(CharterSerializer)
        made = councils.adopt_charter(council=council, charter=values, by=request.user, at=self.now)
        return self.answer(made, CharterSerializer, status=201)

    @deed(takes=AppointmentSerializer, answers=OccupancySerializer, status=201, path="occupancies")
    def appoint(self, request, pk):
        """Let a person sit on a free seat."""
        values = self.given(AppointmentSerializer, council=self.get_object())
        return self.answer(councils.appoint(by=request.user, at=self.now, **values), OccupancySerializer, status=201)

    @extend_schema(responses=BoardSerializer)
    @action(detail=True, serializer_class=BoardSerializer, pagination_class=None, filter_backends=[])
    def dashboard(self, request, pk):
        """The published figures of the council's sectors; a hidden one is hidden here too."""
        council = self.get_object()
        shown = panels.board(list(council.sectors.values_list("pk", flat=True)))
        names = ("panel", "row", "column", "value", "reason")
        cells = [dict(zip(names, cell, strict=True)) for cell in panels.cells(shown)]
        board = {
            "release": shown.release if shown else None,
            "hidden": shown.hidden if shown else 0,
            "notes": panels.notes(shown),
        }
        return self.answer({**board, "cells": cells}, BoardSerializer)


class OccupancyViewSet(OfParent):
    """Who sits on councils that the caller runs."""

    parent, parents = "seat__council", Council
    serializer_class = OccupancySerializer
    permissions = {"vacate": "councils.run_council"}
    fresh = {"vacate": PERSON_ALONE}

    def rows(self):
        return Occupancy.objects.select_related("seat__council", "membership__user")

    @deed(answers=OccupancySerializer)
    def vacate(self, request, pk):
        """Free a seat now; the person sees nothing of the council from the next request on."""
        return self.answer(councils.vacate(occupancy=self.get_object(), by=request.user, at=self.now))


router.register("councils", CouncilViewSet, basename="council")
router.register("occupancies", OccupancyViewSet, basename="occupancy")
