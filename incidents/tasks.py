"""Celery entry points of this floor; importing the actions tells the worker which jobs they run."""

from incidents.actions import imports

__all__ = ["imports"]
