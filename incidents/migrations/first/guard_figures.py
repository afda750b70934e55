"""A published release of figures cannot be changed or removed, whoever asks: the database refuses."""

GUARD = r"""
CREATE FUNCTION incidents_refuse_release_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Published figures stand as they were published.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER published BEFORE UPDATE OR DELETE ON incidents_figurerelease
  FOR EACH ROW EXECUTE FUNCTION incidents_refuse_release_change();
CREATE TRIGGER published_all BEFORE TRUNCATE ON incidents_figurerelease
  FOR EACH STATEMENT EXECUTE FUNCTION incidents_refuse_release_change();
ALTER TABLE incidents_figurerelease ENABLE ALWAYS TRIGGER published;
ALTER TABLE incidents_figurerelease ENABLE ALWAYS TRIGGER published_all;
"""
UNGUARD = """
DROP TRIGGER published_all ON incidents_figurerelease;
DROP TRIGGER published ON incidents_figurerelease;
DROP FUNCTION incidents_refuse_release_change();
"""
