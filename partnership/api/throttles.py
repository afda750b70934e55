"""How often one person may call, counted in one statement, whichever tokens are used."""

from django.utils import timezone
from rest_framework.throttling import BaseThrottle

from partnership.access import limits


class PerPerson(BaseThrottle):
    """So many calls a minute for each person; then a minute of waiting."""

    def allow_request(self, request, view):
        if not request.user.is_authenticated:
            return True  # refused a moment later
        return limits.calls().take(str(request.user.pk), at=timezone.now())

    def wait(self):
        return limits.MINUTE.total_seconds()
