"""The OpenAPI 3.1 document, and a page that shows it without any script."""

from functools import cache

from django.http import JsonResponse
from django.shortcuts import render
from django.views import View
from drf_spectacular.generators import SchemaGenerator

from partnership.access.declare import OpenToAll

PUBLIC = OpenToAll("The description of the API holds no data.")


@cache
def document():
    """The whole description, independent of who asks; made once in a process, as it takes seconds of its core."""
    return SchemaGenerator(patterns=None).get_schema(request=None, public=True)


class Document(View):
    permission = PUBLIC

    def get(self, request):
        return JsonResponse(document(), json_dumps_params={"indent": 1})


class Reference(View):
    """The description as a page."""

    permission = PUBLIC

    def get(self, request):
        described = document()
        operations = [
            (path, [(method, operation) for method, operation in methods.items() if isinstance(operation, dict)])
            for path, methods in described["paths"].items()
        ]
        return render(
            request, "partnership/api_reference.html",
            {"page_title": "API", "document": described, "operations": operations},
        )  # fmt: skip
