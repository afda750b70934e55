"""Between a restore and its replay nothing is served: every address answers 503 and says what is to be done."""

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string

from partnership.registry import refusal

PROBES = "/health/"
API = "/api/"


class ServingMiddleware:
    """Asks before each request, in front of sessions and of everything that reads data."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path.startswith(PROBES) or not (why := refusal()):
            return self.get_response(request)
        if request.path.startswith(API):
            answer = JsonResponse({"error": {"code": "not_serving", "message": why, "fields": {}}}, status=503)
        else:
            answer = HttpResponse(render_to_string("503.html", {"why": why}, request=None), status=503)
        answer.headers["Retry-After"] = "600"
        answer.headers["Cache-Control"] = "no-store"
        return answer
