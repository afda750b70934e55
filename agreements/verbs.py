"""Deeds about agreements and retention, each with the sentence that the trail tells."""

from partnership.registry import verb

AGREEMENT_DRAFTED = verb("agreements.agreement_drafted", "{who} drafted the agreement {what}.")
TEMPLATE_FOLLOWED = verb("agreements.template_followed", "{who} began {what} with the template “{template}”.")
AGREEMENT_CHANGED = verb("agreements.agreement_changed", "{who} changed {part} of {what}.")
NEGOTIATION_OPENED = verb("agreements.negotiation_opened", "{who} opened the negotiation of {what}.")
REMARK_MADE = verb("agreements.remark_made", "{who} of {organization} remarked on {clause} of {what}.")
REMARK_CLOSED = verb("agreements.remark_closed", "{who} closed a remark on {clause} of {what}.")
PROPOSAL_MADE = verb("agreements.proposal_made", "{who} of {organization} proposed a change of {what}: {because}")
PROPOSAL_ACCEPTED = verb("agreements.proposal_accepted", "{who} accepted a proposal of {organization} for {what}.")
PROPOSAL_DECLINED = verb(
    "agreements.proposal_declined", "{who} declined a proposal of {organization} for {what}: {because}"
)
PROPOSAL_WITHDRAWN = verb("agreements.proposal_withdrawn", "{who} withdrew the proposal of {organization} for {what}.")
VERSION_APPROVED = verb("agreements.version_approved", "{who} approved the words of version {number} of {what}.")
VERSION_OBJECTED = verb(
    "agreements.version_objected", "{who} objected to the words of version {number} of {what}: {because}"
)
AGREEMENT_FROZEN = verb(
    "agreements.agreement_frozen", "{who} sent {what} for signature; version {number} has the hash {hash}."
)
SIGNATURE_WITHDRAWN = verb("agreements.signature_withdrawn", "{who} took {what} back from signature: {because}")
AGREEMENT_SIGNED = verb("agreements.agreement_signed", "{who} signed {what} for {organization}.")
AGREEMENT_IN_FORCE = verb(
    "agreements.agreement_in_force", "{what} came into force: every party has signed version {number}."
)
AGREEMENT_BEGINS_LATER = verb(
    "agreements.agreement_begins_later", "Every party has signed version {number} of {what}; it begins on {day}."
)
AMENDMENT_OPENED = verb(
    "agreements.amendment_opened", "{who} began version {number} of {what}, an amendment: {because}"
)
AMENDMENT_WITHDRAWN = verb(
    "agreements.amendment_withdrawn", "{who} withdrew version {number} of {what} before it was signed: {because}"
)
AGREEMENT_AMENDED = verb(
    "agreements.agreement_amended",
    "Version {number} of {what} governs instead of version {former}; {moved} records moved under its terms.",
)
AGREEMENT_EXPIRED = verb("agreements.agreement_expired", "{what} expired: {day} was its last day.")
AGREEMENT_SUSPENDED = verb("agreements.agreement_suspended", "{who} suspended {what}: {because}")
AGREEMENT_RESUMED = verb("agreements.agreement_resumed", "{who} resumed {what}: {because}")
AGREEMENT_TERMINATED = verb("agreements.agreement_terminated", "{who} terminated {what}: {because}")
ENGAGEMENT_CREATED = verb("agreements.engagement_created", "{who} engaged {auditor} as auditor: {what}.")
ENGAGEMENT_ENDED = verb("agreements.engagement_ended", "{who} ended the engagement {what}.")

HOLD_PLACED = verb(
    "agreements.hold_placed", "{who} placed the legal hold {what}, protecting {protected} records: {because}"
)
HOLD_LIFTED = verb("agreements.hold_lifted", "{who} lifted the legal hold {what}: {because}")
RUN_FINISHED = verb(
    "agreements.run_finished", "{who} finished a retention run: {deleted} deleted, {held} held, {left} left."
)
APPROVAL_ASKED = verb(
    "agreements.approval_asked", "{who} asked for the approval {what} of {size} records that are due: {because}"
)
APPROVAL_GIVEN = verb("agreements.approval_given", "{who} approved the deletion {what} of {size} records: {because}")
APPROVAL_DECLINED = verb("agreements.approval_declined", "{who} declined the deletion {what}: {because}")
BATCH_DELETED = verb(
    "agreements.batch_deleted", "{who} deleted {count} records whose time was over, certified as batch {seq}."
)
BACKUP_TAKEN = verb("agreements.backup_taken", "The portal took the backup {backup}, kept until {until}.")
DATABASE_RESTORED = verb(
    "agreements.database_restored",
    "The database was restored from the backup {backup} of {taken}; nothing is served until replay.",
)
DRILL_DONE = verb("agreements.drill_done", "A restore was rehearsed from the backup {backup}: {result}.")
BATCH_REPLAYED = verb(
    "agreements.batch_replayed", "Batch {seq} was replayed after a restore: {gone} of {size} records were there again."
)
DELETIONS_REPLAYED = verb(
    "agreements.deletions_replayed",
    "Deletions were replayed up to batch {seq}, and {holds} holds placed again; the portal serves.",
)
RETURN_CONFIRMED = verb("agreements.return_confirmed", "{who} confirmed that {what} was returned.")
DAY_REMINDED = verb(
    "agreements.day_reminded", "{count} people were told {days} days ahead about {what}: {about} on {day}."
)
DEPARTURE_ASKED = verb(
    "agreements.departure_asked", "{who} asked that {organization} leaves {agreement} on {day} ({what}): {because}"
)
DEPARTURE_CONFIRMED = verb(
    "agreements.departure_confirmed", "{who} confirmed {what}: {organization} leaves {agreement} on {day}. {because}"
)
DEPARTURE_DECLINED = verb("agreements.departure_declined", "{who} declined the departure {what}: {because}")
PARTY_LEFT = verb(
    "agreements.party_left",
    "{organization} left {agreement} ({what}): {exceptions} exceptions and {files} kept exports ended, {holds} holds passed"
    " to the lead, {owed} attestations are owed.",
)
HOLD_HANDED_OVER = verb("agreements.hold_handed_over", "The legal hold {what} passed from {former} to {organization}.")
DESTRUCTION_ATTESTED = verb(
    "agreements.destruction_attested", "{who} attested for {organization} after {departure}: {category}, {answer}."
)
ATTESTATION_REMINDED = verb(
    "agreements.attestation_reminded", "{count} people were reminded, {days} days ahead, of attestations after {what}."
)
ATTESTATION_OVERDUE = verb(
    "agreements.attestation_overdue", "{count} coordinators were told that attestations after {what} are overdue."
)
