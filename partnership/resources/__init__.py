"""REST resources of the ground floor: the same actions and the same visibility as the pages."""

from partnership.resources import (
    break_glass,
    grants,
    groups,
    offices,
    organizations,
    oversight,
    people,
    recertification,
    trail,
)

__all__ = [
    "break_glass",
    "grants",
    "groups",
    "offices",
    "organizations",
    "oversight",
    "people",
    "recertification",
    "trail",
]
