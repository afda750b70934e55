"""Under which signed words a report stands, and until when it is kept."""

from datetime import date, datetime
from typing import Any

from agreements.actions.uses import covered
from agreements.models import Agreement, AgreementVersion, DataCategory, Party, RetentionTerm
from agreements.retention.due import due_for, local_day
from partnership.errors import DomainError
from partnership.models import TLP, Organization


class NotAParty(DomainError):
    """Only a party in force may file under an agreement."""


class MarkedTooHigh(DomainError):
    """An agreement takes data up to its ceiling."""


def governing(
    *, agreement: Agreement, category: DataCategory, organization: Organization, tlp: int, at: datetime
) -> tuple[AgreementVersion, RetentionTerm]:
    """The version and the retention term that govern data of a category which an organization files now; or why not."""
    version, term = covered(agreement, category, at)
    if not Party.objects.in_force(at).filter(agreement=agreement, organization=organization).exists():
        raise NotAParty(
            f"{organization.name} is no party to {agreement.reference} now. Choose an agreement of your organization.",
            field="filed_under",
        )
    check_ceiling(agreement=agreement, version=version, category=category, tlp=tlp)
    return version, term


def check_ceiling(*, agreement: Agreement, version: AgreementVersion, category: DataCategory, tlp: int) -> None:
    """Refuse a marking above the highest that the version takes, for all data or for this category."""
    policy = version.handling_policies.filter(category=category).first()
    ceiling = version.tlp_ceiling if policy is None else min(version.tlp_ceiling, policy.tlp)
    if tlp > ceiling:
        what = "data" if ceiling == version.tlp_ceiling else f"“{category.label}”"
        raise MarkedTooHigh(
            f"{agreement.reference} takes {what} up to {TLP(ceiling).label}; this is {TLP(tlp).label}."
            " Choose a lower marking or another agreement.",
            field="tlp",
        )


def kept(
    *, agreement: Agreement, term: RetentionTerm, received_at: datetime, closed_at: datetime | None = None
) -> dict[str, Any]:
    """The columns that say from when and until when a record is kept, in the agreement's calendar."""

    def day(moment: datetime | None) -> date | None:
        return local_day(moment, agreement.time_zone) if moment else None

    start, due = due_for(
        term, received_on=day(received_at), closed_on=day(closed_at), agreement_ended_on=agreement.ended_on
    )
    return {"retention_start": start, "retain_until": due}
