"""The nouns of what partners observed."""

from incidents.models.grants import ReportUserGrant
from incidents.models.imports import Import
from incidents.models.indicators import Attachment, Indicator
from incidents.models.reports import IncidentKind, Precision, Release, Report, ReportBody, SectorShare

__all__ = [
    "Attachment",
    "Import",
    "IncidentKind",
    "Indicator",
    "Precision",
    "Release",
    "Report",
    "ReportBody",
    "ReportUserGrant",
    "SectorShare",
]
