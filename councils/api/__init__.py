"""REST resources of councils: the same visibility and the same hidden cells as the pages."""

from councils.api import action_items, councils, decisions, meetings

__all__ = ["action_items", "councils", "decisions", "meetings"]
