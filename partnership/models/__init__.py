"""The nouns of the ground floor."""

from partnership.models.audiences import Audience, AudienceMember
from partnership.models.audit import AuditCheckpoint, AuditDetail, AuditEntry, AuditHead, AuditSeal
from partnership.models.corrective_actions import CorrectiveAction
from partnership.models.files import FileErasure, StoredFile
from partnership.models.grants import OrganizationGroupGrant, OrganizationUserGrant
from partnership.models.jobs import Export, Heartbeat, Job
from partnership.models.offices import Channel, ContactEntry, LiaisonOffice, OfficeAssignment
from partnership.models.organizations import Organization, OrganizationIdentifier
from partnership.models.people import ApiToken, Invitation, Membership, Role, User
from partnership.models.reference import PAP, TLP, Marking, RuleSet, Sector, TransferMechanism

__all__ = [
    "PAP",
    "TLP",
    "ApiToken",
    "Audience",
    "AudienceMember",
    "AuditCheckpoint",
    "AuditDetail",
    "AuditEntry",
    "AuditHead",
    "AuditSeal",
    "Channel",
    "ContactEntry",
    "CorrectiveAction",
    "Export",
    "FileErasure",
    "Heartbeat",
    "Invitation",
    "Job",
    "LiaisonOffice",
    "Marking",
    "Membership",
    "OfficeAssignment",
    "Organization",
    "OrganizationGroupGrant",
    "OrganizationIdentifier",
    "OrganizationUserGrant",
    "Role",
    "RuleSet",
    "Sector",
    "StoredFile",
    "TransferMechanism",
    "User",
]
