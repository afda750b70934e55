"""Is the portal alive, and is it ready to serve?"""

from datetime import timedelta

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import JsonResponse
from django.utils import timezone
from redis.exceptions import RedisError

from partnership.access.declare import OpenToAll
from partnership.models import Heartbeat
from partnership.registry import HEALTH, refusal


def live(request):
    """200 while the process answers at all."""
    return JsonResponse({"status": "alive"})


live.permission = OpenToAll("Probes ask without a login; the answer holds no data.")  # type: ignore[attr-defined]


def ready(request):
    """200 when database, queue and worker answer; 503 with the part that does not. Warnings do not make it unready."""
    parts = {"database": _database(), "queue": _queue()}
    if parts["database"] == "ok":
        parts["worker"] = _worker()
        parts["serving"] = refusal() or "ok"
    is_ready = all(parts.get(name) == "ok" for name in ("database", "queue", "serving"))
    warnings = [check.name for check in HEALTH.values() if not check.ask()[0]] if is_ready else []
    body = {"status": "ready" if is_ready else "not ready", "parts": parts, "warnings": warnings}
    return JsonResponse(body, status=200 if is_ready else 503)


ready.permission = OpenToAll("Probes ask without a login; the answer names parts of the portal.")  # type: ignore[attr-defined]


def _database():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "out of reach"
    return "ok"


def _queue():
    try:
        cache.set("health", "1", 10)
    except (RedisError, OSError):
        return "out of reach"
    return "ok"


def _worker():
    last = Heartbeat.objects.filter(name="worker").first()
    if last is None or last.beat_at < timezone.now() - timedelta(minutes=3):
        return "no sign of life in the last 3 minutes"
    return "ok"
