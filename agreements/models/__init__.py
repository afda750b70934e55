"""The nouns of what partners permit each other."""

from agreements.models.agreements import Agreement, AgreementVersion, GoverningPeriod, Party, Signature
from agreements.models.approvals import ClearedTerm, NamedRecord, RetentionApproval
from agreements.models.departures import Attestation, Departure
from agreements.models.engagements import Engagement
from agreements.models.grants import AgreementGroupGrant, AgreementUserGrant
from agreements.models.handling import Clause, HandlingPolicy, Transfer
from agreements.models.legal_bases import DataCategory, LegalBasis, SpecialCondition
from agreements.models.negotiation import LegalReview, Proposal, Remark
from agreements.models.reminders import Reminder
from agreements.models.retention import (
    GOVERNED_COLUMNS,
    DeletionBatch,
    DeletionRecord,
    DeletionRun,
    Governed,
    LegalHold,
    QuarantinedRecord,
    expired,
    unexpired,
)
from agreements.models.templates import AgreementTemplate
from agreements.models.terms import DataItem, PermittedUse, Purpose, RedactionStep, RetentionTerm

__all__ = [
    "GOVERNED_COLUMNS",
    "Agreement",
    "AgreementGroupGrant",
    "AgreementTemplate",
    "AgreementUserGrant",
    "AgreementVersion",
    "Attestation",
    "Clause",
    "ClearedTerm",
    "DataCategory",
    "DataItem",
    "DeletionBatch",
    "DeletionRecord",
    "DeletionRun",
    "Departure",
    "Engagement",
    "Governed",
    "GoverningPeriod",
    "HandlingPolicy",
    "LegalBasis",
    "LegalHold",
    "LegalReview",
    "NamedRecord",
    "Party",
    "PermittedUse",
    "Proposal",
    "Purpose",
    "QuarantinedRecord",
    "RedactionStep",
    "Remark",
    "Reminder",
    "RetentionApproval",
    "RetentionTerm",
    "Signature",
    "SpecialCondition",
    "Transfer",
    "expired",
    "unexpired",
]
