"""Read-only support pages for administrators: nothing of a partner's content, and nothing can be changed here."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin

from partnership import models

# The libraries' own pages could change them.
admin.site.unregister([EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken])


class Support(admin.ModelAdmin):
    """Look, do not touch."""

    actions = None

    def has_module_permission(self, request):
        return request.user.is_active and request.user.is_staff

    def has_view_permission(self, request, obj=None):
        return request.user.is_active and request.user.is_staff

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(models.User)
class UserSupport(Support):
    list_display = ["email", "name", "is_active", "last_login"]
    fields = ["email", "name", "is_active", "is_staff", "time_zone", "last_login", "date_joined"]


@admin.register(models.Membership)
class MembershipSupport(Support):
    list_display = ["user", "organization", "role", "since", "until"]


@admin.register(models.Organization)
class OrganizationSupport(Support):
    list_display = ["name", "kind", "country", "vetting", "tier"]


@admin.register(models.RuleSet)
class RuleSetSupport(Support):
    list_display = ["code", "version", "title", "valid_from", "valid_until"]


@admin.register(models.Job)
class JobSupport(Support):
    list_display = ["kind", "state", "requested_at", "finished_at"]
    fields = ["kind", "state", "done", "total", "message", "requested_at", "started_at", "finished_at", "attempts"]
