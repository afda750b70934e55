"""Addresses of this floor's pages."""

app_name = "agreements"
urlpatterns = []
