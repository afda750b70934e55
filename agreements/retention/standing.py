"""May the portal serve? Not while the ledger knows deletions that the database does not: they are to be replayed first.

Asked for each request and each task, so one look at the file's size and time and one question to the database. The file
is read first: whatever deletes meanwhile writes the database first and the file after.
"""

from django.db import DatabaseError, connection

from agreements import verbs
from agreements.retention import certificates, ledger
from partnership.errors import DomainError
from partnership.registry import health, refuses_to_serve

REPLAY = "Run: manage.py retention replay"
UNFINISHED = "portal_restore_unfinished"  # a table that stands while a restore is under way

_ASK = f"""
  SELECT (SELECT hash FROM agreements_deletionbatch WHERE seq = %s),
         coalesce((SELECT max(seq) FROM agreements_deletionbatch), 0),
         coalesce((SELECT max(id) FROM partnership_auditentry WHERE verb = '{verbs.DATABASE_RESTORED.code}'), 0)
           > coalesce((SELECT max(id) FROM partnership_auditentry WHERE verb = '{verbs.DELETIONS_REPLAYED.code}'), 0),
         to_regclass('{UNFINISHED}') IS NOT NULL
"""


class NotReplayed(DomainError):
    default = "The portal does not serve."


@refuses_to_serve
def why_not() -> str:
    """Why the portal must not serve, with what to do; empty where it may."""
    try:
        return _why_not()
    except DatabaseError:
        return (
            ""  # without tables there is nothing to be seen, and the health page says that the database is out of reach
        )


def _why_not() -> str:
    seq, link = ledger.head() or (0, certificates.GENESIS)
    with connection.cursor() as cursor:
        cursor.execute(_ASK, [seq])
        found, newest, is_restored, is_unfinished = cursor.fetchone()
    if is_unfinished:
        return "A restore of this database broke off. Make the database anew and empty, and restore again."
    if seq > newest:
        return (
            f"The ledger outside the database knows deletions up to batch {seq}, the database up to batch {newest}: it is an older"
            f" state, and holds what was deleted. {REPLAY}. If this is a new portal, the ledger is not its own:"
            " name another folder in PORTAL_TRAIL_DIR."
        )
    if seq and found != link:
        return f"Batch {seq} of the ledger is not batch {seq} of this database: the ledger is of another portal. Put back its own."
    if is_restored:
        return (
            f"The database was restored from a backup, and what was deleted since is not deleted again yet. {REPLAY}."
        )
    return ""


def check() -> None:
    """Raise NotReplayed where nothing may be served or deleted."""
    if why := why_not():
        raise NotReplayed(why)


@health("deletions")
def ledger_health() -> tuple[bool, str]:
    """Well while the ledger outside the database tells the same deletions as the database."""
    if why := why_not():
        return False, why
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(seq), 0) FROM agreements_deletionbatch")
        (newest,) = cursor.fetchone()
    seq, _ = ledger.head() or (0, "")
    if seq < newest:
        return (
            False,
            f"The ledger outside the database ends at batch {seq}, the database at {newest}; the schedule writes the rest.",
        )
    return True, f"The ledger outside the database ends at batch {seq}, as the database does."
