"""Tables: columns defined once for the screen, for CSV, XLSX, PDF and JSON, over a queryset that is already scoped."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import QuerySet
from django.db.models.expressions import Combinable

Kind = Literal["text", "number", "day", "moment", "tlp", "choice", "flag"]


@dataclass(frozen=True)
class Column:
    """One column: where its value comes from (a path or an expression) and how it is shown."""

    name: str
    label: str
    source: str | Combinable | None = None  # None: a path of the same name
    kind: Kind = "text"
    choices: Mapping[Any, str] | None = None  # stored value -> label, for kind "choice"
    tone: Mapping[Any, str] | None = None  # stored value -> tag tone on the screen
    sort: str | None = ""  # order_by path; "" means the source if it is a path; None: not sortable
    on_screen: bool = True  # a column may be in exports only
    brief: bool = (
        False  # on the screen, a moment shows its day and a hash its beginning; the whole is in the tip and in exports
    )
    links: bool = False  # on the screen, the cell carries the link to the row's page
    meaning: str = ""  # how a figure is made, in a sentence: shown below the table and in the evidence pack

    @property
    def order(self) -> str | None:
        if self.sort is None or self.sort:
            return self.sort
        if self.source is None:
            return self.name
        return self.source if isinstance(self.source, str) else None


@dataclass
class Table:
    """Rows of a scoped queryset under fixed columns; or, for computed figures, rows given as they are."""

    name: str
    title: str
    columns: Sequence[Column]
    queryset: QuerySet | None = None
    given: Sequence[Sequence[Any]] | None = None
    marking: int = 2  # TLP rank printed on the export: the strictest part decides
    notes: Sequence[str] = ()  # sentences below the table: definitions, period, what is hidden and why
    parameters: Mapping[str, str] = field(default_factory=dict)
    footer: str = ""  # one line below each page of a document
    links: Sequence[str] = ()  # for given rows on the screen: the page of each, or nothing
    proofs: Callable[[], Sequence[Mapping[str, Any]]] = (
        tuple  # certificates with their way to the root, for evidence packs
    )
    empty: str = "Nothing in this period."

    def values(self, columns: Sequence[Column] | None = None, with_key: bool = False) -> QuerySet:
        """The queryset as value rows in column order; the key first when asked for."""
        assert self.queryset is not None
        named: dict[str, Combinable] = {}
        paths: list[str] = ["pk"] if with_key else []
        for column in columns or self.columns:
            if column.source is None or isinstance(column.source, str):
                paths.append(column.source or column.name)
            else:
                named[f"column_{column.name}"] = column.source
                paths.append(f"column_{column.name}")
        return self.queryset.annotate(**named).values_list(*paths)

    def rows(self, chunk: int = 2000) -> Iterator[Sequence[Any]]:
        """Every row, in order, without holding them all in memory."""
        if self.given is not None:
            yield from self.given
        else:
            yield from self.values().iterator(chunk_size=chunk)

    def count(self) -> int:
        return len(self.given) if self.given is not None else self.queryset.count()  # type: ignore[union-attr]


class Asked(dict[str, Any]):
    """Parameters of a table as a form reads those of an address: each a text or several, the last one counts."""

    def get(self, name: str, default: Any = None) -> Any:
        found = super().get(name, default)
        return (found[-1] if found else default) if isinstance(found, list) else found

    def getlist(self, name: str) -> list[Any]:
        found = super().get(name, [])
        return found if isinstance(found, list) else [found]


@dataclass(frozen=True)
class TableSource:
    """A table that can be asked for by name: a list page or an auditor's report."""

    name: str
    title: str
    permission: str
    build: Callable[[Any, Mapping[str, Any]], Table]  # (actor, parameters) -> scoped table
    is_report: bool = False
    description: str = ""
    form: Any = None  # a form class for the parameters of a report


@dataclass(frozen=True)
class Ground:
    """What the rows of any report may rest on, such as versions of agreements; found in the rows, whatever the report."""

    of: Callable[[Any, Table], list[dict[str, Any]]]  # (actor, table) -> facts, each with a "key"
    open_to: Callable[[Any, Sequence[str]], bool]  # (actor, keys) -> whether the actor may see all of them now


SOURCES: dict[str, TableSource] = {}
GROUNDS: dict[str, Ground] = {}


def source(entry: TableSource) -> TableSource:
    """Register a table source under its name."""
    if entry.name in SOURCES:
        raise ValueError(f"The table {entry.name} is registered twice.")
    SOURCES[entry.name] = entry
    return entry
