"""Addresses that need no login."""

from django.urls import path

from agreements.views import register, verify

app_name = "public"
urlpatterns = [
    path("register", register.Register.as_view(), name="register"),
    path("register.json", register.RegisterData.as_view(), name="register-data"),
    path("verify/<str:key>", verify.Verify.as_view(), name="certificate-verify"),
]
