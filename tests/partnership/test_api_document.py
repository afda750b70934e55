"""The OpenAPI document is valid, and refusals have the one shape."""

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from openapi_spec_validator import validate

from partnership.api.schema import document

pytestmark = pytest.mark.django_db


def test_the_document_is_valid_openapi_3_1(client):
    document = client.get("/api/v1/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    assert {"/api/v1/agreements", "/api/v1/councils", "/api/v1/organizations"} <= set(document["paths"])
    validate(document)


def test_the_document_is_made_without_a_doubt_and_names_everything_once():
    described = document()

    assert not GENERATOR_STATS, "a name or a type could not be told; see `manage.py spectacular`"
    operations = [
        operation
        for methods in described["paths"].values()
        for operation in methods.values()
        if "operationId" in operation
    ]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names)) > 100
    assert not [operation["operationId"] for operation in operations if not operation.get("description")]


def test_files_are_taken_on_two_routes_and_json_on_all_others():
    kinds = {
        (path, kind)
        for path, methods in document()["paths"].items() for operation in methods.values()
        for kind in operation.get("requestBody", {}).get("content", {})
    }  # fmt: skip

    assert {path for path, kind in kinds if kind != "application/json"} == {
        "/api/v1/imports",
        "/api/v1/reports/{id}/attachments",
    }


def test_refusals_have_the_one_shape(client, api_of, stranger, own_organization):
    assert client.get("/api/v1/organizations").json()["error"]["code"] == "not_authenticated"
    absent = api_of(stranger).get("/api/v1/agreements/00000000-0000-4000-8000-000000000000")
    assert (absent.status_code, absent.json()["error"]["code"]) == (404, "not_found")
    assert api_of(stranger).post("/api/v1/organizations", {"name": "x"}, format="json").status_code == 404


def test_json_nested_without_end_is_refused_and_not_a_failure(client_of, liaison_officer):
    answer = client_of(liaison_officer).post("/api/v1/exports", "[" * 100_000, content_type="application/json")

    assert answer.status_code in (400, 403, 404)
