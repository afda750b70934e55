"""Templates: a draft that begins with the terms that an agreement of its kind usually has."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import transaction

from agreements import verbs
from agreements.actions import agreements
from agreements.actions.versions import open_version
from agreements.models import Agreement, AgreementTemplate, AgreementVersion, DataCategory, LegalBasis, Purpose
from agreements.retention.due import local_day
from partnership.audit.record import record
from partnership.models import Organization, User

COLUMNS = ("summary", "tlp_ceiling", "minimum_group_size", "notice_days")


@transaction.atomic
def begin(
    *, template: AgreementTemplate | None = None, title: str, kind: str = "", lead: Organization, time_zone: str = "UTC",
    by: User, at: datetime,
) -> Agreement:  # fmt: skip
    """Begin an agreement, of the template's kind and with its terms in version 1; every term can still be changed."""
    kind = template.kind if template else kind
    made = agreements.draft(title=title, kind=kind, lead=lead, time_zone=time_zone, by=by, at=at)
    if template is None:
        return made
    made.template = template
    made.save(update_fields=["template"])
    version = open_version(made)
    assert version is not None  # it was begun two lines above
    for name in COLUMNS:
        setattr(version, name, template.content[name])
    version.review_on = local_day(at, time_zone) + relativedelta(months=template.review_months)
    version.save(update_fields=[*COLUMNS, "review_on"])
    _fill(made, version, template.content)
    record(verbs.TEMPLATE_FOLLOWED, made, by=by, at=at, subject=made, template=template.label)
    return made


def _fill(made: Agreement, version: AgreementVersion, content: Mapping[str, Any]) -> None:
    """Each term passes the checks that it would pass when a person added it."""

    def put(kind: str, columns: Mapping[str, Any]) -> Any:
        return agreements.put_row(made, version, kind, columns)

    purposes = {row["text"]: put("purposes", _purpose(made, row)) for row in content["purposes"]}
    for row in content["data"]:
        put("data_items", {"category": _category(row), "description": row["description"], "has_personal_data": row["personal"]})  # fmt: skip
    for row in content["retention"]:
        put("retention_terms", {**row, "category": _category(row)})
    for row in content["redaction"]:
        put("redaction_steps", {**row, "category": _category(row)})
    for row in content["handling"]:
        put("handling_policies", {**row, "category": _category(row)})
    for row in content["uses"]:
        put("permitted_uses", _use(row, purposes))
    for row in content["clauses"]:
        put("clauses", row)


def _category(row: Mapping[str, Any]) -> DataCategory:
    return DataCategory.objects.get(pk=row["category"])


def _purpose(made: Agreement, row: Mapping[str, Any]) -> dict[str, Any]:
    """The purpose with its basis, or with the one for public authorities when such a body leads."""
    chosen = row["for_authorities"] if made.lead.kind == "government" and "for_authorities" in row else row
    return {"text": row["text"], "legal_basis": LegalBasis.objects.get(pk=chosen["legal_basis"]), "law_cited": chosen["law_cited"]}  # fmt: skip


def _use(row: Mapping[str, Any], purposes: Mapping[str, Purpose]) -> dict[str, Any]:
    def day(text: str) -> date | None:
        return date.fromisoformat(text) if text else None

    return {**row, "purpose": purposes[row["purpose"]], "categories": DataCategory.objects.filter(pk__in=row["categories"]),
            "valid_from": day(row["valid_from"]), "valid_until": day(row["valid_until"])}  # fmt: skip
