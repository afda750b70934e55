"""Pages and answers for what went wrong."""

from django.core.exceptions import RequestDataTooBig
from django.http import JsonResponse
from django.shortcuts import render

from partnership.api.errors import ABSENT
from partnership.security import note


def _answer(request, template, status, error, **context):
    if request.path.startswith("/api/"):
        return JsonResponse(error, status=status)
    return render(request, template, {"page_title": "", **context}, status=status)


def absent(request, exception=None):
    """404 for what is not there and for what is not open to this person, alike."""
    return _answer(request, "404.html", 404, ABSENT)


def bad_request(request, exception=None):
    message = "The request could not be understood. Go back, check what you entered and send it again."
    if isinstance(exception, RequestDataTooBig):
        message = "What was sent is larger than what is taken here. Go back and choose a smaller file."
        note("upload_refused", request=request)
    error = {"error": {"code": "bad_request", "message": message, "fields": {}}}
    return _answer(request, "400.html", 400, error, message=message)


def broken(request):
    error = {"error": {"code": "error", "message": "Something failed on our side. Nothing was changed.", "fields": {}}}
    return _answer(request, "500.html", 500, error)


def csrf_failure(request, reason=""):
    message = "The form was open too long or came from another page. Go back, reload the page and send it again."
    error = {"error": {"code": "csrf", "message": message, "fields": {}}}
    return _answer(request, "400.html", 403, error, message=message)
