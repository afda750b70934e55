"""Checkpoints: signed, laid down outside the database, counter-signed, and telling on whoever rewrites the trail."""

import base64
import os
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from partnership.actions import checkpoints as deeds
from partnership.audit import anchors, chain, checkpoints, keys, merkle, notes
from partnership.exports import trail_pack
from partnership.models import AuditCheckpoint, AuditDetail, AuditEntry, AuditSeal, Role
from tests.factories.partnership import OrganizationFactory, member
from tests.partnership.test_audit_chain import as_superuser, write

VERIFIER = Path(__file__).resolve().parents[2] / "static" / "trail" / "verify_trail.py"
LONG_AGO = timezone.now() - timedelta(hours=1)
# Whoever owns the database can make a chain that holds together: every link anew, from some entry on.
REWRITE = """
DO $$ DECLARE e partnership_auditentry; link text; last text := repeat('0', 64); number bigint := 0;
BEGIN
  {change};
  DELETE FROM partnership_auditseal;
  FOR e IN SELECT * FROM partnership_auditentry ORDER BY id LOOP
    link := encode(sha256('\\x00'::bytea || convert_to(last || audit_canonical(e), 'UTF8')), 'hex');
    number := number + 1;
    INSERT INTO partnership_auditseal (seq, entry_id, previous, hash) VALUES (number, e.id, last, link);
    last := link;
  END LOOP;
  UPDATE partnership_audithead SET seq = number, hash = last;
END $$"""


class Partner:
    """An organization with a key of its own, and the administrator who registered it."""

    def __init__(self, name):
        self.organization = OrganizationFactory(name=name)
        self.person = member(Role.ADMINISTRATOR, self.organization, name=f"Admin of {name}")
        self.key = Ed25519PrivateKey.generate()
        self.name = f"{name.lower()}.example/witness"
        verifier = notes.Verifier(self.name, notes.COSIGNATURE, self.key.public_key().public_bytes_raw())
        self.witness = deeds.register_witness(
            organization=self.organization, key=str(verifier), by=self.person, at=LONG_AGO
        )

    def line(self, checkpoint, moment=1_790_000_000):
        return notes.cosign(checkpoints.statement(checkpoint).text, self.name, self.key, moment).line

    def cosign(self, checkpoint):
        return deeds.cosign(checkpoint=checkpoint, signature=self.line(checkpoint), by=self.person, at=LONG_AGO)


@pytest.fixture
def signed(committed_db):
    """A trail with two checkpoints, the first counter-signed by two partners."""
    partners = [Partner("Alpha"), Partner("Beta")]
    write(5)
    first = deeds.sign(at=LONG_AGO)
    for partner in partners:
        partner.cosign(first)
    write(4)
    second = deeds.sign(at=LONG_AGO + timedelta(minutes=10))
    write(2)
    return committed_db, partners, first, second


def faults():
    return chain.verify().faults


def root_of(seals):
    """The root of RFC 6962, as its definition says it."""
    if len(seals) < 2:
        return merkle.leaf(seals[0]) if seals else merkle.EMPTY
    half = 1 << (len(seals) - 1).bit_length() - 1
    return merkle.node(root_of(seals[:half]), root_of(seals[half:]))


def test_roots_and_proofs_are_those_of_the_definition():
    seals = [bytes([number]) * 32 for number in range(40)]
    for new in range(41):
        whole = merkle.Tree()
        whole.extend(seals[:new])
        assert whole.root == root_of(seals[:new])
        for old in range(new + 1):
            part = merkle.Tree()
            for seal in seals[:old]:
                part.add(seal)
            proof = merkle.prove(part, new, seals[old:new])
            assert merkle.is_consistent(old, part.root, new, whole.root, proof)
            if 0 < old < new:
                assert not merkle.is_consistent(old, part.root, new, merkle.EMPTY, proof)
                assert not merkle.is_consistent(old, merkle.EMPTY, new, whole.root, proof)
                assert not merkle.is_consistent(old, part.root, new, whole.root, [*proof, merkle.EMPTY])
                assert not merkle.is_consistent(new, whole.root, old, part.root, proof)


def test_a_checkpoint_says_size_root_and_head_and_lies_outside_the_database(signed):
    _, _, first, second = signed
    seals = [bytes.fromhex(link) for link in AuditSeal.objects.order_by("seq").values_list("hash", flat=True)]

    assert first.root == root_of(seals[: first.size]).hex() and second.root == root_of(seals[: second.size]).hex()
    assert second.size > first.size >= 5
    said, signatures = notes.read(anchors.every()[-1])
    assert (said.size, said.root.hex(), said.head) == (second.size, second.root, seals[second.size - 1].hex())
    assert any(notes.holds(signatures[0], said.text, key) for key in anchors.trusted())
    assert anchors.file().stat().st_mode & 0o077 == 0
    verdict = chain.verify()
    assert (verdict.faults, verdict.checkpoints, verdict.cosignatures) == ([], 2, 2) and verdict.anchors >= 2


def test_a_verification_can_begin_at_a_checkpoint(signed):
    database, _, first, _ = signed
    AuditDetail.objects.filter(entry_id=AuditEntry.objects.earliest("id").pk).delete()

    verdict = chain.verify(since=first)

    assert (verdict.faults, verdict.begin) == ([], first.size)
    assert verdict.entries == AuditSeal.objects.count() - first.size
    assert verdict.root == chain.verify().root
    outcome = database.manage("verify_audit", "--from", str(first.size), "--json")
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


TAMPERING = {
    "rewrite everything": (REWRITE.format(change="UPDATE partnership_auditentry SET verb = 'partnership.other' WHERE id = {two}"),
                           "does not fit the chain"),
    "rewrite without an entry": (REWRITE.format(change="DELETE FROM partnership_auditentry WHERE id = {two}"), "does not fit the chain"),
    "insert and rewrite": (REWRITE.format(change="INSERT INTO partnership_auditentry SELECT -1, at, actor_id, actor_kind, verb, object_type,"
                           " object_id, subject_id, request_id, outcome, commitment FROM partnership_auditentry WHERE id = {two}"),
                           "does not fit the chain"),
    "cut the tail and move the head": ("DELETE FROM partnership_auditentry WHERE id > {two}; DELETE FROM partnership_auditseal WHERE"
                                       " entry_id > {two}; UPDATE partnership_audithead SET (seq, hash) = (SELECT seq, hash FROM"
                                       " partnership_auditseal ORDER BY seq DESC LIMIT 1)", "its end was cut off"),
    "alter a checkpoint": ("UPDATE partnership_auditcheckpoint SET root = repeat('a', 64) WHERE size = {first}", "is not the portal's"),
    "swap two checkpoints": ("UPDATE partnership_auditcheckpoint c SET root = o.root, head = o.head, signature = o.signature"
                             " FROM partnership_auditcheckpoint o WHERE o.id <> c.id", "does not fit the chain"),
    "alter its signature": ("UPDATE partnership_auditcheckpoint SET signature = translate(signature, 'ABCDEFGHIJKLM', 'BCDEFGHIJKLMA') WHERE size = {first}",
                            "The signature of the checkpoint of {first} entries"),
    "remove a checkpoint": ("DELETE FROM partnership_auditcosignature; DELETE FROM partnership_auditcheckpoint WHERE size = {first}",
                            "The database has lost or changed the checkpoint of {first} entries"),
    "remove a counter-signature": ("DELETE FROM partnership_auditcosignature", "The database has lost the counter-signature of alpha"),
    "alter a counter-signature": ("UPDATE partnership_auditcosignature c SET signature = o.signature FROM partnership_auditcosignature o"
                                  " WHERE o.id <> c.id", "The counter-signature of alpha.example/witness under {first} entries does not fit"),
    "swap a witness's key": ("UPDATE partnership_auditwitness SET key = regexp_replace(key, 'beta', 'gamma')", "does not fit"),
    "replace the sealing": ("CREATE OR REPLACE FUNCTION audit_seal_entry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
                            "The database function audit_seal_entry was replaced."),
    "switch a guard off": ("ALTER TABLE partnership_auditentry DISABLE TRIGGER seal", "The guard seal of partnership_auditentry is switched off."),
    "drop a guard": ("DROP TRIGGER no_change ON partnership_auditseal", "The guard no_change of partnership_auditseal is missing."),
    "link to nowhere": ("INSERT INTO partnership_auditseal VALUES ((SELECT seq + 1 FROM partnership_audithead), 999999, repeat('b', 64),"
                        " repeat('c', 64))", "stands behind the head"),
}  # fmt: skip


@pytest.mark.parametrize("kind", TAMPERING)
def test_what_is_done_as_superuser_is_found_and_named(kind, signed):
    database, _, first, _ = signed
    statement, told = TAMPERING[kind]
    two = AuditEntry.objects.order_by("id")[1].pk
    if kind in ("replace the sealing", "switch a guard off", "drop a guard"):
        with connection.cursor() as cursor:
            cursor.execute(statement)
    else:
        as_superuser(statement.format(two=two, first=first.size))

    found = faults()

    assert any(told.format(first=first.size) in fault for fault in found), found
    if kind == "rewrite everything":
        outcome = database.manage("verify_audit")
        assert outcome.returncode == 1 and found[0] in outcome.stdout


@pytest.mark.parametrize("statement", [
    "UPDATE partnership_auditcheckpoint SET size = 1", "DELETE FROM partnership_auditcheckpoint",
    "TRUNCATE partnership_auditcheckpoint CASCADE", "UPDATE partnership_auditcosignature SET signature = ''",
    "DELETE FROM partnership_auditcosignature",
])  # fmt: skip
def test_the_database_refuses_changes_of_checkpoints(statement, signed):
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_file_that_was_altered_or_lost_is_named(signed):
    path = anchors.file()
    whole = path.read_text()

    path.write_text(whole.replace(whole.split("\n")[2], base64.b64encode(b"x" * 32).decode(), 1))
    assert any("of the file of checkpoints is not signed by the portal" in fault for fault in faults())
    path.unlink()
    assert any("The file of checkpoints does not hold the checkpoint" in fault for fault in faults())
    checkpoints.publish()
    assert faults() == []


def test_a_trail_that_does_not_hold_together_is_not_signed(signed):
    as_superuser(
        "UPDATE partnership_auditseal SET hash = repeat('d', 64) WHERE seq = (SELECT seq FROM partnership_audithead)"
    )

    with pytest.raises(checkpoints.Unfit):
        deeds.sign(at=timezone.now())


def test_a_checkpoint_in_a_transaction_that_fails_leaves_no_trace(signed):
    before = anchors.file().read_text()

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        deeds.sign(at=timezone.now())
        raise ZeroDivisionError

    assert AuditCheckpoint.objects.count() == 2 and anchors.file().read_text() == before


@pytest.mark.parametrize("spoil", ["another key", "another checkpoint", "another text", "no key"])
def test_a_counter_signature_that_does_not_fit_is_refused(spoil, signed):
    _, (alpha, beta), first, second = signed
    if spoil == "another key":
        line = notes.cosign(checkpoints.statement(second).text, alpha.name, Ed25519PrivateKey.generate(), 1).line
    elif spoil == "another checkpoint":
        line = alpha.line(first)
    elif spoil == "another text":
        line = "— nonsense"
    else:
        line = beta.line(second)

    with pytest.raises((deeds.NotSigned, deeds.NotYours)):
        deeds.cosign(checkpoint=second, signature=line, by=alpha.person, at=LONG_AGO)
    assert second.cosignatures.count() == 0


@pytest.mark.parametrize("key", ["", "x", "a+b+c", "alpha.example/witness+00000000+BAAA",
                                 str(notes.Verifier("x.example", notes.SIGNATURE, b"k" * 32))])  # fmt: skip
def test_a_key_that_is_none_is_refused(key, committed_db):
    organization = OrganizationFactory()
    person = member(Role.ADMINISTRATOR, organization)

    with pytest.raises(deeds.BadKey):
        deeds.register_witness(organization=organization, key=key, by=person, at=LONG_AGO)


def offline(folder, *arguments):
    """Run the verifier as an auditor does: alone in a folder, without site packages or our environment."""
    program = folder / "verify_trail.py"
    program.write_bytes(VERIFIER.read_bytes())
    return subprocess.run([sys.executable, "-I", "-S", str(program), *arguments], cwd=folder, env={"PATH": os.environ["PATH"]},
                          capture_output=True, text=True, check=False)  # fmt: skip


@pytest.fixture
def taken_away(signed, tmp_path):
    """The export of that trail in an empty folder."""
    folder = tmp_path / "away"
    folder.mkdir()
    with (folder / "trail.zip").open("wb") as target:
        trail_pack.write(target, words_of=None)
    return folder


def test_the_verifier_checks_an_export_with_the_standard_library_alone(taken_away):
    key = keys.known(anchors.keys_file())[0]

    outcome = offline(taken_away, "trail.zip", "--key", key, "--witnesses", "2")

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert "The trail is INTACT" in outcome.stdout and "Counter-signed by alpha.example/witness" in outcome.stdout
    assert chain.verify().root in outcome.stdout
    assert offline(taken_away, "trail.zip", "--witnesses", "3").returncode == 1


def test_the_verifier_begins_where_the_export_begins(signed, tmp_path):
    _, _, first, _ = signed
    AuditDetail.objects.filter(entry_id=AuditEntry.objects.latest("id").pk).delete()
    with (tmp_path / "trail.zip").open("wb") as target:
        trail_pack.write(target, words_of=AuditEntry.objects.filter(pk__gt=0), since=first)

    outcome = offline(tmp_path, "trail.zip")

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert f"from link {first.size + 1} on, 1 of them without their words" in outcome.stdout


SPOILED = {
    "an entry": ("trail.jsonl", b"organization_changed", b"organization_created", "was altered after it was sealed"),
    "a detail": ("trail.jsonl", b"reason 1", b"reason 7", "The detail of entry"),
    "a line": ("trail.jsonl", None, None, "is missing"),
    "a root": ("checkpoints.txt", None, None, "is not signed by a key of the portal"),
    "a counter-signature": ("checkpoints.txt", b"beta.example/witness", b"beta.example/witnesx", "of an unknown key"),
    "the end": ("trail.jsonl", None, None, "it ends at link"),
}


@pytest.mark.parametrize("kind", SPOILED)
def test_the_verifier_names_what_was_spoiled(kind, taken_away):
    name, old, new, told = SPOILED[kind]
    with zipfile.ZipFile(taken_away / "trail.zip") as pack:
        pack.extractall(taken_away / "spoiled")
    path = taken_away / "spoiled" / name
    content = path.read_bytes()
    lines = content.splitlines(keepends=True)
    if kind == "a line":
        content = b"".join([*lines[:3], *lines[4:]])
    elif kind == "the end":
        content = b"".join(lines[:-2])
    elif kind == "a root":
        content = content.replace(lines[2], base64.b64encode(b"x" * 32) + b"\n", 1)
    else:
        content = content.replace(old, new, 1)
    path.write_bytes(content)

    outcome = offline(taken_away, "spoiled")

    assert outcome.returncode == 1 and told in outcome.stdout, outcome.stdout + outcome.stderr


def test_the_verifier_does_not_take_the_portal_s_word_for_its_key(taken_away):
    other = notes.Verifier(
        checkpoints.origin(), notes.SIGNATURE, Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    )

    outcome = offline(taken_away, "trail.zip", "--key", str(other))

    assert outcome.returncode == 1 and "is not signed by a key of the portal" in outcome.stdout


def test_the_verifier_finds_a_rewritten_trail_with_a_checkpoint_that_somebody_kept(signed, tmp_path):
    kept = tmp_path / "kept.txt"
    kept.write_text(anchors.every()[0])
    two = AuditEntry.objects.order_by("id")[1].pk
    as_superuser(TAMPERING["rewrite everything"][0].format(two=two))
    as_superuser("DELETE FROM partnership_auditcosignature", "DELETE FROM partnership_auditcheckpoint")
    anchors.file().unlink()
    deeds.sign(at=timezone.now())
    with (tmp_path / "trail.zip").open("wb") as target:
        trail_pack.write(target, words_of=None)

    assert offline(tmp_path, "trail.zip").returncode == 0  # nothing in the portal knows any more
    outcome = offline(tmp_path, "trail.zip", "--checkpoints", "kept.txt")
    assert outcome.returncode == 1 and "were rewritten" in outcome.stdout


@pytest.mark.parametrize(("seed", "public", "message", "signature"), [  # examples of RFC 8032, 7.1
    ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
     "72", "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
     "af82", "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
])  # fmt: skip
def test_the_verifier_s_own_signatures_are_those_of_the_standard(seed, public, message, signature):
    program: dict = {"__name__": "verify_trail"}
    exec(compile(VERIFIER.read_text(), str(VERIFIER), "exec"), program)  # noqa: S102
    is_signed, parts = program["is_signed"], [bytes.fromhex(part) for part in (public, message, signature)]

    assert is_signed(*parts)
    for at in range(3):
        spoiled = list(parts)
        spoiled[at] = bytes([spoiled[at][0] ^ 1]) + spoiled[at][1:]
        assert not is_signed(*spoiled)
    s = int.from_bytes(parts[2][32:], "little") + program["ORDER"]
    assert not is_signed(parts[0], parts[1], parts[2][:32] + s.to_bytes(32, "little"))


def test_a_key_is_made_for_evaluation_alone_and_refused_when_unfit(tmp_path):
    path = tmp_path / "state" / "key.pem"

    made = keys.load_or_make(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert keys.load_or_make(path).private_bytes_raw() == made.private_bytes_raw()
    path.chmod(0o640)
    with pytest.raises(keys.UnfitKey, match="can be read by others"):
        keys.load(path)
    with pytest.raises(keys.UnfitKey, match="cannot be read"):
        keys.load(tmp_path / "none")


@pytest.mark.parametrize("seed", [bytes(32), b"ab" * 16, bytes.fromhex(sorted(keys.KNOWN)[0])])
def test_a_known_or_guessable_key_is_refused(seed, tmp_path):
    from cryptography.hazmat.primitives import serialization as forms

    path = tmp_path / "key.pem"
    path.write_bytes(Ed25519PrivateKey.from_private_bytes(seed).private_bytes(
        forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption()))  # fmt: skip
    path.chmod(0o600)

    with pytest.raises(keys.UnfitKey, match="known or guessable"):
        keys.load(path)
