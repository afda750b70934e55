"""CSV by PostgreSQL's own COPY from the scoped query: labels, time zone and formula guard are computed in SQL."""

import csv
import io
from collections.abc import Iterator

from django.core.exceptions import EmptyResultSet
from django.db import connection

from partnership.exports.values import DANGEROUS, as_text, guarded, is_text, shown
from partnership.models import TLP
from partnership.tables import Column, Table

BOM = b"\xef\xbb\xbf"  # spreadsheets take UTF-8 for the system's old encoding without it


def write(table: Table) -> Iterator[bytes]:
    """The table in chunks of bytes; memory stays flat."""
    yield BOM + _line([column.label for column in table.columns])
    if table.given is not None:
        for row in table.given:
            yield _given(table, row)
    else:
        yield from _copy(table)


def _line(cells: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow([guarded(cell) for cell in cells])
    return out.getvalue().encode()


def _given(table: Table, row) -> bytes:
    cells = []
    for column, value in zip(table.columns, row, strict=True):
        text = as_text(shown(column, value))
        if value is None:
            cells.append("")
        else:
            cells.append(
                '"' + guarded(text).replace('"', '""') + '"' if is_text(column) or isinstance(value, str) else text
            )
    return (",".join(cells) + "\n").encode()


def _copy(table: Table) -> Iterator[bytes]:
    try:
        inner, parameters = table.values().query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:  # Django knows without asking that there is no row
        return
    names = [f"c{n}" for n in range(len(table.columns))]
    selected, extra = [], []
    for name, column in zip(names, table.columns, strict=True):
        text, more = _sql(name, column)
        selected.append(f"{text} AS {name}")
        extra.extend(more)
    quoted = [name for name, column in zip(names, table.columns, strict=True) if is_text(column)]
    options = f", FORCE_QUOTE ({', '.join(quoted)})" if quoted else ""
    sql = f"COPY (SELECT {', '.join(selected)} FROM ({inner}) AS inside({', '.join(names)})) TO STDOUT WITH (FORMAT csv{options})"
    with connection.cursor() as cursor, cursor.copy(sql, [*extra, *parameters]) as copy:
        held = bytearray()
        for data in copy:
            held += data
            if len(held) > 65536:
                yield bytes(held)
                held.clear()
        yield bytes(held)


def _sql(name: str, column: Column) -> tuple[str, list[str]]:
    if column.kind == "number" or column.kind == "day":
        return name, []
    if column.kind == "moment":
        return f"""to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')""", []
    if column.kind == "flag":
        return f"CASE WHEN {name} THEN 'yes' WHEN NOT {name} THEN 'no' END", []
    labels = {rank: label for rank, label in TLP.choices} if column.kind == "tlp" else dict(column.choices or {})
    extra: list[str] = []
    text = f"{name}::text"
    if column.kind in ("tlp", "choice") and labels:
        cases = []
        for value, label in labels.items():
            cases.append("WHEN %s THEN %s")
            extra += [str(value), str(label)]
        text = f"CASE {name}::text {' '.join(cases)} ELSE {name}::text END"
        return text, extra  # labels are ours, and codes hold no formula
    return f"CASE WHEN position(left({text}, 1) IN %s) > 0 AND {text} <> '' THEN '''' || {text} ELSE {text} END", [
        DANGEROUS
    ]
