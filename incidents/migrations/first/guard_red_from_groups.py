"""TLP:RED reaches named persons only: the database refuses it to groups, from whichever side it comes."""

GUARD = r"""
CREATE FUNCTION refuse_red_to_groups() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.revoked_at IS NULL AND EXISTS (
    SELECT FROM incidents_report WHERE id = NEW.content_object_id AND tlp >= 4 FOR SHARE
  ) THEN
    RAISE EXCEPTION 'A TLP:RED report is granted to named persons only, not to a group.' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER no_red_to_groups BEFORE INSERT OR UPDATE ON incidents_reportgroupgrant
  FOR EACH ROW EXECUTE FUNCTION refuse_red_to_groups();

CREATE FUNCTION refuse_red_while_granted_to_groups() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM incidents_reportgroupgrant
    WHERE content_object_id = NEW.id AND revoked_at IS NULL AND expires_at > now()
  ) THEN
    RAISE EXCEPTION 'The report is granted to a group; end that first, then mark it TLP:RED.' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER no_red_while_granted_to_groups BEFORE UPDATE OF tlp ON incidents_report
  FOR EACH ROW WHEN (NEW.tlp >= 4 AND OLD.tlp < 4) EXECUTE FUNCTION refuse_red_while_granted_to_groups();
"""

OPEN = r"""
DROP TRIGGER no_red_to_groups ON incidents_reportgroupgrant;
DROP TRIGGER no_red_while_granted_to_groups ON incidents_report;
DROP FUNCTION refuse_red_to_groups();
DROP FUNCTION refuse_red_while_granted_to_groups();
"""
