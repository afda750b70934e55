"""Deeds about agreements and retention, each with the sentence that the trail tells."""

from partnership.registry import verb

AGREEMENT_DRAFTED = verb("agreements.agreement_drafted", "{who} drafted the agreement {what}.")
AGREEMENT_CHANGED = verb("agreements.agreement_changed", "{who} changed {part} of {what}.")
NEGOTIATION_OPENED = verb("agreements.negotiation_opened", "{who} opened the negotiation of {what}.")
AGREEMENT_FROZEN = verb(
    "agreements.agreement_frozen", "{who} sent {what} for signature; version {number} has the hash {hash}."
)
SIGNATURE_WITHDRAWN = verb("agreements.signature_withdrawn", "{who} took {what} back from signature: {because}")
AGREEMENT_SIGNED = verb("agreements.agreement_signed", "{who} signed {what} for {organization}.")
AGREEMENT_IN_FORCE = verb(
    "agreements.agreement_in_force", "{what} came into force: every party has signed version {number}."
)
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
BATCH_DELETED = verb(
    "agreements.batch_deleted", "{who} deleted {count} records whose time was over, certified as batch {seq}."
)
RETURN_CONFIRMED = verb("agreements.return_confirmed", "{who} confirmed that {what} was returned.")
