"""The demonstration's people and organizations: all invented, built through the actions."""

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from runpy import run_path
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.staticfiles import finders
from stdnum.iso7064 import mod_97_10

from partnership.actions import accounts, checkpoints, founding, groups, offices, organizations, recertification
from partnership.audit import anchors, keys
from partnership.audit import checkpoints as audit_checkpoints
from partnership.models import AuditCheckpoint, Membership, Organization, Role, Sector, User
from partnership.web import factors

# key, name, kind, size, country, sectors, key of the group's head
PARTNERS = [
    ("noordnet", "Noordnet Transmission", "operator", "large", "NL", ["nis2:energy"], ""),
    ("noordnet-gas", "Noordnet Gas", "operator", "medium", "NL", ["nis2:energy"], "noordnet"),
    ("zonkracht", "Zonkracht Coöperatie", "operator", "small", "NL", ["nis2:energy"], ""),
    ("elbestrom", "Elbestrom", "operator", "large", "DE", ["nis2:energy"], ""),
    ("valdor", "Valdor Énergie", "operator", "large", "FR", ["nis2:energy"], ""),
    ("prairie", "Prairie Power Cooperative", "operator", "medium", "US", ["us16:energy"], ""),
    ("fjordkraft", "Fjordlys Kraft", "operator", "medium", "NO", ["nis2:energy"], ""),
    ("brugwater", "Brugwater", "operator", "medium", "BE", ["nis2:drinking-water", "nis2:waste-water"], ""),
    ("duinwater", "Duinwater", "operator", "large", "NL", ["nis2:drinking-water"], ""),
    ("alpaqua", "Alpaqua", "operator", "small", "AT", ["nis2:drinking-water"], ""),
    ("tejoagua", "Tejo Águas", "operator", "medium", "PT", ["nis2:drinking-water", "nis2:waste-water"], ""),
    ("lakeworks", "Lakeside Waterworks", "operator", "small", "US", ["us16:water"], ""),
    ("lindenhof", "Lindenhof Kliniken", "operator", "large", "DE", ["nis2:health"], ""),
    ("merwede", "Merwede Ziekenhuis", "operator", "large", "NL", ["nis2:health"], ""),
    ("santaclara", "Hospital Santa Clara", "operator", "medium", "ES", ["nis2:health"], ""),
    ("norrland", "Norrlands Vård", "operator", "medium", "SE", ["nis2:health"], ""),
    ("mesaclinic", "Mesa Valley Clinics", "operator", "medium", "US", ["us16:healthcare"], ""),
    ("stelling", "Stelling Labs", "operator", "small", "NL", ["nis2:health"], "merwede"),
    ("railpoint", "Railpoint", "operator", "large", "NL", ["nis2:transport"], ""),
    ("havenlink", "Havenlink", "operator", "large", "BE", ["nis2:transport"], ""),
    ("skyport", "Skyport Dublin", "operator", "medium", "IE", ["nis2:transport"], ""),
    ("danubia", "Danubia Bank", "operator", "large", "HU", ["nis2:banking"], ""),
    ("gildebank", "Gilde Bank", "operator", "large", "NL", ["nis2:banking"], ""),
    ("clearfold", "Clearfold Exchange", "operator", "medium", "LU", ["nis2:finance"], ""),
    ("netharbor", "Netharbor", "operator", "large", "NL", ["nis2:digital-infrastructure"], ""),
    ("polarnode", "Polarnode", "operator", "medium", "FI", ["nis2:digital-infrastructure"], ""),
    ("vectorguard", "Vectorguard", "vendor", "medium", "NL", ["nis2:ict-services"], ""),
    ("ironleaf", "Ironleaf Security", "vendor", "medium", "US", ["us16:it"], ""),
    ("scadaworks", "Scadaworks", "vendor", "small", "DE", ["nis2:ict-services"], ""),
    ("cert-nl", "National Incident Centre", "government", "medium", "NL", ["nis2:public-administration"], ""),
    ("energie-inspectie", "Energy Inspectorate", "government", "small", "NL", ["nis2:public-administration"], ""),
    ("cert-be", "Belgian Incident Desk", "government", "small", "BE", ["nis2:public-administration"], ""),
    ("gridassoc", "Association of Grid Operators", "association", "small", "BE", ["nis2:energy"], ""),
    ("waterunion", "Water Union", "association", "micro", "NL", ["nis2:drinking-water"], ""),
    ("tu-delta", "Delta Technical University", "academia", "large", "NL", ["nis2:research"], ""),
    ("uni-alster", "Alster University", "academia", "large", "DE", ["nis2:research"], ""),
    ("openrights", "Open Rights Forum", "civil_society", "micro", "NL", [], ""),
    ("patients", "Patients' Voice", "civil_society", "micro", "BE", [], ""),
    ("euroforum", "European Resilience Forum", "international", "small", "BE", [], ""),
    ("audithuis", "Audithuis", "association", "small", "NL", [], ""),
    ("newcomer", "Zeewind Startup", "operator", "micro", "NL", ["nis2:energy"], ""),
]  # fmt: skip
FIRST = [
    "Lena",
    "Anton",
    "Sita",
    "Petra",
    "Paul",
    "Cora",
    "Axel",
    "Mila",
    "Jonas",
    "Amir",
    "Ines",
    "Tom",
    "Noor",
    "Eva",
    "Luca",
    "Maja",
]
LAST = [
    "Berg",
    "Visser",
    "Okafor",
    "Lindqvist",
    "Moreau",
    "Santos",
    "Keller",
    "Nowak",
    "Rossi",
    "Byrne",
    "Haddad",
    "Jansen",
    "Costa",
]


WITNESSES = ("noordnet", "cert-nl")  # partners who counter-sign checkpoints


@dataclass
class World:
    """What the upper floors build upon."""

    now: datetime
    coordinator: User
    auditor: Any = None
    organizations: dict[str, Organization] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    officer_of: dict[str, User] = field(default_factory=dict)
    signatory_of: dict[str, User] = field(default_factory=dict)
    exceptions: tuple[str, tuple[str, ...]] = (  # who lets in whom by name
        "noordnet", ("officer@tu-delta", "officer@cert-be", "officer@openrights"),
    )  # fmt: skip
    task_force: Any = None
    readers: tuple[str, ...] = ("officer@cert-nl", "analyst@noordnet")  # who opens some of the reports
    member_of: list[tuple[User, Organization]] = field(default_factory=list)
    agreements: list[Any] = field(default_factory=list)
    password: str = ""  # the hash, computed once


def build_base(now: datetime) -> World:
    """Secretariat, partners, people and offices, two and a half years back."""
    begun = now - timedelta(days=900)
    coordinator = founding.found(secretariat="Resilience Secretariat", country="NL", email="coordinator@secretariat.example",
                                 name="Coen de Wit", password=settings.PORTAL_DEMO_PASSWORD, at=begun)  # fmt: skip
    world = World(now, coordinator, password=coordinator.password)
    world.people["coordinator"] = coordinator
    world.organizations["secretariat"] = Organization.objects.get(is_secretariat=True)
    _person(world, world.organizations["secretariat"], "secretariat", "deputy", Role.COORDINATOR, 8, begun)
    for number, entry in enumerate(PARTNERS):
        _enter(world, begun, number, *entry)
    _offices(world, begun)
    _groups(world)
    _second_factors(begun)
    return world


def _second_factors(at: datetime) -> None:
    """Everybody comes with an app set up, whose secret is as invented as the person."""
    Authenticator.objects.bulk_create(
        Authenticator(user=person, type=Authenticator.Type.TOTP, created_at=at,
                      data={"secret": factors.seal(factors.demo_secret(person.email))})
        for person in User.objects.all()
    )  # fmt: skip


def _enter(
    world: World,
    at: datetime,
    number: int,
    key: str,
    name: str,
    kind: str,
    size: str,
    country: str,
    sectors: list[str],
    head: str,
) -> None:
    columns = {
        "name": name,
        "kind": kind,
        "size": size,
        "country": country,
        "parent": world.organizations.get(head),
        "time_zone": "Europe/Amsterdam",
    }
    made = organizations.create(
        columns=columns, sectors=Sector.objects.filter(pk__in=sectors), by=world.coordinator, at=at
    )
    if key != "newcomer":
        made = organizations.vet(organization=made, decision="vetted", tier=2, revet_on=(world.now + timedelta(days=540)).date(),
                                 because="Two sponsors confirmed; checks are clear.", by=world.coordinator, at=at)  # fmt: skip
    # No issuer of LEI codes has the prefix 0000, so that an invented one names nobody.
    body = f"000000{key.upper().replace('-', '')[:8]:X<8}{number:04d}"
    organizations.add_identifier(organization=made, scheme="lei", value=body + mod_97_10.calc_check_digits(body),
                                 by=world.coordinator, at=at)  # fmt: skip
    world.organizations[key] = made
    world.officer_of[key] = _person(world, made, key, "officer", Role.LIAISON_OFFICER, number, at)
    world.signatory_of[key] = _person(world, made, key, "signatory", Role.SIGNATORY, number + 5, at)
    if kind in ("operator", "government", "association", "academia", "civil_society", "vendor"):
        world.member_of.append((_person(world, made, key, "member", Role.COUNCIL_MEMBER, number + 9, at), made))
    if key in WITNESSES:
        _person(world, made, key, "admin", Role.ADMINISTRATOR, 3, at)
    if key == "noordnet":
        _person(world, made, key, "analyst", Role.ANALYST, 11, at)
    if key == "audithuis":
        world.auditor = _person(world, made, key, "auditor", Role.AUDITOR, 6, at)


def _person(
    world: World, organization: Organization, key: str, place: str, role: str, number: int, at: datetime
) -> User:
    name = f"{FIRST[number % len(FIRST)]} {LAST[(number * 7 + len(place)) % len(LAST)]}"
    person = User.objects.create(email=f"{place}@{key}.example", name=name, password=world.password)
    accounts.grant_membership(user=person, organization=organization, role=role, by=world.coordinator, at=at)
    world.people[f"{place}@{key}"] = person
    return person


def _offices(world: World, at: datetime) -> None:
    for key in ("noordnet", "duinwater", "merwede", "cert-nl", "elbestrom"):
        organization, officer = world.organizations[key], world.officer_of[key]
        office = offices.create(
            organization=organization,
            name=f"{organization.name} liaison desk",
            time_zone="Europe/Amsterdam",
            by=officer,
            at=at,
        )
        offices.assign(office=office, officer=officer, is_deputy=False, by=officer, at=at)
        deputy = world.signatory_of[key]
        offices.assign(office=office, officer=deputy, is_deputy=True, by=officer, at=at + timedelta(days=30))
        channel = offices.add_channel(office=office, columns={"kind": "email", "purpose": "incidents", "value": f"desk@{key}.example",
                                                              "is_always_open": True}, by=officer, at=at)  # fmt: skip
        offices.verify_channel(channel=channel, by=officer, at=world.now - timedelta(days=12))
        offices.log_contact(office=office, partner=world.organizations["cert-nl" if key != "cert-nl" else "noordnet"],
                            columns={"held_on": (world.now - timedelta(days=20)).date(), "channel": "phone", "topic": "Exercise in spring",
                                     "notes": "", "follow_up": "Send the draft scenario", "follow_up_on": None}, by=officer, at=world.now - timedelta(days=20))  # fmt: skip
    assert Membership.objects.exists()


def _groups(world: World) -> None:
    """A task force of several organizations, and a group of the own house that was closed."""
    officer, at = world.officer_of["noordnet"], world.now - timedelta(days=60)
    force = groups.make(name="Pump controller task force", organization=world.organizations["noordnet"], is_listed=True,
                        purpose="Finds out how the controllers were reached", by=officer, at=at)  # fmt: skip
    for key, days in (("member@cert-nl", 59), ("officer@scadaworks", 58), ("officer@tu-delta", 3)):
        groups.add(group=force, person=world.people[key], because="Knows these controllers", by=officer,
                   at=world.now - timedelta(days=days))  # fmt: skip
    world.task_force = force
    old = groups.make(name="Winter drill", organization=world.organizations["noordnet"], is_listed=False,
                      purpose="Prepared the drill of last winter", by=officer, at=at)  # fmt: skip
    groups.add(group=old, person=world.people["analyst@noordnet"], because="Wrote the scenario", by=officer, at=at)
    groups.close(group=old, because="The drill is over.", by=officer, at=world.now - timedelta(days=30))


def review(world: World) -> None:
    """The quarterly questions, almost three weeks ago and so nearly due, and yesterday about what came since then."""
    for days in (19, 1):
        recertification.ask(at=world.now - timedelta(days=days))


def witness(world: World) -> None:
    """Checkpoints of the trail, the first counter-signed by two partners, the second by one; after all is committed."""
    program = offline_program("witness_trail.py")
    folder = Path(settings.PORTAL_TRAIL_DIR) / "demo-witnesses"
    witnesses = {key: program["Witness"].make(folder / key, f"{key}.example/witness") for key in WITNESSES}
    for key, own in witnesses.items():
        checkpoints.register_witness(organization=world.organizations[key], key=own.line, by=world.people[f"admin@{key}"],
                                     at=world.now)  # fmt: skip
    for signers in (WITNESSES, WITNESSES[:1]):
        checkpoints.sign(at=world.now)
        for key in signers:
            counter_sign(witnesses[key], by=world.people[f"admin@{key}"], at=world.now)


def counter_sign(own: Any, *, by: User, at: datetime) -> int:
    """Let a witness of the demonstration do what its program does over the network."""

    def fetch(since: int) -> dict[str, Any]:
        row = audit_checkpoints.last()
        assert row is not None
        proof = checkpoints.proof(checkpoint=row, since=since)
        return {
            "id": row.pk,
            "note": audit_checkpoints.note(row),
            "proof": [b64encode(part).decode() for part in proof],
        }

    def send(key: int, line: str) -> None:
        checkpoints.cosign(checkpoint=AuditCheckpoint.objects.get(pk=key), signature=line, by=by, at=at)

    return own.run(fetch, send, portal_key=keys.known(anchors.keys_file())[-1], clock=at.timestamp)


def offline_program(name: str) -> dict[str, Any]:
    """What a program defines that partners and auditors run on their own machines."""
    found = finders.find(f"trail/{name}")
    assert isinstance(found, str), f"static/trail/{name} belongs to the portal"
    return run_path(found)
