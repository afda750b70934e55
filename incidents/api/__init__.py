"""REST resources of reports, what they carry, and imports: the same actions and the same visibility as the pages."""

from incidents.api import imports, parts, reports

__all__ = ["imports", "parts", "reports"]
