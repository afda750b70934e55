"""Reports are deleted by the retention engine alone, and never while a legal hold protects them."""

GUARD = r"""
CREATE FUNCTION incidents_guard_reports() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM gone) THEN RETURN NULL; END IF;
  IF coalesce(current_setting('portal.retention', true), '') <> 'on' THEN
    RAISE EXCEPTION 'Reports are deleted by the retention engine alone.' USING ERRCODE = 'restrict_violation';
  END IF;
  IF EXISTS (
    SELECT FROM gone g JOIN agreements_legalhold h ON h.lifted_at IS NULL AND (h.organization_id = g.organization_id
      OR (h.agreement_id = g.agreement_id AND (h.record_id IS NULL OR (h.record_id = g.id AND h.record_type = 'incidents.report'))))
  ) THEN
    RAISE EXCEPTION 'A legal hold protects one of these reports.' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER guard_reports AFTER DELETE ON incidents_report REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION incidents_guard_reports();
"""
UNGUARD = "DROP TRIGGER guard_reports ON incidents_report; DROP FUNCTION incidents_guard_reports();"
