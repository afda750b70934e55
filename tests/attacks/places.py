"""Every address that takes the key of a record, and an answer of its own to the question who may know of the record."""

import re
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Q

from agreements.models import DeletionRun
from councils.models import AgendaItem, Occupancy
from partnership.access.scope import visible
from partnership.access.table import PERMISSIONS
from partnership.api.router import router
from partnership.models import (
    ApiToken,
    Channel,
    LiaisonOffice,
    OfficeAssignment,
    Organization,
    OrganizationIdentifier,
    SignOnLink,
)
from tests.house.test_urls import ALL

ABSENT = {UUID: "5f0c9f5e-7a0b-4d2c-9a51-3c1f00dead00", int: "99999999"}
# Kinds of rows without a rule of their own: the path to the row, or the person, whose rule counts.
VIA = {
    OrganizationIdentifier: ("organization", Organization), LiaisonOffice: ("organization", Organization), OfficeAssignment: ("office__organization", Organization),
    Channel: ("office__organization", Organization), AgendaItem: ("meeting", None), Occupancy: ("seat__council", None),
    ApiToken: ("user", "person"), Authenticator: ("user", "person"), SignOnLink: ("user", "person"),
}  # fmt: skip
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")


@dataclass(frozen=True)
class Place:
    """One address with a key, the kind of row that the key names, and the permission of each method."""

    address: str  # with PK in place of the key
    model: type
    permissions: dict
    is_call: bool

    def at(self, key):
        return self.address.replace("PK", str(key))

    def __str__(self):
        return self.address


def pages():
    from tests.house.test_world import ABOUT

    for route, entry, _ in ALL:
        if not re.search(r"<(uuid|int):pk>", route) or route.startswith(("admin/", "api/", "accounts/")):
            continue
        if "<str:kind>" in route or route.startswith("audit/people/"):
            continue  # their key names a row of a kind that the address says; asked below
        start = max((start for start in ABOUT if route.startswith(start)), key=len)
        declared = getattr(getattr(entry.callback, "view_class", None), "permission", None)
        address = "/" + re.sub(r"<(uuid|int):pk>", "PK", route.replace("<int:number>", "1"))
        address = re.sub(r"<\w+:\w+>", ABSENT[UUID], address)
        yield Place(address, ABOUT[start], {None: declared} if isinstance(declared, str) else {}, False)


def calls():
    found = {}
    for route in router.urls:
        pattern = str(route.pattern)
        if "(?P<pk>[0-9a-f-]" not in pattern:
            continue
        view = route.callback.cls
        rows = view.rows(view()) if hasattr(view, "rows") else None
        if rows is None:
            continue
        address = "/api/v1/" + re.sub(r"\(\?P<pk>[^)]*\)", "PK", pattern).strip("^$")
        address = re.sub(r"\(\?P<key>[^)]*\)", ABSENT[UUID], address)
        named = {
            method: view.permissions[name]
            for method, name in route.callback.actions.items()
            if name in view.permissions
        }
        old = found.get((address, rows.model), {})
        found[address, rows.model] = {**old, **named}
    for (address, model), named in found.items():
        yield Place(address, model, named, True)


@cache
def places():
    return tuple(sorted({str(place): place for place in (*pages(), *calls())}.values(), key=str))


def known_by(actor, model, names):
    """Rows of a kind that at least one of the permissions opens."""
    either = Q(pk__in=[])
    for name in names:
        either |= Q(pk__in=visible(actor, name, model._default_manager.all()).values("pk"))
    return either


def names_of(model):
    return [name for name, entry in PERMISSIONS.items() if entry.model is model]


def hidden(actor, place, method):
    """Rows that the person may not reach at this address with this method, as the table of permissions has it."""
    name = place.permissions.get(method) or place.permissions.get(None)
    entry, rows = PERMISSIONS.get(name), place.model._default_manager.order_by("pk")
    if entry is not None and entry.model is place.model:
        return rows.exclude(known_by(actor, place.model, [name]))
    if place.model in VIA:
        path, parent = VIA[place.model]
        if parent == "person":
            return rows.exclude(user=actor.user)
        parent = place.model._meta.get_field(path.split("__")[0]).related_model if parent is None else parent
        for part in path.split("__")[1:] if VIA[place.model][1] is None else ():
            parent = parent._meta.get_field(part).related_model
        wanted = [name] if entry is not None and entry.model is parent else names_of(parent)
        return rows.exclude(**{f"{path}__in": parent._default_manager.filter(known_by(actor, parent, wanted))})
    if place.model is DeletionRun and not names_of(DeletionRun):
        return rows.none()
    return rows.exclude(known_by(actor, place.model, names_of(place.model)))
