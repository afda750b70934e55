"""A frozen version and its rows cannot be changed, whoever asks: the database refuses."""

TABLES = ["purpose", "dataitem", "retentionterm", "redactionstep", "permitteduse"]

GUARD = r"""
CREATE FUNCTION agreement_is_frozen(which uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT frozen_at IS NOT NULL FROM agreements_agreementversion WHERE id = which), false)
$$;

CREATE FUNCTION agreement_refuse_frozen_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TG_OP <> 'INSERT' AND agreement_is_frozen(OLD.version_id)) OR (TG_OP <> 'DELETE' AND agreement_is_frozen(NEW.version_id)) THEN
    RAISE EXCEPTION 'This version is frozen: its terms cannot be changed.' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;

CREATE FUNCTION agreement_refuse_frozen_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.frozen_at IS NOT NULL THEN
    RAISE EXCEPTION 'This version is frozen: it cannot be changed.' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;

CREATE FUNCTION agreement_refuse_frozen_use() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE which uuid;
BEGIN
  SELECT version_id INTO which FROM agreements_permitteduse WHERE id = coalesce(NEW.permitteduse_id, OLD.permitteduse_id);
  IF agreement_is_frozen(which) THEN
    RAISE EXCEPTION 'This version is frozen: its terms cannot be changed.' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;

CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON agreements_agreementversion
  FOR EACH ROW EXECUTE FUNCTION agreement_refuse_frozen_version();
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON agreements_permitteduse_categories
  FOR EACH ROW EXECUTE FUNCTION agreement_refuse_frozen_use();

CREATE FUNCTION agreement_refuse_signature_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A signature stands as it was given.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER given BEFORE UPDATE OR DELETE ON agreements_signature
  FOR EACH ROW EXECUTE FUNCTION agreement_refuse_signature_change();
""" + "\n".join(
    f"CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON agreements_{table}\n"
    "  FOR EACH ROW EXECUTE FUNCTION agreement_refuse_frozen_row();"
    for table in TABLES
)

UNGUARD = (
    "\n".join(
        f"DROP TRIGGER frozen ON agreements_{t};" for t in [*TABLES, "agreementversion", "permitteduse_categories"]
    )
    + """
DROP TRIGGER given ON agreements_signature;
DROP FUNCTION agreement_refuse_signature_change();
DROP FUNCTION agreement_refuse_frozen_use();
DROP FUNCTION agreement_refuse_frozen_version();
DROP FUNCTION agreement_refuse_frozen_row();
DROP FUNCTION agreement_is_frozen(uuid);
"""
)
