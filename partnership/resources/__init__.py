"""REST resources of the ground floor: the same actions and the same visibility as the pages."""

from partnership.resources import offices, organizations, oversight, people

__all__ = ["offices", "organizations", "oversight", "people"]
