"""A rule of the house: whatever a page can do, a call can do, through the same action."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from functools import cache
from types import FunctionType, ModuleType

import pytest
from django.urls import URLPattern, resolve

from partnership.api.errors import ABSENT
from partnership.api.router import router
from tests.house.test_urls import path_of, walk

STACK = ("partnership", "agreements", "incidents", "councils")
# Deeds that stay with the pages, each with the reason.
PAGES_ONLY = {
    "partnership.actions.accounts.revoke_token": "Tokens are made and revoked by the person who is signed in: a stolen token shall not manage tokens.",
}


def is_action(found: object) -> bool:
    """A public function of a room `actions` that somebody does."""
    return (
        inspect.isfunction(found) and ".actions." in found.__module__ and not found.__name__.startswith("_")
        and "by" in inspect.signature(found).parameters
    )  # fmt: skip


def name_of(function: FunctionType) -> str:
    return f"{function.__module__}.{function.__name__}"


@cache
def actions_of(function: FunctionType, owner: type | None = None) -> frozenset[str]:
    """Actions to which the words of a function lead, through its class and its module, without running it."""
    return frozenset(_actions_of(function, owner, set()))


def _actions_of(function: FunctionType, owner: type | None, seen: set[object]) -> Iterator[str]:
    function = inspect.unwrap(function)
    if (function, owner) in seen:
        return
    seen.add((function, owner))
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    for node in ast.walk(tree):
        found = _meant(node, function, owner)
        if is_action(found):
            yield name_of(inspect.unwrap(found))
        elif (
            inspect.isfunction(found)
            and found.__module__.split(".")[0] in STACK
            and ".actions." not in found.__module__
        ):
            yield from _actions_of(found, owner, seen)


def _meant(node: ast.AST, function: FunctionType, owner: type | None) -> object:
    """The function that a name or an attribute stands for, where that can be told from the text."""
    if isinstance(node, ast.Name):
        return function.__globals__.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        holder = function.__globals__.get(node.value.id)
        if isinstance(holder, ModuleType):
            return getattr(holder, node.attr, None)
        if node.value.id == "self" and owner is not None:
            found = inspect.getattr_static(owner, node.attr, None)
            return found.fget if isinstance(found, property) else found
    return None


def functions_of(view: type) -> Iterator[FunctionType]:
    for base in view.__mro__:
        if base.__module__.split(".")[0] in STACK:
            for found in vars(base).values():
                found = found.fget if isinstance(found, property) else getattr(found, "__func__", found)
                if inspect.isfunction(found):
                    yield found


def by_pages() -> dict[str, str]:
    """Each action that a page reaches, with a page that does."""
    found = {}
    for _, entry, _ in walk():
        view = getattr(entry.callback, "view_class", None) if isinstance(entry, URLPattern) else None
        functions = functions_of(view) if view is not None else [entry.callback]
        for function in functions:
            if inspect.isfunction(function) and function.__module__.split(".")[0] in STACK:
                found |= {name: str(view or entry.name) for name in actions_of(function, view)}
    return found


def by_calls() -> set[str]:
    """Each action that a route of the API reaches."""
    found: set[str] = set()
    for route in router.urls:
        view, methods = route.callback.cls, route.callback.actions
        for method in set(methods.values()):
            found |= actions_of(getattr(view, method), view)
    return found


PAGES, CALLS = by_pages(), by_calls()
ROUTES = [(str(route.pattern), method, route.callback.cls, name)
          for route in router.urls for method, name in route.callback.actions.items() if method != "head"]  # fmt: skip


def test_the_walk_sees_what_it_should():
    assert {
        "agreements.actions.signing.sign",
        "incidents.actions.reports.file",
        "councils.actions.meetings.leave",
    } <= set(PAGES)
    assert len(PAGES) > 60 and len(CALLS) > 60


@pytest.mark.parametrize("action", sorted(PAGES))
def test_whatever_a_page_does_a_call_can_do(action):
    assert action in CALLS or PAGES_ONLY.get(action), (
        f"{PAGES[action]} calls {action}, and no route of the API does. Add one, or a line with the reason to PAGES_ONLY."
    )


@pytest.mark.parametrize("view", list(dict.fromkeys(view for _, _, view, _ in ROUTES)), ids=lambda view: view.__name__)
def test_a_resource_declares_a_permission_for_each_of_its_methods_and_no_other(view):
    assert set(view.permissions) == {name for _, _, other, name in ROUTES if other is view}


@pytest.mark.django_db
def test_every_address_of_an_unknown_record_answers_404(api_of, liaison_officer, coordinator):
    for person in (liaison_officer, coordinator):
        client = api_of(person)
        for route, method, _, _ in ROUTES:
            if "<pk>" in route:
                where = f"/api/v1{path_of(route)}"
                assert resolve(where)
                answer = getattr(client, method)(where, {}, format="json")
                assert answer.status_code == 404, f"{method} {route}: {answer.status_code}"
                assert answer.json() == ABSENT


@pytest.mark.django_db
def test_every_address_refuses_a_call_without_a_token_in_the_one_shape(client):
    for route, method, _, _ in ROUTES:
        answer = getattr(client, method)(f"/api/v1{path_of(route)}")
        assert answer.status_code == 401, f"{method} {route}: {answer.status_code}"
        assert answer.json()["error"]["code"] == "not_authenticated"


def test_every_exception_is_needed_and_has_a_reason():
    for action, reason in PAGES_ONLY.items():
        assert action in PAGES and action not in CALLS, f"{action} needs no exception any more"
        assert reason.endswith(".")
