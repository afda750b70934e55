"""Around every request: a correlation id, a guard on raw input, and the headers of the shell."""

import logging
from uuid import UUID, uuid4

from django.http import HttpResponseBadRequest
from django.template.loader import render_to_string

from partnership.request_id import correlated, current

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation",
        "gyroscope", "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get", "usb",
        "xr-spatial-tracking",
    )
)  # fmt: skip


class RequestIdFilter(logging.Filter):
    """Puts the correlation id on every log line."""

    def filter(self, record):
        record.request_id = str(current())[:8]
        return True


class RequestIdMiddleware:
    """Gives the request one id, which its audit entries and log lines share; answers carry it too."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.correlation_id = uuid4()
        with correlated(UUID(str(request.correlation_id))):
            response = self.get_response(request)
        response.headers["X-Request-Id"] = str(request.correlation_id)
        return response


class InputGuardMiddleware:
    """Refuses NUL characters and broken encodings in addresses and form fields, which no column can hold."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return self._refuse(request, "The address holds a NUL character. Remove it and try again.")
        return self.get_response(request)

    @staticmethod
    def _refuse(request, message):
        return HttpResponseBadRequest(render_to_string("400.html", {"message": message}, request=None))


class HeadersMiddleware:
    """The header policy of every answer; pages of signed-in people are never kept by a cache."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        headers.setdefault("Cross-Origin-Embedder-Policy", "require-corp")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            headers.setdefault("Cache-Control", "no-store")
        if request.resolver_match and request.resolver_match.url_name == "account_logout" and request.method == "POST":
            headers["Clear-Site-Data"] = '"cache", "storage"'
        return response
