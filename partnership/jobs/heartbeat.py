"""Signs of life of the parts that nobody looks at."""

from datetime import datetime

from partnership.models import Heartbeat


def beat(*, name: str, at: datetime) -> None:
    """Note that a part of the portal was alive at a moment."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": at})
