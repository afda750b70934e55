"""Addresses of the API: the resources of all apps, the OpenAPI document and its page."""

from django.urls import include, path

from partnership.api.router import router
from partnership.api.schema import Document, Reference

app_name = "api"
urlpatterns = [
    path("openapi.json", Document.as_view(), name="openapi"),
    path("docs", Reference.as_view(), name="docs"),
    path("", include(router.urls)),
]
