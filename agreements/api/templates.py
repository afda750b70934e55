"""Templates with which an agreement may begin."""

from rest_framework import mixins, serializers

from agreements.models import AgreementTemplate
from partnership.api.router import router
from partnership.api.views import ScopedViewSet


class TemplateSerializer(serializers.ModelSerializer):
    written_after = serializers.CharField(source="rule_set.source", help_text="The texts after which it was written.")

    class Meta:
        model = AgreementTemplate
        fields = [
            "code",
            "label",
            "description",
            "kind",
            "content",
            "review_months",
            "mechanism",
            "documents",
            "written_after",
        ]


class TemplateViewSet(mixins.ListModelMixin, ScopedViewSet):
    """Templates that are valid today, for everybody who may draft an agreement."""

    serializer_class = TemplateSerializer
    permissions = {"list": "agreements.draft_agreement"}

    def rows(self):
        return AgreementTemplate.objects.valid_on().select_related("rule_set").order_by("position")

    def scoped(self):
        return self.rows()  # a list of reference: the permission is in general


router.register("agreement-templates", TemplateViewSet, basename="agreement-template")
