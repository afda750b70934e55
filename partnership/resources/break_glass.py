"""Break-glass by call: asked for, decided by another, closed."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from partnership.access.break_glass import BREAKABLE
from partnership.access.rest import PERSON_ALONE
from partnership.actions import break_glass
from partnership.api.router import router
from partnership.api.views import ReadOnly, deed
from partnership.models import TLP, BreakGlass
from partnership.models.break_glass import MOST_HOURS
from partnership.web.links import link_of_glass

SEE, DECIDE = "partnership.view_break_glass", "partnership.decide_break_glass"


class GlassSerializer(serializers.ModelSerializer):
    requested_by = serializers.CharField(source="requested_by.name", read_only=True)

    class Meta:
        model = BreakGlass
        fields = ["id", "record_name", "tlp_ceiling", "reason", "hours", "requested_by", "requested_at", "approved_at",
                  "refused_at", "expires_at", "ended_at"]  # fmt: skip
        read_only_fields = fields


class GlassAskSerializer(serializers.Serializer):
    kind = serializers.CharField(max_length=60)
    reference = serializers.CharField(max_length=60)
    tlp_ceiling = serializers.ChoiceField(TLP.choices)
    hours = serializers.IntegerField(min_value=1, max_value=MOST_HOURS)
    because = serializers.CharField(max_length=500)

    def validate_kind(self, value):
        if value not in BREAKABLE:
            raise serializers.ValidationError(f"Choose one of: {', '.join(BREAKABLE)}.")
        return value


class GlassViewSet(ReadOnly):
    """Records asked for in an emergency."""

    serializer_class = GlassSerializer
    permissions = {"list": SEE, "retrieve": SEE, "create": "partnership.ask_break_glass", "approve": DECIDE,
                   "refuse": DECIDE, "end": "partnership.end_break_glass"}  # fmt: skip
    fresh = {"create": PERSON_ALONE, "approve": PERSON_ALONE, "refuse": PERSON_ALONE, "end": PERSON_ALONE}

    def rows(self):
        return BreakGlass.objects.select_related("requested_by").order_by("-requested_at", "pk")

    @extend_schema(request=GlassAskSerializer, responses={201: GlassSerializer})
    def create(self, request):
        """Ask for one record by its reference; another person decides."""
        made = break_glass.ask(
            by=request.user, at=self.now, link=link_of_glass(request), **self.given(GlassAskSerializer)
        )
        return self.answer(made, status=201)

    @deed(answers=GlassSerializer)
    def approve(self, request, pk):
        """Open the record to whoever asked, for the hours asked for."""
        found = self.get_object()
        return self.answer(
            break_glass.approve(request=found, by=request.user, at=self.now, link=link_of_glass(request))
        )

    @deed(answers=GlassSerializer)
    def refuse(self, request, pk):
        """Leave the record closed."""
        return self.answer(break_glass.refuse(request=self.get_object(), by=request.user, at=self.now))

    @deed(answers=GlassSerializer)
    def end(self, request, pk):
        """Close the record before the hours are over."""
        return self.answer(break_glass.end(request=self.get_object(), by=request.user, at=self.now))


router.register("break-glass", GlassViewSet, basename="break-glass")
