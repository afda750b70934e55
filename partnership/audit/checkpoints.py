"""Checkpoints: what the chain was at a moment, signed, and laid down outside the database."""

from collections.abc import Iterator

from django.conf import settings
from django.db import connection

from partnership.audit import anchors, keys, merkle, notes
from partnership.errors import DomainError
from partnership.models import AuditCheckpoint, AuditHead

GENESIS = "0" * 64


class Unfit(DomainError):
    default = "The trail is not fit to be signed. Verify it: manage verify_audit names what is wrong."


def last() -> AuditCheckpoint | None:
    return AuditCheckpoint.objects.order_by("-size", "-id").first()


def origin() -> str:
    """Whose trail it is: once signed under a name, it keeps that name."""
    first = AuditCheckpoint.objects.order_by("id").first()
    return first.origin if first else settings.PORTAL_TRAIL_NAME


def statement(row: AuditCheckpoint) -> notes.Statement:
    return notes.Statement(row.origin, row.size, bytes.fromhex(row.root), row.head, row.at)


def note(row: AuditCheckpoint) -> str:
    """The checkpoint as text, with the portal's signature and those of the witnesses."""
    lines = [row.signature, *(signed.signature for signed in row.cosignatures.order_by("id"))]
    return statement(row).text + "\n" + "\n".join(lines) + "\n"


def tree_of(row: AuditCheckpoint | None) -> merkle.Tree:
    """The right edge at a checkpoint, if it gives the root that was signed."""
    if row is None:
        return merkle.Tree()
    try:
        tree = merkle.Tree(row.size, [bytes.fromhex(part) for part in row.frontier.split()])
    except ValueError as error:
        raise Unfit from error
    if tree.root.hex() != row.root:
        raise Unfit
    return tree


def seals(after: int, until: int) -> Iterator[bytes]:
    """The seals of a stretch of the chain, in order, each following the one before."""
    expected, previous = after + 1, None
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT seq, previous, hash FROM partnership_auditseal WHERE seq > %s AND seq <= %s ORDER BY seq",
            [after, until],
        )
        while rows := cursor.fetchmany(5000):
            for seq, said_previous, link in rows:
                if seq != expected or previous not in (None, said_previous):
                    raise Unfit
                expected, previous = seq + 1, link
                yield bytes.fromhex(link)
    if expected != until + 1:
        raise Unfit


def grown(since: AuditCheckpoint | None, head: AuditHead) -> merkle.Tree:
    """The tree at the head of the chain, from the last checkpoint on; refused where the chain does not hold together."""
    tree, newest = tree_of(since), since.head if since else GENESIS
    if tree.size > head.seq:
        raise Unfit
    batch: list[bytes] = []
    for seal in seals(tree.size, head.seq):
        batch.append(seal)
        newest = seal.hex()
        if len(batch) == 4096:
            tree.extend(batch)
            batch.clear()
    tree.extend(batch)
    if newest != head.hash:
        raise Unfit
    return tree


def consistency(old: AuditCheckpoint, new: AuditCheckpoint) -> list[bytes]:
    """The proof that the trail at `new` begins with the trail at `old`."""
    return merkle.prove(tree_of(old), new.size, seals(old.size, new.size))


def sign(said: notes.Statement) -> str:
    """The signature line of the portal under a checkpoint."""
    return sign_text(said.text, said.origin)


def sign_text(text: str, name: str) -> str:
    """The signature line of the portal under a text; its public key is noted down outside the database first."""
    try:
        key = anchors.signing_key()
    except keys.UnfitKey as error:
        raise Unfit(str(error)) from error
    own = notes.Verifier(name, notes.SIGNATURE, key.public_key().public_bytes_raw())
    keys.note_down(anchors.keys_file(), str(own))
    return notes.sign(text, name, key).line


def publish() -> None:
    """Lay down what the file outside the database does not hold yet, as after a full disk."""
    held = set(anchors.every())
    for row in AuditCheckpoint.objects.order_by("id").prefetch_related("cosignatures"):
        if (text := note(row)) not in held:
            anchors.append(text)
