"""REST resources of agreements: the same actions and the same visibility as the pages."""

from agreements.api import agreements, drafting, engagements, holds, retention

__all__ = ["agreements", "drafting", "engagements", "holds", "retention"]
