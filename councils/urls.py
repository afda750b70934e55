"""Addresses of this floor's pages."""

app_name = "councils"
urlpatterns = []
