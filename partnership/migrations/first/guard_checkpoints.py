"""Checkpoints carry what it takes to sign and to go on; witnesses and their counter-signatures; both append-only."""

TABLES = ("partnership_auditcheckpoint", "partnership_auditcosignature")
GUARD = "\n".join(
    f"CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();\n"
    f"CREATE TRIGGER no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION audit_refuse_change();\n"
    f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER no_change;\n"
    f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER no_truncate;"
    for table in TABLES
)
UNGUARD = "\n".join(f"DROP TRIGGER no_change ON {table}; DROP TRIGGER no_truncate ON {table};" for table in TABLES)
