"""REST resources of reports, what they carry, and imports: the same actions and the same visibility as the pages."""

from incidents.api import imports, operations, parts, reports

__all__ = ["imports", "operations", "parts", "reports"]
