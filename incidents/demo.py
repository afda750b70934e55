"""A believable two years of reports, built through the actions with their own moments. All invented."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import transaction

from agreements.actions import approvals
from agreements.demo import HAS_LEFT, leave
from agreements.models import Agreement, DataCategory, Party, RetentionTerm, unexpired
from agreements.retention import execute
from incidents import policy
from incidents.actions import attachments, figures, indicators, reading, reports
from incidents.aggregates import rules
from incidents.models import IncidentKind, Report
from partnership.access.actor import Actor
from partnership.access.decide import can
from partnership.actions import grants
from partnership.audit.record import SYSTEM
from partnership.models import TLP, Organization, User

REPORTS = 420
MONTHS = 24
RELEASES = 15  # months with published figures
STORIES = {
    "malware": ("Ransomware on office file servers", "Staff found encrypted files in the morning. Servers were isolated, backups restored within two days. Control systems stayed apart and were not touched."),
    "intrusion": ("Stolen password used on a remote access gateway", "A login from an unusual network was seen at the gateway. The account was locked and all sessions ended. Nothing shows that data left."),
    "social": ("Invoices with a changed bank account", "Letters in the name of a supplier asked for payment to a new account. The finance desk called back and stopped it. Sender domains are listed."),
    "misuse": ("Engineer copied plans to a private drive", "A scheduled check found large copies before a contract ended. Access was withdrawn, the drive was returned."),
    "availability": ("Customer portal flooded with requests", "The portal answered slowly for three hours. Filtering by the provider helped; the service itself was not affected."),
    "disclosure": ("Customer list open on a web server", "A directory listing showed an old export. The file was removed, the search engine's copy taken down."),
    "physical": ("Cabinet at an unmanned station forced open", "An alarm reported an open door. A radio module is missing; its keys were changed the same day."),
    "error": ("Firewall rule opened by mistake", "A change opened a maintenance port for eleven hours. Logs show two scans and no login."),
    "environmental": ("Control room on emergency power after a storm", "Mains failed for six hours; generators took over without a gap."),
    "vulnerability": ("Weak version of a remote terminal unit in use", "A vendor notice named the version in use at several stations. Units were shielded until the update."),
    "other": ("Unexplained restarts of a gateway", "A protocol gateway restarted four times in a night. The cause is not known yet."),
}  # fmt: skip
KINDS = ["malware"] * 5 + ["intrusion"] * 5 + ["social"] * 6 + ["error"] * 4 + ["availability"] * 3 + [
    "disclosure", "disclosure", "physical", "misuse", "vulnerability", "vulnerability", "environmental", "other",
]  # fmt: skip
SERVICES = [
    "Billing",
    "Grid control",
    "Water treatment",
    "Ticketing",
    "Patient records",
    "Telemetry",
    "Customer portal",
    "Office mail",
    "",
]
MARKINGS = [TLP.GREEN] * 5 + [TLP.AMBER] * 10 + [TLP.AMBER_STRICT] * 3 + [TLP.CLEAR, TLP.RED]
WORDS = ["update", "portal", "invoice", "login", "meter", "track", "cloud", "service", "support", "remote"]


@dataclass
class Seat:
    """A party that may file: under what, for whom, by whom, since when."""

    agreement: Agreement
    term: RetentionTerm
    organization: Organization
    officer: User
    since: datetime
    sector: Any
    until: datetime | None = None


@transaction.atomic
def build(world: Any) -> list[Report]:
    """Fill the agreements in force of the demonstration with reports; `world` knows organizations, officers and the moment."""
    dice = random.Random(20)  # noqa: S311  (the same world each time; nothing secret)
    seats = list(_seats(world))
    if not seats:
        return []
    kinds = {kind.pk: kind for kind in IncidentKind.objects.all()}
    made = [report for moment in _moments(dice, world.now) if (report := _file(dice, seats, kinds, moment)) is not None]
    _work_on(dice, made, world.now)
    _publish(world.now)
    _approve_first_run(world)
    execute.sweep(trigger="schedule")  # the run of last night: what its terms ended before has its certificate
    tonight = _due_tonight(dice, seats, kinds, world.now)
    _work_on(dice, tonight, world.now)
    made = list(Report.objects.filter(pk__in=[report.pk for report in made + tonight]).order_by("received_at"))
    _attach(made, world)
    _read(made, world)
    _by_name(made, world)
    if any(agreement.title == HAS_LEFT[0] for agreement in world.agreements):
        leave(world)
    return made


def _approve_first_run(world: Any) -> None:
    """The first run under the terms of each agreement: one coordinator asked for it, another approved it."""
    asked = world.now - timedelta(days=1)
    made = approvals.ask(because="The first periods have ended.", by=world.coordinator, at=asked)
    approvals.approve(approval=made, content_hash=made.hash, because="Agreements, periods and numbers fit.",
                      by=world.people["deputy@secretariat"], at=asked + timedelta(hours=3))  # fmt: skip


def _publish(now: datetime) -> None:
    """The figures of the months behind, each five days after its end, as the schedule would have."""
    (newest,) = figures.due(now)
    for back in reversed(range(RELEASES)):
        month = newest - relativedelta(months=back)
        after = month + relativedelta(months=1, days=rules.DAYS_AFTER)
        figures.publish(month=month, by=SYSTEM, at=now.replace(year=after.year, month=after.month, day=after.day))


def _by_name(made: list[Report], world: Any) -> None:
    """Exceptions of one owner: one that ends within days, one that lasts, one that has ended."""
    owner, guests = world.exceptions
    officer = world.officer_of[owner]
    own = [report for report in made if report.organization == world.organizations[owner]][-3:]
    whom = [world.people[key] for key in guests]
    for report, person, (begun, ends) in zip(own, whom, [(-11, 3), (-2, 60), (-40, -10)], strict=False):
        reports.let_in(
            report=report, person=person, until=world.now + timedelta(days=ends), because="Helps with the analysis",
            by=officer, at=world.now + timedelta(days=begun),
        )  # fmt: skip
    for report in [found for found in own if found.tlp < TLP.RED and world.task_force][:1]:
        grants.give(kind=policy.REPORTS, obj=report, to=world.task_force, until=world.now + timedelta(days=45),
                    because="They look at the same controllers", by=officer, at=world.now - timedelta(days=10))  # fmt: skip


def _read(made: list[Report], world: Any) -> None:
    """Some readings of the last days, so that owners see who opened what."""
    for number, report in enumerate(made[-30:]):
        for key in world.readers:
            reader = world.people[key]
            if can(Actor(reader), "incidents.view_report_body", report):
                reading.open_body(report=report, by=reader, at=world.now - timedelta(minutes=31 - number))


def _seats(world: Any) -> Iterator[Seat]:
    officers = {world.organizations[key].pk: person for key, person in world.officer_of.items()}
    category = DataCategory.objects.get(code="incident-report")
    for agreement in world.agreements:
        term = (
            RetentionTerm.objects.select_related("version", "category")
            .filter(version=agreement.governing_id, category=category)
            .first()
        )
        if agreement.state != Agreement.State.IN_FORCE or term is None:
            continue
        for party in Party.objects.filter(agreement=agreement, organization__in=officers).select_related(
            "organization"
        ):
            sector = party.organization.sectors.order_by("position").first()
            if sector is not None:
                yield Seat(
                    agreement,
                    term,
                    party.organization,
                    officers[party.organization_id],
                    party.since,
                    sector,
                    _until(world, party),
                )


def _until(world: Any, party: Party) -> datetime | None:
    """The party that leaves once the reports are filed has filed none since."""
    title, key, ago = HAS_LEFT
    leaves = party.agreement.title == title and party.organization == world.organizations[key]
    return world.now - ago if leaves else party.until


def _moments(dice: random.Random, now: datetime) -> list[datetime]:
    """More in the last year than in the first, none at night only: incidents keep no office hours."""
    span = timedelta(days=MONTHS * 30)
    return sorted(now - span * (dice.random() ** 1.3) - timedelta(minutes=dice.randrange(600)) for _ in range(REPORTS))


def _file(dice: random.Random, seats: list[Seat], kinds: dict[str, IncidentKind], at: datetime) -> Report | None:
    open_ = [seat for seat in seats if seat.since <= at and (seat.until is None or seat.until > at)]
    if not open_:
        return None
    by_sector = defaultdict(list)
    for seat in open_:
        by_sector[seat.sector.pk].append(seat)
    # sectors with many partners report more, so that some figures can be shown and others must be hidden
    sectors = sorted(by_sector)
    sector = dice.choices(sectors, [len({s.organization.pk for s in by_sector[code]}) ** 2 for code in sectors])[0]
    return _tell(dice, dice.choice(by_sector[sector]), kinds, at)


def _tell(dice: random.Random, seat: Seat, kinds: dict[str, IncidentKind], at: datetime) -> Report:
    code = dice.choice(KINDS)
    title, narrative = STORIES[code]
    aware = at - timedelta(minutes=int(30 + dice.expovariate(1 / 1500)))
    ceiling = seat.term.version.tlp_ceiling
    content = {
        "title": title, "sector": seat.sector, "kind": kinds[code], "severity": dice.choice([0, 1, 1, 2, 2, 2, 3, 3, 4]),
        "tlp": min(dice.choice(MARKINGS), ceiling), "personal_data": dice.choice(["yes", "no", "unknown"]),
        "cross_border": dice.choice(["no", "no", "unknown", "yes"]), "affected_service": dice.choice(SERVICES),
        "aware_at": aware, "aware_precision": "minute", "occurred_at": aware - timedelta(hours=dice.randrange(1, 400)),
        "occurred_precision": dice.choice(["minute", "day", "day", "month"]),
    }  # fmt: skip
    report = reports.file(
        organization=seat.organization, agreement=seat.agreement, category=seat.term.category, content=content, narrative=narrative,
        by=seat.officer, at=at,
    )  # fmt: skip
    if code in ("malware", "intrusion", "social", "availability"):
        indicators.add(report=report, text=_indicators(dice), by=seat.officer, at=at + timedelta(minutes=5))
    if report.tlp <= TLP.GREEN and dice.random() < 0.6:
        reports.share(
            report=report, sector=seat.sector, by=seat.officer, at=at + timedelta(hours=dice.randrange(1, 60))
        )
    return report


def _indicators(dice: random.Random) -> str:
    """From the ranges and domains that are reserved for documentation; a few campaigns come back."""
    lines = [f"198.51.100.{dice.randrange(1, 60)}", f"{dice.choice(WORDS)}-{dice.choice(WORDS)}[.]example"]
    if dice.random() < 0.5:
        lines.append(f"hxxps://{dice.choice(WORDS)}[.]example[.]com/{dice.choice(WORDS)}.php # second stage")
    if dice.random() < 0.4:
        lines.append(f"{dice.getrandbits(256):064x}")
    if dice.random() < 0.2:
        lines.append(f"2001:db8::{dice.randrange(1, 255):x}")
    return "\n".join(lines)


def _due_tonight(dice: random.Random, seats: list[Seat], kinds: dict[str, IncidentKind], now: datetime) -> list[Report]:
    """Reports whose period ends today, as far as their agreements are old enough."""
    made: list[Report] = []
    for seat in seats:
        at = now - relativedelta(months=seat.term.months, days=seat.term.days)
        if seat.term.trigger == RetentionTerm.Trigger.RECEIVED and seat.since <= at and len(made) < 12:
            made.append(_tell(dice, seat, kinds, at))
    return made


def _work_on(dice: random.Random, made: list[Report], now: datetime) -> None:
    """Older reports are closed, newer ones in work, the newest untouched."""
    rows = Report.objects.filter(unexpired(now), pk__in=[report.pk for report in made]).select_related("filed_by")
    for report in rows.order_by("received_at"):
        age = now - report.received_at
        if age > timedelta(days=90) and dice.random() < 0.85:
            done = report.received_at + timedelta(days=dice.randrange(3, 80))
            reports.close(report=report, because="Measures taken, service normal.", by=_officer(report), at=done)
        elif age > timedelta(days=2) and dice.random() < 0.7:
            reports.take_up(report=report, by=_officer(report), at=report.received_at + timedelta(hours=2))


def _officer(report: Report) -> User:
    assert report.filed_by is not None
    return report.filed_by


def _attach(made: list[Report], world: Any) -> None:
    open_ = [
        report for report in made if Report.objects.filter(pk=report.pk).exclude(state=Report.State.CLOSED).exists()
    ][-2:]
    files = [("timeline.csv", b"time,event\r\n04:30,Alarm at the gateway\r\n04:52,Account locked\r\n"),
             ("notes.txt", b"Call with the provider at 05:10. Filter in place since 05:25.\n")]  # fmt: skip
    for report, (name, data) in zip(open_, files, strict=False):
        attachments.add(report=report, name=name, data=data, by=_officer(report), at=world.now)
