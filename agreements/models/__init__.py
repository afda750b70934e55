"""The nouns of what partners permit each other."""

from agreements.models.agreements import Agreement, AgreementVersion, Party, Signature
from agreements.models.engagements import Engagement
from agreements.models.grants import AgreementUserGrant
from agreements.models.legal_bases import DataCategory, LegalBasis, SpecialCondition
from agreements.models.retention import (
    GOVERNED_COLUMNS,
    DeletionBatch,
    DeletionRecord,
    DeletionRun,
    Governed,
    LegalHold,
    QuarantinedRecord,
)
from agreements.models.terms import DataItem, PermittedUse, Purpose, RedactionStep, RetentionTerm

__all__ = [
    "GOVERNED_COLUMNS",
    "Agreement",
    "AgreementUserGrant",
    "AgreementVersion",
    "DataCategory",
    "DataItem",
    "DeletionBatch",
    "DeletionRecord",
    "DeletionRun",
    "Engagement",
    "Governed",
    "LegalBasis",
    "LegalHold",
    "Party",
    "PermittedUse",
    "Purpose",
    "QuarantinedRecord",
    "RedactionStep",
    "RetentionTerm",
    "Signature",
    "SpecialCondition",
]
