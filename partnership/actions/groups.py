"""Groups of people: made, filled, emptied and closed, each by one action.

What is promised, since whoever fills a group decides who sees what others have opened to it:

- Nobody adds themselves: the action refuses it, and so does the database. Whoever keeps a group needs a second person
  to get in by it, and both stand in the trail.
- Nobody gets in without being seen. Each addition is told in the trail of every organization and agreement whose
  record was opened to the group, by name and with the reason; its owner finds the newcomer on the home page for a week,
  in the exceptions and under "Who can see this?".
- An addition needs a reason and, on pages, a fresh second factor. It gives nothing that ends later than the exceptions
  of the group, nothing above TLP:AMBER+STRICT, and nothing to somebody whose organizations have no standing.
- Being taken out, leaving and closing count at the next statement, because the dated row is the permission itself.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction

from partnership import verbs
from partnership.access.actor import Actor
from partnership.access.decide import require
from partnership.access.exceptions import KINDS, Kind
from partnership.audit.record import SYSTEM, record
from partnership.errors import DomainError
from partnership.models import GroupMembership, NamedGroup, Organization, User


class GroupNameTaken(DomainError):
    default = "There is a group of this name already. Choose another name."


class GroupClosed(DomainError):
    default = "This group is closed. Make a new one."


class NotYourself(DomainError):
    default = "Nobody adds themselves to a group. Ask another liaison officer of your organization to do it."


class InIt(DomainError):
    default = "This person is in the group already."


class NotInIt(DomainError):
    default = "This person has left the group already."


@transaction.atomic
def make(*, name: str, organization: Organization, purpose: str, is_listed: bool, by: User, at: datetime) -> NamedGroup:
    """Make an empty group that an organization keeps; whether others may let it in is decided once, here."""
    require(Actor(by), "partnership.make_group", organization)
    if Group.objects.filter(name__iexact=name).exists():
        raise GroupNameTaken(field="name")
    group = Group.objects.create(name=name)
    made = NamedGroup.objects.create(group=group, organization=organization, purpose=purpose, is_listed=is_listed,
                                     made_at=at, made_by=by)  # fmt: skip
    record(verbs.GROUP_MADE, made, by=by, at=at, subject=organization, organization=organization.name)
    return made


@transaction.atomic
def add(*, group: NamedGroup, person: User, because: str, by: User, at: datetime) -> GroupMembership:
    """Let somebody belong to a group from now on, and tell everybody who let the group in."""
    group = _open(group)
    require(Actor(by), "partnership.keep_group", group)
    if person.pk == by.pk:
        raise NotYourself(field="email")
    if GroupMembership.objects.filter(group=group.group_id, user=person, until__isnull=True).exists():
        raise InIt(field="email")
    made = GroupMembership.objects.create(group_id=group.group_id, user=person, because=because, since=at, added_at=at,
                                          added_by=by)  # fmt: skip
    words: dict[str, Any] = {"person": person.name, "group": str(group), "because": because}
    record(verbs.GROUP_JOINED, group, by=by, at=at, subject=group.organization, **words)
    for kind, row in _let_in(group, at):
        record(verbs.GROUP_GREW, row, by=by, at=at, subject=kind.subject(row.content_object),
               record=str(row.content_object), **words)  # fmt: skip
    return made


@transaction.atomic
def end(*, membership: GroupMembership, by: User, at: datetime) -> GroupMembership:
    """Take somebody out of a group, or leave it: it gives nothing at the next statement."""
    require(Actor(by), "partnership.end_group_membership", membership)
    found = GroupMembership.objects.select_for_update(of=("self",)).select_related("user", "group__named__organization")
    membership = found.get(pk=membership.pk)
    if membership.until is not None and membership.until <= at:
        raise NotInIt
    membership.until = membership.ended_at = at
    membership.ended_by = by
    membership.save(update_fields=["until", "ended_at", "ended_by"])
    record(verbs.GROUP_LEFT, membership.group.named, by=by, at=at, subject=membership.group.named.organization,
           person=membership.user.name, group=membership.group.name)  # fmt: skip
    return membership


@transaction.atomic
def close(*, group: NamedGroup, because: str, by: User, at: datetime) -> NamedGroup:
    """Close a group for good: everybody is out at the next statement, and nobody comes in again."""
    require(Actor(by), "partnership.keep_group", group)
    group = _open(group)
    group.closed_at, group.closed_by = at, by
    group.save(update_fields=["closed_at", "closed_by"])
    people = GroupMembership.objects.select_for_update().filter(group=group.group_id, until__isnull=True)
    people.update(until=at, ended_at=at, ended_by=by)
    record(verbs.GROUP_CLOSED, group, by=by, at=at, because=because, subject=group.organization)
    return group


def _open(group: NamedGroup) -> NamedGroup:
    found = NamedGroup.objects.select_for_update(of=("self",)).select_related("group", "organization").get(pk=group.pk)
    if found.closed_at is not None:
        raise GroupClosed
    return found


def _let_in(group: NamedGroup, at: datetime) -> Iterator[tuple[Kind, Any]]:
    """Exceptions of a group that are in force."""
    for kind in KINDS.values():
        table: Any = kind.group
        live = table._default_manager.filter(group=group.group_id, expires_at__gt=at, revoked_at__isnull=True)
        for row in live.select_related("content_object").order_by("pk"):
            yield kind, row


@transaction.atomic
def lapse(*, membership: GroupMembership, at: datetime) -> None:
    """Take somebody out of a group whom nobody confirmed."""
    GroupMembership.objects.filter(pk=membership.pk).update(until=at)
    named = membership.group.named
    record(verbs.RIGHT_LAPSED, named, by=SYSTEM, at=at, subject=named.organization, person=membership.user.name,
           right=f"the place in the group {named}")  # fmt: skip
