"""XLSX in constant memory; text is text, whatever it looks like."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import xlsxwriter

from partnership.exports.values import guarded, shown
from partnership.models import TLP
from partnership.tables import Table

WIDTH = 22
MOST_CHARACTERS = 32767  # of a cell, by the format
FIXED = datetime(2020, 1, 1)  # noqa: DTZ001  (the same table gives the same bytes; when it was made stands in the manifest)


def write(table: Table) -> Iterator[bytes]:
    """The table as one sheet, with a second sheet for marking, notes and parameters."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        _make(table, path)
        with path.open("rb") as file:
            while chunk := file.read(65536):
                yield chunk


def _make(table: Table, path: Path) -> None:
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"created": FIXED})
        bold = book.add_format({"bold": True})
        formats = {"day": book.add_format({"num_format": "yyyy-mm-dd"}),
                   "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})}  # fmt: skip
        sheet = book.add_worksheet("Table")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(table.columns) - 1, WIDTH)
        for index, column in enumerate(table.columns):
            sheet.write_string(0, index, column.label, bold)
        last = 0
        for last, row in enumerate(table.rows(), start=1):
            for index, (column, value) in enumerate(zip(table.columns, row, strict=True)):
                _cell(sheet, last, index, shown(column, value), formats)
        sheet.autofilter(0, 0, last, len(table.columns) - 1)
        about = book.add_worksheet("About")
        about.set_column(0, 0, 100)
        lines = [
            table.title,
            TLP(table.marking).label,
            *table.notes,
            *([table.footer] if table.footer else []),
            *(f"{k}: {v}" for k, v in table.parameters.items()),
        ]
        for number, line in enumerate(lines):
            about.write_string(number, 0, guarded(line))


def _cell(sheet, row: int, column: int, value, formats) -> None:
    if value is None:
        return
    if isinstance(value, bool | str):
        sheet.write_string(row, column, guarded(str(value))[:MOST_CHARACTERS])
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value.astimezone(UTC).replace(tzinfo=None, microsecond=0), formats["moment"])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), formats["day"])  # noqa: DTZ001
    else:
        sheet.write_number(row, column, float(value))
