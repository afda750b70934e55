"""Bytes out of the API: for saving only, whatever the caller says that it accepts."""

from typing import Any

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.negotiation import DefaultContentNegotiation

BYTES = {(200, "application/octet-stream"): OpenApiTypes.BINARY}  # how the document describes the answer


class Whatever(DefaultContentNegotiation):
    """A file has the kind that it has; refusals are JSON all the same."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


def attached(opened: Any, *, name: str, content_type: str = "application/octet-stream") -> FileResponse:
    """A file for saving; `web.headers` sees to it that no browser shows or runs it in our name."""
    return FileResponse(opened, as_attachment=True, filename=name, content_type=content_type)
