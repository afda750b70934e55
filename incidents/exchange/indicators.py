"""Indicators as people write them: undo defanging, tell the type, check the value, read a pasted list.

Everything here is a pure function. What cannot be accepted is told as a sentence that says what would be right.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from urllib.parse import urlsplit

import idna

LONGEST = 2048
MOST_LINES = 2000
HASHES = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
ALIASES = {
    "ip": "ip", "ipv4": "ipv4", "ipv6": "ipv6", "cidr": "cidr", "network": "cidr", "domain": "domain", "host": "domain",
    "hostname": "domain", "url": "url", "uri": "url", "email": "email", "e-mail": "email", "mail": "email", "md5": "md5",
    "sha1": "sha1", "sha-1": "sha1", "sha256": "sha256", "sha-256": "sha256", "sha512": "sha512", "sha-512": "sha512",
    "hash": "hash", "cve": "cve", "asn": "asn", "file": "filename", "filename": "filename",
}  # fmt: skip
# Endings of file names that are no top-level domains, so that "update.exe" is not read as a host.
FILE_ENDINGS = frozenset(
    [
        "7z",
        "apk",
        "asp",
        "aspx",
        "bat",
        "bin",
        "bmp",
        "cmd",
        "csv",
        "dat",
        "dll",
        "dmg",
        "doc",
        "docm",
        "docx",
        "elf",
        "exe",
        "gz",
        "hta",
        "html",
        "img",
        "ini",
        "iso",
        "jar",
        "js",
        "json",
        "jsp",
        "lnk",
        "log",
        "msi",
        "pdf",
        "php",
        "ppt",
        "pptx",
        "ps1",
        "rar",
        "reg",
        "rtf",
        "scr",
        "sys",
        "tar",
        "tmp",
        "txt",
        "vbe",
        "vbs",
        "wsf",
        "xls",
        "xlsb",
        "xlsm",
        "xlsx",
        "xml",
    ]
)
_DOT = re.compile(r"\s*(?:\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)|\{dot\}|\\\.)\s*", re.IGNORECASE)
_AT = re.compile(r"\s*(?:\[@\]|\(@\)|\{@\}|\[at\]|\(at\)|\{at\})\s*", re.IGNORECASE)
_COLON = re.compile(r"\[:\]|\(:\)|\{:\}")
_SLASHES = re.compile(r"\[(://|//|/)\]")
_SCHEME = re.compile(r"^(?:h(?:xx|tt|\*\*|__)p|meow)(s?)(?=:)", re.IGNORECASE)
_FTP = re.compile(r"^fxp(s?)(?=:)", re.IGNORECASE)
_HEX = re.compile(r"^[0-9a-fA-F]+$")
_CVE = re.compile(r"^CVE-(?:19|20)\d\d-\d{4,19}$", re.IGNORECASE)
_ASN = re.compile(r"^AS\s?(\d{1,10})$", re.IGNORECASE)
_LOCAL = re.compile(r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$")
_PREFIX = re.compile(r"^([A-Za-z][A-Za-z0-9-]{1,8})\s*[:=]\s+(\S.*)$")
_LABEL = re.compile(r"^(?!-)[a-z0-9_-]{1,63}(?<!-)$")


class BadIndicator(ValueError):
    """A value that is no indicator of its type; the message says what would be right."""


@dataclass(frozen=True)
class Found:
    """One indicator that was understood."""

    line: int
    type: str
    value: str
    comment: str = ""


@dataclass(frozen=True)
class Fault:
    """One line that was not understood, and why."""

    line: int
    value: str
    reason: str

    def __str__(self) -> str:
        return f"Line {self.line}: “{self.value}”. {self.reason}"


@dataclass
class Parsed:
    """A pasted list: what was understood, what was not, and what stood there twice."""

    found: list[Found] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    repeated: list[Found] = field(default_factory=list)


def refang(text: str) -> str:
    """The plain form of a defanged value: hxxp, [.], (dot), [at], [:] and their relatives."""
    text = _SLASHES.sub(r"\1", text)
    text = _COLON.sub(":", _AT.sub("@", _DOT.sub(".", text)))
    return _FTP.sub(r"ftp\1", _SCHEME.sub(r"http\1", text))


def defang(type_: str, value: str) -> str:
    """A form that no program turns into a link; `refang` gives the value back."""
    if type_ == "url":
        scheme, _, rest = value.partition("://")
        host, slash, path = rest.partition("/")
        return f"{scheme.replace('http', 'hxxp').replace('ftp', 'fxp')}://{host.replace('.', '[.]')}{slash}{path}"
    if type_ == "email":
        local, _, host = value.rpartition("@")
        return f"{local}[@]{host.replace('.', '[.]')}"
    if type_ in ("ipv4", "domain"):
        return value.replace(".", "[.]")
    if type_ == "cidr":
        return value.replace(".", "[.]").replace(":", "[:]")
    return value.replace(":", "[:]") if type_ == "ipv6" else value


def understand(text: str, type_: str = "") -> tuple[str, str]:
    """The type and the normal form of one indicator; the type is told from the value unless it is given."""
    value = refang(text.strip(" \t\"'<>“”‘’`,;").strip())
    if not value:
        raise BadIndicator("It is empty.")
    if len(value) > LONGEST:
        raise BadIndicator(f"It has {len(value)} characters; at most {LONGEST} are allowed.")
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in value):
        raise BadIndicator("It holds a control character. Remove it.")
    type_ = type_ or _guess(value)
    return CHECKS[type_](value)


def parse(text: str) -> Parsed:
    """Read a pasted list, one indicator a line: `value` or `type: value`, with a comment after # or a tab."""
    parsed, seen = Parsed(), set()
    for number, line in _lines(text):
        if number > MOST_LINES:
            parsed.faults.append(
                Fault(number, "", f"A list has at most {MOST_LINES:,} lines. Paste the rest separately.")
            )
            break
        given, comment = _split_comment(line)
        type_, value = _split_type(given)
        try:
            found = Found(number, *understand(value, type_), comment[:300])
        except BadIndicator as error:
            parsed.faults.append(Fault(number, given[:120], f"{error}{_hint(given)}"))
            continue
        (parsed.repeated if (found.type, found.value) in seen else parsed.found).append(found)
        seen.add((found.type, found.value))
    return parsed


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        line = re.sub(r"^\s*(?:[-*•]|\d{1,3}[.)])\s+", "", line).strip()
        if line and not line.startswith("#"):
            yield number, line


def _split_comment(line: str) -> tuple[str, str]:
    value, found, comment = line.partition(" #")
    if not found:
        value, _, comment = line.partition("\t")
    return value.strip(), comment.strip()


def _split_type(given: str) -> tuple[str, str]:
    found = _PREFIX.match(given)
    if found and (type_ := ALIASES.get(found[1].lower())):
        return ("" if type_ == "ip" else type_), found[2]
    return "", given


@cache
def _finder() -> Callable[[str], dict[str, list[str]]]:
    """Load the finder at its first use: it compiles a grammar for a second, which no other process should wait for."""
    find: Callable[[str], dict[str, list[str]]] = import_module("ioc_finder").find_iocs
    return find


def _hint(given: str) -> str:
    """Name the indicators inside a line of prose, so that the person can put each on a line of its own."""
    if " " not in given.strip() or len(given) > 500:
        return ""
    found = _finder()(given)
    values = [value for kind in ("urls", "domains", "ipv4s", "ipv6s", "email_addresses", "md5s", "sha1s", "sha256s", "sha512s", "cves")
              for value in sorted(found.get(kind, ()))]  # fmt: skip
    return f" In it were found: {', '.join(values[:5])}. Put each on a line of its own." if values else ""


def _guess(value: str) -> str:
    if "://" in value:
        return "url"
    if value.upper().startswith("CVE"):
        return "cve"
    if _ASN.match(value):
        return "asn"
    if "@" in value:
        return "email"
    if _HEX.match(value) and len(value) >= 24:
        return "hash"
    if "/" in value and re.match(r"^[0-9a-fA-F.:]+/\d+$", value):
        return "cidr"
    if re.match(r"^\d+(\.\d+){3}$", value):
        return "ipv4"
    if value.count(":") >= 2 and re.match(r"^[0-9a-fA-F:.]+(%\w+)?$", value):
        return "ipv6"
    if value.rpartition(".")[2].lower() in FILE_ENDINGS and "." in value:
        return "filename"
    return "domain"


def _ipv4(value: str) -> tuple[str, str]:
    try:
        return "ipv4", str(ipaddress.IPv4Address(value))
    except ValueError as error:
        raise BadIndicator(
            "An IPv4 address has four numbers from 0 to 255 without leading zeros, such as 192.0.2.1."
        ) from error


def _ipv6(value: str) -> tuple[str, str]:
    try:
        address = ipaddress.IPv6Address(value)
    except ValueError as error:
        raise BadIndicator("It is not an IPv6 address, such as 2001:db8::1.") from error
    if address.scope_id:
        raise BadIndicator("Leave the zone after % away; it has a meaning on one machine only.")
    return "ipv6", str(address)


def _cidr(value: str) -> tuple[str, str]:
    try:
        return "cidr", str(ipaddress.ip_network(value))
    except ValueError as error:
        try:
            meant = ipaddress.ip_network(value, strict=False)
        except ValueError:
            raise BadIndicator("It is not a network, such as 192.0.2.0/24 or 2001:db8::/32.") from error
        raise BadIndicator(f"Bits are set after the prefix. The network is {meant}.") from error


def _domain(value: str) -> tuple[str, str]:
    return "domain", _host(value)


def _host(value: str) -> str:
    host = value.rstrip(".").lower()
    if re.match(r"^\d+(\.\d+){3}:\d+$|^[^:]+:\d+$", host):
        raise BadIndicator("Leave the port away, or write it as a URL with http:// in front.")
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except idna.IDNAError as error:
            raise BadIndicator("It is not a host name that the domain name system allows (IDNA 2008).") from error
    labels = host.split(".")
    if len(labels) < 2 or len(host) > 253 or not all(_LABEL.match(label) for label in labels) or labels[-1].isdigit():
        raise BadIndicator(
            "It was not recognised. Write an address, network, domain, URL, e-mail address, hash, CVE or AS number; "
            "for a file name write “file: name”."
        )
    if "_" in labels[-1]:
        raise BadIndicator("A top-level domain has letters only, such as example.org.")
    return host


def _url(value: str) -> tuple[str, str]:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        raise BadIndicator(
            "It is not a URL, such as http://example.org/path: check its brackets and its port."
        ) from error
    if parts.scheme.lower() not in ("http", "https", "ftp", "ftps"):
        raise BadIndicator("A URL begins with http://, https:// or ftp://.")
    if re.search(r"\s", value):
        raise BadIndicator("A URL holds no space; write %20, or put each on a line of its own.")
    if not parts.hostname:
        raise BadIndicator("The URL names no host, such as http://example.org/path.")
    host = _url_host(parts.hostname)
    where = (f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else "") + host + (f":{port}" if port else "")
    rest = value.split("://", 1)[1][len(parts.netloc) :]
    return "url", f"{parts.scheme.lower()}://{where}{rest}"


def _url_host(host: str) -> str:
    if ":" in host:
        return f"[{_ipv6(host)[1]}]"
    if re.match(r"^[\d.]+$", host):
        return _ipv4(host)[1]
    return _host(host)


def _email(value: str) -> tuple[str, str]:
    local, _, host = value.rpartition("@")
    if not _LOCAL.match(local) or len(local) > 64:
        raise BadIndicator("It is not an e-mail address, such as name@example.org.")
    return "email", f"{local}@{_host(host)}"


def _hash(value: str) -> tuple[str, str]:
    if not _HEX.match(value) or len(value) not in HASHES:
        raise BadIndicator(
            f"It has {len(value)} characters. An MD5 has 32 hexadecimal digits, SHA-1 40, SHA-256 64, SHA-512 128."
        )
    return HASHES[len(value)], value.lower()


def _hash_of(type_: str) -> Callable[[str], tuple[str, str]]:
    def check(value: str) -> tuple[str, str]:
        found, normal = _hash(value)
        if found != type_:
            raise BadIndicator(f"It was called {type_} but has the length of {found}.")
        return found, normal

    return check


def _cve(value: str) -> tuple[str, str]:
    if not _CVE.match(value):
        raise BadIndicator("A CVE number looks like CVE-2024-12345.")
    return "cve", value.upper()


def _asn(value: str) -> tuple[str, str]:
    found = _ASN.match(value)
    if not found or int(found[1]) > 4_294_967_295:
        raise BadIndicator("An AS number looks like AS64496 and is at most AS4294967295.")
    return "asn", f"AS{int(found[1])}"


def _filename(value: str) -> tuple[str, str]:
    if len(value) > 255 or "/" in value or "\\" in value:
        raise BadIndicator("Write the file name without its folder, at most 255 characters.")
    return "filename", value


CHECKS: dict[str, Callable[[str], tuple[str, str]]] = {
    "ipv4": _ipv4, "ipv6": _ipv6, "cidr": _cidr, "domain": _domain, "url": _url, "email": _email, "hash": _hash,
    "cve": _cve, "asn": _asn, "filename": _filename, **{name: _hash_of(name) for name in HASHES.values()},
}  # fmt: skip
