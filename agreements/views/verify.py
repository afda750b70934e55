"""The public check of a certificate: that it exists, its rule and its place in the chain; never content."""

from django.shortcuts import render
from django.utils import timezone
from django.views import View

from agreements.retention import sanitization
from partnership.access import limits
from partnership.access.declare import OpenToAll
from partnership.security import network_of, note


class Verify(View):
    """Answers whoever holds a number or a hash. What is unknown answers 404 on the same page."""

    permission = OpenToAll(
        "Whoever holds a certificate can check it; the page names no record, person or organization."
    )

    def get(self, request, key):
        if not limits.VERIFY.take(network_of(request), at=timezone.now()):
            note("rate_limited", request=request)
            return self._answer(429, is_limited=True)
        record = sanitization.find(key)
        if record is None:
            return self._answer(404)
        return self._answer(
            200, record=record, standing=sanitization.standing(record), version=sanitization.version_hash(record),
            action=sanitization.ACTIONS[record.action], last=sanitization.last_batch(), limits=sanitization.LIMITS,
        )  # fmt: skip

    def _answer(self, status, **found):
        title = "Certificate of sanitization"
        return render(self.request, "agreements/verify.html", {"page_title": title, **found}, status=status)
