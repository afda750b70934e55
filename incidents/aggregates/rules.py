"""The rules of publication as they are printed with every release, from the constants that are applied."""

from typing import Any

from incidents.aggregates.bands import HOUR_BANDS, RISK_BANDS, WEIGHTS
from incidents.aggregates.cells import DOMINANCE, FEWEST_BEHIND, LEAST_COUNCIL, LEAST_PUBLIC, STEP, WIDEST_STEP
from incidents.aggregates.tables import SEVERITIES

DAYS_AFTER = 5  # days between the end of a month and its figures


def in_force() -> dict[str, Any]:
    """What applies now, for the content of a release."""
    return {
        "groups_for_councils": LEAST_COUNCIL, "groups_for_the_public": LEAST_PUBLIC, "groups_behind": FEWEST_BEHIND,
        "rounded_to": STEP, "dominance_percent": DOMINANCE, "least_uncertainty": WIDEST_STEP, "days_after": DAYS_AFTER,
        "risk_weights": {SEVERITIES[level].lower(): weight for level, weight in WEIGHTS.items()},
        "risk_bands": [label for _, label in RISK_BANDS], "hour_bands": [label for _, label in HOUR_BANDS],
    }  # fmt: skip
