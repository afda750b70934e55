"""Write the log of refusals and alarms. It must never break an answer, and a flood must not fill the database."""

import ipaddress
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.utils import timezone

from partnership.models import SecurityEvent
from partnership.request_id import current

log = logging.getLogger(__name__)
MOST_PER_MINUTE = 60  # of one kind from one network; more of the same tells nothing new


def note(
    kind: str, *, request: Any = None, person_id: UUID | None = None, detail: Mapping[str, str] | None = None
) -> None:
    """Note one event. `detail` holds short texts of our own, never what somebody typed."""
    kind = SecurityEvent.Kind(kind).value
    network = network_of(request) if request is not None else ""
    short = {name: str(text)[:200] for name, text in (detail or {}).items()}
    log.warning("%s from %s: %s", kind, network or "inside", short)
    if _is_flood(kind, network):
        return
    try:
        with transaction.atomic():
            SecurityEvent.objects.create(
                at=timezone.now(), kind=kind, person_id=person_id or _person(request), network=network,
                request_id=current(), detail=short, **_place(request),
            )  # fmt: skip
    except DatabaseError:
        log.exception("The event could not be noted")


def network_of(request: Any) -> str:
    """The caller's network: /24 of IPv4, /48 of IPv6; enough to see an attack, too little to point at a person."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.PORTAL_BEHIND_PROXY:  # the last entry is the one that our own proxy wrote
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 48), strict=False))


def forget(*, at: datetime) -> int:
    """Delete what is older than the log is kept; how many."""
    before = at - timedelta(days=settings.PORTAL_SECURITY_LOG_DAYS)
    return SecurityEvent.objects.filter(at__lt=before).delete()[0]


def _is_flood(kind: str, network: str) -> bool:
    key = f"security:{kind}:{network}:{timezone.now():%H%M}"
    try:
        cache.add(key, 0, 120)
        return cache.incr(key) > MOST_PER_MINUTE
    except Exception:  # whatever the cache's driver raises: without a count, note everything
        return False


def _person(request: Any) -> UUID | None:
    return getattr(getattr(request, "user", None), "pk", None)


def _place(request: Any) -> dict[str, str]:
    match = getattr(request, "resolver_match", None)
    if match is None:
        return {}
    key = match.kwargs.get("pk", "")
    return {"place": str(match.route)[:200], "record": str(key)[:64]}
