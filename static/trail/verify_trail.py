#!/usr/bin/env python3
"""Check an exported audit trail, with nothing but Python 3.9 or newer.

    python3 -I verify_trail.py trail.zip
    python3 -I verify_trail.py trail.zip --key "portal.example.org/trail+1a2b3c4d+AQ..." --checkpoints mine.txt

It recomputes every link of the chain from the entries, every detail's digest, the root of the tree over the seals at
every checkpoint, the portal's signature under each checkpoint and the counter-signatures of the partners. Exit code 0
when everything fits, 1 when anything does not; each fault names the row.

The keys inside an export prove nothing by themselves: give --key with the line that you noted earlier or got from a
partner, and --checkpoints with checkpoints that you kept (the footer of a report, a partner's copy, the portal's file).

This file was written to be read: it shares no code with the portal.
"""

import argparse
import base64
import binascii
import hashlib
import io
import json
import sys
import zipfile
from datetime import datetime, timezone
from pathlib import Path

GENESIS = "0" * 64
DASH = "\u2014 "
MOST = 100  # faults to name

# Ed25519, RFC 8032: the curve -x^2 + y^2 = 1 + d x^2 y^2 over the field of 2^255 - 19.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(a, b):
    """Add two points in extended coordinates (X, Y, Z, T)."""
    m = (a[1] - a[0]) * (b[1] - b[0]) % P
    n = (a[1] + a[0]) * (b[1] + b[0]) % P
    c = 2 * a[3] * b[3] * D % P
    z = 2 * a[2] * b[2] % P
    e, f, g, h = n - m, z - c, z + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def recover_x(y, sign):
    """The x of a point from its y and one bit; None when there is no such point."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def unpack(raw):
    number = int.from_bytes(raw, "little")
    y = number & (1 << 255) - 1
    x = recover_x(y, number >> 255)
    return None if x is None else (x, y, 1, x * y % P)


def pack(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def is_signed(public, message, signature):
    """Whether an Ed25519 signature over a message is that of a public key."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, s = unpack(public), int.from_bytes(signature[32:], "little")
    if key is None or s >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    k = int.from_bytes(digest, "little") % ORDER
    minus = (P - key[0], key[1], key[2], P - key[3])
    return pack(add(multiply(s, BASE), multiply(k, minus))) == signature[:32]


# The tree of RFC 6962 over the seals; only its right edge is kept.


class Tree:
    def __init__(self, size=0, frontier=()):
        self.size, self.frontier = size, list(frontier)

    def add(self, seal):
        grown, size = hashlib.sha256(b"\x00" + seal).digest(), self.size
        while size & 1:
            grown, size = hashlib.sha256(b"\x01" + self.frontier.pop() + grown).digest(), size >> 1
        self.frontier.append(grown)
        self.size += 1

    def root(self):
        if not self.frontier:
            return hashlib.sha256(b"").digest()
        found = self.frontier[-1]
        for left in reversed(self.frontier[:-1]):
            found = hashlib.sha256(b"\x01" + left + found).digest()
        return found


# Checkpoints in the signed note form.


class Bad(Exception):
    """A text that is not in its form."""


def decode(text):
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Bad("not base64: " + text[:40]) from None


class Key:
    """A public key written as name+id+key; kind 1 signs checkpoints, kind 4 counter-signs them."""

    def __init__(self, line):
        self.line = line.strip()
        name, _, rest = self.line.partition("+")
        identifier, _, key = rest.partition("+")
        raw = decode(key)
        if len(raw) != 33:
            raise Bad("not a key: " + self.line[:60])
        self.name, self.kind, self.public = name, raw[0], raw[1:]
        self.id = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        if identifier != self.id.hex():
            raise Bad("the parts of a key do not fit: " + self.line[:60])


def read_signature(line):
    name, _, rest = line[len(DASH) :].partition(" ")
    raw = decode(rest)
    if not line.startswith(DASH) or len(raw) not in (68, 76):
        raise Bad("not a signature line: " + line[:60])
    return name, raw[:4], raw[4:]


def fits(line, text, key):
    """Whether a line below a checkpoint is the signature, or counter-signature, of a key."""
    name, identifier, value = read_signature(line)
    if (name, identifier) != (key.name, key.id):
        return False
    if key.kind == 1:
        return is_signed(key.public, text.encode(), value)
    if len(value) != 72:
        return False
    moment = int.from_bytes(value[:8], "big")
    return is_signed(key.public, ("cosignature/v1\ntime %d\n%s" % (moment, text)).encode(), value[8:])


class Checkpoint:
    def __init__(self, text, lines, where):
        parts = text.split("\n")
        if len(parts) != 6 or parts[5] or not parts[1].isdigit():
            raise Bad("a checkpoint has five lines")
        self.text, self.lines, self.where = text, lines, where
        self.origin, self.size, self.root = parts[0], int(parts[1]), decode(parts[2])
        self.head, self.time = parts[3][len("head ") :], parts[4][len("time ") :]

    def __str__(self):
        return "the checkpoint of %d entries of %s (%s)" % (self.size, self.time, self.where)


def read_checkpoints(text, where):
    pieces = [piece for piece in text.split("\n\n") if piece.strip()]
    if len(pieces) % 2:
        raise Bad(f"the checkpoints of {where} are cut off")
    return [Checkpoint(said.lstrip("\n") + "\n", below.split("\n"), where)
            for said, below in zip(pieces[::2], (piece.strip("\n") for piece in pieces[1::2]))]  # fmt: skip


# The export.


class Export:
    """trail.zip, or a folder with the same files."""

    def __init__(self, path):
        self._zip = None if Path(path).is_dir() else zipfile.ZipFile(path)
        self._folder = Path(path)

    def open(self, name):
        raw = self._zip.open(name) if self._zip else (self._folder / name).open("rb")
        return io.TextIOWrapper(raw, encoding="utf-8", newline="\n")

    def read(self, name):
        with self.open(name) as file:
            return file.read()


def canonical(detail):
    return json.dumps(detail, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Check:
    def __init__(self, export, pinned, more):
        self.export, self.faults, self.notes = export, [], []
        self.entries = self.wordless = 0
        self.keys = self._keys(pinned)
        self.checkpoints = read_checkpoints(export.read("checkpoints.txt"), "in the export") + more
        self.witnesses = {}
        self._by_size = {}
        for said in self.checkpoints:
            self._by_size.setdefault(said.size, []).append(said)

    def say(self, fault):
        if len(self.faults) < MOST:
            self.faults.append(fault)

    def _keys(self, pinned):
        found = [Key(line) for line in self.export.read("keys.txt").splitlines() if line and not line.startswith("#")]
        if not pinned:
            self.notes.append("The keys were taken from the export itself. Give --key with a key that you know.")
            return found
        trusted = [Key(line) for line in pinned]
        return [key for key in trusted] + [
            key for key in found if key.kind == 4 and not any(k.kind == 4 for k in trusted)
        ]

    def run(self):
        with self.export.open("trail.jsonl") as lines:
            head = json.loads(next(lines))
            self.begin = head["begin"]
            tree = Tree(self.begin, [bytes.fromhex(part) for part in head["frontier"]])
            self.previous, self.expected = head["previous"], self.begin + 1
            self.meet(tree)
            for line in lines:
                self.row(json.loads(line), tree)
        if (head["size"], head["head"]) != (self.expected - 1, self.previous):
            self.say(
                "The export says that the chain ends at link %d; it ends at link %d."
                % (head["size"], self.expected - 1)
            )
        for size in sorted(self._by_size):
            if size > tree.size:
                self.say("%s is longer than the chain, which ends at %d." % (self._by_size[size][0], tree.size))
        self.head, self.root = self.previous, tree.root().hex()
        for said in self.checkpoints:
            self.signatures(said)

    def row(self, row, tree):
        seq, columns = row["seq"], row["entry"]
        if seq != self.expected:
            self.say("Link %d is missing: the next one found is %d." % (self.expected, seq))
            self.expected = seq
        entry = columns[0] if columns else row["entry_id"]
        if row["previous"] != self.previous:
            self.say("Link %d (entry %s) does not follow the link before it." % (seq, entry))
        if not columns:
            self.say("Entry %s (link %d) was removed." % (entry, seq))
        else:
            text = json.dumps(columns, ensure_ascii=False)
            if hashlib.sha256(b"\x00" + (row["previous"] + text).encode()).hexdigest() != row["hash"]:
                self.say("Entry %s (link %d) was altered after it was sealed." % (entry, seq))
            elif columns[0] != str(row["entry_id"]):
                self.say("Link %d seals entry %s and stands for entry %s." % (seq, columns[0], row["entry_id"]))
        self.detail(row, columns, entry)
        self.previous, self.expected = row["hash"], seq + 1
        self.entries += 1
        tree.add(bytes.fromhex(row["hash"]))
        self.meet(tree)

    def detail(self, row, columns, entry):
        if "salt" not in row:
            self.wordless += 1
        elif columns:
            said = hashlib.sha256((row["salt"] + "|" + canonical(row["detail"])).encode()).hexdigest()
            if said != columns[-1]:
                self.say(f"The detail of entry {entry} was altered.")

    def meet(self, tree):
        said = self._by_size.get(tree.size)
        if said:
            root = tree.root()
            for checkpoint in said:
                if (checkpoint.root, checkpoint.head) != (root, self.previous):
                    self.say(
                        "%s does not fit the chain: entries up to link %d were rewritten." % (checkpoint, tree.size)
                    )

    def signatures(self, said):
        signers, others = [k for k in self.keys if k.kind == 1], [k for k in self.keys if k.kind == 4]
        try:
            if not said.lines or not any(fits(said.lines[0], said.text, key) for key in signers):
                self.say(f"{said} is not signed by a key of the portal.")
            for line in said.lines[1:]:
                key = next(
                    (
                        key
                        for key in others
                        if key.name == read_signature(line)[0] and key.id == read_signature(line)[1]
                    ),
                    None,
                )
                if key is None:
                    self.say(f"{said} carries a counter-signature of an unknown key: {read_signature(line)[0]}")
                elif not fits(line, said.text, key):
                    self.say(f"{said} carries a counter-signature that is not that of {key.name}.")
                else:
                    self.witnesses.setdefault(key.name, set()).add(said.size)
        except Bad as error:
            self.say(f"{said}: {error}")


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Check an exported audit trail.")
    parser.add_argument("export", help="trail.zip, or the folder into which it was unpacked")
    parser.add_argument("--key", action="append", default=[], help="a public key that you know, as name+id+key")
    parser.add_argument("--checkpoints", action="append", default=[], help="a file of checkpoints that you kept")
    parser.add_argument("--witnesses", type=int, default=0, help="how many partners must have counter-signed something")
    asked = parser.parse_args(arguments)
    try:
        more = [said for path in asked.checkpoints for said in read_checkpoints(Path(path).read_text("utf-8"), path)]
        check = Check(Export(asked.export), asked.key, more)
        check.run()
    except (
        Bad,
        OSError,
        KeyError,
        ValueError,
        IndexError,
        TypeError,
        AttributeError,
        StopIteration,
        zipfile.BadZipFile,
    ) as error:
        print(f"The export cannot be read: {type(error).__name__}: {error}")
        return 1
    if len(check.witnesses) < asked.witnesses:
        check.say("Only %d partners counter-signed; %d are asked for." % (len(check.witnesses), asked.witnesses))
    report(check)
    return 1 if check.faults else 0


def report(check):
    for fault in check.faults:
        print(fault)
    for note in check.notes:
        print("Note: " + note)
    for key in check.keys:
        print("Key of {}: {}".format("the portal" if key.kind == 1 else "a witness", key.line))
    for name, sizes in sorted(check.witnesses.items()):
        print("Counter-signed by %s: %d checkpoints, the longest of %d entries." % (name, len(sizes), max(sizes)))
    print("%d entries from link %d on, %d of them without their words; %d checkpoints."
          % (check.entries, check.begin + 1, check.wordless, len(check.checkpoints)))  # fmt: skip
    print(f"Head: {check.head}\nRoot: {check.root}")
    newest = max((said.size for said in check.checkpoints), default=0)
    if check.entries + check.begin > newest:
        print("Entries behind link %d are covered by the chain alone: no checkpoint was signed since." % newest)
    moment = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M")
    print(
        ("The trail is INTACT" if not check.faults else "The trail is NOT intact: %d faults" % len(check.faults))
        + f" (checked {moment} UTC)."
    )


if __name__ == "__main__":
    sys.exit(main())
