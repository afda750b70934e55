"""Deeds of the ground floor, each with the sentence that the trail tells."""

from partnership.registry import verb

ORGANIZATION_CREATED = verb("partnership.organization_created", "{who} entered the organization {what}.")
ORGANIZATION_CHANGED = verb("partnership.organization_changed", "{who} changed the profile of {what}.")
ORGANIZATION_VETTED = verb(
    "partnership.organization_vetted", "{who} set the vetting of {what} to {decision}: {because}"
)
ORGANIZATION_SUSPENDED = verb("partnership.organization_suspended", "{who} suspended {what}: {because}")
ORGANIZATION_RESUMED = verb("partnership.organization_resumed", "{who} lifted the suspension of {what}: {because}")
IDENTIFIER_ADDED = verb("partnership.identifier_added", "{who} entered the {scheme} of {organization}.")
IDENTIFIER_REMOVED = verb("partnership.identifier_removed", "{who} removed the {scheme} of {organization}.")
OFFICE_CREATED = verb("partnership.office_created", "{who} opened the liaison office {what}.")
OFFICER_ASSIGNED = verb("partnership.officer_assigned", "{who} assigned {officer} to the office {office}.")
OFFICER_RELEASED = verb("partnership.officer_released", "{who} ended the service of {officer} at the office {office}.")
CHANNEL_ADDED = verb("partnership.channel_added", "{who} added a channel to the office {office}.")
CHANNEL_VERIFIED = verb("partnership.channel_verified", "{who} verified a channel of the office {office}.")
CONTACT_RECORDED = verb("partnership.contact_recorded", "{who} recorded a contact with {partner}.")
PERSON_INVITED = verb("partnership.person_invited", "{who} invited somebody into {organization} as {role}.")
INVITATION_ACCEPTED = verb("partnership.invitation_accepted", "{who} joined {organization} as {role}.")
INVITATION_WITHDRAWN = verb("partnership.invitation_withdrawn", "{who} withdrew an invitation into {organization}.")
MEMBERSHIP_GRANTED = verb("partnership.membership_granted", "{who} made {person} {role} of {organization}.")
MEMBERSHIP_ENDED = verb("partnership.membership_ended", "{who} ended the membership of {person} as {role}.")
PROFILE_CHANGED = verb("partnership.profile_changed", "{who} changed the own profile.")
PERSON_DEACTIVATED = verb("partnership.person_deactivated", "{who} deactivated an account: {because}")
FACTOR_ADDED = verb("partnership.factor_added", "{who} added a second factor: {kind}.")
FACTOR_REMOVED = verb("partnership.factor_removed", "{who} removed a second factor: {kind}.")
RECOVERY_CODES_MADE = verb(
    "partnership.recovery_codes_made", "{who} made new recovery codes; the former ones are void."
)
RECOVERY_CODE_USED = verb("partnership.recovery_code_used", "{who} used a recovery code; {left} are left.")
SIGN_ON_LINKED = verb("partnership.sign_on_linked", "{who} linked the own account to the single sign-on of {provider}.")
SIGN_ON_UNLINKED = verb(
    "partnership.sign_on_unlinked", "{who} unlinked the own account from the single sign-on of {provider}."
)
TOKEN_CREATED = verb("partnership.token_created", "{who} made an API token for {scope}, ending on {until}.")
TOKEN_REVOKED = verb("partnership.token_revoked", "{who} revoked an API token.")
EXPORT_MADE = verb("partnership.export_made", "{who} exported {title} as {format}: {rows} rows.", is_read=True)
EXPORT_DOWNLOADED = verb("partnership.export_downloaded", "{who} downloaded the export {title}.", is_read=True)
EXPORT_EXPIRED = verb("partnership.export_expired", "{who} removed an expired export.")
AUDIT_VERIFIED = verb("partnership.audit_verified", "{who} verified the trail: {verdict}")
CHECKPOINT_SIGNED = verb("partnership.checkpoint_signed", "{who} signed a checkpoint of {size} entries.")
CHECKPOINT_COSIGNED = verb(
    "partnership.checkpoint_cosigned", "{organization} counter-signed the checkpoint of {size} entries, sent by {who}."
)
WITNESS_REGISTERED = verb("partnership.witness_registered", "{who} registered the witness key of {organization}.")
WITNESS_WITHDRAWN = verb("partnership.witness_withdrawn", "{who} withdrew the witness key of {organization}.")
TRAIL_EXPORTED = verb("partnership.trail_exported", "{who} exported the trail: {entries} entries.", is_read=True)
DETAILS_SHREDDED = verb(
    "partnership.details_shredded", "{who} took the words of {number} entries out of the trail: {because}"
)
ACTION_RAISED = verb("partnership.action_raised", "{who} raised the action item {what}, due on {due}.")
ACTION_DONE = verb("partnership.action_done", "{who} reported the action item {what} as done.")
ACTION_VERIFIED = verb("partnership.action_verified", "{who} verified that the action item {what} is done.")
GROUP_MADE = verb("partnership.group_made", "{who} made the group {what}, which {organization} keeps.")
GROUP_JOINED = verb("partnership.group_joined", "{who} added {person} to the group {group}: {because}")
GROUP_LEFT = verb("partnership.group_left", "{who} took {person} out of the group {group}.")
GROUP_CLOSED = verb("partnership.group_closed", "{who} closed the group {what}: {because}")
GROUP_GREW = verb(
    "partnership.group_grew", "{who} added {person} to the group {group}, which was let in to {record}: {because}"
)
GRANT_GIVEN = verb("partnership.grant_given", "{who} let {person} see {record} until {until}: {because}")
GRANT_RENEWED = verb(
    "partnership.grant_renewed", "{who} let {person} see {record} for longer, until {until}: {because}"
)
GRANT_ENDED = verb("partnership.grant_ended", "{who} ended that {person} may see {record}.")
GRANT_ENDED_BY_ITSELF = verb(
    "partnership.grant_ended_by_itself", "The exception by which {person} could see {record} ended."
)
GRANT_END_TOLD = verb(
    "partnership.grant_end_told",
    "The portal told {count} who decide that {person} may see {record} until {until} only.",
)
GRANT_LAPSED = verb(
    "partnership.grant_lapsed", "Nobody confirmed that {person} needs to see {record}; the exception ended."
)
RIGHT_ASKED = verb("partnership.right_asked", "The portal asked whether {right} is still needed, until {until}.")
RIGHT_CONFIRMED = verb("partnership.right_confirmed", "{who} confirmed for {person}: {right}.")
RIGHT_ENDED = verb("partnership.right_ended", "{who} answered for {person} that this ends: {right}. {because}")
RIGHT_LAPSED = verb("partnership.right_lapsed", "Nobody confirmed for {person}, so this ended: {right}.")
RIGHT_ESCALATED = verb(
    "partnership.right_escalated", "Nobody confirmed for {person}, so the secretariat decides: {right}."
)
AUDIENCE_LEFT = verb("partnership.audience_left", "{who} took {person} out of {audience}: {because}")
GLASS_ASKED = verb(
    "partnership.break_glass_asked", "{who} asked to open {record} in an emergency for {hours} hours: {because}"
)
GLASS_APPROVED = verb(
    "partnership.break_glass_approved", "{who} opened {record} to {person} in an emergency, until {until}."
)
GLASS_REFUSED = verb("partnership.break_glass_refused", "{who} refused to open {record} to {person}.")
GLASS_ENDED = verb(
    "partnership.break_glass_ended", "{who} closed {record}, which had been opened to {person} in an emergency."
)
GLASS_OVER = verb("partnership.break_glass_over", "The emergency opening of {record} to {person} ended.")
SESSIONS_ENDED = verb("partnership.sessions_ended", "{who} ended {number} other sessions of the own account.")
