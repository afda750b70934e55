"""The application's role owns nothing, adds to the trail, and can neither change it nor any definition."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from partnership import database_roles, verbs
from partnership.audit.record import record
from partnership.models import AuditDetail, AuditEntry, AuditHead, AuditSeal, Organization
from tests.factories.partnership import OrganizationFactory, UserFactory


@pytest.fixture
def roles(db):
    database_roles.make()


def ask(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def become(role):
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")


def write_an_entry():
    person, target = UserFactory(), OrganizationFactory()
    with transaction.atomic():
        record(verbs.ORGANIZATION_CHANGED, target, by=person, at=target.created_at, because="roles")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def owners():
    return dict(ask("SELECT relname::text, pg_get_userbyid(relowner)::text FROM pg_class "
                    "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')"))  # fmt: skip


def test_no_table_belongs_to_the_application(roles):
    found = owners()

    assert set(found.values()) == {"portal_owner", "portal_audit"}
    assert {found[model._meta.db_table] for model in database_roles.LOG} == {"portal_audit"}
    assert found[Organization._meta.db_table] == "portal_owner"


def test_the_roles_have_no_power_beyond_their_tables_and_commits_wait_for_the_disk(roles):
    found = ask("SELECT rolname::text, rolcanlogin, rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls, "
                "'synchronous_commit=on' = ANY (rolconfig) FROM pg_roles WHERE rolname LIKE 'portal\\_%' "
                "AND rolname IN ('portal_owner', 'portal_app', 'portal_audit') ORDER BY 1")  # fmt: skip

    assert found == [
        ("portal_app", True, False, True),
        ("portal_audit", False, False, True),
        ("portal_owner", True, False, True),
    ]


def test_the_sealing_function_runs_as_the_trail_with_a_fixed_search_path(roles):
    assert ask(
        "SELECT prosecdef, pg_get_userbyid(proowner)::text, proconfig FROM pg_proc WHERE proname = 'audit_seal_entry'"
    ) == [(True, "portal_audit", ["search_path=pg_catalog, public, pg_temp"])]


def test_the_application_writes_rows_and_its_entry_is_sealed(roles):
    become("portal_app")
    before = AuditSeal.objects.count()

    write_an_entry()

    assert AuditSeal.objects.count() == before + AuditEntry.objects.count() > before
    assert AuditHead.objects.get().seq == AuditSeal.objects.count()
    assert AuditDetail.objects.all().delete()[0] > 0


@pytest.mark.parametrize("statement", [
    "DROP TABLE partnership_organization CASCADE",
    "ALTER TABLE partnership_organization ADD COLUMN extra text",
    "TRUNCATE partnership_organization CASCADE",
    "CREATE TABLE extra (id int)",
    "CREATE FUNCTION extra() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ALTER TABLE partnership_auditentry DISABLE TRIGGER ALL",
    "UPDATE partnership_auditentry SET verb = 'other'",
    "DELETE FROM partnership_auditentry",
    "TRUNCATE partnership_auditentry CASCADE",
    "UPDATE partnership_auditdetail SET detail = '{}'",
    "INSERT INTO partnership_auditseal (seq, entry_id, previous, hash) VALUES (1, 1, '', '')",
    "UPDATE partnership_auditseal SET hash = ''",
    "DELETE FROM partnership_auditseal",
    "UPDATE partnership_audithead SET seq = 0",
    "DELETE FROM partnership_auditcheckpoint",
    "DELETE FROM partnership_auditcosignature",
    "DELETE FROM django_migrations",
    "ALTER FUNCTION audit_seal_entry() SECURITY INVOKER",
    "ALTER ROLE portal_app SUPERUSER",
    "SET LOCAL session_replication_role = replica",
])  # fmt: skip
def test_the_application_can_change_neither_definitions_nor_the_trail(roles, statement):
    write_an_entry()
    become("portal_app")

    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be owner|must be superuser"),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_the_application_reads_and_writes_a_table_that_a_later_migration_makes(roles):
    become("portal_owner")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE later (id bigint GENERATED ALWAYS AS IDENTITY, name text)")
        cursor.execute("ALTER TABLE partnership_auditentry ADD COLUMN later text")  # the trail's tables migrate as well
        become("portal_app")
        cursor.execute("INSERT INTO later (name) VALUES ('a')")

    assert ask("SELECT name FROM later") == [("a",)]


def test_twice_run_equals_once_run(roles):
    question = "SELECT relname::text, relacl::text, relowner FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
    before = ask(question)

    database_roles.make()

    assert ask(question) == before


def test_the_command_refuses_to_run_as_anybody_but_the_superuser(roles):
    call_command("make_roles", verbosity=0)
    become("portal_app")

    with pytest.raises(CommandError, match="superuser"):
        call_command("make_roles", verbosity=0)
