"""Who may see and do what on the ground floor."""

from django.db.models import Q

from partnership.access.actor import Actor
from partnership.access.scope import one_of
from partnership.access.table import EVERY_ROW, Branch, Standing, in_general, on_rows
from partnership.models import AuditEntry, ContactEntry, Export, Invitation, Job, Membership, Organization, Role, User

COORDINATOR = "You are a coordinator of the secretariat."


def every_row_for_coordinators(actor: Actor) -> Q | None:
    return EVERY_ROW if actor.is_coordinator else None


AS_COORDINATOR = Branch("coordinator", COORDINATOR, every_row_for_coordinators)
IS_COORDINATOR = Standing("coordinator", COORDINATOR, lambda actor: actor.is_coordinator)


def _of(*roles: str, field: str = "pk", vetted: bool = True):
    return lambda actor: one_of(field, actor.organizations(*roles, vetted=vetted))


OWN_ORGANIZATION = Branch("own organization", "It is your organization.", _of(vetted=False))
EDITORS = Branch(
    "own profile", "You are a liaison officer or administrator of it.",
    _of(Role.LIAISON_OFFICER, Role.ADMINISTRATOR, vetted=False),
)  # fmt: skip

on_rows("partnership.view_organization", Organization, "See an organization in the directory", [
    Branch("member", "Members of the partnership see its directory.", lambda a: EVERY_ROW if a.is_member else None),
    OWN_ORGANIZATION,
])  # fmt: skip
on_rows("partnership.view_organization_contacts", Organization, "See people and channels",
        [OWN_ORGANIZATION, AS_COORDINATOR])  # fmt: skip
on_rows("partnership.view_contact_entry", ContactEntry, "Read the contact log", [
    Branch("own office", "An office of your organization noted it.", _of(field="office__organization_id", vetted=False)),
    AS_COORDINATOR,
])  # fmt: skip
on_rows("partnership.change_organization", Organization, "Change profile and liaison office", [EDITORS, AS_COORDINATOR])
on_rows("partnership.vet_organization", Organization, "Decide on vetting and suspension", [AS_COORDINATOR])
in_general("partnership.create_organization", "Enter a new organization", [IS_COORDINATOR])

ADMINISTERED = Branch("administrator", "You administer this organization.", _of(Role.ADMINISTRATOR, vetted=False))
on_rows("partnership.invite_person", Organization, "Invite people into an organization", [ADMINISTERED, AS_COORDINATOR])
on_rows("partnership.manage_people", Membership, "See and end memberships", [
    Branch("administrator", "You administer this organization.", _of(Role.ADMINISTRATOR, field="organization_id", vetted=False)),
    AS_COORDINATOR,
])  # fmt: skip
on_rows("partnership.manage_invitation", Invitation, "See and withdraw invitations", [
    Branch("administrator", "You administer this organization.", _of(Role.ADMINISTRATOR, field="organization_id", vetted=False)),
    AS_COORDINATOR,
])  # fmt: skip
on_rows("partnership.deactivate_person", User, "Close an account", [
    Branch("coordinator", COORDINATOR, lambda actor: ~Q(pk=actor.user.pk) if actor.is_coordinator else None),
])  # fmt: skip

on_rows("partnership.view_job", Job, "Follow a job", [
    Branch("own job", "You asked for it.", lambda actor: Q(requested_by_id=actor.user.pk)),
])  # fmt: skip
on_rows("partnership.view_export", Export, "See and download an export", [
    Branch("own export", "You asked for it.", lambda actor: Q(requested_by_id=actor.user.pk)),
])  # fmt: skip

on_rows("partnership.view_audit", AuditEntry, "Read the trail", [
    AS_COORDINATOR,
    Branch("own organization", "It concerns your organization.", lambda actor: one_of(
        "subject_id", frozenset(str(key) for key in actor.organizations(Role.LIAISON_OFFICER, Role.ADMINISTRATOR)))),
    Branch("own deed", "You did it.", lambda actor: Q(actor_id=actor.user.pk)),
])  # fmt: skip
IS_AUDITOR = Standing("auditor", "You are an auditor.", lambda actor: actor.has_role(Role.AUDITOR))
in_general("partnership.verify_audit", "Verify the trail", [IS_COORDINATOR, IS_AUDITOR])
in_general("partnership.view_reports", "See the compliance reports", [IS_COORDINATOR, IS_AUDITOR])
in_general("partnership.view_health", "See the portal's health", [
    IS_COORDINATOR,
    Standing("administrator", "You administer an organization.", lambda actor: actor.has_role(Role.ADMINISTRATOR)),
])  # fmt: skip
