"""The root of all addresses: each app's are included by name."""

from django.contrib import admin
from django.urls import include, path

from partnership.views import errors, health, home, people

urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("appearance", people.Appearance.as_view(), name="appearance"),
    path("gallery", people.Gallery.as_view(), name="gallery"),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("partnership.page_urls")),
    path("agreements/", include("agreements.urls")),
    path("", include("agreements.public_urls")),
    path("incidents/", include("incidents.urls")),
    path("councils/", include("councils.urls")),
    path("api/v1/", include("partnership.api.urls")),
]

handler400 = errors.bad_request
handler403 = errors.absent  # forbidden and absent look the same
handler404 = errors.absent
handler500 = errors.broken
