"""A rule of the house: JSON from outside has one reader, which bounds size and depth before anything is built."""

import ast

import pytest
from rest_framework.parsers import MultiPartParser

from partnership.api.parsers import GuardedJSONParser
from partnership.guarded_json import BadJson, loads
from tests.house.test_urls import ALL
from tests.house.test_words import ROOT

# Who else may read JSON, and why: each reads what the portal wrote itself.
READERS = {
    "partnership/guarded_json.py": "the reader",
    "partnership/jobs/signing.py": "brings what is about to be sent into the form in which it arrives",
    "partnership/views/second_factor.py": "opens what the portal sealed",
    "partnership/embedded/supervisor.py": "a file that the supervisor wrote for itself",
    "partnership/audit/chain.py": "a column that the portal wrote, compared with its digest",
    "partnership/audit/record.py": "what is about to be stored",
}
ROUTES = [(route, entry.callback) for route, entry, _ in ALL if hasattr(entry.callback, "cls")]


@pytest.mark.parametrize(("route", "callback"), ROUTES, ids=[route for route, _ in ROUTES])
def test_every_route_of_the_api_reads_through_the_one_parser(route, callback):
    chosen = callback.initkwargs.get("parser_classes", callback.cls.parser_classes)

    assert set(chosen) <= {GuardedJSONParser, MultiPartParser}


def test_nothing_else_reads_json():
    found = set()
    for folder in ("partnership", "agreements", "incidents", "councils"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                is_reading = isinstance(node, ast.Attribute) and node.attr in (
                    "load",
                    "loads",
                    "JSONDecoder",
                    "raw_decode",
                )
                if is_reading and isinstance(node.value, ast.Name) and node.value.id == "json":
                    found.add(str(path.relative_to(ROOT)))

    assert found == set(READERS)


@pytest.mark.parametrize(
    "text", [b"[" * 200_000, b'{"a":' * 33 + b"1" + b"}" * 33, b'["' + b"\\" * 99_999 + b'"' + b"[" * 50_000]
)
def test_depth_is_refused_before_anything_is_built(text):
    with pytest.raises(BadJson):
        loads(text)
