"""Terms under which records went before approvals existed have had their first run."""

from django.db import migrations

CLEAR = """
INSERT INTO agreements_clearedterm (term_id, cleared_at)
SELECT DISTINCT d.term_id, now() FROM agreements_deletionrecord d JOIN agreements_retentionterm t ON t.id = d.term_id
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0011_approve_deletions")]

    operations = [migrations.RunSQL(CLEAR, migrations.RunSQL.noop)]
