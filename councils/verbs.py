"""Deeds of councils, each with the sentence that the trail tells."""

from partnership.registry import verb

COUNCIL_FOUNDED = verb("councils.council_founded", "{who} founded the council {what}.")
CHARTER_ADOPTED = verb("councils.charter_adopted", "{who} adopted charter {number} of {council}.")
SEAT_CREATED = verb("councils.seat_created", "{who} created {what} for {interest} on {council}.")
MEMBER_APPOINTED = verb("councils.member_appointed", "{who} appointed {person} to {seat} of {council}.")
SEAT_VACATED = verb("councils.seat_vacated", "{who} vacated {seat} of {council}.")
MEETING_PLANNED = verb("councils.meeting_planned", "{who} planned the meeting {what}.")
MEETING_CHANGED = verb("councils.meeting_changed", "{who} put “{title}” on the agenda of {what}.")
MEETING_ANNOUNCED = verb("councils.meeting_announced", "{who} announced the meeting {what}, {days} days ahead.")
MEETING_CANCELLED = verb("councils.meeting_cancelled", "{who} cancelled the meeting {what}: {because}")
MEETING_OPENED = verb("councils.meeting_opened", "{who} opened the meeting {what}.")
MEETING_CLOSED = verb("councils.meeting_closed", "{who} closed the meeting {what}.")
MEMBER_ARRIVED = verb("councils.member_arrived", "{who} noted {person} as present.")
MEMBER_LEFT = verb("councils.member_left", "{who} noted that {person} left.")
MEMBER_RECUSED = verb("councils.member_recused", "{who} stepped aside for “{item}”.")
MOTION_PUT = verb("councils.motion_put", "{who} put a motion under “{item}”.")
VOTE_OPENED = verb("councils.vote_opened", "{who} opened the vote. {quorum}")
BALLOT_CAST = verb("councils.ballot_cast", "{who} voted.")
VOTE_CLOSED = verb("councils.vote_closed", "{who} closed the vote: {result}")
MINUTES_DRAFTED = verb("councils.minutes_drafted", "{who} drafted the minutes of {meeting}.")
MINUTES_CERTIFIED = verb("councils.minutes_certified", "{who} certified the minutes of {meeting}.")
