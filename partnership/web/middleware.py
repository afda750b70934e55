"""Around every request: a correlation id and a guard on raw input. The headers of answers are in `headers`."""

import logging
from uuid import UUID, uuid4

from django.http import HttpResponseBadRequest
from django.template.loader import render_to_string

from partnership.request_id import correlated, current


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
