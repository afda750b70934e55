"""Exceptions: those that concern the caller, given, renewed and ended by whoever decides about the record."""

from datetime import timedelta
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from partnership.access import exceptions_seen
from partnership.access.exceptions import KINDS, kind_of_table
from partnership.access.questions import name_of
from partnership.access.rest import PERSON_ALONE
from partnership.access.scope import get_or_404
from partnership.actions import grants, recertification
from partnership.api.fields import VisibleField
from partnership.api.router import router
from partnership.api.views import ScopedViewSet, deed
from partnership.models import Job, NamedGroup, User

SEE, GROUPS = "partnership.view_grants", "partnership.view_group"


def known_person(address: str) -> User:
    """Somebody with an account, by address."""
    person = User.objects.filter(email__iexact=address, is_active=True).first()
    if person is None:
        raise serializers.ValidationError("Nobody with this address has an account.")
    return person


def one_of_both(values: Any) -> Any:
    """The person or the group that is let in; just one of them is given."""
    chosen = [values[name] for name in ("email", "group") if values.get(name)]
    if len(chosen) != 1:
        raise serializers.ValidationError(
            {"email": ["Give the address of one person or the id of one group, not both."]}
        )
    return chosen[0]


class GrantSerializer(serializers.Serializer):
    id = serializers.CharField(source="key")
    kind = serializers.CharField(source="kind.name")
    record = serializers.UUIDField(source="row.content_object_id")
    name = serializers.CharField(source="what")
    person = serializers.CharField(source="whom")
    reason = serializers.CharField(source="row.reason")
    given_by = serializers.CharField(source="row.granted_by.name")
    given_at = serializers.DateTimeField(source="row.granted_at")
    expires_at = serializers.DateTimeField(source="row.expires_at")
    ended_at = serializers.DateTimeField(source="row.revoked_at", allow_null=True)
    received = serializers.BooleanField(source="is_received")
    yours_to_decide = serializers.BooleanField(source="may_decide")


class GrantRenewSerializer(serializers.Serializer):
    days = serializers.IntegerField(min_value=1, max_value=90)
    because = serializers.CharField(max_length=500)


class GrantGiveSerializer(GrantRenewSerializer):
    kind = serializers.ChoiceField(["organization", "agreement", "council"],
                                   help_text="Reports have a call of their own.")  # fmt: skip
    record = serializers.UUIDField()
    email = serializers.EmailField(required=False)
    group = VisibleField(GROUPS, queryset=NamedGroup.objects.all(), required=False)
    clause = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)

    def validate_email(self, value):
        return known_person(value)

    def validate(self, values):
        return {**values, "to": one_of_both(values)}


class GrantViewSet(ScopedViewSet):
    """Records opened to somebody by name: to the caller, by the caller, or where the caller decides."""

    serializer_class = GrantSerializer
    permissions = {"list": SEE, "retrieve": SEE, "create": SEE, "renew": SEE, "end": SEE, "confirm": SEE}
    fresh = {"create": PERSON_ALONE, "renew": PERSON_ALONE, "end": PERSON_ALONE,
             "confirm": PERSON_ALONE}  # fmt: skip
    lookup_value_regex = "[0-9a-z-]{3,60}"
    pagination_class = None
    filter_backends = ()

    def rows(self):
        return Job.objects.none()

    def _one(self, *, decide=False):
        return exceptions_seen.one(self.actor, self.kwargs["pk"], decide=decide)

    def _answer(self, row, kind, to, status=200):
        found = exceptions_seen.one(self.actor, f"{kind.name}-{to}-{row.pk}")
        return Response(GrantSerializer(found).data, status=status)

    @extend_schema(responses=GrantSerializer(many=True))
    def list(self, request):
        """All of them, also those that have ended."""
        return Response(GrantSerializer(list(exceptions_seen.every(self.actor)), many=True).data)

    @extend_schema(responses=GrantSerializer)
    def retrieve(self, request, pk):
        """One of them, by an id such as agreement-person-12."""
        return Response(GrantSerializer(self._one()).data)

    @extend_schema(request=GrantGiveSerializer, responses={201: GrantSerializer})
    def create(self, request):
        """Let one person, or one group, see one record for some days."""
        given, at = self.given(GrantGiveSerializer), self.now
        kind = KINDS[given["kind"]]
        obj = get_or_404(self.actor, kind.decided_by, kind.model._default_manager.all(), pk=given["record"])
        row = grants.give(kind=kind, obj=obj, to=given["to"], until=at + timedelta(days=given["days"]),
                          because=given["because"], clause=given["clause"], by=request.user, at=at)  # fmt: skip
        return self._answer(row, kind, kind_of_table(row)[1], status=201)

    @deed(takes=GrantRenewSerializer, answers=GrantSerializer)
    def renew(self, request, pk):
        """Let an exception last longer, at most 90 days from now."""
        seen, given, at = self._one(decide=True), self.given(GrantRenewSerializer), self.now
        row = grants.renew(row=seen.row, until=at + timedelta(days=given["days"]), because=given["because"],
                           by=request.user, at=at)  # fmt: skip
        return self._answer(row, seen.kind, seen.to)

    @deed(answers=GrantSerializer)
    def confirm(self, request, pk):
        """Say that an exception is still needed, when the portal asks."""
        seen = self._one(decide=True)
        question = recertification.question_about(name_of(seen.row), seen.row)
        recertification.confirm(questions=[question], by=request.user, at=self.now)
        return self._answer(seen.row, seen.kind, seen.to)

    @deed(answers=GrantSerializer)
    def end(self, request, pk):
        """End an exception: it gives nothing at the next statement."""
        seen = self._one(decide=True)
        return self._answer(grants.end(row=seen.row, by=request.user, at=self.now), seen.kind, seen.to)


router.register("grants", GrantViewSet, basename="grant")
