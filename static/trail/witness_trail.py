#!/usr/bin/env python3
"""Be a witness of a portal's audit trail, with nothing but Python 3.9 or newer.

    python3 witness_trail.py key --name your-organization.example/witness
    PORTAL_TOKEN=... python3 witness_trail.py run --portal https://portal.example.org --portal-key "NAME+ID+KEY"

`key` makes a key and prints its public line, which the administrator of your organization registers in the portal.
`run` fetches the newest checkpoint with the proof that it begins with the one you saw last, checks both, counter-signs
it and sends the counter-signature. Run it every hour. What you have seen is kept in the folder `witness` (change it
with --folder): witness.json, and checkpoints.txt, which verify_trail.py reads with --checkpoints.

A wrong root, a fork and a smaller trail are refused, and nothing is signed. Then tell the other partners: the two
checkpoints that do not fit, both signed by the portal, are the proof. Exit code 0 when it signed, 1 when it refused.

The key is used on your machine alone; keep the folder to yourself. This file shares no code with the portal.
"""

import argparse
import base64
import hashlib
import json
import os
import secrets
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

DASH = "\u2014 "

# Ed25519, RFC 8032.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


class Refused(Exception):
    """Why nothing was signed."""


def add(a, b):
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, z = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
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
BASE = (recover_x(BASE_Y, 0), BASE_Y, 1, recover_x(BASE_Y, 0) * BASE_Y % P)


def number(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % ORDER


def expand(seed):
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & (1 << 254) - 8 | 1 << 254
    return scalar, digest[32:]


def public_of(seed):
    return pack(multiply(expand(seed)[0], BASE))


def sign(seed, message):
    scalar, prefix = expand(seed)
    public, r = pack(multiply(scalar, BASE)), number(prefix, message)
    first = pack(multiply(r, BASE))
    return first + ((r + number(first, public, message) * scalar) % ORDER).to_bytes(32, "little")


def is_signed(public, message, signature):
    key, s = unpack(public), int.from_bytes(signature[32:], "little")
    if key is None or s >= ORDER or len(signature) != 64:
        return False
    minus = (P - key[0], key[1], key[2], P - key[3])
    return pack(add(multiply(s, BASE), multiply(number(signature[:32], public, message), minus))) == signature[:32]


# Keys and checkpoints in the signed note form.


def identifier(name, kind, public):
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def public_line(name, seed):
    public = public_of(seed)
    return "{}+{}+{}".format(name, identifier(name, 4, public).hex(), base64.b64encode(b"\x04" + public).decode())


class Checkpoint:
    def __init__(self, note, portal_key):
        text, blank, below = note.partition("\n\n")
        lines = text.split("\n")
        if not blank or len(lines) != 5 or not lines[1].isdigit():
            raise Refused("The portal sent something that is no checkpoint.")
        self.text, self.origin, self.size = text + "\n", lines[0], int(lines[1])
        self.root = base64.b64decode(lines[2], validate=True)
        self.line = below.split("\n")[0]
        name, _, rest = portal_key.partition("+")
        raw = base64.b64decode(rest.partition("+")[2], validate=True)
        value = base64.b64decode(self.line[len(DASH) + len(name) + 1 :], validate=True)
        if not self.line.startswith(DASH + name + " ") or value[:4] != identifier(name, 1, raw[1:]):
            raise Refused("The checkpoint is not signed with the portal's key that you know.")
        if not is_signed(raw[1:], self.text.encode(), value[4:]):
            raise Refused("The portal's signature under the checkpoint is wrong.")


def is_consistent(old, old_root, new, new_root, proof):
    """RFC 9162, 2.1.4.2: whether the tree of `new` leaves begins with that of `old`."""
    if not proof:
        return False
    parts = list(proof) if old & old - 1 else [old_root] + list(proof)
    inner, last = old - 1, new - 1
    while inner & 1:
        inner, last = inner >> 1, last >> 1
    first = second = parts[0]
    for part in parts[1:]:
        if last == 0:
            return False
        if inner & 1 or inner == last:
            first, second = join(part, first), join(part, second)
            while not inner & 1 and inner:
                inner, last = inner >> 1, last >> 1
        else:
            second = join(second, part)
        inner, last = inner >> 1, last >> 1
    return first == old_root and second == new_root and last == 0


def join(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


# The witness.


class Witness:
    """A key, and what it saw last; `folder` keeps both."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.file = self.folder / "witness.json"
        if not self.file.exists():
            raise Refused(f"There is no key in {self.folder}. Make one: witness_trail.py key --name NAME")
        self.kept = json.loads(self.file.read_text("utf-8"))

    @classmethod
    def make(cls, folder, name):
        folder = Path(folder)
        if (folder / "witness.json").exists():
            raise Refused(f"{folder} has a key already. Name another folder with --folder.")
        if not name or any(sign.isspace() or sign == "+" for sign in name):
            raise Refused("A name has no blanks and no plus sign: such as your-organization.example/witness")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(folder / "witness.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
            json.dump(
                {"name": name, "seed": secrets.token_hex(32), "size": 0, "root": "", "origin": "", "portal_key": ""},
                output,
            )
        return cls(folder)

    @property
    def line(self):
        return public_line(self.kept["name"], bytes.fromhex(self.kept["seed"]))

    def run(self, fetch, send, portal_key="", clock=time.time):
        """Fetch, check, sign, send; returns the size that was signed. `fetch(since)` gives id, note and proof."""
        key = self.kept["portal_key"] or portal_key
        if not key:
            raise Refused("Give the portal's key at the first run: --portal-key NAME+ID+KEY. A partner can confirm it.")
        if portal_key and portal_key != key:
            raise Refused("This is not the portal's key that you gave at the first run.")
        answer = fetch(self.kept["size"])
        said = Checkpoint(answer["note"], key)
        self.check(said, [base64.b64decode(part, validate=True) for part in answer["proof"]])
        moment = int(clock())
        signed = sign(bytes.fromhex(self.kept["seed"]), f"cosignature/v1\ntime {moment}\n{said.text}".encode())
        public = public_of(bytes.fromhex(self.kept["seed"]))
        value = identifier(self.kept["name"], 4, public) + moment.to_bytes(8, "big") + signed
        line = "{}{} {}".format(DASH, self.kept["name"], base64.b64encode(value).decode())
        self.keep(said, key, line)
        send(answer["id"], line)
        return said.size

    def check(self, said, proof):
        size, root = self.kept["size"], bytes.fromhex(self.kept["root"])
        if self.kept["origin"] not in ("", said.origin):
            raise Refused("This is the trail of {}, not that of {}.".format(said.origin, self.kept["origin"]))
        if said.size < size:
            raise Refused(
                f"The trail has become smaller: {size} entries were signed, now it has {said.size}. Entries were cut off."
            )
        if said.size == size and said.root != root:
            raise Refused(
                f"There are two trails of {size} entries with different roots: the portal has forked or rewritten it."
            )
        if 0 < size < said.size and not is_consistent(size, root, said.size, said.root, proof):
            raise Refused(
                f"The trail of {said.size} entries does not begin with the {size} entries that you saw: it was rewritten."
            )

    def keep(self, said, key, line):
        """Write down what was seen before it is sent: a witness that forgets could be shown two trails."""
        self.kept.update(size=said.size, root=said.root.hex(), origin=said.origin, portal_key=key)
        part = self.folder / "witness.json.part"
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as output:
            json.dump(self.kept, output)
            output.flush()
            os.fsync(output.fileno())
        part.replace(self.file)
        with (self.folder / "checkpoints.txt").open("a", encoding="utf-8") as output:
            output.write(f"{said.text}\n{said.line}\n{line}\n\n")


class Portal:
    """The portal's API, with the token of a person of your organization."""

    def __init__(self, address, token):
        self.base, self.token = address.rstrip("/") + "/api/v1/checkpoints/", token

    def ask(self, path, data=None):
        request = urllib.request.Request(
            self.base + path, headers={"Authorization": "Bearer " + self.token, "Accept": "application/json"}
        )
        if data is not None:
            request.data = json.dumps(data).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise Refused(f"The portal answered {error.code}: {error.read(500).decode(errors='replace')}") from None
        except (OSError, ValueError) as error:
            raise Refused(f"The portal cannot be reached: {error}") from None

    def fetch(self, since):
        return self.ask(f"latest?since={since}")

    def send(self, key, line):
        self.ask(f"{key}/cosign", {"signature": line})


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Counter-sign a portal's audit trail.")
    parser.add_argument("--folder", default="witness", help="where the key and what was seen are kept")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("key", help="make a key").add_argument("--name", required=True)
    run = commands.add_parser("run", help="check the newest checkpoint and counter-sign it")
    run.add_argument("--portal", required=True, help="address such as https://portal.example.org")
    run.add_argument("--portal-key", default="", help="the portal's public key, at the first run")
    asked = parser.parse_args(arguments)
    try:
        if asked.command == "key":
            print(Witness.make(asked.folder, asked.name).line)
            return 0
        portal = Portal(asked.portal, os.environ.get("PORTAL_TOKEN", ""))
        size = Witness(asked.folder).run(portal.fetch, portal.send, asked.portal_key)
    except (Refused, KeyError, ValueError, OSError) as error:
        print(f"NOT signed. {error}", file=sys.stderr)
        return 1
    print(f"Counter-signed {size} entries.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
