"""Pages and calls of the trail: check, export, checkpoints, witnesses, readings, timelines, shredding."""

import io
import json
import runpy
import zipfile

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from partnership import verbs
from partnership.actions import checkpoints as deeds
from partnership.actions import trail
from partnership.audit import anchors, chain, checkpoints, keys
from partnership.audit.record import record
from partnership.models import AuditDetail, AuditEntry, AuditWitness, Job, Role
from tests.clients import signed_in
from tests.factories.partnership import OrganizationFactory, member, secretariat
from tests.partnership.test_audit_chain import as_superuser, write
from tests.partnership.test_audit_checkpoints import VERIFIER, offline

WITNESS = runpy.run_path(str(VERIFIER.with_name("witness_trail.py")))


def api(*parts):
    return "/api/v1/" + "/".join(str(part) for part in parts)


@pytest.fixture
def people(committed_db):
    """A coordinator, an auditor, an administrator with an organization, all on a database whose commits last."""
    organization = OrganizationFactory(name="Noord Grid")
    return {
        "coordinator": member(Role.COORDINATOR, secretariat(), name="Coen"),
        "auditor": member(Role.AUDITOR, OrganizationFactory(name="Audit House", kind="association"), name="Axel"),
        "admin": member(Role.ADMINISTRATOR, organization, name="Ada"),
        "stranger": member(Role.LIAISON_OFFICER, OrganizationFactory(name="Elsewhere"), name="Stan"),
    }


@pytest.fixture
def browser(people):
    return lambda who: signed_in(Client(), people[who])


@pytest.fixture
def calls(people):
    return lambda who: signed_in(APIClient(), people[who])


def test_an_auditor_verifies_exports_and_checks_without_the_portal(browser, people, tmp_path):
    write(6)
    deeds.sign(at=timezone.now())
    auditor = browser("auditor")

    assert auditor.post("/audit/verify").status_code == 302
    shown = auditor.get("/audit/verify").content.decode()
    assert "The trail is intact." in shown and "6 entries" not in shown.split("Last check")[0]
    made = auditor.post("/audit/export", {"reason": "Yearly audit"})
    answer = auditor.get(f"{made.url}/file")
    (tmp_path / "trail.zip").write_bytes(b"".join(answer.streaming_content))
    outcome = offline(tmp_path, "trail.zip", "--key", keys.known(anchors.keys_file())[0])

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert "reason 1" not in zipfile.ZipFile(tmp_path / "trail.zip").read("trail.jsonl").decode()
    assert [entry.verb for entry in AuditEntry.objects.filter(actor_id=people["auditor"].pk).order_by("id")] == [
        "partnership.audit_verified", "partnership.trail_exported", "partnership.export_downloaded"]  # fmt: skip


def test_the_words_go_along_for_those_who_may_read_them(browser):
    write(3)

    made = browser("coordinator").post("/audit/export", {"reason": "Own audit"})
    content = b"".join(browser("coordinator").get(f"{made.url}/file").streaming_content)

    rows = [json.loads(line) for line in zipfile.ZipFile(io.BytesIO(content)).read("trail.jsonl").splitlines()[1:]]
    assert len(rows) == 3 and all(row["detail"]["because"].startswith("reason") for row in rows)


def test_a_row_altered_in_sql_is_named_on_the_page(browser):
    write(4)
    two = AuditEntry.objects.order_by("id")[1].pk
    as_superuser(f"UPDATE partnership_auditentry SET verb = 'partnership.other' WHERE id = {two}")

    browser("auditor").post("/audit/verify")
    shown = browser("auditor").get("/audit/verify").content.decode()

    assert f"Entry {two} (link 2) was altered after it was sealed." in shown


def test_a_trail_that_takes_no_entry_is_a_fault_and_not_an_error(browser):
    write(2)
    as_superuser("DELETE FROM partnership_audithead")

    browser("auditor").post("/audit/verify")

    assert "The head of the chain is missing." in browser("auditor").get("/audit/verify").content.decode()


@pytest.mark.parametrize("path", ["verify", "export"])
def test_others_neither_verify_nor_export(path, browser, calls):
    for who in ("admin", "stranger"):
        assert browser(who).get(f"/audit/{path}").status_code == 404
        assert browser(who).post(f"/audit/{path}", {"reason": "x"}).status_code == 404
        assert calls(who).post(api("audit", path), {"reason": "x"}, format="json").status_code == 404
    assert not Job.objects.exists()


class OverCalls:
    """The portal as the witness program sees it."""

    def __init__(self, client):
        self.client = client

    def fetch(self, since):
        answer = self.client.get(api("checkpoints", "latest"), {"since": since})
        assert answer.status_code == 200, answer.content
        return answer.json()

    def send(self, key, line):
        answer = self.client.post(api("checkpoints", key, "cosign"), {"signature": line}, format="json")
        assert answer.status_code == 201, answer.content


@pytest.fixture
def witness(people, calls, browser, tmp_path):
    """A partner's program, its key registered on the page by the administrator."""
    organization = people["admin"].memberships.get().organization
    own = WITNESS["Witness"].make(tmp_path / "witness", "noord.example/witness")
    assert browser("admin").post(f"/organizations/{organization.pk}/witness", {"key": own.line}).status_code == 302
    return own, OverCalls(calls("admin"))


def sign():
    row = deeds.sign(at=timezone.now())
    return row, keys.known(anchors.keys_file())[0]


def test_a_witness_checks_each_checkpoint_against_its_last(witness, browser, tmp_path):
    own, portal = witness
    write(3)
    first, key = sign()
    assert own.run(portal.fetch, portal.send, key) == first.size
    write(5)
    second, _ = sign()
    again = WITNESS["Witness"](tmp_path / "witness")
    assert again.run(portal.fetch, portal.send) == second.size

    assert chain.verify().faults == [] and chain.verify().cosignatures == 2
    shown = browser("stranger").get(f"/audit/checkpoints/{second.pk}").content.decode()
    assert "Noord Grid" in shown and "noord.example/witness" in shown
    assert "up to date" in browser("stranger").get("/audit/checkpoints/").content.decode()
    write(1)
    sign()
    assert "behind" in browser("stranger").get("/audit/checkpoints/").content.decode()
    kept = tmp_path / "witness" / "checkpoints.txt"
    assert offline_export(tmp_path, kept).returncode == 0


def offline_export(folder, kept):
    from partnership.exports import trail_pack

    with (folder / "trail.zip").open("wb") as target:
        trail_pack.write(target, words_of=AuditEntry.objects.none())
    return offline(folder, "trail.zip", "--checkpoints", str(kept))


@pytest.mark.parametrize(("statement", "told"), [
    ("rewritten", "does not begin with the"), ("smaller", "has become smaller"), ("forked", "forked or rewritten"),
])  # fmt: skip
def test_a_witness_refuses_what_does_not_fit(statement, told, witness):
    from tests.partnership.test_audit_checkpoints import REWRITE

    own, portal = witness
    write(5)
    first, key = sign()
    own.run(portal.fetch, portal.send, key)
    entries = list(AuditEntry.objects.order_by("id").values_list("pk", flat=True))
    drop = ("DELETE FROM partnership_auditcosignature", "DELETE FROM partnership_auditcheckpoint")
    change = f"UPDATE partnership_auditentry SET verb = 'partnership.other' WHERE id = {entries[1]}"
    if statement == "smaller":
        change = f"DELETE FROM partnership_auditentry WHERE id > {entries[2]}"
    if statement == "forked":
        change += f"; DELETE FROM partnership_auditentry WHERE id > {entries[first.size - 1]}"
    as_superuser(*drop, REWRITE.format(change=change))
    if statement == "rewritten":
        write(4)
    sent = []
    row, _ = sign()

    def fetch(since):  # a portal that lies would send what it likes as a proof
        answer = {"id": row.pk, "note": checkpoints.note(row), "proof": []}
        return answer if statement != "rewritten" else {**answer, "proof": ["A" * 43 + "="] * 3}

    with pytest.raises(WITNESS["Refused"], match=told):
        own.run(fetch, lambda *what: sent.append(what))
    assert sent == []


def test_a_witness_refuses_another_s_signature_and_asks_for_the_key_at_first(witness):
    own, portal = witness
    write(2)
    _, key = sign()
    with pytest.raises(WITNESS["Refused"], match="Give the portal's key"):
        own.run(portal.fetch, portal.send)
    other = key[:-6] + ("AAAAA=" if not key.endswith("AAAAA=") else "BBBBB=")

    with pytest.raises((WITNESS["Refused"], ValueError)):
        own.run(portal.fetch, portal.send, other)
    assert own.run(portal.fetch, portal.send, key) >= 2


def test_a_proof_is_given_from_checkpoints_alone(witness, calls):
    write(3)
    row, _ = sign()
    client = calls("stranger")

    assert client.get(api("checkpoints", "latest"), {"since": row.size}).json()["proof"] == []
    for since, status in ((1, 409), (10**9, 409), ("x", 400), (-1, 400)):
        assert client.get(api("checkpoints", "latest"), {"since": since}).status_code == status


def test_only_its_administrator_registers_and_withdraws_the_key_of_an_organization(witness, people, browser, calls):
    row = AuditWitness.objects.get()
    key = WITNESS["public_line"]("other.example/w", b"s" * 32)
    for who in ("coordinator", "stranger", "auditor"):
        assert browser(who).post(f"/organizations/{row.organization_id}/witness", {"key": key}).status_code == 404
        assert browser(who).post(f"/audit/witnesses/{row.pk}/withdraw").status_code == 404
        given = {"organization": str(row.organization_id), "key": key}
        assert calls(who).post(api("witnesses"), given, format="json").status_code == 404
        assert calls(who).post(api("witnesses", row.pk, "withdraw")).status_code == 404
    assert calls("admin").post(
        api("witnesses"), {"organization": str(row.organization_id), "key": "x"}, format="json"
    ).status_code in (400, 409)
    assert (
        calls("admin")
        .post(api("witnesses"), {"organization": str(row.organization_id), "key": key}, format="json")
        .status_code
        == 201
    )
    row.refresh_from_db()
    assert row.withdrawn_at is not None
    assert (
        calls("admin").post(api("witnesses", AuditWitness.objects.get(withdrawn_at=None).pk, "withdraw")).status_code
        == 200
    )


def test_words_of_a_person_are_taken_out_and_the_trail_still_verifies(people, browser, calls):
    write(3)
    person = AuditEntry.objects.earliest("id").actor_id
    for who in ("auditor", "stranger", "admin"):
        assert browser(who).post(f"/audit/people/{person}/shred", {"because": "Asked"}).status_code == 404
        assert (
            calls(who).post(api("audit", "shred"), {"person": str(person), "because": "x"}, format="json").status_code
            == 404
        )
    assert "Ada" in browser("coordinator").get(f"/audit/people/{person}").content.decode()

    assert (
        browser("coordinator").post(f"/audit/people/{person}/shred", {"because": "The person asked"}).status_code == 302
    )

    assert not AuditDetail.objects.filter(entry_id__in=AuditEntry.objects.filter(actor_id=person).values("pk")).exists()
    shown = browser("coordinator").get(f"/audit/people/{person}").content.decode()
    assert "A person whose name was removed" in shown and "reason 1" not in shown
    verdict = chain.verify()
    assert (verdict.faults, verdict.shredded) == ([], 3)
    assert AuditEntry.objects.filter(verb="partnership.details_shredded", object_id=str(person)).count() == 1
    with pytest.raises(trail.NoWords):
        trail.shred(person=people["stranger"], because="x", by=people["coordinator"], at=timezone.now())


def test_filters_find_by_person_organization_and_outcome(people, browser, calls):
    organization = people["admin"].memberships.get().organization
    for person in ("admin", "stranger"):
        from django.db import transaction

        with transaction.atomic():
            record(verbs.ORGANIZATION_CHANGED, organization, by=people[person], at=timezone.now(), subject=organization)
    client = calls("coordinator")

    def count(**asked):
        return client.get(api("audit"), {"verb": "partnership.organization_changed", **asked}).json()["count"]

    assert (count(), count(person="Ada"), count(person="STAN"), count(person="zz")) == (2, 1, 1, 0)
    assert (count(organization="noord"), count(organization="else"), count(outcome="refused")) == (2, 0, 0)
    assert count(actor_id=str(people["admin"].pk)) == 1 and count(since="2999-01-01") == 0
    assert calls("stranger").get(api("audit"), {"organization": "noord"}).json()["count"] == 1  # the own deed
    shown = browser("coordinator").get(f"/audit/records/partnership.organization/{organization.pk}").content.decode()
    assert shown.count("changed the profile of Noord Grid") == 2


def test_a_deed_that_cannot_be_recorded_is_not_done(people):
    organization = people["admin"].memberships.get().organization
    key = WITNESS["public_line"]("other.example/w", b"s" * 32)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no room'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER no_room BEFORE INSERT ON partnership_auditentry FOR EACH ROW EXECUTE FUNCTION no_room()"
        )

    with pytest.raises(DatabaseError, match="no room"):
        deeds.register_witness(organization=organization, key=key, by=people["admin"], at=timezone.now())
    with pytest.raises(DatabaseError, match="no room"):
        deeds.sign(at=timezone.now())
    assert not AuditWitness.objects.exists() and anchors.every() == []
