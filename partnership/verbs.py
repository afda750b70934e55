"""Deeds of the ground floor, each with the sentence that the trail tells."""

from partnership.registry import verb

ORGANIZATION_CREATED = verb("partnership.organization_created", "{who} entered the organization {what}.")
ORGANIZATION_CHANGED = verb("partnership.organization_changed", "{who} changed the profile of {what}.")
ORGANIZATION_VETTED = verb(
    "partnership.organization_vetted", "{who} set the vetting of {what} to {decision}: {because}"
)
ORGANIZATION_SUSPENDED = verb("partnership.organization_suspended", "{who} suspended {what}: {because}")
ORGANIZATION_RESUMED = verb("partnership.organization_resumed", "{who} lifted the suspension of {what}: {because}")
OFFICE_CREATED = verb("partnership.office_created", "{who} opened the liaison office {what}.")
OFFICER_ASSIGNED = verb("partnership.officer_assigned", "{who} assigned {officer} to the office {office}.")
CHANNEL_ADDED = verb("partnership.channel_added", "{who} added a channel to the office {office}.")
CHANNEL_VERIFIED = verb("partnership.channel_verified", "{who} verified a channel of the office {office}.")
CONTACT_RECORDED = verb("partnership.contact_recorded", "{who} recorded a contact with {partner}.")
PERSON_INVITED = verb("partnership.person_invited", "{who} invited somebody into {organization} as {role}.")
INVITATION_ACCEPTED = verb("partnership.invitation_accepted", "{who} joined {organization} as {role}.")
INVITATION_WITHDRAWN = verb("partnership.invitation_withdrawn", "{who} withdrew an invitation into {organization}.")
MEMBERSHIP_GRANTED = verb("partnership.membership_granted", "{who} made {person} {role} of {organization}.")
MEMBERSHIP_ENDED = verb("partnership.membership_ended", "{who} ended the membership of {person} as {role}.")
PERSON_DEACTIVATED = verb("partnership.person_deactivated", "{who} deactivated an account: {because}")
TOKEN_CREATED = verb("partnership.token_created", "{who} made an API token, ending on {until}.")
TOKEN_REVOKED = verb("partnership.token_revoked", "{who} revoked an API token.")
EXPORT_MADE = verb("partnership.export_made", "{who} exported {title} as {format}: {rows} rows.")
EXPORT_DOWNLOADED = verb("partnership.export_downloaded", "{who} downloaded the export {title}.")
EXPORT_EXPIRED = verb("partnership.export_expired", "{who} removed an expired export.")
AUDIT_VERIFIED = verb("partnership.audit_verified", "{who} verified the trail: {verdict}")
ACTION_RAISED = verb("partnership.action_raised", "{who} raised the action item {what}, due on {due}.")
ACTION_DONE = verb("partnership.action_done", "{who} reported the action item {what} as done.")
ACTION_VERIFIED = verb("partnership.action_verified", "{who} verified that the action item {what} is done.")
