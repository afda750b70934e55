"""What may be attached: told by content and by ending together, images made anew, archives refused. Pure functions."""

import io
import re
import warnings
from pathlib import PurePath
from typing import NamedTuple

from PIL import Image

from partnership.guarded_json import BadJson, loads

MOST_PIXELS = 40_000_000
MOST_STIX_BYTES = 5 * 1024 * 1024
MOST_STIX_OBJECTS = 5000
TYPES = {
    ".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".txt": "text/plain",
    ".csv": "text/csv", ".json": "application/stix+json",
}  # fmt: skip
ALLOWED = "PDF, PNG, JPEG, TXT, CSV and STIX JSON"
_ARCHIVES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class RefusedFile(ValueError):
    """A file that the policy does not take; the message says why and what would be right."""


class Accepted(NamedTuple):
    """What is stored of a file: its cleaned name, its type, and its bytes, which for images are new."""

    name: str
    content_type: str
    data: bytes


def inspect(name: str, data: bytes, most_bytes: int) -> Accepted:
    """Check a file against the upload policy."""
    name = clean_name(name)
    ending = PurePath(name).suffix.lower()
    if not data:
        raise RefusedFile("The file is empty.")
    if len(data) > most_bytes:
        raise RefusedFile(f"The file is larger than {most_bytes // 1024 // 1024} MB.")
    if data.startswith(_ARCHIVES) or data[257:262] == b"ustar":
        raise RefusedFile("Archives and office files are not taken. Unpack it and attach the files, or save it as PDF.")
    if ending not in TYPES:
        raise RefusedFile(f"Files of the kind “{ending or 'without ending'}” are not taken. Allowed are {ALLOWED}.")
    return Accepted(name, TYPES[ending], CHECKS[TYPES[ending]](data))


def clean_name(name: str) -> str:
    """The file's name without folders, control characters and characters that turn text around."""
    name = re.split(r"[/\\]", name)[-1]
    name = "".join(
        letter
        for letter in name
        if letter.isprintable() and letter not in '\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"'
    )
    stem, dot, ending = name.strip(" .").rpartition(".")
    return f"{stem[:150]}{dot}{ending[:20]}" if dot else ending[:150] or "file"


def _pdf(data: bytes) -> bytes:
    if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-2048:]:
        raise RefusedFile("The file is called a PDF but its content is none, or it is cut off.")
    return data


def _image(format_: str, data: bytes) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=[format_]) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise RefusedFile("The image has more than 40 million pixels. Make it smaller.")
                image.load()
                return _made_anew(image, format_)
    except RefusedFile:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise RefusedFile("The image has more than 40 million pixels. Make it smaller.") from error
    except (OSError, ValueError, SyntaxError, MemoryError) as error:
        raise RefusedFile(f"The file is called {format_} but cannot be read as such.") from error


def _made_anew(image: Image.Image, format_: str) -> bytes:
    """The picture alone, written again, so that nothing rides along in it: no place, no comment, no second file."""
    mode = (
        image.mode if image.mode in ("1", "L", "RGB") or (format_ == "PNG" and image.mode in ("LA", "RGBA")) else None
    )
    plain = Image.new(mode or "RGB", image.size)
    plain.paste(image if mode else image.convert("RGB"))
    target = io.BytesIO()
    plain.save(target, format=format_, **({"quality": 90} if format_ == "JPEG" else {}))
    return target.getvalue()


def _png(data: bytes) -> bytes:
    return _image("PNG", data)


def _jpeg(data: bytes) -> bytes:
    return _image("JPEG", data)


def _text(data: bytes) -> bytes:
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedFile(f"The text is not UTF-8 (byte {error.start + 1}). Save it as UTF-8.") from error
    if found := _CONTROL.search(data):
        raise RefusedFile(f"The text holds a control character (byte {found.start() + 1}); it is no plain text.")
    return data


def _stix(data: bytes) -> bytes:
    if len(data) > MOST_STIX_BYTES:
        raise RefusedFile("A STIX file has at most 5 MB.")
    try:
        bundle = loads(data)
    except BadJson as error:
        raise RefusedFile(str(error)) from error
    objects = bundle.get("objects") if isinstance(bundle, dict) else None
    if not isinstance(bundle, dict) or bundle.get("type") != "bundle" or not isinstance(objects, list):
        raise RefusedFile("The JSON is no STIX bundle: it needs “type”: “bundle” and a list of objects.")
    if len(objects) > MOST_STIX_OBJECTS:
        raise RefusedFile(f"A STIX bundle has at most {MOST_STIX_OBJECTS:,} objects.")
    return data


CHECKS = {
    "application/pdf": _pdf, "image/png": _png, "image/jpeg": _jpeg, "text/plain": _text, "text/csv": _text,
    "application/stix+json": _stix,
}  # fmt: skip
