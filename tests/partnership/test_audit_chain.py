"""The trail: sealed, closed to change, and telling on whoever changes it as superuser."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from partnership import verbs
from partnership.actions import organizations
from partnership.audit import chain
from partnership.audit.guards import TRIGGERS
from partnership.audit.record import NotInTransaction, record
from partnership.audit.sentences import timeline
from partnership.models import AuditDetail, AuditEntry, AuditSeal, Organization, Role
from tests.factories.partnership import OrganizationFactory, UserFactory, member, secretariat

GUARDED = (
    "partnership_auditentry", "partnership_auditseal", "partnership_auditdetail", "partnership_audithead",
    "partnership_auditcheckpoint", "partnership_auditcosignature",
)  # fmt: skip


def write(count=4):
    person, target = UserFactory(name="Ada"), OrganizationFactory()
    for number in range(count):
        with transaction.atomic():
            record(verbs.ORGANIZATION_CHANGED, target, by=person, at=target.created_at, because=f"reason {number}")
    return target


def as_superuser(*statements):
    with connection.cursor() as cursor:
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        for statement in statements:
            cursor.execute(statement)
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
        for table, trigger in TRIGGERS:  # a careful attacker leaves no guard switched off
            cursor.execute(f"ALTER TABLE partnership_{table} ENABLE ALWAYS TRIGGER {trigger}")


def test_an_untouched_trail_is_intact(committed_db):
    target = write()

    verdict = chain.verify()

    assert verdict.is_intact and verdict.entries == 4
    assert [line.sentence for line in timeline(target)] == [f"Ada changed the profile of {target}."] * 4


@pytest.mark.parametrize(("statement", "told"), [
    ("UPDATE partnership_auditentry SET verb = 'partnership.other' WHERE id = {two}", "Entry {two} (link 2) was altered"),
    ("UPDATE partnership_auditentry SET at = at + interval '1 second' WHERE id = {two}", "Entry {two} (link 2) was altered"),
    ("UPDATE partnership_auditentry SET actor_id = NULL WHERE id = {two}", "Entry {two} (link 2) was altered"),
    ("DELETE FROM partnership_auditentry WHERE id = {two}", "Entry {two} (link 2) was removed"),
    ("UPDATE partnership_auditdetail SET detail = '{{}}' WHERE entry_id = {two}", "The detail of entry {two} was altered"),
    ("DELETE FROM partnership_auditseal WHERE entry_id = {two}", "Link 2 is missing"),
    ("DELETE FROM partnership_auditseal WHERE entry_id = {four}; DELETE FROM partnership_auditentry WHERE id = {four}", "cut off"),
    ("UPDATE partnership_audithead SET seq = 3", "The head says"), ("DELETE FROM partnership_audithead", "head of the chain is missing"),
    ("INSERT INTO partnership_auditentry SELECT id + 100, at, actor_id, actor_kind, verb, object_type, object_id, subject_id, request_id,"
     " outcome, commitment FROM partnership_auditentry WHERE id = {two}", "is not sealed"),
    ("UPDATE partnership_auditseal SET entry_id = entry_id + 1000 WHERE seq IN (2, 3); UPDATE partnership_auditseal SET entry_id ="
     " CASE seq WHEN 2 THEN {three} ELSE {two} END WHERE seq IN (2, 3)", "was altered"),
])  # fmt: skip
def test_tampering_in_sql_is_named(statement, told, committed_db):
    write()
    keys = dict(
        zip(
            ("one", "two", "three", "four"), AuditEntry.objects.order_by("id").values_list("id", flat=True), strict=True
        )
    )

    as_superuser(statement.format(**keys))

    verdict = chain.verify()
    assert not verdict.is_intact
    assert any(told.format(**keys) in fault for fault in verdict.faults), verdict.faults
    if "cut off" in told:
        assert committed_db.manage("verify_audit").returncode == 1


def test_a_removed_detail_leaves_the_chain_valid(committed_db):
    write()
    AuditDetail.objects.filter(entry_id=AuditEntry.objects.order_by("id")[1].pk).delete()

    verdict = chain.verify()

    assert (verdict.is_intact, verdict.shredded) == (True, 1)


@pytest.mark.parametrize("statement", [
    "UPDATE partnership_auditentry SET verb = 'x'", "DELETE FROM partnership_auditentry", "TRUNCATE partnership_auditentry",
    "UPDATE partnership_auditseal SET hash = 'x'", "DELETE FROM partnership_auditseal", "TRUNCATE partnership_auditseal",
    "UPDATE partnership_auditdetail SET salt = 'x'", "DELETE FROM partnership_audithead",
])  # fmt: skip
def test_the_database_refuses_changes_of_the_trail(statement, committed_db):
    write(1)

    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_entry_outside_a_transaction_is_refused(committed_db):
    with pytest.raises(NotInTransaction):
        record(verbs.ORGANIZATION_CHANGED, OrganizationFactory(), by="system", at=OrganizationFactory().created_at)


def test_a_broken_trail_stops_the_act(committed_db):
    coordinator, at = member(Role.COORDINATOR, secretariat()), timezone.now()
    as_superuser("DELETE FROM partnership_audithead")

    with pytest.raises(DatabaseError, match="head of the audit chain"):
        organizations.create(
            columns={"name": "New", "kind": "vendor", "size": "small", "country": "NL"},
            sectors=[],
            by=coordinator,
            at=at,
        )
    assert not Organization.objects.filter(name="New").exists()


@pytest.mark.django_db
@given(
    words=st.text(max_size=40).filter(
        lambda text: "\x00" not in text and text.isprintable() or text in ("\n", '"', "\\")
    )
)
def test_python_and_postgresql_seal_alike(words):
    target = OrganizationFactory()
    with transaction.atomic():
        entry = record(verbs.ORGANIZATION_CHANGED, target, by="system", at=target.created_at, because=words)
        AuditEntry.objects.filter(pk=-1).exists()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    assert AuditSeal.objects.filter(entry_id=entry.pk).exists()
    assert chain.verify().is_intact
