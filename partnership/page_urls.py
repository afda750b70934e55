"""Addresses of the ground floor's pages."""

app_name = "partnership"
urlpatterns = []
