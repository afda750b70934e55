"""One error shape for every refusal: {"error": {"code", "message", "fields"}}."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from partnership.errors import DomainError
from partnership.security import note

ABSENT = {"error": {"code": "not_found", "message": "There is nothing here, or it is not open to you.", "fields": {}}}


def handle(exc, context):
    """Turn any expected error into the one shape; forbidden and absent look the same."""
    if isinstance(exc, DomainError):
        if exc.alarm:
            note(exc.alarm, request=context["request"])
        fields = {exc.field: [str(exc)]} if exc.field else {}
        return Response({"error": {"code": "refused", "message": str(exc), "fields": fields}}, status=409)
    if isinstance(exc, Http404 | PermissionDenied | exceptions.NotFound):
        return Response(ABSENT, status=404)
    if (
        isinstance(exc, exceptions.PermissionDenied)
        and context["request"].user.is_authenticated
        and "CSRF" not in str(exc.detail)
    ):
        return Response(ABSENT, status=404)
    response = exception_handler(exc, context)
    if response is None:
        return None
    response.data = {"error": _shape(exc, response.data)}
    return response


def _shape(exc, data):
    if isinstance(exc, exceptions.ValidationError):
        fields = data if isinstance(data, dict) else {"non_field_errors": data}
        return {"code": "invalid", "message": "Some values are missing or wrong; see fields.", "fields": fields}
    code = getattr(exc, "default_code", "error")
    detail = data.get("detail", "") if isinstance(data, dict) else ""
    return {"code": str(code), "message": str(detail), "fields": {}}
