"""How a view says who may open it. A view that says nothing is closed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class OpenToAll:
    """This view asks for no login, for a stated reason."""

    reason: str


@dataclass(frozen=True)
class SignedIn:
    """This view is for every person who is signed in, for a stated reason; it concerns only that person."""

    reason: str


@dataclass(frozen=True)
class Administrators:
    """This view is for people whose account opens the read-only support pages."""

    reason: str


Declaration = str | OpenToAll | SignedIn | Administrators | dict[str, str]

# Views of libraries cannot carry a declaration, so they are named here, by URL name.
THIRD_PARTY: dict[str, Declaration] = {
    "account_login": OpenToAll("the way in"),
    "account_logout": OpenToAll("the way out"),
    "account_inactive": OpenToAll("says that an account is deactivated"),
    "account_reset_password": OpenToAll("a forgotten password is replaced without a login"),
    "account_reset_password_done": OpenToAll("a forgotten password is replaced without a login"),
    "account_reset_password_from_key": OpenToAll("a forgotten password is replaced without a login"),
    "account_reset_password_from_key_done": OpenToAll("a forgotten password is replaced without a login"),
    "account_change_password": SignedIn("one's own password"),
    "mfa_authenticate": OpenToAll("the second step of the way in"),
    "mfa_login_webauthn": OpenToAll("the way in with a passkey alone"),
}
ADMIN = Administrators("read-only support pages")


def declaration(callback: Callable[..., Any], url_name: str | None, namespaces: list[str]) -> Declaration | None:
    """What a resolved view declares; None when it declares nothing."""
    if namespaces[:1] == ["admin"]:
        return ADMIN
    view = getattr(callback, "view_class", None) or getattr(callback, "cls", None) or callback
    own = getattr(view, "permission", None) or getattr(view, "permissions", None)
    if own:
        return own
    return THIRD_PARTY.get(url_name or "") if not namespaces else None
