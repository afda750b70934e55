"""How data is handled, where it goes, and further clauses; frozen with their version like the other terms."""

TABLES = ["handlingpolicy", "transfer", "clause"]
GUARD = "\n".join(
    f"CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON agreements_{table}"
    " FOR EACH ROW EXECUTE FUNCTION agreement_refuse_frozen_row();"
    for table in TABLES
)
UNGUARD = "\n".join(f"DROP TRIGGER frozen ON agreements_{table};" for table in TABLES)
