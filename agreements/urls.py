"""Addresses of this floor's pages."""

from django.urls import path

from agreements.views import agreements, drafting, engagements, holds, retention

app_name = "agreements"
urlpatterns = [
    path("", agreements.AgreementList.as_view(), name="agreement-list"),
    path("new", drafting.AgreementNew.as_view(), name="agreement-new"),
    path("engagements/", engagements.EngagementList.as_view(), name="engagement-list"),
    path("engagements/new", engagements.EngagementNew.as_view(), name="engagement-new"),
    path("engagements/<uuid:pk>", engagements.EngagementDetail.as_view(), name="engagement-detail"),
    path("engagements/<uuid:pk>/end", engagements.EngagementEnd.as_view(), name="engagement-end"),
    path("retention/", retention.Preview.as_view(), name="retention"),
    path("retention/run", retention.RunNow.as_view(), name="retention-run-now"),
    path("retention/runs/", retention.RunList.as_view(), name="retention-run-list"),
    path("retention/runs/<uuid:pk>", retention.RunDetail.as_view(), name="retention-run-detail"),
    path("certificates/", retention.CertificateList.as_view(), name="certificate-list"),
    path("certificates/<uuid:pk>", retention.CertificateDetail.as_view(), name="certificate-detail"),
    path("holds/", holds.HoldList.as_view(), name="hold-list"),
    path("holds/new", holds.HoldNew.as_view(), name="hold-new"),
    path("holds/<uuid:pk>", holds.HoldDetail.as_view(), name="hold-detail"),
    path("holds/<uuid:pk>/lift", holds.HoldLift.as_view(), name="hold-lift"),
    path("<uuid:pk>", agreements.AgreementDetail.as_view(), name="agreement-detail"),
    path("<uuid:pk>/returned", retention.Returned.as_view(), name="returned"),
    path("<uuid:pk>/draft", drafting.Steps.as_view(), name="agreement-steps"),
    path("<uuid:pk>/draft/basics", drafting.Basics.as_view(), name="agreement-basics"),
    path("<uuid:pk>/draft/parties", drafting.Parties.as_view(), name="agreement-parties"),
    path("<uuid:pk>/draft/purposes", drafting.Purposes.as_view(), name="agreement-purposes"),
    path("<uuid:pk>/draft/data", drafting.Data.as_view(), name="agreement-data"),
    path("<uuid:pk>/draft/retention", drafting.Retention.as_view(), name="agreement-retention"),
    path("<uuid:pk>/draft/retention/example", drafting.RetentionExample.as_view(), name="agreement-retention-example"),
    path("<uuid:pk>/draft/redaction", drafting.Redaction.as_view(), name="agreement-redaction"),
    path("<uuid:pk>/draft/uses", drafting.Uses.as_view(), name="agreement-uses"),
    path("<uuid:pk>/draft/<str:kind>/<uuid:key>/remove", drafting.RowRemove.as_view(), name="agreement-row-remove"),
    path("<uuid:pk>/negotiate", agreements.Negotiate.as_view(), name="agreement-negotiate"),
    path("<uuid:pk>/send", agreements.Send.as_view(), name="agreement-send"),
    path("<uuid:pk>/take-back", agreements.TakeBack.as_view(), name="agreement-take-back"),
    path("<uuid:pk>/sign", agreements.Sign.as_view(), name="agreement-sign"),
    path("<uuid:pk>/suspend", agreements.Suspend.as_view(), name="agreement-suspend"),
    path("<uuid:pk>/resume", agreements.Resume.as_view(), name="agreement-resume"),
    path("<uuid:pk>/terminate", agreements.Terminate.as_view(), name="agreement-terminate"),
]
