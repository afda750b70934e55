"""What the trail records of reports, indicators, attachments and imports."""

from partnership.registry import verb

REPORT_FILED = verb("incidents.report_filed", "{who} filed {what} under {agreement}.")
REPORT_CHANGED = verb("incidents.report_changed", "{who} changed {what}.")
REPORT_TAKEN_UP = verb("incidents.report_taken_up", "{who} began to work on {what}.")
REPORT_CLOSED = verb("incidents.report_closed", "{who} closed {what}.")
REPORT_SHARED = verb("incidents.report_shared", "{who} shared {what} with the sector {sector} ({use}).")
REPORT_RELEASED = verb("incidents.report_released", "{who} released {what} to {audience} ({use}).")
REPORT_GRANTED = verb("incidents.report_granted", "{who} let {person} see {what} until {until}.")
INDICATORS_ADDED = verb("incidents.indicators_added", "{who} added {count} indicators to {what}.")
INDICATOR_REMOVED = verb("incidents.indicator_removed", "{who} removed an indicator ({type}) from {what}.")
ATTACHMENT_ADDED = verb("incidents.attachment_added", "{who} attached a file ({type}, {size} bytes) to {what}.")
ATTACHMENT_REMOVED = verb("incidents.attachment_removed", "{who} removed a file from {what}.")
ATTACHMENT_DOWNLOADED = verb(
    "incidents.attachment_downloaded", "{who} downloaded a file of {what}, as: {way}", is_read=True
)
BODY_READ = verb("incidents.body_read", "{who} read the narrative and source record of {what}, as: {way}", is_read=True)
IMPORT_STARTED = verb("incidents.import_started", "{who} gave a file for import under {agreement}.")
IMPORT_DECIDED = verb(
    "incidents.import_decided", "{who} decided to import {good} incidents and to leave out {bad} lines."
)
IMPORT_REFUSED = verb("incidents.import_refused", "{who} refused an import; nothing of it came in.")
IMPORT_DONE = verb(
    "incidents.import_done", "{who} imported {count} incidents under {agreement}; {known} were known already."
)
FIGURES_PUBLISHED = verb(
    "incidents.figures_published", "{who} published the figures of {month} as release {number}; {hidden} are hidden."
)
OPERATIONS_VIEWED = verb("incidents.operations_viewed", "{who} looked at the exact numbers of {months} months.")
