"""JSON for machines: values byte for byte, without the spreadsheet guard."""

import json
from collections.abc import Iterator

from django.core.serializers.json import DjangoJSONEncoder

from partnership.exports.values import as_text, shown
from partnership.models import TLP
from partnership.tables import Table


def write(table: Table) -> Iterator[bytes]:
    """One object: title, marking, notes, columns, rows as objects."""
    head = {
        "table": table.name, "title": table.title, "marking": TLP(table.marking).label, "notes": [*table.notes, *([table.footer] if table.footer else [])],
        "parameters": dict(table.parameters), "columns": {column.name: column.label for column in table.columns},
    }  # fmt: skip
    yield json.dumps(head, ensure_ascii=False, cls=DjangoJSONEncoder)[:-1].encode() + b', "rows": ['
    for number, row in enumerate(table.rows()):
        cells = {}
        for column, value in zip(table.columns, row, strict=True):
            plain = shown(column, value)
            cells[column.name] = plain if plain is None or isinstance(plain, int | float | str) else as_text(plain)
        yield (b",\n" if number else b"\n") + json.dumps(cells, ensure_ascii=False).encode()
    yield b"\n]}\n"
