"""Meetings: planned, announced, opened, attended, closed, minuted."""

from typing import Any

import django_filters
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from councils.actions import meetings
from councils.api.action_items import ActionItemSerializer, RaisedSerializer, raised
from councils.models import AgendaItem, Attendance, Council, Meeting, Minutes, Occupancy
from partnership.api.fields import VisibleField
from partnership.api.router import router
from partnership.api.shapes import ReasonSerializer
from partnership.api.views import ReadOnly, deed
from partnership.forms.organizations import known_zone


class MeetingFilters(django_filters.FilterSet):
    council = django_filters.UUIDFilter(field_name="council_id", label="Key of a council")

    class Meta:
        model = Meeting
        fields = ["council", "state"]


class MeetingSerializer(serializers.ModelSerializer):
    council = VisibleField("councils.run_council", queryset=Council.objects.all())
    time_zone = serializers.CharField(max_length=64, default="UTC", validators=[known_zone])

    class Meta:
        model = Meeting
        fields = [
            "id", "council", "title", "starts_at", "time_zone", "place", "state", "announced_at", "short_notice_reason", "opened_at",
            "closed_at",
        ]  # fmt: skip
        read_only_fields = ["id", "state", "announced_at", "short_notice_reason", "opened_at", "closed_at"]


class ItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = AgendaItem
        fields = ["id", "position", "title", "notes"]
        read_only_fields = ["id", "position"]


class NoticeSerializer(serializers.Serializer):
    short_notice_reason = serializers.CharField(
        max_length=300, required=False, allow_blank=True, default="", help_text="Needed when the charter asks for more days."
    )  # fmt: skip


class SeatedField(serializers.PrimaryKeyRelatedField):
    """Somebody's seat on the council that meets."""

    def get_queryset(self) -> Any:
        council = self.context["meeting"].council_id
        return Occupancy.objects.filter(seat__council=council, vacated_at__isnull=True).select_related(
            "membership__user"
        )


class PresenceSerializer(serializers.Serializer):
    occupancy = SeatedField(queryset=Occupancy.objects.all())


class AttendanceSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="occupancy.membership.user.name")

    class Meta:
        model = Attendance
        fields = ["id", "occupancy", "name", "arrived_at", "left_at"]
        read_only_fields = fields


class MinutesSerializer(serializers.ModelSerializer):
    class Meta:
        model = Minutes
        fields = ["text", "drafted_at", "certified_at"]
        read_only_fields = ["drafted_at", "certified_at"]


class MeetingViewSet(ReadOnly):
    """Meetings of one's councils."""

    serializer_class = MeetingSerializer
    filterset_class = MeetingFilters
    permissions = {
        "list": "councils.view_meeting", "retrieve": "councils.view_meeting", "agenda": "councils.view_meeting",
        "attendance": "councils.view_meeting", "minutes": "councils.view_meeting", "create": "councils.run_council",
        "add_item": "councils.run_meeting", "announce": "councils.run_meeting", "cancel": "councils.run_meeting", "open": "councils.open_meeting",
        "close": "councils.open_meeting", "arrive": "councils.open_meeting", "leave": "councils.open_meeting",
        "write_minutes": "councils.attend_meeting", "certify": "councils.chair_meeting", "raise_action": "councils.attend_meeting",
    }  # fmt: skip

    def rows(self):
        return Meeting.objects.select_related("council", "charter").order_by("-starts_at", "pk")

    def create(self, request):
        """Plan a meeting under the charter in force."""
        return self.answer(meetings.plan(by=request.user, at=self.now, **self.given(MeetingSerializer)), status=201)

    @deed(answers=ItemSerializer(many=True), methods=["get"], pagination_class=None, filter_backends=[])
    def agenda(self, request, pk):
        """The points of the agenda, in order."""
        return self.answer(self.get_object().agenda.order_by("position"), ItemSerializer, many=True)

    @extend_schema(request=ItemSerializer, responses={201: ItemSerializer})
    @agenda.mapping.post
    def add_item(self, request, pk):
        """Put a point on the agenda."""
        meeting, values = self.get_object(), self.given(ItemSerializer)
        made = meetings.add_item(meeting=meeting, by=request.user, at=self.now, **values)
        return self.answer(made, ItemSerializer, status=201)

    @deed(takes=NoticeSerializer, answers=MeetingSerializer)
    def announce(self, request, pk):
        """Tell the members; fewer days ahead than the charter asks need a reason."""
        meeting, values = self.get_object(), self.given(NoticeSerializer)
        return self.answer(meetings.announce(meeting=meeting, by=request.user, at=self.now, **values))

    @deed(takes=ReasonSerializer, answers=MeetingSerializer)
    def cancel(self, request, pk):
        """Call the meeting off before it has begun, with the reason."""
        meeting, values = self.get_object(), self.given(ReasonSerializer)
        return self.answer(meetings.cancel(meeting=meeting, by=request.user, at=self.now, **values))

    @deed(answers=MeetingSerializer)
    def open(self, request, pk):
        """Open the meeting, by its designated officer."""
        return self.answer(meetings.open_meeting(meeting=self.get_object(), by=request.user, at=self.now))

    @deed(answers=MeetingSerializer)
    def close(self, request, pk):
        """Close the meeting; open votes must be closed first."""
        return self.answer(meetings.close_meeting(meeting=self.get_object(), by=request.user, at=self.now))

    @deed(answers=AttendanceSerializer(many=True), methods=["get"], pagination_class=None, filter_backends=[])
    def attendance(self, request, pk):
        """Who was there, from when to when."""
        rows = self.get_object().attendances.select_related("occupancy__membership__user").order_by("arrived_at", "pk")
        return self.answer(rows, AttendanceSerializer, many=True)

    @deed(takes=PresenceSerializer, answers=AttendanceSerializer)
    def arrive(self, request, pk):
        """Note a member as present."""
        meeting = self.get_object()
        occupancy = self.given(PresenceSerializer, meeting=meeting)["occupancy"]
        made = meetings.arrive(meeting=meeting, occupancy=occupancy, by=request.user, at=self.now)
        return self.answer(made, AttendanceSerializer)

    @deed(takes=PresenceSerializer, answers=AttendanceSerializer(many=True), pagination_class=None, filter_backends=[])
    def leave(self, request, pk):
        """Note that a member left; open votes that lose their quorum end as invalid. Answers who is still there."""
        meeting = self.get_object()
        occupancy = self.given(PresenceSerializer, meeting=meeting)["occupancy"]
        meetings.leave(meeting=meeting, occupancy=occupancy, by=request.user, at=self.now)
        here = meeting.attendances.filter(left_at__isnull=True).select_related("occupancy__membership__user")
        return self.answer(here.order_by("arrived_at", "pk"), AttendanceSerializer, many=True)

    @deed(answers=MinutesSerializer, methods=["get"])
    def minutes(self, request, pk):
        """The minutes, drafted or certified."""
        return self.answer(minutes_of(self.get_object()), MinutesSerializer)

    @extend_schema(request=MinutesSerializer, responses=MinutesSerializer)
    @minutes.mapping.put
    def write_minutes(self, request, pk):
        """Write or rewrite the minutes until they are certified."""
        meeting, values = self.get_object(), self.given(MinutesSerializer)
        made = meetings.draft_minutes(meeting=meeting, by=request.user, at=self.now, **values)
        return self.answer(made, MinutesSerializer)

    @deed(answers=MinutesSerializer, path="minutes/certify")
    def certify(self, request, pk):
        """Certify, by the chair, that the minutes are accurate."""
        minutes = minutes_of(self.get_object())
        return self.answer(meetings.certify_minutes(minutes=minutes, by=request.user, at=self.now), MinutesSerializer)

    @deed(takes=RaisedSerializer, answers=ActionItemSerializer, status=201, path="action-items")
    def raise_action(self, request, pk):
        """Give a member of the council something to do until a day."""
        meeting = self.get_object()
        values = self.given(RaisedSerializer, council=meeting.council_id)
        return self.answer(raised(meeting, values, request.user, self.now), ActionItemSerializer, status=201)


def minutes_of(meeting: Meeting) -> Minutes:
    found = Minutes.objects.filter(meeting=meeting).select_related("meeting").first()
    if found is None:
        raise Http404
    return found


router.register("meetings", MeetingViewSet, basename="meeting")
