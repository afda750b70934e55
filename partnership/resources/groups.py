"""Groups of people to whom records can be opened together: made, filled and closed by the organization that keeps them."""

from django.db.models import Prefetch
from django.http import Http404
from rest_framework import serializers

from partnership.access.rest import PERSON_ALONE
from partnership.access.scope import get_or_404
from partnership.actions import groups
from partnership.api.fields import VisibleField
from partnership.api.router import router
from partnership.api.shapes import ReasonSerializer
from partnership.api.views import ReadOnly, deed
from partnership.models import GroupMembership, NamedGroup, Organization
from partnership.resources.grants import known_person

SEE, KEEP, MAKE = "partnership.view_group", "partnership.keep_group", "partnership.make_group"


class GroupMemberSerializer(serializers.Serializer):
    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(source="user.name", read_only=True)
    since = serializers.DateTimeField(read_only=True)
    until = serializers.DateTimeField(read_only=True, allow_null=True)
    email = serializers.EmailField(write_only=True)
    because = serializers.CharField(max_length=300)

    def validate_email(self, value):
        return known_person(value)


class NamedGroupSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="group.name", max_length=150)
    organization = VisibleField(MAKE, queryset=Organization.objects.all())
    people = GroupMemberSerializer(source="group.inside", many=True, read_only=True)

    class Meta:
        model = NamedGroup
        fields = ["id", "name", "organization", "purpose", "is_listed", "made_at", "closed_at", "people"]
        read_only_fields = ["id", "made_at", "closed_at"]
        validators: list = []


class GroupViewSet(ReadOnly):
    """Groups that the caller keeps, is in or may let in, each with the people who are in it now."""

    serializer_class = NamedGroupSerializer
    permissions = {"list": SEE, "retrieve": SEE, "create": MAKE, "add": KEEP, "close": KEEP, "take_out": SEE}
    fresh = {"add": PERSON_ALONE, "close": PERSON_ALONE, "take_out": PERSON_ALONE}

    def rows(self):
        now = GroupMembership.objects.in_force().select_related("user").order_by("user__name", "pk")
        return NamedGroup.objects.select_related("group", "organization").prefetch_related(
            Prefetch("group__people", now, to_attr="inside")).order_by("group__name", "pk")  # fmt: skip

    def _again(self, group, status=200):
        return self.answer(self.rows().get(pk=group.pk), status=status)

    def create(self, request):
        """Make an empty group that an organization keeps."""
        given = self.given(NamedGroupSerializer)
        name = given.pop("group")["name"]
        return self._again(groups.make(name=name, is_listed=given.pop("is_listed", False), by=request.user, at=self.now, **given), 201)  # fmt: skip

    @deed(takes=GroupMemberSerializer, answers=NamedGroupSerializer, path="people")
    def add(self, request, pk):
        """Add another person; whoever let the group in to a record is told of it by name."""
        group, given = self.get_object(), self.given(GroupMemberSerializer)
        groups.add(group=group, person=given["email"], because=given["because"], by=request.user, at=self.now)
        return self._again(group)

    @deed(answers=NamedGroupSerializer, path="people/{key}/end")
    def take_out(self, request, pk, key):
        """Take somebody out, or leave the group: it gives nothing at the next statement."""
        group = self.get_object()
        rows = GroupMembership.objects.filter(group=group.group_id)
        groups.end(membership=get_or_404(self.actor, "partnership.end_group_membership", rows, pk=key), by=request.user,
                   at=self.now)  # fmt: skip
        found = self.rows().filter(pk=pk).first()
        if found is None:
            raise Http404
        return self.answer(found)

    @deed(takes=ReasonSerializer, answers=NamedGroupSerializer)
    def close(self, request, pk):
        """Close a group for good; everybody is out at the next statement."""
        return self._again(groups.close(group=self.get_object(), by=request.user, at=self.now, **self.given(ReasonSerializer)))  # fmt: skip


router.register("groups", GroupViewSet, basename="group")
