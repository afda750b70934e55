"""Three database roles: one owns the tables, one is the application, one owns the trail and cannot sign in.

The application's role may read and write rows and nothing else: it cannot drop, alter or truncate, and to the trail it
can only add. docs/adr/0006-roles-of-the-database.md says why, and what is not held by it.
"""

from django.db import connection, transaction
from psycopg import sql

from partnership.models import AuditCheckpoint, AuditCosignature, AuditDetail, AuditEntry, AuditHead, AuditSeal

OWNER, APP, AUDIT = "portal_owner", "portal_app", "portal_audit"
LOG = (AuditEntry, AuditDetail, AuditSeal, AuditHead, AuditCheckpoint, AuditCosignature)
APP_MAY = {  # on tables of the trail; on every other table it reads and writes rows
    AuditEntry: "SELECT, INSERT",
    AuditDetail: "SELECT, INSERT, DELETE",  # the words of an entry can be shredded; a trigger refuses their change
    AuditSeal: "SELECT",  # written by audit_seal_entry alone, which runs as portal_audit
    AuditHead: "SELECT",
    AuditCheckpoint: "SELECT, INSERT",
    AuditCosignature: "SELECT, INSERT",
}

ROLES = """
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['portal_owner', 'portal_app', 'portal_audit'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN EXECUTE format('CREATE ROLE %I', name); END IF;
    EXECUTE format('ALTER ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', name);
    EXECUTE format('ALTER ROLE %I SET synchronous_commit = on', name);
  END LOOP;
END $$;
ALTER ROLE portal_owner LOGIN;
ALTER ROLE portal_app LOGIN;
ALTER ROLE portal_audit NOLOGIN;
GRANT portal_audit TO portal_owner;  -- a migration may change tables of the trail; the application may not
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO portal_owner, portal_app, portal_audit;
GRANT CREATE ON SCHEMA public TO portal_owner;
"""

# Tables of an older state folder belong to the one role of that time; the owner is changed only where it differs.
OWNERSHIP = """
DO $$
DECLARE found record; wanted text;
BEGIN
  FOR found IN
    SELECT c.oid, c.oid::regclass::text AS name, c.relname, pg_get_userbyid(c.relowner) AS owner
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
      AND NOT EXISTS (  -- a column's sequence follows its table
        SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
          AND (d.deptype = 'e' OR c.relkind = 'S' AND d.deptype IN ('a', 'i')))
  LOOP
    wanted := CASE WHEN found.relname = ANY (%(log)s::text[]) THEN 'portal_audit' ELSE 'portal_owner' END;
    IF found.owner <> wanted THEN EXECUTE format('ALTER TABLE %%s OWNER TO %%I', found.name, wanted); END IF;
  END LOOP;
  FOR found IN
    SELECT p.oid::regprocedure::text AS name, p.proname, pg_get_userbyid(p.proowner) AS owner
    FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
  LOOP
    wanted := CASE WHEN found.proname LIKE 'audit\\_%%' THEN 'portal_audit' ELSE 'portal_owner' END;
    IF found.owner <> wanted THEN EXECUTE format('ALTER FUNCTION %%s OWNER TO %%I', found.name, wanted); END IF;
  END LOOP;
END $$;
"""

RIGHTS = """
ALTER FUNCTION audit_seal_entry() SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, portal_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO portal_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO portal_app;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal_app;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO portal_app;
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM portal_app;
"""


def make() -> None:
    """Create or repair the roles, what they own and what they may do; to be run as superuser after migrations.

    Twice run equals once run. Passwords are left as they are: a new role has none.
    """
    log = [model._meta.db_table for model in LOG]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ROLES)
        cursor.execute(_with_names(log))
        cursor.execute(RIGHTS)
        for model in LOG:
            table = sql.Identifier(model._meta.db_table)
            cursor.execute(sql.SQL("REVOKE ALL ON {} FROM portal_app").format(table))
            cursor.execute(sql.SQL("GRANT {} ON {} TO portal_app").format(sql.SQL(APP_MAY[model]), table))


def _with_names(log: list[str]) -> str:
    """A DO block takes no parameters, so the names of our own tables are written into it."""
    return OWNERSHIP % {"log": f"'{{{','.join(log)}}}'"}


def is_superuser() -> bool:
    """Whether this connection may create roles and give tables away."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])
