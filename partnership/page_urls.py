"""Addresses of the ground floor's pages."""

from django.urls import path

from partnership.views import organizations, oversight, people

app_name = "partnership"
urlpatterns = [
    path("organizations/", organizations.OrganizationList.as_view(), name="organization-list"),
    path("organizations/new", organizations.OrganizationNew.as_view(), name="organization-new"),
    path("organizations/<uuid:pk>", organizations.OrganizationDetail.as_view(), name="organization-detail"),
    path("organizations/<uuid:pk>/edit", organizations.OrganizationEdit.as_view(), name="organization-edit"),
    path("organizations/<uuid:pk>/vetting", organizations.OrganizationVet.as_view(), name="organization-vet"),
    path(
        "organizations/<uuid:pk>/suspension", organizations.OrganizationSuspend.as_view(), name="organization-suspend"
    ),
    path("organizations/<uuid:pk>/identifiers/new", organizations.IdentifierNew.as_view(), name="identifier-new"),
    path("identifiers/<uuid:pk>/remove", organizations.IdentifierRemove.as_view(), name="identifier-remove"),
    path("offices/<uuid:pk>/officers/new", organizations.OfficerAssign.as_view(), name="officer-assign"),
    path("assignments/<uuid:pk>/end", organizations.OfficerRelease.as_view(), name="officer-release"),
    path("organizations/<uuid:pk>/offices/new", organizations.OfficeNew.as_view(), name="office-new"),
    path("offices/<uuid:pk>/channels/new", organizations.ChannelNew.as_view(), name="channel-new"),
    path("offices/<uuid:pk>/contacts/new", organizations.ContactNew.as_view(), name="contact-new"),
    path("channels/<uuid:pk>/verify", organizations.ChannelVerify.as_view(), name="channel-verify"),
    path("people/", people.PersonList.as_view(), name="person-list"),
    path("people/invite", people.InvitationNew.as_view(), name="invitation-new"),
    path("people/invitations/", people.InvitationList.as_view(), name="invitation-list"),
    path("people/invitations/<uuid:pk>/withdraw", people.InvitationWithdraw.as_view(), name="invitation-withdraw"),
    path("people/<uuid:pk>/close", people.PersonDeactivate.as_view(), name="person-deactivate"),
    path("people/memberships/<uuid:pk>", people.MembershipDetail.as_view(), name="membership-detail"),
    path("people/memberships/<uuid:pk>/end", people.MembershipEnd.as_view(), name="membership-end"),
    path("join/<str:token>", people.InvitationAccept.as_view(), name="invitation-accept"),
    path("profile", people.Profile.as_view(), name="profile"),
    path("tokens/", people.TokenList.as_view(), name="token-list"),
    path("tokens/<uuid:pk>/revoke", people.TokenRevoke.as_view(), name="token-revoke"),
    path("exports/new/<str:source>", oversight.ExportNew.as_view(), name="export-new"),
    path("exports/<uuid:pk>", oversight.ExportDetail.as_view(), name="export-detail"),
    path("exports/<uuid:pk>/file", oversight.ExportDownload.as_view(), name="export-download"),
    path("exports/<uuid:pk>/manifest.json", oversight.ExportManifest.as_view(), name="export-manifest"),
    path("jobs/", oversight.JobList.as_view(), name="job-list"),
    path("jobs/<uuid:pk>", oversight.JobDetail.as_view(), name="job-detail"),
    path("jobs/<uuid:pk>/progress", oversight.JobProgress.as_view(), name="job-progress"),
    path("reports/", oversight.ReportList.as_view(), name="report-list"),
    path("reports/<str:name>", oversight.ReportDetail.as_view(), name="report-detail"),
    path("audit/", oversight.AuditList.as_view(), name="audit-list"),
    path("audit/verify", oversight.AuditVerify.as_view(), name="audit-verify"),
    path("health/", oversight.Health.as_view(), name="health"),
]
