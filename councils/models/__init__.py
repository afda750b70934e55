"""The nouns of deliberation."""

from councils.models.councils import Charter, Council, Occupancy, Seat
from councils.models.decisions import Ballot, Decision, Recusal
from councils.models.grants import CouncilGroupGrant, CouncilUserGrant
from councils.models.meetings import AgendaItem, Attendance, Meeting, Minutes

__all__ = [
    "AgendaItem",
    "Attendance",
    "Ballot",
    "Charter",
    "Council",
    "CouncilGroupGrant",
    "CouncilUserGrant",
    "Decision",
    "Meeting",
    "Minutes",
    "Occupancy",
    "Recusal",
    "Seat",
]
