"""The quarterly question about rights: what waits for the caller, confirmed or ended."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from partnership.access.questions import right_of, waiting
from partnership.access.rest import PERSON_ALONE
from partnership.actions import recertification
from partnership.api.router import router
from partnership.api.shapes import ReasonSerializer
from partnership.api.views import ScopedViewSet, deed
from partnership.models import Confirmation

SEE = "partnership.view_grants"


class QuestionSerializer(serializers.Serializer):
    id = serializers.UUIDField(source="question.pk")
    kind = serializers.CharField(source="kind.name")
    person = serializers.CharField(source="whom")
    right = serializers.CharField(source="what")
    about = serializers.CharField(
        source="question.about_id", help_text="The organization or agreement; empty for none."
    )
    asked_at = serializers.DateTimeField(source="question.asked_at")
    due_at = serializers.DateTimeField(source="question.due_at")
    escalated_at = serializers.DateTimeField(source="question.escalated_at", allow_null=True)
    outcome = serializers.CharField(source="question.outcome")
    lapses = serializers.BooleanField(source="kind.lapses", help_text="Whether it ends when nobody confirms it.")


class RecertificationViewSet(ScopedViewSet):
    """Rights about which the caller is asked this quarter."""

    serializer_class = QuestionSerializer
    permissions = {"list": SEE, "retrieve": SEE, "confirm": SEE, "end": SEE}
    fresh = {"confirm": PERSON_ALONE, "end": PERSON_ALONE}
    pagination_class = None
    filter_backends = ()

    def rows(self):
        return Confirmation.objects.none()

    def _one(self):
        found = waiting(self.actor, self.now, pk=self.kwargs["pk"])
        if not found:
            raise Http404
        return found[0]

    def _answer(self, key):
        return Response(QuestionSerializer(right_of(Confirmation.objects.get(pk=key))).data)

    @extend_schema(responses=QuestionSerializer(many=True))
    def list(self, request):
        """Those that wait for the caller, those due first at the front."""
        return Response(QuestionSerializer(waiting(self.actor, self.now), many=True).data)

    @extend_schema(responses=QuestionSerializer)
    def retrieve(self, request, pk):
        """One that waits for the caller."""
        return Response(QuestionSerializer(self._one()).data)

    @deed(answers=QuestionSerializer)
    def confirm(self, request, pk):
        """Say that the right is still needed; its end stays where it is."""
        question = self._one().question
        recertification.confirm(questions=[question], by=request.user, at=self.now)
        return self._answer(question.pk)

    @deed(takes=ReasonSerializer, answers=QuestionSerializer)
    def end(self, request, pk):
        """End the right now, with a reason."""
        question = self._one().question
        recertification.end(question=question, by=request.user, at=self.now, **self.given(ReasonSerializer))
        return self._answer(question.pk)


router.register("recertification", RecertificationViewSet, basename="recertification")
