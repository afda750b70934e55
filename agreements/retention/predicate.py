"""What is due and what is held: one piece of SQL for preview, run, report and health.

A record is due when the day until which it is kept has ended in its agreement's own calendar, by the moment given.
"""

from django.db import models

# No calendar is more than a day ahead of UTC: the first comparison says nothing new, but an index can answer it.
DUE = """
  r.retain_until <= (%(at)s::timestamptz AT TIME ZONE 'UTC')::date
  AND r.retain_until < (%(at)s::timestamptz AT TIME ZONE a.time_zone)::date AND r.anonymised_on IS NULL
"""
# Data that is to be returned first waits until somebody confirms that it was.
READY = "(t.action <> 'return' OR r.returned_on IS NOT NULL)"

HOLD = """
  SELECT h.reference FROM agreements_legalhold h
  WHERE h.lifted_at IS NULL AND (h.organization_id = r.organization_id OR (h.agreement_id = r.agreement_id
        AND (h.record_id IS NULL OR (h.record_id = r.id AND h.record_type = %(label)s))))
  ORDER BY h.placed_at LIMIT 1
"""

# The approval of a second person that names a record under the term that governs it now. It is asked by IS NULL, for each
# row from the index, and never by NOT EXISTS: from that the planner makes a join of all due with all named records while
# it has no statistics of the latter, as just after an approval.
APPROVAL = """
  SELECT n.approval_id FROM agreements_namedrecord n JOIN agreements_retentionapproval p ON p.id = n.approval_id
  WHERE n.record_id = r.id AND n.record_type = %(label)s AND n.term_id = r.term_id AND p.state = 'approved'
  ORDER BY p.decided_at LIMIT 1
"""
# `asked` are the terms that a run leaves alone except for what was approved; see `gate`.
PASSED = f"(NOT r.term_id = ANY(%(asked)s::uuid[]) OR ({APPROVAL}) IS NOT NULL)"


def source(model: type[models.Model]) -> str:
    """The governed table with its agreement and its term."""
    return (
        f'"{model._meta.db_table}" r JOIN agreements_agreement a ON a.id = r.agreement_id'
        " JOIN agreements_retentionterm t ON t.id = r.term_id"
    )


def label(model: type[models.Model]) -> str:
    """How holds and certificates name the kind of record."""
    return model._meta.label_lower
