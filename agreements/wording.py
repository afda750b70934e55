"""A version in words: the same sentences for the page, the signature, the comparison and the printed agreement.

They are made from the canonical content, which is what the hash is made of, so that nobody reads other words than those
that are signed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from agreements.models import (
    Agreement,
    DataCategory,
    HandlingPolicy,
    LegalBasis,
    Party,
    PermittedUse,
    RetentionTerm,
    SpecialCondition,
    Transfer,
)
from agreements.models import Clause as FurtherClause
from agreements.retention.due import length
from partnership.models import TLP, TransferMechanism


@dataclass(frozen=True)
class Clause:
    """One thing that the parties agree on; `key` names it across versions."""

    key: str
    sentence: str


@dataclass(frozen=True)
class Section:
    """A heading with its clauses."""

    title: str
    clauses: tuple[Clause, ...]


class Names:
    """Labels of the lists that a content refers to by code; each list is read once."""

    def __init__(self) -> None:
        self._bases = {b.pk: f"{b.label}, {b.article}" for b in LegalBasis.objects.all()}
        self._conditions = {c.pk: f"{c.label}, {c.article}" for c in SpecialCondition.objects.all()}
        self._mechanisms = {m.pk: f"{m.label}, {m.article}" for m in TransferMechanism.objects.all()}
        self._categories = {c.pk: c.label for c in DataCategory.objects.all()}

    def basis(self, code: str) -> str:
        return self._bases.get(code, code)

    def condition(self, code: str) -> str:
        return self._conditions.get(code, code)

    def category(self, code: str) -> str:
        return self._categories.get(code, code)

    def mechanism(self, code: str) -> str:
        return self._mechanisms.get(code, code)


def sections(content: Mapping[str, Any], names: Names) -> list[Section]:
    """Everything that a version says, in the order of its steps."""
    return [
        Section("Basics and handling", tuple(_basics(content))),
        Section("Parties", tuple(_parties(content))),
        *terms(content, names),
    ]


def terms(content: Mapping[str, Any], names: Names) -> list[Section]:
    """What a version or a template says beside its head and its parties."""
    return [
        Section("Purposes and legal bases", tuple(_purposes(content, names))),
        Section("Data", tuple(_data(content, names))),
        Section("Retention", tuple(_retention(content, names))),
        Section("Redaction", tuple(_redaction(content, names))),
        Section("Handling", tuple(_handling(content, names))),
        Section("Permitted uses", tuple(_uses(content, names))),
        Section("Transfers to other countries", tuple(_transfers(content, names))),
        Section("Further clauses", tuple(_clauses(content))),
    ]


def day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%-d %B %Y}"


def _basics(content: Mapping[str, Any]) -> list[Clause]:
    found = [
        Clause("basics:title", f"Title: {content['title']}"),
        Clause("basics:kind", f"Form: {Agreement.Kind(content['kind']).label}"),
        Clause("basics:summary", f"Why: {content['summary']}"),
        Clause("basics:tlp_ceiling", f"Highest marking: {TLP(content['tlp_ceiling']).label}"),
        Clause("basics:minimum_group_size", f"No figure on fewer than {content['minimum_group_size']} groups of organizations"),
    ]  # fmt: skip
    if "notice_days" in content:
        found.append(Clause("basics:notice_days", f"A shortened retention term acts after {content['notice_days']} days of notice"))  # fmt: skip
    for name, words in (("effective_on", "First day"), ("ends_on", "Last day"), ("review_on", "Reviewed on")):
        if content.get(name):
            found.append(Clause(f"basics:{name}", f"{words}: {day(content[name])}"))
    return [*found, Clause("basics:time_zone", f"Days end by the calendar of {content['time_zone']}")]


def _parties(content: Mapping[str, Any]) -> list[Clause]:
    controllers = dict(Party._meta.get_field("controller_role").flatchoices)
    return [
        Clause(f"parties:{p['organization']}",
               f"{p['organization']} ({p['country']}): {Party.Role(p['role']).label.lower()}, {controllers[p['controller_role']].lower()}")
        for p in content["parties"]
    ]  # fmt: skip


def _purposes(content: Mapping[str, Any], names: Names) -> list[Clause]:
    found = []
    for purpose in content["purposes"]:
        words = f"{purpose['text']}. Basis: {names.basis(purpose['legal_basis'])}"
        words += f"; {purpose['law_cited']}" if purpose["law_cited"] else ""
        words += f", in force until {day(purpose['law_valid_until'])}" if purpose["law_valid_until"] else ""
        words += (
            f". Special categories: {names.condition(purpose['special_condition'])}"
            if purpose["special_condition"]
            else ""
        )
        found.append(Clause(f"purposes:{purpose['text']}", words))
    return found


def _data(content: Mapping[str, Any], names: Names) -> list[Clause]:
    return [
        Clause(f"data:{item['category']}", names.category(item["category"])
               + (f": {item['description']}" if item["description"] else "")
               + (", with personal data" if item["personal"] else ", without personal data"))
        for item in content["data"]
    ]  # fmt: skip


def _retention(content: Mapping[str, Any], names: Names) -> list[Clause]:
    found = []
    for term in content["retention"]:
        words = f"{names.category(term['category'])}: {length(term['months'], term['days'])} from"
        words += f" “{RetentionTerm.Trigger(term['trigger']).label.lower()}”, then"
        words += f" {RetentionTerm.Action(term['action']).label.lower()}"
        found.append(Clause(f"retention:{term['category']}", words + (f". {term['basis']}" if term["basis"] else "")))
    return found


def _redaction(content: Mapping[str, Any], names: Names) -> list[Clause]:
    return [Clause(f"redaction:{step['category']}:{step['instruction']}", f"{names.category(step['category'])}: {step['instruction']}")
            for step in content["redaction"]]  # fmt: skip


def _uses(content: Mapping[str, Any], names: Names) -> list[Clause]:
    found = []
    for use in content["uses"]:
        words = f"{use['purpose']}: {PermittedUse.Recipients(use['recipients']).label.lower()}"
        words += (
            f", for {', '.join(names.category(code).lower() for code in use['categories'])}"
            if use["categories"]
            else ""
        )
        words += f", up to {TLP(use['highest_tlp']).label}"
        words += f"; {use['conditions']}" if use["conditions"] else ""
        words += f". From {day(use['valid_from'])}" if use["valid_from"] else ""
        words += f". Until {day(use['valid_until'])}" if use["valid_until"] else ""
        found.append(Clause(f"uses:{use['purpose']}:{use['recipients']}", words))
    return found


def _handling(content: Mapping[str, Any], names: Names) -> list[Clause]:
    policy, found = HandlingPolicy, []
    for row in content.get("handling", ()):
        words = f"{names.category(row['category'])}: up to {TLP(row['tlp']).label}"
        words += f". {policy.InTransit(row['encrypt_in_transit']).label}. Recipients: {policy.Actions(row['permitted_actions']).label.lower()}"
        words += f". Affected parties {policy.Permission(row['affected_party_notifications']).label.lower()} be told"
        words += f". {policy.Attribution(row['attribution']).label}"
        words += f". Unmodified, it {policy.Permission(row['unmodified_resale']).label.lower()} be resold"
        words += f". See {row['external_reference']}" if row["external_reference"] else ""
        found.append(Clause(f"handling:{row['category']}", words))
    return found


def _transfers(content: Mapping[str, Any], names: Names) -> list[Clause]:
    found = []
    for row in content.get("transfers", ()):
        words = f"{row['organization']} ({row['country']}): {names.mechanism(row['mechanism'])}"
        words += f"; {row['documents']}" if row["documents"] else ""
        words += f". {Transfer.Residency(row['residency']).label}. {Transfer.Export(row['export_control']).label}"
        words += f": {row['export_basis']}" if row["export_basis"] else ""
        words += f". {row['conflict_note']}" if row["conflict_note"] else ""
        found.append(Clause(f"transfers:{row['organization']}", words))
    return found


def _clauses(content: Mapping[str, Any]) -> list[Clause]:
    subject = FurtherClause.Subject
    return [
        Clause(f"clauses:{row['subject']}", f"{subject(row['subject']).label}: {row['text']}")
        for row in content.get("clauses", ())
    ]
