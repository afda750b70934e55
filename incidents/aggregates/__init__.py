"""Figures without names: the only door through which councils learn of incidents."""

from incidents.aggregates.figures import (
    FEWEST_GROUPS,
    Cell,
    Delay,
    Delays,
    Grid,
    Period,
    Series,
    incidents_by_sector_and_month,
    indicators_by_sector_and_month,
    time_to_share,
    trend_by_month,
)

__all__ = [
    "FEWEST_GROUPS",
    "Cell",
    "Delay",
    "Delays",
    "Grid",
    "Period",
    "Series",
    "incidents_by_sector_and_month",
    "indicators_by_sector_and_month",
    "time_to_share",
    "trend_by_month",
]
