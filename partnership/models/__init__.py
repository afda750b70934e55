"""The nouns of the ground floor."""

from partnership.models.audiences import Audience, AudienceMember
from partnership.models.audit import (
    AuditCheckpoint,
    AuditCosignature,
    AuditDetail,
    AuditEntry,
    AuditHead,
    AuditSeal,
    AuditWitness,
)
from partnership.models.break_glass import BreakGlass
from partnership.models.confirmations import Confirmation
from partnership.models.corrective_actions import CorrectiveAction
from partnership.models.files import FileErasure, StoredFile
from partnership.models.grants import OrganizationGroupGrant, OrganizationUserGrant
from partnership.models.groups import GroupMembership, NamedGroup
from partnership.models.jobs import Export, Heartbeat, Job
from partnership.models.letters import Letter
from partnership.models.offices import Channel, ContactEntry, LiaisonOffice, OfficeAssignment
from partnership.models.organizations import Organization, OrganizationIdentifier
from partnership.models.people import CALENDAR, ApiToken, Area, Invitation, Membership, Role, User
from partnership.models.reference import PAP, TLP, Marking, RuleSet, Sector, TransferMechanism
from partnership.models.security import SecurityEvent
from partnership.models.sign_in import RecoveryCode, Session, SignOnLink, Tally

__all__ = [
    "PAP",
    "TLP",
    "CALENDAR",
    "ApiToken",
    "Area",
    "Audience",
    "AudienceMember",
    "AuditCheckpoint",
    "AuditCosignature",
    "AuditDetail",
    "AuditEntry",
    "AuditHead",
    "AuditSeal",
    "AuditWitness",
    "BreakGlass",
    "Confirmation",
    "Channel",
    "ContactEntry",
    "CorrectiveAction",
    "Export",
    "FileErasure",
    "GroupMembership",
    "Heartbeat",
    "Invitation",
    "Job",
    "Letter",
    "LiaisonOffice",
    "Marking",
    "Membership",
    "NamedGroup",
    "OfficeAssignment",
    "Organization",
    "OrganizationGroupGrant",
    "OrganizationIdentifier",
    "OrganizationUserGrant",
    "RecoveryCode",
    "Role",
    "RuleSet",
    "Sector",
    "SecurityEvent",
    "Session",
    "SignOnLink",
    "StoredFile",
    "Tally",
    "TransferMechanism",
    "User",
]
