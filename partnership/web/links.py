"""Addresses that go out by mail."""

from typing import Any

from django.urls import reverse

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def link_of_glass(request: Any) -> str:
    """The address of the page of an emergency request, with KEY in place of its key."""
    page = reverse("partnership:glass-detail", kwargs={"pk": UNKNOWN})
    return str(request.build_absolute_uri(page)).replace(UNKNOWN, "KEY")
