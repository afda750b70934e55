"""The beginning: a secretariat and its first coordinator, which nobody is there to invite."""

from datetime import datetime, timedelta

from django.db import transaction

from partnership import verbs
from partnership.audit.record import record
from partnership.errors import DomainError
from partnership.models import Membership, Organization, Role, User


class Founded(DomainError):
    default = "There is a secretariat already; its coordinators invite people."


@transaction.atomic
def found(*, secretariat: str, country: str, email: str, name: str, password: str, at: datetime) -> User:
    """Make the neutral coordinating body and its first coordinator."""
    if Organization.objects.filter(is_secretariat=True).exists():
        raise Founded
    person = User.objects.create_user(email, name, password)
    body = Organization.objects.create(
        name=secretariat, kind="association", size="small", country=country, is_secretariat=True, vetting="vetted", tier=3,
        revet_on=at.date() + timedelta(days=3650), created_at=at, created_by=person, vetted_at=at, vetted_by=person,
    )  # fmt: skip
    Membership.objects.create(
        user=person, organization=body, role=Role.COORDINATOR, since=at, granted_at=at, granted_by=person
    )
    record(verbs.ORGANIZATION_CREATED, body, by=person, at=at, subject=body)
    return person
