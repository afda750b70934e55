"""The nouns of what partners observed."""

from incidents.models.figures import CohortMember, CountedReport, FigureRelease, Tally
from incidents.models.grants import ReportGroupGrant, ReportUserGrant
from incidents.models.imports import Import
from incidents.models.indicators import Attachment, Indicator
from incidents.models.reports import IncidentKind, Precision, Release, Report, ReportBody, SectorShare

__all__ = [
    "Attachment",
    "CohortMember",
    "CountedReport",
    "FigureRelease",
    "Import",
    "IncidentKind",
    "Indicator",
    "Precision",
    "Release",
    "Report",
    "ReportBody",
    "ReportGroupGrant",
    "ReportUserGrant",
    "SectorShare",
    "Tally",
]
