"""Whom each branch of this floor's policy lets in, and which records have the pages that tell it."""

from functools import reduce
from typing import Any
from uuid import UUID

from partnership.access.audience import (
    Reach,
    Reacher,
    coordinators,
    holders,
    in_group,
    members,
    of_exceptions,
    one,
    reaches,
)
from partnership.models import Membership, NamedGroup, Role
from partnership.policy import KEEPERS, ORGANIZATIONS


def people_of(field: str, *roles: str, vetted: bool = True) -> Reacher:
    """People with a role in the organization that a row names."""

    def reach(obj: Any) -> list[Reach]:
        return [holders(*roles, of=[reduce(getattr, field.split("__"), obj)], vetted=vetted)]

    return reach


def person_of(field: str) -> Reacher:
    """The person whom a row names."""
    return lambda obj: [one(getattr(obj, field))]


EDITORS = (Role.LIAISON_OFFICER, Role.ADMINISTRATOR)
COORDINATOR = {"coordinator": coordinators}

reaches({"member": members, "own organization": people_of("pk", vetted=False)}, "partnership.view_organization")
reaches({"own organization": people_of("pk", vetted=False), **COORDINATOR}, "partnership.view_organization_contacts")
reaches(
    {"own office": people_of("office__organization_id", vetted=False), **COORDINATOR}, "partnership.view_contact_entry"
)
reaches({"own profile": people_of("pk", *EDITORS, vetted=False), **COORDINATOR}, "partnership.change_organization")
reaches(COORDINATOR, "partnership.vet_organization")
reaches(
    {"administrator": people_of("pk", Role.ADMINISTRATOR, vetted=False), **COORDINATOR}, "partnership.invite_person"
)
reaches({"administrator": people_of("organization_id", Role.ADMINISTRATOR, vetted=False), **COORDINATOR},
        "partnership.manage_people", "partnership.manage_invitation")  # fmt: skip


def other_coordinators(obj: Any) -> list[Reach]:
    found = coordinators()[0]
    return [Reach(found.rows.exclude(user=obj.pk), found.person, found.until)]


reaches({"coordinator": other_coordinators}, "partnership.deactivate_person")
reaches({"own job": person_of("requested_by_id")}, "partnership.view_job")
reaches({"own export": person_of("requested_by_id")}, "partnership.view_export")


def concerned(obj: Any) -> list[Reach]:
    """Officers and administrators of the organization that an entry is about; its subject is kept as text."""
    return [holders(*EDITORS, organization__pk__in=_key(obj.subject_id))]


def _key(text: str) -> list[Any]:
    try:
        return [UUID(text)]
    except ValueError:
        return []


reaches({"own organization": concerned, "own deed": person_of("actor_id"), **COORDINATOR}, "partnership.view_audit")
reaches({"member": members}, "partnership.view_checkpoint", "partnership.cosign_checkpoint", "partnership.view_witness")
reaches({"administrator": people_of("pk", Role.ADMINISTRATOR)}, "partnership.register_witness")
reaches({"administrator": people_of("organization_id", Role.ADMINISTRATOR)}, "partnership.withdraw_witness")


def administrators_of_person(obj: Any) -> list[Reach]:
    """Administrators of the organizations of the person whom a refusal is about."""
    theirs = Membership.objects.in_force().filter(user=obj.person_id).values("organization")
    return [holders(Role.ADMINISTRATOR, of=theirs)]


reaches({"administrator": administrators_of_person, **COORDINATOR}, "partnership.view_security_event")
reaches({"liaison officer": people_of("pk", Role.LIAISON_OFFICER)}, "partnership.open_organization")
of_exceptions(ORGANIZATIONS)

of_keepers = people_of("organization_id", *KEEPERS)
reaches({"keeper": people_of("pk", *KEEPERS)}, "partnership.make_group")
reaches({"keeper": of_keepers}, "partnership.keep_group")


def officers_where_listed(obj: Any) -> list[Reach]:
    return [holders(Role.LIAISON_OFFICER)] if obj.is_listed else []


reaches(
    {"keeper": of_keepers, "in it": lambda obj: [in_group(obj.group_id)], "listed": officers_where_listed, **COORDINATOR},
    "partnership.view_group",
)  # fmt: skip


def other_keepers(obj: Any) -> list[Reach]:
    """Keepers of the group of a person, but for that person."""
    kept_by = NamedGroup.objects.filter(group=obj.group_id).values("organization")
    found = holders(*KEEPERS, of=kept_by)
    return [Reach(found.rows.exclude(user=obj.user_id), found.person, found.until)]


reaches({"keeper": other_keepers}, "partnership.review_group_membership")
reaches({"keeper": other_keepers, "own": person_of("user_id")}, "partnership.end_group_membership")
reaches({"own": person_of("user_id")}, "partnership.review_token")
reaches(COORDINATOR, "partnership.review_audience_member")


def of_partner(obj: Any) -> list[Reach]:
    """Officers and administrators of the organization that a question is about."""
    return [holders(*EDITORS, organization__pk__in=_key(obj.about_id))]


reaches({"own organization": of_partner, **COORDINATOR}, "partnership.view_confirmation")


def other_coordinators_than_the_asker(obj: Any) -> list[Reach]:
    found = coordinators()[0]
    return [Reach(found.rows.exclude(user=obj.requested_by_id), found.person, found.until)]


reaches(
    {"asker": person_of("requested_by_id"), "owner": people_of("owner_id", *EDITORS), **COORDINATOR},
    "partnership.view_break_glass",
    "partnership.end_break_glass",
)
reaches({"coordinator": other_coordinators_than_the_asker}, "partnership.decide_break_glass")
