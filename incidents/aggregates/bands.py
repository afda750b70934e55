"""Figures that are told as bands alone: the risk of a sector, and how long sharing takes. Pure."""

from statistics import median
from typing import Any

from incidents.aggregates.attack import FREE
from incidents.aggregates.cells import LEAST_COUNCIL, LEAST_PUBLIC
from incidents.aggregates.layout import band, bands, row
from incidents.aggregates.material import ALL, Material

WEIGHTS = {0: 1, 1: 1, 2: 2, 3: 4, 4: 8}  # severity -> weight
RISK_BANDS = [(1, "Very low"), (3, "Low"), (6, "Moderate"), (12, "High"), (FREE, "Very high")]
HOUR_BANDS = [(4, "Under 4 hours"), (24, "4 to 24 hours"), (72, "1 to 3 days"), (168, "3 to 7 days"), (FREE, "Over 7 days")]  # fmt: skip


def risk_by_sector(material: Material) -> dict[str, Any]:
    """The risk of each sector as one of five bands: the median over its groups of incidents weighed by severity."""
    labels = {**material.labels, ALL: "All sectors"}
    scores = {line: dict.fromkeys(material.population(line), 0) for line in labels}
    for given in material.tallies:
        for line in (given.line, ALL):
            if given.group in scores[line]:
                scores[line][given.group] += WEIGHTS[given.severity] * given.amount
    rows = [
        row(line, label, scores[line], [
            band(median(scores[line].values()), RISK_BANDS) if len(scores[line]) >= LEAST_PUBLIC else None
        ])
        for line, label in labels.items()
    ]  # fmt: skip
    return bands("risk", "Risk", [("band", "Risk band")], rows)


def time_to_share(material: Material) -> dict[str, Any]:
    """How long reports took, as a band: the median over the groups of each one's own median."""
    columns = [("told", "From becoming aware to the report"), ("shared", "From the report to its release")]
    rows = [
        row(line, label, material.live[line], [_hours(material, code, line) for code, _ in columns])
        for line, label in material.labels.items()
    ]
    return bands("hours", "Time to share", columns, rows)


def _hours(material: Material, measure: str, line: str) -> str | None:
    least = max(LEAST_COUNCIL, material.cell("", line).strictest)
    found = material.hours.get(measure, {}).get(line, {})
    medians = [median(hours) for group, hours in found.items() if group in material.live[line]]
    return band(median(medians), HOUR_BANDS) if len(medians) >= least else None
