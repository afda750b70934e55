"""The menu: grouped by what people do, each entry for those who may use it."""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from partnership.access.decide import may_somewhere


@dataclass(frozen=True)
class Entry:
    label: str
    url_name: str
    permission: str


GROUPS: list[tuple[str, list[Entry]]] = [
    ("Share", [
        Entry("Incident reports", "incidents:report-list", "incidents.view_report"),
        Entry("Indicators", "incidents:indicator-list", "incidents.view_indicator"),
        Entry("Imports", "incidents:import-list", "incidents.view_import"),
    ]),
    ("Agree", [
        Entry("Agreements", "agreements:agreement-list", "agreements.view_agreement"),
        Entry("Departures", "agreements:departure-list", "agreements.view_departure"),
        Entry("Retention", "agreements:retention", "agreements.view_retention"),
        Entry("Legal holds", "agreements:hold-list", "agreements.view_hold"),
        Entry("Certificates", "agreements:certificate-list", "agreements.view_certificate"),
    ]),
    ("Decide", [
        Entry("Councils", "councils:council-list", "councils.view_council"),
        Entry("Meetings", "councils:meeting-list", "councils.view_meeting"),
        Entry("Action items", "councils:action-list", "councils.view_action"),
    ]),
    ("Partners", [
        Entry("Organizations", "partnership:organization-list", "partnership.view_organization"),
        Entry("Exceptions", "partnership:grant-list", "partnership.view_grants"),
        Entry("Recertification", "partnership:review-list", "partnership.view_grants"),
        Entry("Groups", "partnership:group-list", "partnership.view_group"),
        Entry("People and invitations", "partnership:person-list", "partnership.manage_people"),
    ]),
    ("Oversee", [
        Entry("Emergency openings", "partnership:glass-list", "partnership.view_break_glass"),
        Entry("Reports", "partnership:report-list", "partnership.view_reports"),
        Entry("Operational numbers", "incidents:operations", "incidents.view_operations"),
        Entry("Audit trail", "partnership:audit-list", "partnership.view_audit"),
        Entry("Jobs and downloads", "partnership:job-list", "partnership.view_job"),
        Entry("Security log", "partnership:security-event-list", "partnership.view_security_event"),
        Entry("Health", "partnership:health", "partnership.view_health"),
    ]),
]  # fmt: skip


def menu(actor: Any, path: str) -> list[dict[str, Any]]:
    """The groups that have something for this person, with the current place marked."""
    found = []
    for label, entries in GROUPS:
        items = [item for entry in entries if (item := _item(entry, actor, path)) is not None]
        if items:
            found.append({"label": label, "entries": items, "here": any(item["here"] for item in items)})
    return found


def _item(entry: Entry, actor: Any, path: str) -> dict[str, Any] | None:
    try:
        url = reverse(entry.url_name)
    except NoReverseMatch:
        return None  # an app that is not part of this installation
    if not may_somewhere(actor, entry.permission):
        return None
    return {"label": entry.label, "url": url, "here": path.startswith(url)}
