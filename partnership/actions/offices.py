"""Liaison offices: opened, staffed, reached, and what was said."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from partnership import verbs
from partnership.access.actor import Actor
from partnership.access.decide import require
from partnership.audit.record import record
from partnership.errors import DomainError
from partnership.models import Channel, ContactEntry, LiaisonOffice, Membership, OfficeAssignment, Organization, User


class OfficeExists(DomainError):
    default = "The organization has an office of this name already. Choose another name."


class NotAMember(DomainError):
    default = "An officer belongs to the organization. Invite the person first."


class AlreadyAssigned(DomainError):
    default = "This person serves at the office already."


class AlreadyReleased(DomainError):
    default = "This service has ended already. Load the office again to see who serves now."


@transaction.atomic
def create(*, organization: Organization, name: str, time_zone: str, by: User, at: datetime) -> LiaisonOffice:
    """Open a liaison office."""
    require(Actor(by), "partnership.change_organization", organization)
    if organization.offices.filter(name=name).exists():
        raise OfficeExists(field="name")
    office = LiaisonOffice.objects.create(
        organization=organization, name=name, time_zone=time_zone, created_at=at, created_by=by
    )
    record(verbs.OFFICE_CREATED, office, by=by, at=at, subject=organization)
    return office


@transaction.atomic
def assign(*, office: LiaisonOffice, officer: User, is_deputy: bool, by: User, at: datetime) -> OfficeAssignment:
    """Let a member of the organization serve at its office."""
    require(Actor(by), "partnership.change_organization", office.organization)
    if not Membership.objects.in_force(at).filter(user=officer, organization=office.organization).exists():
        raise NotAMember(field="officer")
    try:
        with transaction.atomic():
            made = OfficeAssignment.objects.create(office=office, user=officer, is_deputy=is_deputy, since=at)
    except IntegrityError as error:
        raise AlreadyAssigned(field="officer") from error
    record(
        verbs.OFFICER_ASSIGNED,
        made,
        by=by,
        at=at,
        subject=office.organization,
        officer=officer.name,
        office=office.name,
    )
    return made


@transaction.atomic
def release(*, assignment: OfficeAssignment, by: User, at: datetime) -> OfficeAssignment:
    """End somebody's service at an office; who served when stays known."""
    require(Actor(by), "partnership.change_organization", assignment.office.organization)
    assignment = OfficeAssignment.objects.select_for_update(of=("self",)).get(pk=assignment.pk)
    if assignment.until is not None:
        raise AlreadyReleased
    assignment.until = at
    assignment.save(update_fields=["until"])
    office = assignment.office
    record(verbs.OFFICER_RELEASED, assignment, by=by, at=at, subject=office.organization,
           officer=assignment.user.name, office=office.name)  # fmt: skip
    return assignment


@transaction.atomic
def add_channel(*, office: LiaisonOffice, columns: Mapping[str, Any], by: User, at: datetime) -> Channel:
    """Add a way to reach the office."""
    require(Actor(by), "partnership.change_organization", office.organization)
    made = Channel.objects.create(office=office, **columns)
    record(verbs.CHANNEL_ADDED, made, by=by, at=at, subject=office.organization, office=office.name)
    return made


@transaction.atomic
def verify_channel(*, channel: Channel, by: User, at: datetime) -> Channel:
    """Note that somebody answered there."""
    require(Actor(by), "partnership.change_organization", channel.office.organization)
    channel.verified_at, channel.verified_by = at, by
    channel.save(update_fields=["verified_at", "verified_by"])
    record(
        verbs.CHANNEL_VERIFIED, channel, by=by, at=at, subject=channel.office.organization, office=channel.office.name
    )
    return channel


@transaction.atomic
def log_contact(
    *, office: LiaisonOffice, partner: Organization, columns: Mapping[str, Any], by: User, at: datetime
) -> ContactEntry:
    """Write a line into the contact log of the office."""
    require(Actor(by), "partnership.change_organization", office.organization)
    made = ContactEntry.objects.create(office=office, partner=partner, recorded_at=at, recorded_by=by, **columns)
    record(verbs.CONTACT_RECORDED, made, by=by, at=at, subject=office.organization, partner=partner.name)
    return made
