"""Addresses that need no login."""

from django.urls import path

from agreements.views import verify

app_name = "verify"
urlpatterns = [path("<str:key>", verify.Verify.as_view(), name="certificate-verify")]
