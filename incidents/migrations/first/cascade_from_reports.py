"""What hangs on a report goes with it in the database too.

Django's own keys are checked for every deleted report and child table at the end of a batch; a cascading key acts at
once, and costs the retention engine less than half. The engine still deletes and counts the children itself. Django
5.2 cannot declare such a key: tests/incidents/test_keys.py finds one that lacks it.
"""

CHANGE = """
DO $$
DECLARE key record;
BEGIN
  FOR key IN SELECT conrelid::regclass AS child, conname, a.attname FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'f' AND c.confrelid = 'incidents_report'::regclass LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I FOREIGN KEY (%I) REFERENCES incidents_report (id)'
      ' {} DEFERRABLE INITIALLY DEFERRED', key.child, key.conname, key.conname, key.attname);
  END LOOP;
END $$;
"""
