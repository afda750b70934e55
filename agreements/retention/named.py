"""The records that an approval names: stored by one statement from the predicate of the run, and their hash."""

from django.db import connection

from agreements.models import RetentionApproval
from agreements.retention import gate, predicate, rows


def store(approval: RetentionApproval) -> None:
    """Name every record that is due by the approval's run and waits for a second person."""
    asked = list(gate.terms_that_wait(approval.due_at))
    for model in rows.models():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO agreements_namedrecord (approval_id, record_type, record_id, term_id)"
                f" SELECT %(approval)s, %(label)s, r.id, r.term_id FROM {predicate.source(model)}"
                f" WHERE {predicate.DUE} AND {predicate.READY} AND ({predicate.HOLD}) IS NULL AND NOT {predicate.PASSED}",
                {"approval": approval.pk, "label": predicate.label(model), "at": approval.due_at, "asked": asked},
            )


def digest(approval: RetentionApproval) -> tuple[int, str]:
    """(how many, SHA-256) over the kind, key and term of each record named, a line each, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), encode(sha256(convert_to(coalesce(string_agg(concat_ws(' ', record_type, record_id, term_id),"
            " E'\\n' ORDER BY record_type, record_id), ''), 'UTF8')), 'hex') FROM agreements_namedrecord"
            " WHERE approval_id = %s",
            [approval.pk],
        )
        return cursor.fetchone()


def remaining(approval: RetentionApproval) -> int:
    """How many of the records named are still there under the term by which they were named."""
    found = 0
    for model in rows.models():
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT count(*) FROM "{model._meta.db_table}" r JOIN agreements_namedrecord n ON n.record_id = r.id'
                " AND n.record_type = %s AND n.term_id = r.term_id WHERE n.approval_id = %s AND r.anonymised_on IS NULL",
                [predicate.label(model), approval.pk],
            )
            found += cursor.fetchone()[0]
    return found


def faults() -> list[str]:
    """Approvals whose stored records no longer have the hash that was seen."""
    return [
        f"The records that {approval} names are not those that were seen."
        for approval in RetentionApproval.objects.order_by("reference")
        if digest(approval) != (approval.size, approval.hash)
    ]
