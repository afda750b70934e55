"""Exports: files made of exactly what the person may see, kept for a week."""


def expire(*, at):
    """Remove files whose time is over."""
