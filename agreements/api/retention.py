"""Retention: what goes next, runs, certificates."""

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from agreements import paper
from agreements.actions import retention
from agreements.models import Agreement, DeletionRecord, DeletionRun
from agreements.retention import plan, sanitization
from partnership.access.rest import TOKEN_FOR_IT
from partnership.access.scope import visible
from partnership.api.downloads import BYTES, Whatever
from partnership.api.router import router
from partnership.api.views import ReadOnly, ScopedViewSet, deed


class CertificateSerializer(serializers.ModelSerializer):
    class Meta:
        model = DeletionRecord
        exclude = ["organization_id", "source_digest"]


class CertificateFilters(django_filters.FilterSet):
    run = django_filters.UUIDFilter(field_name="batch__run_id", label="Key of a run")

    class Meta:
        model = DeletionRecord
        fields = ["run", "agreement_id", "record_id", "action"]


class CertificateViewSet(ReadOnly):
    """Certificates of deletions that concern the caller."""

    serializer_class = CertificateSerializer
    filterset_class = CertificateFilters
    permissions = dict.fromkeys(("list", "retrieve", "paper"), "agreements.view_certificate")

    def rows(self):
        return DeletionRecord.objects.select_related("batch__run__started_by").order_by("-deleted_at", "pk")

    @deed(answers=BYTES, methods=["get"], content_negotiation_class=Whatever)
    def paper(self, request, pk):
        """The certificate of sanitization as a PDF, with the address at which anybody verifies it."""
        found = self.get_object()
        return paper.saved(paper.of_record(found, request.build_absolute_uri(sanitization.address(found))))


class RunSerializer(serializers.ModelSerializer):
    class Meta:
        model = DeletionRun
        exclude = ["started_by"]


class RunViewSet(ReadOnly):
    """Runs of the retention engine; their certificates are found by `run`."""

    serializer_class = RunSerializer
    permissions = {
        "list": "agreements.view_run",
        "retrieve": "agreements.view_run",
        "paper": "agreements.view_run",
        "create": "agreements.run_retention",
    }

    fresh = {"create": TOKEN_FOR_IT}

    def rows(self):
        return DeletionRun.objects.order_by("-started_at", "pk")

    @deed(answers=BYTES, methods=["get"], content_negotiation_class=Whatever)
    def paper(self, request, pk):
        """The certificate of the whole run as a PDF: counts and roots, no single record."""
        return paper.saved(paper.of_run(self.get_object()))

    @extend_schema(request=None, responses={201: RunSerializer})
    def create(self, request):
        """Run now what is due."""
        return self.answer(retention.run_now(by=request.user), status=201)


class GroupSerializer(serializers.Serializer):
    agreement = serializers.CharField()
    category = serializers.CharField()
    goes = serializers.IntegerField()
    held = serializers.IntegerField()
    waiting = serializers.IntegerField()
    unapproved = serializers.IntegerField(help_text="These wait for the approval of a second coordinator.")


class PreviewViewSet(ScopedViewSet):
    """What the next retention run does, under the agreements that concern the caller."""

    serializer_class = GroupSerializer
    permissions = {"list": "agreements.view_retention"}
    pagination_class = None
    filter_backends = ()

    def rows(self):
        return Agreement.objects.all()

    def list(self, request):
        """Due records by agreement and category: how many go, are held, wait for their return or for an approval."""
        keys = list(
            visible(self.actor, "agreements.view_retention", Agreement.objects.all()).values_list("pk", flat=True)
        )
        return Response(GroupSerializer(plan.groups(self.now, keys).groups, many=True).data)


router.register("certificates", CertificateViewSet, basename="certificate")
router.register("retention-runs", RunViewSet, basename="retention-run")
router.register("retention-preview", PreviewViewSet, basename="retention-preview")
