"""The secretariat's exact numbers; every look is recorded, as on the page."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from incidents.actions import operations
from partnership.api.router import router
from partnership.api.views import ScopedViewSet


class LineSerializer(serializers.Serializer):
    sector = serializers.CharField()
    open = serializers.IntegerField(help_text="Reports that are not closed.")
    months = serializers.ListField(child=serializers.IntegerField(), help_text="Received, in the order of the months.")


class OperationsSerializer(serializers.Serializer):
    months = serializers.ListField(child=serializers.DateField())
    lines = LineSerializer(many=True)


class OperationsViewSet(ScopedViewSet):
    """Exact numbers of today, for coordinators; not for councils."""

    serializer_class = OperationsSerializer
    pagination_class = None
    filter_backends = ()
    permissions = {"list": operations.PERMISSION}

    @extend_schema(responses=OperationsSerializer)
    def list(self, request):
        """Reports by sector: open now, and received in each of six months. The look is recorded."""
        return self.answer(operations.look(by=request.user, at=self.now), OperationsSerializer)


router.register("operations", OperationsViewSet, basename="operations")
