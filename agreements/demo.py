"""The demonstration's agreements, in every state, one hold and one audit engagement; built through the actions."""

from datetime import datetime, timedelta
from typing import Any

from agreements.actions import (
    agreements,
    amending,
    attesting,
    departures,
    engagements,
    holds,
    negotiation,
    signing,
    templates,
    versions,
)
from agreements.models import Agreement, AgreementTemplate, DataCategory, LegalBasis, Party
from agreements.policy import AGREEMENTS
from agreements.retention import departing
from partnership.actions import grants
from partnership.countries import is_transfer
from partnership.models import TLP, TransferMechanism

# title, lead, parties, months of retention, trigger, action, ceiling, group size, state
PLAN = [
    ("Exchange of incident reports in energy", "noordnet", ["zonkracht", "elbestrom", "valdor", "fjordkraft", "noordnet-gas", "cert-nl", "gridassoc", "prairie", "vectorguard", "railpoint"], 18, "received", "delete", 3, 3, "in_force"),
    ("Water sector sharing", "duinwater", ["brugwater", "alpaqua", "tejoagua", "lakeworks", "cert-nl", "waterunion"], 12, "received", "delete", 3, 3, "in_force"),
    ("Health incidents and lessons", "merwede", ["lindenhof", "santaclara", "norrland", "mesaclinic", "stelling", "cert-nl"], 24, "closed", "delete", 3, 4, "in_force"),
    ("Transport and ports", "railpoint", ["havenlink", "skyport", "cert-nl", "cert-be"], 18, "received", "anonymise", 2, 3, "in_force"),
    ("Finance early warning", "gildebank", ["danubia", "clearfold", "cert-nl"], 18, "received", "return", 2, 3, "in_force"),
    ("Digital infrastructure indicators", "netharbor", ["polarnode", "vectorguard", "ironleaf", "cert-nl"], 6, "received", "delete", 2, 3, "in_force"),
    ("Research on near misses", "tu-delta", ["uni-alster", "noordnet", "merwede"], 36, "agreement_ended", "delete", 1, 5, "suspended"),
    ("Pilot with vendors 2024", "scadaworks", ["noordnet", "elbestrom"], 6, "agreement_ended", "delete", 2, 3, "terminated"),
    ("Cross-border energy 2027", "elbestrom", ["noordnet", "valdor", "fjordkraft"], 24, "received", "delete", 2, 3, "signature"),
    ("Inspection follow-up", "energie-inspectie", ["noordnet", "zonkracht"], 12, "closed", "delete", 2, 3, "signature"),
    ("Civil society observers", "openrights", ["patients", "cert-nl"], 6, "received", "delete", 1, 5, "negotiation"),
    ("Joint exercises", "noordnet", ["cert-nl"], 12, "received", "delete", 2, 3, "draft"),
    ("Rail signalling notices", "railpoint", ["havenlink", "cert-be"], 12, "received", "delete", 2, 3, "signed"),
    ("Telecom outage notices", "netharbor", ["polarnode", "cert-nl"], 12, "received", "delete", 2, 3, "expired"),
]  # fmt: skip


CLAUSES = [
    ("security", "Data is encrypted in transit and at rest; access is logged and reviewed every quarter."),
    (
        "liability",
        "No party is liable for harm from data that it shared in good faith and marked as this agreement asks.",
    ),
    ("attribution", "Nobody names the source of a report outside the parties without its consent."),
]
LAW_ENDS_SOON = "Health incidents and lessons"
AMENDED = ("Transport and ports", 24)  # months of retention after the amendment
HAS_LEFT = ("Finance early warning", "clearfold", timedelta(days=40))  # who left, and how long ago
WANTS_TO_LEAVE = ("Water sector sharing", "waterunion")
BEING_AMENDED = ("Digital infrastructure indicators", 4)


def build(world: Any) -> None:
    """Agreements in every state; those in force go into `world.agreements`."""
    for number, entry in enumerate(PLAN):
        made = _agreement(world, number, *entry)
        if entry[0] == AMENDED[0]:
            _amend(world, made, entry, AMENDED[1], world.now - timedelta(days=200), is_signed=True)
        if entry[0] == BEING_AMENDED[0]:
            _amend(world, made, entry, BEING_AMENDED[1], world.now - timedelta(days=5), is_signed=False)
        if entry[-1] == "in_force":
            world.agreements.append(Agreement.objects.get(pk=made.pk))
    engagements.engage(
        auditor=world.auditor, title="Retention and sharing 2026", agreements=Agreement.objects.filter(governing__isnull=False),
        independence="Audithuis serves none of the parties.", since=world.now - timedelta(days=30), until=world.now + timedelta(days=120),
        by=world.coordinator, at=world.now - timedelta(days=30),
    )  # fmt: skip
    _by_name(world)
    water = world.agreements[1]
    holds.place(ground="investigation", authority="Public prosecutor, Rotterdam", reason="Investigation into the pump outage of last year.",
                review_on=(world.now + timedelta(days=45)).date(), agreement=water, by=world.officer_of["duinwater"], at=world.now - timedelta(days=15))  # fmt: skip


def leave(world: Any) -> None:
    """One party has left: one attestation is given, the others are overdue. Another asks to leave and waits for a second person."""
    title, key, ago = HAS_LEFT
    left_at = world.now - ago
    made = _ask(world, title, key, left_at - timedelta(days=35), left_at, "We give up trading in the Netherlands.")
    agreed = left_at - timedelta(days=33)
    departures.confirm(departure=made, seen_hash=departing.digest(departing.lines(made.party, agreed)), because="The notice was kept.",
                       by=world.signatory_of[key], at=agreed)  # fmt: skip
    departures.complete_due(at=left_at)
    owed = made.attestations.filter(organization=world.organizations["danubia"]).first()
    if owed is not None:
        attesting.attest(attestation=owed, outcome="destroyed", statement="Erased from the case system and its backups; ticket 4711.",
                         by=world.signatory_of["danubia"], at=left_at + timedelta(days=20))  # fmt: skip
    title, key = WANTS_TO_LEAVE
    _ask(
        world,
        title,
        key,
        world.now - timedelta(days=1),
        world.now + timedelta(days=45),
        "The union merges with another one.",
    )


def _ask(world: Any, title: str, key: str, at: datetime, leaves_at: datetime, because: str) -> Any:
    party = Party.objects.select_related("agreement__governing").get(
        agreement__title=title, organization=world.organizations[key]
    )
    return departures.ask(party=party, leaves_on=leaves_at.date(), seen_hash=departing.digest(departing.lines(party, at)), because=because,
                          by=world.officer_of[key], at=at)  # fmt: skip


def _by_name(world: Any) -> None:
    """An exception on the first agreement, which ends within a week and waits to be renewed or let go."""
    first = world.agreements[0]
    officer = world.people[next(f"officer@{key}" for key, found in world.organizations.items() if found == first.lead)]
    grants.give(
        kind=AGREEMENTS, obj=first, to=world.people["officer@uni-alster"], until=world.now + timedelta(days=5),
        because="Writes the study that the parties asked for", clause="Research", by=officer, at=world.now - timedelta(days=20),
    )  # fmt: skip


def _amend(world: Any, made: Agreement, entry: Any, months: int, at: datetime, *, is_signed: bool) -> None:
    """Begin another version with another retention of reports; sign it for every party, or leave it under work."""
    _, lead, parties, *_ = entry
    officer = world.officer_of[lead]
    version = amending.amend(agreement=made, because="Two years of experience with it.", by=officer, at=at)
    old = version.retention_terms.get(category="incident-report")
    agreements.remove_row(agreement=made, kind="retention_terms", key=old.pk, by=officer, at=at)
    agreements.add_row(agreement=made, kind="retention_terms", by=officer, at=at, columns={
        "category": old.category, "trigger": old.trigger, "months": months, "action": old.action,
        "basis": "Seasonal patterns need two winters" if is_signed else "The trend needs four months, not six"})  # fmt: skip
    if not is_signed:
        agreements.change_basics(agreement=made, by=officer, at=at, columns={
            "summary": "Partners warn each other within the hour, learn from incidents and keep personal data out of what they share."})  # fmt: skip
        return
    _approve(world, made, lead, at)
    _sign(world, made, [lead, *parties], versions.send_for_signature(agreement=made, by=officer, at=at), at)


def _approve(world: Any, made: Agreement, lead: str, at: datetime) -> None:
    content = versions.content_of(versions.last_version(made))
    negotiation.review(agreement=made, is_approved=True, opinion="Bases, periods and transfers fit the law.",
                       content_hash=versions.digest(content), by=world.signatory_of[lead], at=at)  # fmt: skip


def _negotiate(world: Any, made: Agreement, party: str) -> None:
    """A party remarks on one clause and proposes another period; both are open."""
    person, organization, at = world.officer_of[party], world.organizations[party], world.now - timedelta(days=3)
    negotiation.remark(agreement=made, clause="retention:incident-report", organization=organization, by=person, at=at,
                       text="Six months is short for a yearly report. Could lessons be kept longer without names?")  # fmt: skip
    term = versions.last_version(made).retention_terms.get(category="incident-report")
    negotiation.propose(agreement=made, kind="retention_terms", removes=term.pk, organization=organization, by=person, at=at,
                        reason="Our yearly report needs the whole year.",
                        columns={"category": term.category, "trigger": term.trigger, "months": 12, "days": 0, "action": "anonymise",
                                 "basis": "Yearly report"})  # fmt: skip


def _sign(world: Any, made: Agreement, signers: list[str], version: Any, at: datetime) -> None:
    for key in signers:
        party = made.parties.get(organization=world.organizations[key])
        signing.sign(agreement=made, party=party, content_hash=version.content_hash, statement="I am authorised to sign for this organization.",
                     by=world.signatory_of[key], at=at + timedelta(days=2))  # fmt: skip


def _agreement(
    world: Any,
    number: int,
    title: str,
    lead: str,
    parties: list[str],
    months: int,
    trigger: str,
    action: str,
    ceiling: int,
    size: int,
    state: str,
) -> Agreement:
    officer = world.officer_of[lead]
    at = world.now - timedelta(days=10 if state == "signed" else 860 - number * 3)
    made = templates.begin(
        template=AgreementTemplate.objects.get(pk="multilateral") if state == "draft" else None,
        title=title,
        kind="multilateral",
        lead=world.organizations[lead],
        time_zone="Europe/Amsterdam",
        by=officer,
        at=at,
    )
    for key in parties:
        agreements.add_party(agreement=made, organization=world.organizations[key], role="both", controller_role="controller",
                             contact=f"desk@{key}.example", by=officer, at=at)  # fmt: skip
    if state == "draft":
        return made
    law_ends = (world.now + timedelta(days=25)).date() if title == LAW_ENDS_SOON else None
    _fill(made, officer, at, months, trigger, action, ceiling, size, law_ends)
    if state in ("signed", "expired"):
        agreements.change_basics(agreement=made, by=officer, at=at, columns=_dates(state, world.now))
    if state == "negotiation":
        agreements.open_negotiation(agreement=made, by=officer, at=at)
        _negotiate(world, made, parties[0])
        return made
    _approve(world, made, lead, at)
    version = versions.send_for_signature(agreement=made, by=officer, at=at)
    signers = [lead, *parties]
    _sign(world, made, signers[:-1] if state == "signature" else signers, version, at)
    if state == "expired":
        amending.keep_dates(at=world.now)
    if state == "suspended":
        agreements.suspend(
            agreement=made, because="The ethics board reviews the study.", by=officer, at=world.now - timedelta(days=40)
        )
    if state == "terminated":
        agreements.terminate(
            agreement=made, because="The pilot has ended.", by=officer, at=world.now - timedelta(days=100)
        )
    return made


def _dates(state: str, now: datetime) -> dict[str, Any]:
    """The first day in three weeks, or the last day three weeks ago."""
    weeks = timedelta(weeks=3)
    if state == "signed":
        return {"effective_on": (now + weeks).date()}
    return {"ends_on": (now - weeks).date(), "review_on": (now - 10 * weeks).date()}


def _fill(
    made: Agreement,
    by: Any,
    at: datetime,
    months: int,
    trigger: str,
    action: str,
    ceiling: int,
    size: int,
    law_ends: Any,
) -> None:
    agreements.change_basics(agreement=made, by=by, at=at, columns={
        "summary": "Partners warn each other early, learn from incidents and keep personal data out of what they share.",
        "tlp_ceiling": ceiling, "minimum_group_size": size, "effective_on": at.date(), "ends_on": (at + timedelta(days=365 * 4)).date(),
        "review_on": (at + timedelta(days=365 * 3)).date(),
    })  # fmt: skip
    purpose = agreements.add_row(agreement=made, kind="purposes", by=by, at=at, columns={
        "text": "Early warning and joint handling of incidents", "legal_basis": LegalBasis.objects.get(pk="gdpr:legal-obligation"),
        "law_cited": "Directive (EU) 2022/2555, Articles 23 and 29, as transposed", "law_valid_until": law_ends,
    })  # fmt: skip
    report, indicator = DataCategory.objects.get(pk="incident-report"), DataCategory.objects.get(pk="indicator")
    for category, personal, kept in ((report, True, months), (indicator, False, 6)):
        agreements.add_row(
            agreement=made,
            kind="data_items",
            by=by,
            at=at,
            columns={"category": category, "has_personal_data": personal},
        )
        agreements.add_row(agreement=made, kind="retention_terms", by=by, at=at, columns={
            "category": category, "trigger": trigger, "months": kept, "action": action, "basis": "Needed for trend analysis, not longer"})  # fmt: skip
    for category in (report, indicator):
        agreements.add_row(
            agreement=made, kind="handling_policies", by=by, at=at, columns={"category": category, "tlp": ceiling}
        )
    for party in made.parties.select_related("organization"):
        if is_transfer(made.lead.country, party.organization.country):
            agreements.add_row(agreement=made, kind="transfers", by=by, at=at, columns={
                "organization": party.organization, "mechanism": TransferMechanism.objects.get(pk="gdpr:scc"),
                "documents": "Clauses of Decision (EU) 2021/914, module one", "export_control": "exception", "export_basis": "15 CFR 740.22 (ACE)"})  # fmt: skip
    for subject, text in CLAUSES:
        agreements.add_row(agreement=made, kind="clauses", by=by, at=at, columns={"subject": subject, "text": text})
    for words in (
        "Take out names of people who are not accused or responsible",
        "Replace addresses of homes by the municipality",
    ):
        agreements.add_row(
            agreement=made, kind="redaction_steps", by=by, at=at, columns={"category": report, "instruction": words}
        )
    agreements.add_row(agreement=made, kind="permitted_uses", by=by, at=at, columns={
        "purpose": purpose, "categories": [report, indicator], "recipients": "parties", "highest_tlp": ceiling, "conditions": "Own defence only"})  # fmt: skip
    agreements.add_row(
        agreement=made,
        kind="permitted_uses",
        by=by,
        at=at,
        columns={"purpose": purpose, "categories": [report], "recipients": "sector", "highest_tlp": TLP.GREEN},
    )
    agreements.add_row(agreement=made, kind="permitted_uses", by=by, at=at, columns={
        "purpose": purpose, "categories": [report], "recipients": "councils", "highest_tlp": ceiling, "conditions": "As figures only"})  # fmt: skip
