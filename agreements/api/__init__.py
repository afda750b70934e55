"""REST resources of agreements: the same actions and the same visibility as the pages."""

from agreements.api import (
    agreements,
    approvals,
    departures,
    drafting,
    engagements,
    holds,
    negotiation,
    retention,
    templates,
)

__all__ = [
    "agreements",
    "approvals",
    "departures",
    "drafting",
    "engagements",
    "holds",
    "negotiation",
    "retention",
    "templates",
]
