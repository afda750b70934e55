"""Liaison offices: opened, staffed, reached through channels, and their contact log."""

from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from partnership.actions import offices
from partnership.api.fields import ThroughField, VisibleField
from partnership.api.router import router
from partnership.api.views import OfParent, ReadOnlyOfParent, deed
from partnership.forms.organizations import fits_kind, known_zone
from partnership.models import Channel, ContactEntry, LiaisonOffice, OfficeAssignment, Organization, User

READ, WRITE = "partnership.view_organization_contacts", "partnership.change_organization"


class ChannelSerializer(serializers.ModelSerializer):
    class Meta:
        model = Channel
        fields = ["id", "kind", "purpose", "value", "is_backup", "is_always_open", "verified_at"]
        read_only_fields = ["id", "verified_at"]

    def validate(self, values):
        try:
            fits_kind(values["kind"], values["value"])
        except ValidationError as error:
            raise serializers.ValidationError({"value": error.messages}) from error
        return values


class OfficerSerializer(serializers.ModelSerializer):
    officer = ThroughField(READ, path="memberships__organization", parents=Organization, source="user",
                           queryset=User.objects.all(), help_text="A member of the organization.")  # fmt: skip
    name = serializers.CharField(source="user.name", read_only=True)

    class Meta:
        model = OfficeAssignment
        fields = ["id", "officer", "name", "is_deputy", "since", "until"]
        read_only_fields = ["id", "since", "until"]


class OfficeSerializer(serializers.ModelSerializer):
    organization = VisibleField(WRITE, queryset=Organization.objects.all())
    time_zone = serializers.CharField(max_length=64, default="UTC", validators=[known_zone])
    channels = ChannelSerializer(many=True, read_only=True)
    officers = OfficerSerializer(many=True, read_only=True, source="assignments")

    class Meta:
        model = LiaisonOffice
        fields = ["id", "organization", "name", "time_zone", "created_at", "channels", "officers"]
        read_only_fields = ["id", "created_at"]
        validators: list = []


class ContactSerializer(serializers.ModelSerializer):
    partner = VisibleField("partnership.view_organization", queryset=Organization.objects.all())

    class Meta:
        model = ContactEntry
        fields = ["id", "partner", "held_on", "channel", "topic", "notes", "follow_up", "follow_up_on", "recorded_at"]
        read_only_fields = ["id", "recorded_at"]


class OfficeViewSet(ReadOnlyOfParent):
    """Liaison offices of organizations whose contacts the caller may see."""

    parent, parents = "organization", Organization
    serializer_class = OfficeSerializer
    permissions = {
        "list": READ, "retrieve": READ, "contacts": READ, "create": WRITE, "add_channel": WRITE, "assign": WRITE, "release": WRITE, "log_contact": WRITE,
    }  # fmt: skip

    def rows(self):
        return LiaisonOffice.objects.prefetch_related("channels", "assignments__user").order_by("name", "pk")

    def create(self, request):
        """Open a liaison office."""
        return self.answer(offices.create(by=request.user, at=self.now, **self.given(OfficeSerializer)), status=201)

    @deed(takes=ChannelSerializer, answers=ChannelSerializer, status=201, path="channels")
    def add_channel(self, request, pk):
        """Add a way to reach the office."""
        office, values = self.get_object(), self.given(ChannelSerializer)
        made = offices.add_channel(office=office, columns=values, by=request.user, at=self.now)
        return self.answer(made, ChannelSerializer, status=201)

    @deed(takes=OfficerSerializer, answers=OfficerSerializer, status=201, path="officers")
    def assign(self, request, pk):
        """Let a member of the organization serve at the office."""
        office, values = self.get_object(), self.given(OfficerSerializer)
        made = offices.assign(office=office, officer=values["user"], is_deputy=values.get("is_deputy", False), by=request.user,
                              at=self.now)  # fmt: skip
        return self.answer(made, OfficerSerializer, status=201)

    @deed(answers=OfficerSerializer, path="officers/{key}/release")
    def release(self, request, pk, key):
        """End somebody's service at the office; who served when stays known."""
        serving = self.get_object().assignments.select_related("user", "office__organization")
        known = {str(one.pk): one for one in serving}
        if key not in known:
            raise Http404
        return self.answer(offices.release(assignment=known[key], by=request.user, at=self.now), OfficerSerializer)

    @deed(answers=ContactSerializer(many=True), methods=["get"])
    def contacts(self, request, pk):
        """The contact log of the office, newest first."""
        rows = self.get_object().contact_entries.order_by("-held_on", "pk")
        return self.get_paginated_response(ContactSerializer(self.paginate_queryset(rows), many=True).data)

    @extend_schema(request=ContactSerializer, responses={201: ContactSerializer})
    @contacts.mapping.post
    def log_contact(self, request, pk):
        """Write a line into the contact log."""
        office, values = self.get_object(), self.given(ContactSerializer)
        made = offices.log_contact(
            office=office, partner=values.pop("partner"), columns=values, by=request.user, at=self.now
        )
        return self.answer(made, ContactSerializer, status=201)


class ChannelViewSet(OfParent):
    """Channels of offices whose profile the caller may change."""

    parent, parents = "office__organization", Organization
    serializer_class = ChannelSerializer
    permissions = {"verify": WRITE}

    def rows(self):
        return Channel.objects.select_related("office__organization")

    @deed(answers=ChannelSerializer)
    def verify(self, request, pk):
        """Note that somebody answered there."""
        return self.answer(offices.verify_channel(channel=self.get_object(), by=request.user, at=self.now))


router.register("offices", OfficeViewSet, basename="office")
router.register("channels", ChannelViewSet, basename="channel")
