"""Audit engagements: auditors engaged for agreements, until a day."""

from rest_framework import serializers

from agreements.actions import engagements
from agreements.models import Agreement, Engagement
from partnership.access.rest import PERSON_ALONE
from partnership.api.fields import VisibleField
from partnership.api.router import router
from partnership.api.views import ReadOnly, deed
from partnership.models import Role, User


class AuditorField(serializers.PrimaryKeyRelatedField):
    """The key of a person who is an auditor now."""

    def get_queryset(self):
        auditors = User.objects.filter(memberships__role=Role.AUDITOR, memberships__until__isnull=True, is_active=True)
        return auditors.distinct()


class EngagementSerializer(serializers.ModelSerializer):
    auditor = AuditorField(queryset=User.objects.all())
    agreements = VisibleField(
        "agreements.view_agreement", many=True, allow_empty=False, queryset=Agreement.objects.all()
    )
    until = serializers.DateTimeField()

    class Meta:
        model = Engagement
        fields = ["id", "auditor", "title", "agreements", "independence", "since", "until", "ended_at"]
        read_only_fields = ["id", "since", "ended_at"]


class EngagementViewSet(ReadOnly):
    """Audit engagements: the caller's own; all of them for coordinators."""

    serializer_class = EngagementSerializer
    permissions = {
        "list": "agreements.view_engagement",
        "retrieve": "agreements.view_engagement",
        "create": "agreements.engage_auditor",
        "end": "agreements.end_engagement",
    }
    fresh = {"create": PERSON_ALONE}

    def rows(self):
        return Engagement.objects.prefetch_related("agreements").order_by("-since", "pk")

    def create(self, request):
        """Engage an auditor for agreements; the rights end by themselves."""
        values, at = self.given(EngagementSerializer), self.now
        return self.answer(engagements.engage(since=at, by=request.user, at=at, **values), status=201)

    @deed(answers=EngagementSerializer)
    def end(self, request, pk):
        """End an engagement now."""
        return self.answer(engagements.end(engagement=self.get_object(), by=request.user, at=self.now))


router.register("engagements", EngagementViewSet, basename="engagement")
