#!/usr/bin/env python3
"""Check an evidence pack of a report, with nothing but Python 3.9 or newer.

    python3 -I verify_evidence.py evidence.zip
    python3 -I verify_evidence.py evidence.zip --key "portal.example.org/trail+1a2b3c4d+AQ..."

It checks the SHA-256 of every file, the portal's signatures under the list of hashes and under the checkpoint of the
trail, that CSV, XLSX and JSON hold the same rows, and that each certificate of deletion leads to the root of its batch.
Exit code 0 when everything fits, 1 when anything does not; each fault names the file.

The keys inside a pack prove nothing by themselves: give --key with the line that you noted earlier or got from a partner.

This file was written to be read: it shares no code with the portal.
"""

import argparse
import base64
import binascii
import csv
import hashlib
import io
import json
import re
import sys
import zipfile
from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from pathlib import Path
from xml.etree import ElementTree

DASH = "\u2014 "
SUMS, SIGNATURE = "SHA256SUMS", "signature.txt"
NEEDED = ["README.txt", "checkpoint.txt", "definitions.json", "keys.txt", "pack.json", "proofs.json", "report.csv",
          "report.json", "report.xlsx", "rests_on.json", "verify_evidence.py"]  # fmt: skip
MOST = 100  # faults to name
MOST_ROWS = 2**20  # of a sheet, by the format
MOST_BYTES = 2**30  # of one file: a pack is no bomb
STARTS_A_FORMULA = "=+-@\t\r\uff1d\uff0b\uff0d\uff20"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  (of spreadsheets, which know no zone)
CELL = 32767  # characters that a spreadsheet cell holds

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


# Keys and signatures in the signed note form.


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


def is_note(line, text, key):
    """Whether a line is the signature of a key under a text."""
    name, identifier, value = read_signature(line)
    return (name, identifier) == (key.name, key.id) and is_signed(key.public, text.encode(), value)


# The pack.


class Pack:
    """evidence.zip, or a folder with the same files."""

    def __init__(self, path):
        path = Path(path)
        if path.is_dir():
            self.files = {found.name: found.read_bytes() for found in path.iterdir() if found.is_file()}
            return
        self.files = {}
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if info.filename in self.files:
                    raise Bad("the archive holds %s twice" % info.filename)
                if info.file_size > MOST_BYTES:
                    raise Bad("%s is too large" % info.filename)
                self.files[info.filename] = archive.read(info)

    def text(self, name):
        return self.files[name].decode("utf-8")

    def data(self, name):
        return json.loads(self.text(name))


class Check:
    def __init__(self, pack, pinned):
        self.pack, self.faults, self.notes, self.rows, self.proofs = pack, [], [], 0, 0
        self.pinned = pinned

    def say(self, fault):
        if len(self.faults) < MOST:
            self.faults.append(fault)

    def run(self):
        for name, what in (("the list of hashes", self.hashes), ("keys.txt", self.read_keys), (SIGNATURE, self.signature),
                           ("checkpoint.txt", self.checkpoint), ("report", self.formats), ("proofs.json", self.certificates)):  # fmt: skip
            try:
                what()
            except (Bad, KeyError, ValueError, IndexError, TypeError, AttributeError, RecursionError,
                    zipfile.BadZipFile, ElementTree.ParseError, csv.Error) as error:  # fmt: skip
                self.say("%s cannot be read: %s: %s" % (name, type(error).__name__, error))

    def hashes(self):
        listed = {}
        for line in self.pack.text(SUMS).splitlines():
            digest, _, name = line.partition("  ")
            listed[name] = digest
        for name in sorted(set(NEEDED) - set(listed)):
            self.say("%s is not in the list of hashes." % name)
        for name in sorted(set(self.pack.files) - set(listed) - {SUMS, SIGNATURE}):
            self.say("%s is in the pack and not in the list of hashes: it was added." % name)
        for name, digest in sorted(listed.items()):
            if name not in self.pack.files:
                self.say("%s is missing." % name)
            elif hashlib.sha256(self.pack.files[name]).hexdigest() != digest:
                self.say("%s was altered: its SHA-256 is not the one in the list." % name)

    def read_keys(self):
        lines = self.pinned or [line for line in self.pack.text("keys.txt").splitlines() if line and line[0] != "#"]
        if not self.pinned:
            self.notes.append("The keys were taken from the pack itself. Give --key with a key that you know.")
        self.keys = [key for key in map(Key, lines) if key.kind == 1]

    def signature(self):
        digest = hashlib.sha256(self.pack.files[SUMS]).hexdigest()
        line = self.pack.text(SIGNATURE).strip()
        if not any(is_note(line, "evidence pack of %s\n%s\n" % (key.name, digest), key) for key in self.keys):
            self.say("SHA256SUMS is not signed by a key of the portal: signature.txt or the list was altered.")

    def checkpoint(self):
        said, _, below = self.pack.text("checkpoint.txt").partition("\n\n")
        text, parts = said + "\n", said.split("\n")
        if len(parts) != 5 or not parts[1].isdigit():
            raise Bad("a checkpoint has five lines")
        if not any(is_note(below.split("\n")[0], text, key) for key in self.keys):
            self.say("checkpoint.txt is not signed by a key of the portal.")
        self.notes.append("The trail held %s entries at %s." % (parts[1], parts[4][len("time ") :]))

    def formats(self):
        if self.pack.data("pack.json")["has_pdf"] and "report.pdf" not in self.pack.files:
            self.say("report.pdf is missing: pack.json says that there is one.")
        report, columns = self.pack.data("report.json"), self.pack.data("definitions.json")["columns"]
        labels, names = [c["label"] for c in columns], [c["name"] for c in columns]
        if report["columns"] != dict(zip(names, labels)):
            self.say("report.json has other columns than definitions.json.")
        truth = [[row[name] for name in names] for row in report["rows"]]
        lines = list(csv.reader(io.StringIO(self.pack.text("report.csv").lstrip("\ufeff"), newline="")))
        self.rows = len(truth)
        self.compare("report.csv", lines, truth, columns, from_csv)
        self.compare(
            "report.xlsx", read_sheet(self.pack.files["report.xlsx"], len(columns)), truth, columns, from_sheet
        )
        if "report.pdf" in self.pack.files and not self.pack.files["report.pdf"].startswith(b"%PDF-"):
            self.say("report.pdf is not a PDF.")

    def compare(self, name, found, truth, columns, read):
        labels = [c["label"] for c in columns]
        if not found or found[0] not in (labels, [guarded(label) for label in labels]):
            self.say("%s has other column headings than report.json." % name)
            return
        if name.endswith(".xlsx"):  # a sheet leaves out empty rows at its end; others that are missing differ below
            found += [[None] * len(columns) for _ in range(len(truth) + 1 - len(found))]
        if len(found) - 1 != len(truth):
            self.say("%s holds %d rows and report.json %d." % (name, len(found) - 1, len(truth)))
        for number, (row, wanted) in enumerate(zip(found[1:], truth), start=1):
            for column, value, expected in zip(columns, row, wanted):
                if len(row) != len(columns) or not same(read(value, column["kind"], expected), expected, name):
                    self.say(
                        "%s, row %d, %s: %r, where report.json has %r."
                        % (name, number, column["label"], value, expected)
                    )

    def certificates(self):
        for number, proof in enumerate(self.pack.data("proofs.json"), start=1):
            where = "proofs.json, certificate %s" % proof.get("certificate", {}).get("id", number)
            leaf = hashlib.sha256(b"\x00" + canonical(proof["certificate"]).encode()).hexdigest()
            if leaf != proof["leaf"]:
                self.say("%s was altered: its hash does not fit." % where)
            hashed = bytes.fromhex(leaf)
            for side, other in proof["path"]:
                pair = bytes.fromhex(other) + hashed if side == "left" else hashed + bytes.fromhex(other)
                hashed = hashlib.sha256(b"\x01" + pair).digest()
            batch = proof["batch"]
            if hashed.hex() != batch["root"]:
                self.say("%s does not lead to the root of batch %s." % (where, batch["seq"]))
            link = "%s|%s|%s|%s" % (batch["previous"], batch["seq"], batch["size"], batch["root"])
            if hashlib.sha256(link.encode()).hexdigest() != batch["hash"]:
                self.say("%s: the link of batch %s was altered." % (where, batch["seq"]))
            self.proofs += 1


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


# One value in three formats.


def guarded(text):
    return "'" + text if text[:1] and text[0] in STARTS_A_FORMULA else text


def from_csv(value, kind, expected):
    return value


def from_sheet(value, kind, expected):
    """The value of a cell; days and moments are numbers there."""
    if kind in ("day", "moment") and isinstance(value, float) and isinstance(expected, str):
        moment = DAY_ZERO + timedelta(seconds=round(value * 86400))
        return moment.strftime("%Y-%m-%d" if kind == "day" or len(expected) == 10 else "%Y-%m-%dT%H:%M:%SZ")
    return value


def same(value, expected, name):
    if expected is None:
        return value in ("", None)
    if isinstance(expected, (int, float)) and not isinstance(expected, bool):
        try:
            return Decimal(str(value)) == Decimal(str(expected))
        except InvalidOperation:
            return False
    value, text = plain("" if value is None else str(value)), plain(str(expected))
    if name.endswith(".xlsx"):
        return value in (text, guarded(text)[:CELL])
    return value in (text, guarded(text))


def plain(text):
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_sheet(data, width):
    """The rows of the first sheet, each as wide as the table; text as text, numbers as float."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        shared = []
        if "xl/sharedStrings.xml" in book.namelist():
            root = parse(book.read("xl/sharedStrings.xml"))
            shared = ["".join(t.text or "" for t in item.iter(SHEET + "t")) for item in root.findall(SHEET + "si")]
        sheet = parse(book.read("xl/worksheets/sheet1.xml"))
    rows = []
    for found in sheet.iter(SHEET + "row"):
        rows += [
            [None] * width for _ in range(min(int(found.get("r")), MOST_ROWS) - len(rows) - 1)
        ]  # a row without a cell
        row = [None] * width
        for cell in found.findall(SHEET + "c"):
            row[column_of(cell.get("r"))] = value_of(cell, shared)
        rows.append(row)
    return rows


def parse(data):
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Bad("a sheet declares entities")
    return ElementTree.fromstring(data)  # noqa: S314  (the standard library alone; entities are refused above)


def column_of(place):
    number = 0
    for letter in place.rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    return number - 1


def value_of(cell, shared):
    kind, value = cell.get("t"), cell.find(SHEET + "v")
    if kind == "inlineStr":
        return unescaped("".join(t.text or "" for t in cell.iter(SHEET + "t")))
    if value is None or value.text is None:
        return None
    if kind == "s":
        return unescaped(shared[int(value.text)])
    return float(value.text) if kind in (None, "n") else value.text


def unescaped(text):
    """Control characters stand as _xHHHH_ in a sheet, and a written _x as _x005F_x."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found.group(1), 16)), text)


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Check an evidence pack.")
    parser.add_argument("pack", help="evidence.zip, or the folder into which it was unpacked")
    parser.add_argument("--key", action="append", default=[], help="a public key that you know, as name+id+key")
    asked = parser.parse_args(arguments)
    try:
        check = Check(Pack(asked.pack), asked.key)
    except (Bad, OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
        print("The pack cannot be read: %s: %s" % (type(error).__name__, error))
        return 1
    check.run()
    for fault in check.faults:
        print(fault)
    for note in check.notes:
        print("Note: " + note)
    for key in getattr(check, "keys", []):
        print("Key of the portal: " + key.line)
    print(
        "%d rows in %d files, %d certificates led to their roots." % (check.rows, len(check.pack.files), check.proofs)
    )
    moment = datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M")
    print(
        ("The pack is INTACT" if not check.faults else "The pack is NOT intact: %d faults" % len(check.faults))
        + " (checked %s UTC)." % moment
    )
    return 1 if check.faults else 0


if __name__ == "__main__":
    sys.exit(main())
