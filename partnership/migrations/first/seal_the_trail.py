"""The chain of the trail: sealed by the database at commit, closed to update, delete and truncate."""

SEAL = r"""
CREATE FUNCTION audit_canonical(e partnership_auditentry) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT json_build_array(
    e.id::text, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), coalesce(e.actor_id::text, ''),
    e.actor_kind, e.verb, e.object_type, e.object_id, e.subject_id, e.request_id::text, e.outcome, e.commitment)::text
$$;

-- Runs at commit: the head is locked last and for the shortest time, so writers do not queue while they work, and
-- the number has no gaps because the head row counts, not a sequence. The first entry of a transaction seals all that
-- follow it in the same transaction, so that the head is written once: a row that one transaction writes n times is
-- found through n dead versions, which makes a large import's commit grow with the square of its size.
CREATE FUNCTION audit_seal_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last partnership_audithead;
        entry partnership_auditentry;
        own bigint := pg_current_xact_id()::text::bigint & 4294967295;
        link text;
BEGIN
  IF EXISTS (SELECT FROM partnership_auditseal WHERE entry_id = NEW.id) THEN RETURN NULL; END IF;
  SELECT * INTO last FROM partnership_audithead WHERE id = 1 FOR UPDATE;
  IF NOT FOUND THEN RAISE EXCEPTION 'The head of the audit chain is missing.'; END IF;
  FOR entry IN
    SELECT * FROM partnership_auditentry e
    WHERE e.id = NEW.id OR (e.id > NEW.id AND e.xmin::text::bigint >= own) ORDER BY e.id
  LOOP
    CONTINUE WHEN EXISTS (SELECT FROM partnership_auditseal WHERE entry_id = entry.id);
    link := encode(sha256('\x00'::bytea || convert_to(last.hash || audit_canonical(entry), 'UTF8')), 'hex');
    INSERT INTO partnership_auditseal (seq, entry_id, previous, hash) VALUES (last.seq + 1, entry.id, last.hash, link);
    last.seq := last.seq + 1;
    last.hash := link;
  END LOOP;
  UPDATE partnership_audithead SET seq = last.seq, hash = last.hash WHERE id = 1;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER seal AFTER INSERT ON partnership_auditentry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_seal_entry();
ALTER TABLE partnership_auditentry ENABLE ALWAYS TRIGGER seal;

CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The audit trail is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON partnership_auditentry FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON partnership_auditentry EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON partnership_auditseal FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON partnership_auditseal EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER no_removal BEFORE DELETE ON partnership_audithead FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON partnership_audithead EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER no_edit BEFORE UPDATE ON partnership_auditdetail FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
ALTER TABLE partnership_auditentry ENABLE ALWAYS TRIGGER no_change;
ALTER TABLE partnership_auditentry ENABLE ALWAYS TRIGGER no_truncate;
ALTER TABLE partnership_auditseal ENABLE ALWAYS TRIGGER no_change;
ALTER TABLE partnership_auditseal ENABLE ALWAYS TRIGGER no_truncate;
ALTER TABLE partnership_audithead ENABLE ALWAYS TRIGGER no_removal;
ALTER TABLE partnership_audithead ENABLE ALWAYS TRIGGER no_truncate;
ALTER TABLE partnership_auditdetail ENABLE ALWAYS TRIGGER no_edit;

INSERT INTO partnership_audithead (id, seq, hash) VALUES (1, 0, repeat('0', 64));
"""

UNSEAL = r"""
DROP TRIGGER seal ON partnership_auditentry;
DROP TRIGGER no_change ON partnership_auditentry;
DROP TRIGGER no_truncate ON partnership_auditentry;
DROP TRIGGER no_change ON partnership_auditseal;
DROP TRIGGER no_truncate ON partnership_auditseal;
DROP TRIGGER no_removal ON partnership_audithead;
DROP TRIGGER no_truncate ON partnership_audithead;
DROP TRIGGER no_edit ON partnership_auditdetail;
DROP FUNCTION audit_refuse_change();
DROP FUNCTION audit_seal_entry();
DROP FUNCTION audit_canonical(partnership_auditentry);
DELETE FROM partnership_audithead;
"""
