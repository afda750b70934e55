"""The demonstration's agreements, in every state, one hold and one audit engagement; built through the actions."""

from datetime import datetime, timedelta
from typing import Any

from agreements.actions import agreements, engagements, holds, signing
from agreements.models import Agreement, DataCategory, LegalBasis

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
]  # fmt: skip


def build(world: Any) -> None:
    """Twelve agreements; those in force go into `world.agreements`."""
    for number, entry in enumerate(PLAN):
        made = _agreement(world, number, *entry)
        if entry[-1] == "in_force":
            world.agreements.append(Agreement.objects.get(pk=made.pk))
    engagements.engage(
        auditor=world.auditor, title="Retention and sharing 2026", agreements=Agreement.objects.filter(governing__isnull=False),
        independence="Audithuis serves none of the parties.", since=world.now - timedelta(days=30), until=world.now + timedelta(days=120),
        by=world.coordinator, at=world.now - timedelta(days=30),
    )  # fmt: skip
    water = world.agreements[1]
    holds.place(ground="investigation", authority="Public prosecutor, Rotterdam", reason="Investigation into the pump outage of last year.",
                review_on=(world.now + timedelta(days=45)).date(), agreement=water, by=world.officer_of["duinwater"], at=world.now - timedelta(days=15))  # fmt: skip


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
    officer, at = world.officer_of[lead], world.now - timedelta(days=860 - number * 3)
    made = agreements.draft(
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
    _fill(made, officer, at, months, trigger, action, ceiling, size)
    if state == "negotiation":
        return agreements.open_negotiation(agreement=made, by=officer, at=at)
    version = agreements.send_for_signature(agreement=made, by=officer, at=at)
    signers = [lead, *parties]
    for key in signers[:-1] if state == "signature" else signers:
        person = world.signatory_of[key]
        party = made.parties.get(organization=world.organizations[key])
        signing.sign(agreement=made, party=party, content_hash=version.content_hash, statement="I am authorised to sign for this organization.",
                     by=person, at=at + timedelta(days=2))  # fmt: skip
    if state == "suspended":
        agreements.suspend(
            agreement=made, because="The ethics board reviews the study.", by=officer, at=world.now - timedelta(days=40)
        )
    if state == "terminated":
        agreements.terminate(
            agreement=made, because="The pilot has ended.", by=officer, at=world.now - timedelta(days=100)
        )
    return made


def _fill(
    made: Agreement, by: Any, at: datetime, months: int, trigger: str, action: str, ceiling: int, size: int
) -> None:
    agreements.change_basics(agreement=made, by=by, at=at, columns={
        "summary": "Partners warn each other early, learn from incidents and keep personal data out of what they share.",
        "tlp_ceiling": ceiling, "minimum_group_size": size, "effective_on": at.date(), "ends_on": (at + timedelta(days=365 * 4)).date(),
        "review_on": (at + timedelta(days=365 * 3)).date(),
    })  # fmt: skip
    purpose = agreements.add_row(agreement=made, kind="purposes", by=by, at=at, columns={
        "text": "Early warning and joint handling of incidents", "legal_basis": LegalBasis.objects.get(pk="gdpr:legal-obligation"),
        "law_cited": "Directive (EU) 2022/2555, Articles 23 and 29, as transposed",
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
    for words in (
        "Take out names of people who are not accused or responsible",
        "Replace addresses of homes by the municipality",
    ):
        agreements.add_row(
            agreement=made, kind="redaction_steps", by=by, at=at, columns={"category": report, "instruction": words}
        )
    agreements.add_row(agreement=made, kind="permitted_uses", by=by, at=at, columns={
        "purpose": purpose, "categories": [report, indicator], "recipients": "parties", "highest_tlp": ceiling, "conditions": "Own defence only"})  # fmt: skip
    agreements.add_row(agreement=made, kind="permitted_uses", by=by, at=at, columns={
        "purpose": purpose, "categories": [report], "recipients": "councils", "highest_tlp": ceiling, "conditions": "As figures only"})  # fmt: skip
