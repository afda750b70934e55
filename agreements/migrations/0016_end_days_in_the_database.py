"""Let the database turn the day until which a record is kept into the moment at which that day ends."""

from django.db import migrations

# The rule of `agreements.retention.predicate`, as a moment: the day has ended where the agreement lives.
KEEP = r"""
CREATE FUNCTION agreements_end_of_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.expires_at := CASE WHEN NEW.retain_until IS NULL OR NEW.anonymised_on IS NOT NULL THEN NULL ELSE (
    SELECT (NEW.retain_until + 1)::timestamp AT TIME ZONE a.time_zone FROM agreements_agreement a WHERE a.id = NEW.agreement_id
  ) END;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0015_share_with_audiences")]

    operations = [migrations.RunSQL(KEEP, "DROP FUNCTION agreements_end_of_day();")]
