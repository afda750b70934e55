"""Quorum and majority: exact fractions, computed from the charter and explained in one sentence."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

MAJORITIES = {"simple": None, "two_thirds": Fraction(2, 3), "four_fifths": Fraction(4, 5)}
IN_WORDS = {"simple": "more than half", "two_thirds": "two thirds", "four_fifths": "four fifths"}


@dataclass(frozen=True)
class Answer:
    """Yes or no, the number that was needed, and why in one sentence."""

    is_met: bool
    needed: int
    sentence: str


def quorum(
    *,
    basis: str,
    seats: int,
    filled: int,
    numerator: int,
    denominator: int,
    is_more_than: bool,
    present: int,
    recused: int,
) -> Answer:
    """Whether enough voting members are present for an item; who is recused counts neither as present nor in the basis."""
    base = max(0, (seats if basis == "all_seats" else filled) - recused)
    share = Fraction(numerator, denominator) * base
    needed = max(1, floor(share) + 1 if is_more_than else ceil(share))
    voting = present - recused if recused <= present else 0
    met = voting >= needed
    rule = f"{'more than' if is_more_than else 'at least'} {numerator}/{denominator} of {base} {'voting seats' if basis == 'all_seats' else 'filled voting seats'}"
    aside = f", recused for this item {recused}" if recused else ""
    return Answer(
        met, needed, f"Quorum {'met' if met else 'not met'}: present {present}{aside}, needed {needed} ({rule})."
    )


def majority(
    *, kind: str, yes: int, no: int, abstain: int, counts_abstentions: bool, chair_breaks_tie: bool, chair: str = ""
) -> Answer:
    """Whether a motion is adopted. Abstentions count as votes cast only if the charter says so."""
    cast = yes + no + (abstain if counts_abstentions else 0)
    fraction = MAJORITIES[kind]
    needed = cast // 2 + 1 if fraction is None else ceil(fraction * cast)
    adopted = cast > 0 and yes >= needed
    sentence = f"{yes} of {cast} votes cast are yes; {IN_WORDS[kind]} of {cast} is {needed}."
    if abstain:
        sentence += (
            f" {abstain} abstained, which {'counts' if counts_abstentions else 'does not count'} as a vote cast."
        )
    if fraction is None and yes == no and cast and chair_breaks_tie and chair in ("yes", "no"):
        adopted = chair == "yes"
        sentence += f" The tie was decided by the chair, who voted {chair}."
    return Answer(adopted, needed, f"{'Adopted' if adopted else 'Rejected'}: {sentence}")
