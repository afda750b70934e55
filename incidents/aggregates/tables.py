"""The fixed tables of counts, and how each is settled before it is published. Pure: tallies in, what all may read out.

There is no other table, no filter and no way to look behind a figure. To add one: a decision of a council, an entry
here, and its network in the attack.
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from incidents.aggregates.attack import FREE, Arc
from incidents.aggregates.bands import risk_by_sector, time_to_share
from incidents.aggregates.cells import Cell, interval, rounded
from incidents.aggregates.layout import counts, number, row
from incidents.aggregates.material import ALL, Material
from incidents.aggregates.settle import Draft, settle

Classes = Mapping[str, tuple[tuple[Any, ...], str]]  # code -> (members, label)

SEVERITIES = {0: "Unknown", 1: "Low", 2: "Moderate", 3: "High", 4: "Critical"}
FINE: Classes = {str(level): ((level,), label) for level, label in SEVERITIES.items()}
COARSE: Classes = {"0-1": ((0, 1), "Low or unknown"), "2": ((2,), "Moderate"), "3-4": ((3, 4), "High or critical")}
TYPES = {
    "ipv4": "IPv4 address", "ipv6": "IPv6 address", "cidr": "Network", "asn": "Autonomous system", "domain": "Domain name",
    "url": "URL", "email": "E-mail address", "filename": "File name", "md5": "MD5 hash", "sha1": "SHA-1 hash",
    "sha256": "SHA-256 hash", "sha512": "SHA-512 hash", "cve": "CVE number",
}  # fmt: skip
ALONE: Classes = {code: ((code,), label) for code, label in TYPES.items()}
FAMILIES: Classes = {
    "addresses": (("ipv4", "ipv6", "cidr", "asn"), "Addresses and networks"),
    "names": (("domain", "url", "email", "filename"), "Names and URLs"),
    "hashes": (("md5", "sha1", "sha256", "sha512"), "Hashes of files"), "weaknesses": (("cve",), "CVE numbers"),
}  # fmt: skip
MERGED = "Categories are merged, so that more figures can be shown."
LEFT_OUT = "The total is left out: with it, a hidden figure could be worked out."


def all_tables(material: Material) -> list[dict[str, Any]]:
    """Every table of a month, settled, as it is published; some with the last month of a quarter alone."""
    sectors = incidents_by_sector(material)
    made = [sectors, indicators_by_type(material)]
    if material.ends_quarter:
        known = {**material.earlier, material.month: shown_of(sectors, material.month)}
        made += [incidents_by_severity(material, known), risk_by_sector(material), time_to_share(material)]
    return made


def cell_key(line: str, month: date) -> Any:
    return ("sector", line, month)


def shown_of(sectors: Mapping[str, Any], month: date) -> set[Any]:
    """The figures of a published table by sector that are not hidden, as keys of the network."""
    values = [*((one["key"], one["values"]) for one in sectors["rows"]), (ALL, sectors["total"])]
    return {cell_key(key, month) for key, (value,) in values if value is not None}


def incidents_by_sector(material: Material) -> dict[str, Any]:
    """Incidents by sector in the month, with the national number."""
    month = material.month
    cells = {line: material.cell(cell_key(line, month), line, month) for line in material.labels}
    total = material.cell(cell_key(ALL, month), ALL, month)
    fixed = _months(material, material.earlier)
    fixed += [
        Arc(("free", line), "out", ("line", line), material.cell("", line).given, is_figure=False) for line in cells
    ]

    def build(shown: set[Any]) -> list[Arc]:
        return [*fixed, *_months(material, {month: shown})]

    by_key = {cell.key: cell for cell in cells.values()}
    settled = settle([Draft(by_key, build, total), Draft(by_key, build, None, LEFT_OUT)], enough=Fraction(0))
    rows = [
        row(line, material.labels[line], material.live[line], [number(cell, settled)]) for line, cell in cells.items()
    ]
    return counts(
        "sectors", "Incidents by sector", "incidents", [_column(month)], rows, settled, [number(total, settled)]
    )


def incidents_by_severity(material: Material, known: Mapping[date, set[Any]]) -> dict[str, Any]:
    """Incidents by sector and severity in the quarter; severities are merged where that shows more."""
    fixed = _months(material, known)

    def draft(classes: Classes, because: str) -> Draft:
        keys = [("severity", line, code) for line in material.labels for code in classes]
        cells = {key: material.cell(key, key[1], severities=classes[key[2]][0]) for key in keys}
        return Draft(
            cells,
            lambda shown: [*fixed, *(_arc(cells[k], "out", ("line", k[1]), shown) for k in keys)],
            because=because,
        )

    settled = settle([draft(FINE, ""), draft(COARSE, MERGED)])
    classes = COARSE if settled.draft.because else FINE
    rows = [
        row(line, label, material.live[line], [number(settled.draft.cells["severity", line, code], settled) for code in classes])
        for line, label in material.labels.items()
    ]  # fmt: skip
    columns = [(code, label) for code, (_, label) in classes.items()]
    return counts("severity", "Incidents by sector and severity", "incidents", columns, rows, settled)


def indicators_by_type(material: Material) -> dict[str, Any]:
    """Sightings of indicators by type in the month: each group once for each indicator that three groups have seen."""
    total = material.sighted(ALL, TYPES)

    def draft(classes: Classes, with_total: bool, because: str = "") -> Draft:
        cells = {code: material.sighted(code, types) for code, (types, _) in classes.items()}
        return Draft(cells, lambda shown: [*(_arc(cell, "out", "month", shown) for cell in cells.values()), _arc(total, "month", "out", shown)],
                     total if with_total else None, because)  # fmt: skip

    settled = settle([draft(ALONE, True), draft(FAMILIES, True, MERGED)])
    if settled.is_withheld:
        settled = settle([draft(ALONE, False, LEFT_OUT), draft(FAMILIES, False, f"{MERGED} {LEFT_OUT}")])
    classes = ALONE if settled.draft.cells.keys() == ALONE.keys() else FAMILIES
    rows = [
        row(code, label, material.everybody, [number(settled.draft.cells[code], settled)])
        for code, (_, label) in classes.items()
    ]
    return counts(
        "indicators",
        "Indicators by type",
        "sightings",
        [_column(material.month)],
        rows,
        settled,
        [number(total, settled)],
    )


def _column(month: date) -> tuple[str, str]:
    return f"{month:%Y-%m}", f"{month:%B %Y}"


def _arc(cell: Cell, tail: Any, head: Any, shown: set[Any]) -> Arc:
    low, high = interval(rounded(cell.amount)) if cell.key in shown else (0, FREE)
    return Arc(cell.key, tail, head, cell.given, low, high)


def _months(material: Material, shown: Mapping[date, set[Any]]) -> list[Arc]:
    """Sectors by month, and their sums: the part of the network that all tables of incidents share."""
    arcs = []
    for month, keys in shown.items():
        for line in material.labels:
            arcs.append(_arc(material.cell(cell_key(line, month), line, month), ("line", line), ("month", month), keys))
        arcs.append(_arc(material.cell(cell_key(ALL, month), ALL, month), ("month", month), "out", keys))
    return arcs
