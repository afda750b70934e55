"""What auditors export about incidents: counts of what was reported, and the chain of one item."""

from incidents.reports import chain, reporting
from incidents.reports.reporting import build

__all__ = ["build", "chain", "reporting"]
