"""What each app hands to the ground floor, from modules with a fixed name, loaded at start.

Seven names, and no eighth without an ADR: policy, audience, verbs, reports, worklist, api, demo.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

MODULES = (
    "policy",
    "audience",
    "verbs",
    "reports",
    "worklist",
    "api",
    "resources",
)  # demo is imported by its command alone


@dataclass(frozen=True)
class Verb:
    """A deed that the trail records, with the sentence that tells it.

    The sentence may use {who}, {what}, {because} and any name given in the entry's detail.
    """

    code: str
    sentence: str
    is_read: bool = False  # somebody looked at what is not for everybody


VERBS: dict[str, Verb] = {}


def verb(code: str, sentence: str, is_read: bool = False) -> Verb:
    """Declare a verb once; its code is app.noun_participle."""
    if code in VERBS:
        raise ValueError(f"The verb {code} is declared twice.")
    VERBS[code] = Verb(code, sentence, is_read)
    return VERBS[code]


@dataclass(frozen=True)
class Waiting:
    """One line of somebody's work list: what to do, where, since when and until when."""

    title: str
    url: str
    kind: str
    due: Any = None  # date or datetime; None when there is no deadline
    detail: str = ""
    is_urgent: bool = False


WORKLISTS: list[Callable[[Any], Iterable[Waiting]]] = []


def worklist(source: Callable[[Any], Iterable[Waiting]]) -> Callable[[Any], Iterable[Waiting]]:
    """Register a function from actor to what waits for that actor."""
    WORKLISTS.append(source)
    return source


@dataclass(frozen=True)
class Date:
    """One day or moment of somebody's calendar feed. Feeds are kept by other services: no content, and no names."""

    key: str  # the same in every feed, for as long as the date is about the same thing
    title: str
    url: str
    start: Any  # date, or aware datetime
    status: str = "CONFIRMED"  # RFC 5545, 3.8.1.11: TENTATIVE, CONFIRMED or CANCELLED
    days_before: Iterable[int] = ()  # when a calendar reminds of it


DATES: list[Callable[[Any], Iterable[Date]]] = []


def dates(source: Callable[[Any], Iterable[Date]]) -> Callable[[Any], Iterable[Date]]:
    """Register a function from actor to the dates of this actor's calendar feed; it stands in a module `worklist`."""
    DATES.append(source)
    return source


@dataclass(frozen=True)
class Glance:
    """One figure of somebody's home page, with the page on which it is explained."""

    label: str
    value: str
    url: str
    detail: str = ""


GLANCES: list[Callable[[Any], Iterable[Glance]]] = []


def glance(source: Callable[[Any], Iterable[Glance]]) -> Callable[[Any], Iterable[Glance]]:
    """Register a function from actor to the figures that this actor's home page shows."""
    GLANCES.append(source)
    return source


@dataclass(frozen=True)
class Reviewed:
    """One kind of right about which the portal asks each quarter: is it still needed?

    The row of an app's worklist.py says who answers, what becomes of silence and why; the engine knows no kind.
    """

    name: str  # as it is kept with each question
    noun: str
    permission: str  # on a row: whoever holds it answers, but never about a right of their own (see person)
    responsible: str  # the same in words
    lapses: bool  # what nobody confirmed ends; otherwise it stays, and goes to the secretariat
    why: str  # one line: why silence ends it, or why it must not
    every: Callable[[], Any]  # queryset of all rows, with what their words need
    rows: Callable[[Any], Any]  # moment -> those of them that are in force
    person: str  # path to the person who holds it; empty where it is a group, or where its person answers
    whom: Callable[[Any], str]
    what: Callable[[Any], str]
    about: Callable[[Any], Any]  # row -> the organization or agreement that it concerns, or None
    end: Callable[..., Any]  # (row, because=, by=, at=): the ordinary action, with its own refusals
    lapse: Callable[..., Any] | None = None  # (row, at=), recorded by itself
    page: Callable[[Any], str] = lambda row: ""  # noqa: E731
    family: str = ""  # kinds of one family stand in one line of the table that says what becomes of silence


REVIEWED: dict[str, Reviewed] = {}


def reviewed(entry: Reviewed) -> Reviewed:
    """Let the portal ask about a kind of right; it stands in a module `worklist`, which may know actions."""
    if entry.name in REVIEWED:
        raise ValueError(f"{entry.name} is asked about twice.")
    if entry.lapses != (entry.lapse is not None):
        raise ValueError(f"{entry.name}: say how it lapses, or that it does not.")
    REVIEWED[entry.name] = entry
    return entry


@dataclass(frozen=True)
class HealthCheck:
    """A question about the portal's state; `ask` returns (is well, a sentence)."""

    name: str
    ask: Callable[[], tuple[bool, str]]


HEALTH: dict[str, HealthCheck] = {}


def health(name: str) -> Callable[[Callable[[], tuple[bool, str]]], Callable[[], tuple[bool, str]]]:
    """Register a check that /health/ready and the health page show."""

    def add(ask: Callable[[], tuple[bool, str]]) -> Callable[[], tuple[bool, str]]:
        HEALTH[name] = HealthCheck(name, ask)
        return ask

    return add


REFUSALS: list[Callable[[], str]] = []


def refuses_to_serve(ask: Callable[[], str]) -> Callable[[], str]:
    """Register a reason for which nothing is served or worked on at all: a sentence with the remedy, empty while there is none."""
    REFUSALS.append(ask)
    return ask


def refusal() -> str:
    """Why nothing is served now; empty where all is served."""
    return next((why for ask in REFUSALS if (why := ask())), "")


def load(app: str) -> None:
    """Import the fixed modules of an app, where they exist."""
    for name in MODULES:
        if find_spec(f"{app}.{name}") is not None:
            import_module(f"{app}.{name}")
