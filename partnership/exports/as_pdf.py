"""PDF/A-2a with PDF/UA-1 tags through typst: archival, and readable by screen readers."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import typst
from django.conf import settings

from partnership.errors import DomainError
from partnership.exports.values import as_text, shown
from partnership.models import TLP
from partnership.tables import Table

TEMPLATE = Path(__file__).with_name("table.typ")
FIXED = datetime(2020, 1, 1, tzinfo=UTC)  # the same table gives the same bytes; when it was made stands on the page
FONTS = ["Libertinus Serif", "DejaVu Sans Mono", "New Computer Modern"]


class TooLongForPaper(DomainError):
    """A PDF of that many rows serves nobody and needs a lot of memory."""


def write(table: Table) -> Iterator[bytes]:
    """The table as a document, with its marking on every page."""
    rows = [
        [printable(as_text(shown(c, v))) for c, v in zip(table.columns, row, strict=True)] for row in _bounded(table)
    ]
    data = {
        "title": printable(table.title), "portal": printable(settings.PORTAL_NAME), "marking": TLP(table.marking).label,
        "notes": [printable(note) for note in table.notes], "made": f"{len(rows)} rows", "footer": printable(table.footer), "fonts": FONTS,
        "columns": [printable(column.label) for column in table.columns], "rows": rows,
    }  # fmt: skip
    yield compile_template(TEMPLATE, data)


def compile_template(template: Path, data: object) -> bytes:
    """Print data with one of our templates; user text reaches it as data alone."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(template, Path(folder) / "main.typ")
        (Path(folder) / "data.json").write_text(json.dumps(data))
        fonts = [settings.PORTAL_FONTS_DIR] if settings.PORTAL_FONTS_DIR else []
        made = typst.compile(
            str(Path(folder) / "main.typ"), root=folder, font_paths=fonts, ignore_system_fonts=True, format="pdf",
            pdf_standards=["a-2a", "ua-1"], timestamp=int(FIXED.timestamp()),
        )  # fmt: skip
    assert isinstance(made, bytes)
    return made


def printable(text: str) -> str:
    """Text that the bundled fonts can show; other characters as their code point, control characters left out."""
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    code = ord(character)
    if character in "\n\t":
        return " "
    if code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000:
        return ""
    covered = code < 0x250 or 0x370 <= code < 0x530 or character in "–—‘’“”…•→≤≥×€"  # noqa: RUF001
    return character if covered else f"[U+{code:04X}]"


def _bounded(table: Table):
    most = settings.PORTAL_PDF_MAX_ROWS
    if table.count() > most:
        raise TooLongForPaper(
            f"A PDF holds at most {most} rows; this table is longer. Choose CSV or Excel, or filter it.", field="format"
        )
    return table.rows()
