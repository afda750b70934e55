"""What was said of the chain: checkpoints in the database, in the file outside it, and under them the witnesses."""

from collections import defaultdict
from datetime import timedelta

from django.utils import timezone

from partnership.audit import anchors, checkpoints, keys, notes
from partnership.audit.verdict import Verdict
from partnership.models import AuditCheckpoint, AuditCosignature

MOST = 100  # faults to name
ON_ITS_WAY = timedelta(minutes=2)  # a checkpoint is written to the file after its commit


class Outside:
    """Holds what was said of each size, to be compared when the walk comes by."""

    def __init__(self, verdict: Verdict, since: AuditCheckpoint | None = None):
        self._verdict, self._begin = verdict, since.size if since else 0
        self._said: dict[int, list[tuple[str, bytes, str]]] = defaultdict(list)
        self._told: set[str] = set()
        self._found: list[str] = []  # told after the rows, so that the first fault names a row where one is bad
        self._trusted = trusted()
        self._rows = list(AuditCheckpoint.objects.order_by("size", "id"))
        self._in_database()
        self._in_file()
        self._cosignatures()
        self._sizes = sorted(self._said)

    def next_after(self, size: int) -> int:
        """The next size of which something was said; -1 when there is none."""
        return next((said for said in self._sizes if said > size), -1)

    def meet(self, size: int, root: bytes, head: str) -> None:
        """Compare what was said of a size with what the walk found."""
        for where, said_root, said_head in self._said.pop(size, []):
            if (said_root, said_head) != (root, head) and where not in self._told:
                self._told.add(where)  # later ones of the same place follow from the first
                self._verdict.faults.append(
                    f"The checkpoint of {size} entries {where} does not fit the chain: entries up to link {size} were rewritten."
                )

    def close(self, reached: int) -> None:
        """Name what was said of sizes that the chain does not have, and all else that was found outside the rows."""
        for size in sorted(size for size in self._said if size > reached):
            for where, _, _ in self._said[size]:
                if where not in self._told:
                    self._told.add(where)
                    self._verdict.faults.append(
                        f"The checkpoint of {size} entries {where} is longer than the chain, which ends at {reached}: its end was cut off."
                    )
        self._verdict.faults += self._found

    def _in_database(self) -> None:
        for row in self._rows:
            said = checkpoints.statement(row)
            self._verdict.checkpoints += 1
            if not self._is_signed(said.text, row.signature):
                self._say(
                    f"The signature of the checkpoint of {row.size} entries (number {row.pk}) is not the portal's."
                )
            if row.size >= self._begin:
                self._said[row.size].append(("in the database", said.root, said.head))

    def _in_file(self) -> None:
        held = {checkpoints.statement(row).text for row in self._rows}
        found, lost = set(), AuditCosignature.objects.values_list("signature", flat=True)
        kept = set(lost)
        for number, text in enumerate(anchors.every(), start=1):
            try:
                said, signatures = notes.read(text)
            except notes.NotANote as error:
                self._say(f"Part {number} of the file of checkpoints cannot be read: {error}")
                continue
            self._verdict.anchors += 1
            found.add(said.text)
            self._compare(number, said, signatures, held, kept)
        newest = timezone.now() - ON_ITS_WAY
        for row in self._rows:
            if checkpoints.statement(row).text not in found and row.at < newest:
                self._say(
                    f"The file of checkpoints does not hold the checkpoint of {row.size} entries (number {row.pk})."
                )

    def _compare(
        self, number: int, said: notes.Statement, signatures: list[notes.Signature], held: set[str], kept: set[str]
    ) -> None:
        lines = [signature.line for signature in signatures]
        if not lines or not self._is_signed(said.text, lines[0]):
            self._say(f"Part {number} of the file of checkpoints is not signed by the portal.")
            return
        if said.text not in held:
            self._say(f"The database has lost or changed the checkpoint of {said.size} entries of {said.at:%Y-%m-%d %H:%M} UTC,"
                      " which the file holds.")  # fmt: skip
        for signature in signatures[1:]:
            if signature.line not in kept:
                self._say(f"The database has lost the counter-signature of {signature.name} under {said.size} entries.")
        if said.size >= self._begin:
            self._said[said.size].append(("in the file", said.root, said.head))

    def _cosignatures(self) -> None:
        for row in AuditCosignature.objects.select_related("checkpoint", "witness").order_by("id"):
            self._verdict.cosignatures += 1
            text = checkpoints.statement(row.checkpoint).text
            try:
                is_fit = notes.holds(notes.read_line(row.signature), text, notes.verifier(row.witness.key))
            except notes.NotANote:
                is_fit = False
            if not is_fit:
                self._say(f"The counter-signature of {row.witness} under {row.checkpoint.size} entries does not fit.")

    def _is_signed(self, text: str, line: str) -> bool:
        try:
            signature = notes.read_line(line)
        except notes.NotANote:
            return False
        return any(notes.holds(signature, text, key) for key in self._trusted)

    def _say(self, fault: str) -> None:
        if fault not in self._found and len(self._found) < MOST:
            self._found.append(fault)


def trusted() -> list[notes.Verifier]:
    """Keys noted down outside the database, and the one that signs now where it can be read."""
    known = anchors.trusted()
    try:
        public = anchors.signing_key().public_key().public_bytes_raw()
    except keys.UnfitKey:
        return known
    return [*known, notes.Verifier(checkpoints.origin(), notes.SIGNATURE, public)]
