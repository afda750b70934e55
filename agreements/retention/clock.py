"""May the clock be believed? A run that starts by a wrong clock deletes what nobody meant to delete.

Only the database's clock decides what is due, so it is held against three others: the clock of this process, the
newest deletion, and the newest signed checkpoint of the trail. A checkpoint is signed each hour by the portal's clock,
so where both clocks jump ahead together a run is refused only until the next one is signed.
"""

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from agreements.models import DeletionBatch
from partnership.errors import DomainError
from partnership.models import AuditCheckpoint

APART = timedelta(seconds=60)  # how far two honest clocks may differ
AHEAD = timedelta(hours=24)  # how long the trail may go without a checkpoint before a run waits for one


class ClockInDoubt(DomainError):
    default = "The clock of the database is in doubt, so nothing is deleted."


def doubt() -> str:
    """Why a run must not start now, in one sentence; empty where the clock may be believed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")  # now() would be the start of a transaction, long ago perhaps
        return _doubt(cursor.fetchone()[0], timezone.now())


def _doubt(database: datetime, process: datetime) -> str:
    if abs(database - process) > APART:
        return f"The database says {_words(database)} and the portal {_words(process)}; nothing is deleted until they agree."
    deletion = DeletionBatch.objects.order_by("-at").values_list("at", flat=True).first()
    checkpoint = AuditCheckpoint.objects.order_by("-at").values_list("at", flat=True).first()
    for what, moment in (("deletion", deletion), ("checkpoint of the trail", checkpoint)):
        if moment is not None and database < moment - APART:
            return f"The database says {_words(database)}, before the newest {what} of {_words(moment)}; nothing is deleted."
    if checkpoint is not None and database > checkpoint + AHEAD:
        return (
            f"The database says {_words(database)}, more than 24 hours after the newest checkpoint of the trail of"
            f" {_words(checkpoint)}; nothing is deleted until a checkpoint is signed."
        )
    return ""


def check() -> None:
    """Raise ClockInDoubt where a run must not start."""
    if why := doubt():
        raise ClockInDoubt(why)


def _words(moment: datetime) -> str:
    return f"{moment:%-d %B %Y, %H:%M:%S} UTC"
