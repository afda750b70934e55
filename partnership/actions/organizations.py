"""Organizations: entered, changed, vetted, suspended."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from partnership import verbs
from partnership.access.actor import Actor
from partnership.access.decide import require
from partnership.audit.record import record
from partnership.errors import DomainError
from partnership.models import Organization, OrganizationIdentifier, Sector, User

COLUMNS = ("name", "short_name", "kind", "size", "country", "parent", "website", "time_zone")


class NameTaken(DomainError):
    default = "An organization with this name is entered for this country already. Open it in the directory instead."


class OwnParent(DomainError):
    default = "An organization cannot belong to itself or to its own subsidiary. Choose the head of the group."


class IdentifierTaken(DomainError):
    default = "Another organization is entered with this number already. Check the number, or open that organization."


class RevetMissing(DomainError):
    default = "Give the day on which the organization is vetted again; it lies in the future."


@transaction.atomic
def create(*, columns: Mapping[str, Any], sectors: Iterable[Sector], by: User, at: datetime) -> Organization:
    """Enter an organization as an applicant."""
    require(Actor(by), "partnership.create_organization")
    made = _saved(Organization(created_at=at, created_by=by, **{k: v for k, v in columns.items() if k in COLUMNS}))
    made.sectors.set(sectors)
    record(verbs.ORGANIZATION_CREATED, made, by=by, at=at, subject=made)
    return made


@transaction.atomic
def change(
    *, organization: Organization, columns: Mapping[str, Any], sectors: Iterable[Sector] | None, by: User, at: datetime
) -> Organization:
    """Change the profile."""
    require(Actor(by), "partnership.change_organization", organization)
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    parent = columns.get("parent")
    if parent is not None and (parent.pk == organization.pk or parent.parent_id == organization.pk):
        raise OwnParent(field="parent")
    changes = {}
    for name in COLUMNS:
        if name in columns and getattr(organization, name) != columns[name]:
            changes[name] = (str(getattr(organization, name) or ""), str(columns[name] or ""))
            setattr(organization, name, columns[name])
    organization = _saved(organization)
    if sectors is not None:
        organization.sectors.set(sectors)
    record(verbs.ORGANIZATION_CHANGED, organization, by=by, at=at, changes=changes, subject=organization)
    return organization


def _saved(organization: Organization) -> Organization:
    try:
        with transaction.atomic():
            organization.save()
    except IntegrityError as error:
        if "one_organization_per_name_and_country" in str(error):
            raise NameTaken(field="name") from error
        raise
    return organization


@transaction.atomic
def vet(
    *, organization: Organization, decision: str, tier: int, revet_on: date | None, because: str, by: User, at: datetime
) -> Organization:
    """Decide on an organization's vetting; what it may see follows at the next request."""
    require(Actor(by), "partnership.vet_organization", organization)
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    vetted = decision == Organization.Vetting.VETTED
    if vetted and (revet_on is None or revet_on <= at.date()):
        raise RevetMissing(field="revet_on")
    organization.vetting, organization.tier = decision, tier if vetted else 0
    organization.revet_on = revet_on if vetted else organization.revet_on
    if vetted:
        organization.vetted_at, organization.vetted_by = at, by
    organization.save()
    label = Organization.Vetting(decision).label.lower()
    record(verbs.ORGANIZATION_VETTED, organization, by=by, at=at, because=because, subject=organization, decision=label)
    return organization


@transaction.atomic
def suspend(*, organization: Organization, because: str, by: User, at: datetime) -> Organization:
    """Take everything away from the members of an organization, at their next request."""
    require(Actor(by), "partnership.vet_organization", organization)
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    organization.suspended_at, organization.suspended_by = at, by
    organization.save(update_fields=["suspended_at", "suspended_by"])
    record(verbs.ORGANIZATION_SUSPENDED, organization, by=by, at=at, because=because, subject=organization)
    return organization


@transaction.atomic
def resume(*, organization: Organization, because: str, by: User, at: datetime) -> Organization:
    """Lift a suspension."""
    require(Actor(by), "partnership.vet_organization", organization)
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    organization.suspended_at = organization.suspended_by = None
    organization.save(update_fields=["suspended_at", "suspended_by"])
    record(verbs.ORGANIZATION_RESUMED, organization, by=by, at=at, because=because, subject=organization)
    return organization


@transaction.atomic
def add_identifier(
    *, organization: Organization, scheme: str, value: str, by: User, at: datetime
) -> OrganizationIdentifier:
    """Enter a number under which a register knows the organization; it names one organization only."""
    require(Actor(by), "partnership.change_organization", organization)
    try:
        with transaction.atomic():
            made = OrganizationIdentifier.objects.create(organization=organization, scheme=scheme, value=value)
    except IntegrityError as error:
        raise IdentifierTaken(field="value") from error
    record(verbs.IDENTIFIER_ADDED, made, by=by, at=at, subject=organization,
           organization=organization.name, scheme=made.get_scheme_display())  # fmt: skip
    return made


@transaction.atomic
def remove_identifier(*, identifier: OrganizationIdentifier, by: User, at: datetime) -> Organization:
    """Take a number away that was entered by mistake or has lapsed."""
    organization = identifier.organization
    require(Actor(by), "partnership.change_organization", organization)
    record(verbs.IDENTIFIER_REMOVED, identifier, by=by, at=at, subject=organization,
           organization=organization.name, scheme=identifier.get_scheme_display())  # fmt: skip
    identifier.delete()
    return organization
