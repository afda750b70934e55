"""Figures without names: the only door through which councils learn of incidents, and it opens on published ones only."""

from incidents.aggregates.releases import Figure, Panel, Published, Release, published

__all__ = ["Figure", "Panel", "Published", "Release", "published"]
