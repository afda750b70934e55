"""Limits on attempts, counted by one SQL statement each, so that attempts at the same moment cannot share a place.

The counts live in PostgreSQL: whoever cannot be counted cannot sign in either, because the password is there too.
Keys are keyed digests; the table holds no address and no network.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

# A refused attempt is not counted, so that nobody's waiting time grows by knocking.
COUNT = """
INSERT INTO partnership_tally AS t (key, count, ends_at, free_at, is_refused)
VALUES (%(key)s, 1, %(at)s + %(within)s, CASE WHEN %(most)s <= 1 THEN %(at)s + %(step)s ELSE %(at)s END, false)
ON CONFLICT (key) DO UPDATE SET
  is_refused = t.ends_at > %(at)s AND t.free_at > %(at)s,
  count = CASE WHEN t.ends_at <= %(at)s THEN 1 WHEN t.free_at > %(at)s THEN t.count ELSE t.count + 1 END,
  free_at = CASE
    WHEN t.ends_at <= %(at)s THEN excluded.free_at
    WHEN t.free_at > %(at)s THEN t.free_at
    WHEN t.count + 1 < %(most)s THEN %(at)s
    ELSE %(at)s + least(%(within)s, %(step)s * power(2, least(t.count + 1 - %(most)s, 20)))
  END,
  ends_at = CASE
    WHEN t.ends_at <= %(at)s THEN excluded.ends_at
    WHEN t.free_at > %(at)s OR t.count + 1 < %(most)s THEN t.ends_at
    ELSE greatest(t.ends_at, %(at)s + least(%(within)s, %(step)s * power(2, least(t.count + 1 - %(most)s, 20))))
  END
RETURNING NOT is_refused
"""
GIVE_BACK = "UPDATE partnership_tally SET count = greatest(count - 1, 0), free_at = %s WHERE key = %s"


@dataclass(frozen=True)
class Limit:
    """So many attempts within a window; then one after each delay, which doubles up to the window."""

    name: str
    most: int
    within: timedelta
    step: timedelta

    def key(self, *parts: str) -> str:
        text = "|".join([self.name, *parts]).encode()
        return hmac.new(settings.SECRET_KEY.encode(), text, "sha256").hexdigest()

    def take(self, *parts: str, at: datetime) -> bool:
        """Count an attempt; False when it has to wait."""
        given: dict[str, Any] = {
            "key": self.key(*parts),
            "at": at,
            "most": self.most,
            "within": self.within,
            "step": self.step,
        }
        with connection.cursor() as cursor:
            cursor.execute(COUNT, given)
            return bool(cursor.fetchone()[0])

    def give_back(self, *parts: str, at: datetime) -> None:
        """Take back an attempt that was none: the right person came in."""
        with connection.cursor() as cursor:
            cursor.execute(GIVE_BACK, [at, self.key(*parts)])


MINUTE, QUARTER, HOUR = timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=1)
LOGIN = Limit("login", 5, QUARTER, MINUTE)  # per account and network, or per account and known device
NETWORK = Limit("network", 50, HOUR, HOUR)  # failures of one network, whichever account
CODE = Limit("code", 5, QUARTER, MINUTE)  # wrong codes per account and network or known device
ACCOUNT_CODES = Limit("codes", 50, HOUR, HOUR)  # wrong codes of an account from unknown devices, whichever network
RESET = Limit("reset", 3, HOUR, HOUR)  # links to a new password, per account
RESET_NETWORK = Limit("resets", 20, HOUR, HOUR)
SIGN_ONS = Limit(
    "sign-ons", 50, HOUR, MINUTE
)  # single sign-ons of a network that came to nothing; each asks the provider

VERIFY = Limit("verify", 60, HOUR, MINUTE)  # public checks of certificates, per network; each reads the chain


def calls() -> Limit:
    """Calls of one person in a minute, over all tokens."""
    return Limit("calls", settings.PORTAL_API_PER_MINUTE, MINUTE, MINUTE)


def exports() -> Limit:
    """Exports of one person in an hour; taken in the transaction of the export, so that a failed one gives its place back."""
    return Limit("exports", settings.PORTAL_EXPORTS_PER_HOUR, HOUR, HOUR)
