"""Rules of the house about addresses: every one declares its permission, every one refuses strangers."""

import re
from uuid import UUID

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from partnership.access.declare import Administrators, OpenToAll, SignedIn, declaration
from partnership.access.table import PERMISSIONS

UNKNOWN = UUID("00000000-0000-4000-8000-000000000000")


def walk(patterns=None, prefix="", namespaces=()):
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from walk(entry.url_patterns, route, inner)
        elif isinstance(entry, URLPattern):
            yield route, entry, list(namespaces)


ALL = list(walk())
# Library views that nothing links to: they stay closed because they declare nothing.
CLOSED = {
    "account_signup", "account_email", "account_confirm_email", "account_email_verification_sent", "account_set_password",
    "account_request_login_code", "account_confirm_login_code", "account_signup_by_passkey", "account_reauthenticate",
    "mfa_index", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_list_webauthn",
    "mfa_add_webauthn", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn",
    "socialaccount_login_cancelled", "socialaccount_login_error", "socialaccount_signup", "socialaccount_connections",
    "accounts/social/login/cancelled/", "accounts/social/login/error/", "accounts/social/signup/", "accounts/social/connections/",
}  # fmt: skip


def path_of(route):
    route = re.sub(r"\(\?P<\w+>(?:[^()]|\([^()]*\))*\)", str(UNKNOWN), route)
    route = re.sub(
        r"<(?:(\w+):)?(\w+)>", lambda m: {"uuid": str(UNKNOWN), "int": "1", None: "nothing"}.get(m[1], "nothing"), route
    )
    return "/" + re.sub(r"[\^$\\]|\\Z|/\?$", "", route)


@pytest.mark.parametrize(("route", "entry", "namespaces"), ALL, ids=[route or "/" for route, _, _ in ALL])
def test_every_address_declares_who_may_open_it(route, entry, namespaces):
    declared = declaration(entry.callback, entry.name, namespaces)

    if declared is None:
        assert (entry.name or route) in CLOSED, "declare `permission` on the view"
        return
    if isinstance(declared, OpenToAll | SignedIn | Administrators):
        assert declared.reason
        return
    names = declared.values() if isinstance(declared, dict) else [declared]
    for name in names:
        assert name in PERMISSIONS, f"the permission {name} is not registered"


OPEN_ROUTES = {
    "account_login", "account_logout", "account_inactive", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done", "health-live", "health-ready", "openapi",
    "docs", "mfa_authenticate", "mfa_login_webauthn", "invitation-accept", "appearance", "gallery", "accessibility",
    "policy-reports", "sign-on", "sign-on-return", "certificate-verify", "register", "register-data", "calendar-feed",
}  # fmt: skip


def test_only_the_named_addresses_are_open_without_a_login():
    found = {
        entry.name for _, entry, spaces in ALL if isinstance(declaration(entry.callback, entry.name, spaces), OpenToAll)
    }

    assert found <= OPEN_ROUTES, "a new open address needs a line here and a reason"


@pytest.mark.parametrize(("route", "entry", "namespaces"), ALL, ids=[route or "/" for route, _, _ in ALL])
def test_every_address_refuses_somebody_without_a_login(route, entry, namespaces, client, db):
    declared = declaration(entry.callback, entry.name, namespaces)
    if isinstance(declared, OpenToAll):
        return  # asked for by its own tests

    answer = client.get(path_of(route))

    if answer.status_code == 302:
        assert answer.headers["Location"].startswith(("/accounts/login/", "/admin/login/"))
    else:
        assert answer.status_code in (301, 401, 404, 405)
        assert answer.status_code != 301 or answer.headers["Location"].startswith(path_of(route)[:5])


def test_undeclared_views_answer_as_if_absent(client, db):
    assert client.get("/accounts/signup/").status_code == 404
