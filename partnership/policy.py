"""Who may see and do what on the ground floor."""

from typing import Any

from django.db.models import Q, QuerySet

from partnership.access import checks  # noqa: F401  (registers: the start fails when a rule is missing)
from partnership.access.actor import Actor
from partnership.access.exceptions import Kind, offer
from partnership.access.grants import groups_of
from partnership.access.scope import one_of, visible
from partnership.access.table import EVERY_ROW, Branch, Standing, in_general, on_rows
from partnership.models import (
    ApiToken,
    AudienceMember,
    AuditCheckpoint,
    AuditEntry,
    AuditWitness,
    BreakGlass,
    Confirmation,
    ContactEntry,
    Export,
    GroupMembership,
    Invitation,
    Job,
    Membership,
    NamedGroup,
    Organization,
    OrganizationGroupGrant,
    OrganizationUserGrant,
    Role,
    SecurityEvent,
    User,
)

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


def people_of_administrators(actor: Actor) -> Q | None:
    """The people of the organizations that somebody administers."""
    administered = actor.organizations(Role.ADMINISTRATOR)
    if not administered:
        return None
    return Q(person_id__in=Membership.objects.in_force().filter(organization_id__in=administered).values("user_id"))


on_rows("partnership.view_security_event", SecurityEvent, "See what was tried and refused", [
    AS_COORDINATOR,
    Branch("administrator", "It is about a person of an organization that you administer.", people_of_administrators),
])  # fmt: skip
IS_AUDITOR = Standing("auditor", "You are an auditor.", lambda actor: actor.has_role(Role.AUDITOR))
in_general("partnership.verify_audit", "Verify the trail", [IS_COORDINATOR, IS_AUDITOR])
in_general("partnership.export_trail", "Export the trail with its proofs", [IS_COORDINATOR, IS_AUDITOR])
in_general("partnership.shred_details", "Take a person's words out of the trail", [IS_COORDINATOR])
EVERY_MEMBER = Branch("member", "You belong to a vetted organization of the partnership.",
                      lambda actor: EVERY_ROW if actor.is_member else None)  # fmt: skip
on_rows("partnership.view_checkpoint", AuditCheckpoint, "See what the portal signed of its trail", [EVERY_MEMBER])
on_rows(
    "partnership.cosign_checkpoint", AuditCheckpoint, "Send the counter-signature of one's organization", [EVERY_MEMBER]
)
on_rows("partnership.view_witness", AuditWitness, "See who counter-signs the trail", [EVERY_MEMBER])
on_rows("partnership.register_witness", Organization, "Register the organization's witness key", [
    Branch("administrator", "You administer this organization.", _of(Role.ADMINISTRATOR)),
])  # fmt: skip
on_rows("partnership.withdraw_witness", AuditWitness, "Withdraw the organization's witness key", [
    Branch("administrator", "You administer this organization.", _of(Role.ADMINISTRATOR, field="organization_id")),
])  # fmt: skip
in_general("partnership.view_reports", "See the compliance reports", [IS_COORDINATOR, IS_AUDITOR])
in_general("partnership.view_health", "See the portal's health", [
    IS_COORDINATOR,
    Standing("administrator", "You administer an organization.", lambda actor: actor.has_role(Role.ADMINISTRATOR)),
])  # fmt: skip

on_rows("partnership.open_organization", Organization, "Open what an organization filed to somebody by name", [
    Branch("liaison officer", "You are a liaison officer of this organization.", _of(Role.LIAISON_OFFICER)),
])  # fmt: skip
ORGANIZATIONS = offer(Kind(
    name="organization", noun="organization", model=Organization, person=OrganizationUserGrant,
    group=OrganizationGroupGrant, codename="view_organization", seen_by="partnership.view_organization_contacts",
    decided_by="partnership.open_organization", page="partnership:organization-detail", subject=lambda row: row,
))  # fmt: skip
# Whoever keeps a group decides who else is in it, never about the own person (see actions/groups).
KEEPERS = (Role.LIAISON_OFFICER, Role.COORDINATOR)
on_rows("partnership.make_group", Organization, "Make a group that the organization keeps", [
    Branch("keeper", "You are a liaison officer of this organization, or a coordinator in it.", _of(*KEEPERS)),
])  # fmt: skip
KEEPER = Branch("keeper", "Your organization keeps this group.", _of(*KEEPERS, field="organization_id"))
on_rows("partnership.keep_group", NamedGroup, "Add people to a group, and close it", [KEEPER])
on_rows("partnership.view_group", NamedGroup, "See a group and who is in it", [
    KEEPER,
    Branch("in it", "You belong to this group.", lambda actor: Q(group__in=groups_of(actor.user))),
    Branch("listed", "Liaison officers see the groups that they may let in to their records.",
           lambda actor: Q(is_listed=True) if actor.has_role(Role.LIAISON_OFFICER) else None),
    AS_COORDINATOR,
])  # fmt: skip


def groups_for(actor: Actor, kind: Kind, record: Any) -> QuerySet[NamedGroup] | None:
    """Groups that somebody may let in to a record; None where the record is for named persons alone."""
    if kind.not_to_groups(record):
        return None
    open_ = NamedGroup.objects.filter(closed_at__isnull=True).select_related("group")
    return visible(actor, "partnership.view_group", open_).order_by("group__name")


def _in_kept_groups(actor: Actor) -> Q | None:
    """Who is in the groups that somebody keeps; nobody decides about the own person."""
    kept = one_of("group__named__organization", actor.organizations(*KEEPERS))
    return kept & ~Q(user_id=actor.user.pk) if kept is not None else None


IN_KEPT_GROUP = Branch("keeper", "Your organization keeps this group.", _in_kept_groups)
on_rows("partnership.review_group_membership", GroupMembership, "Say whether somebody still belongs in a group", [
    IN_KEPT_GROUP,
])  # fmt: skip
on_rows("partnership.end_group_membership", GroupMembership, "Take somebody out of a group, or leave it", [
    IN_KEPT_GROUP,
    Branch("own", "It is you.", lambda actor: Q(user_id=actor.user.pk)),
])  # fmt: skip
in_general("partnership.view_grants", "See the exceptions that one gave, received or decides", [
    Standing("person", "Everybody sees what concerns them.", lambda actor: True),
])  # fmt: skip

OWN_TOKEN = Branch("own", "It acts for you.", lambda actor: Q(user_id=actor.user.pk))
on_rows("partnership.review_token", ApiToken, "Say whether a connected system still needs its token", [OWN_TOKEN])
on_rows("partnership.review_audience_member", AudienceMember, "Say whether somebody still belongs to an audience", [
    AS_COORDINATOR,
])  # fmt: skip
on_rows("partnership.view_confirmation", Confirmation, "Read what became of the quarterly questions", [
    AS_COORDINATOR,
    Branch("own organization", "It is about your organization.", lambda actor: one_of(
        "about_id", frozenset(str(key) for key in actor.organizations(Role.LIAISON_OFFICER, Role.ADMINISTRATOR)))),
])  # fmt: skip

# Whoever asks and whoever approves are two persons, which the database holds too.
in_general("partnership.ask_break_glass", "Ask for one record in an emergency", [
    Standing("reader", "You read reports for an organization.",
             lambda actor: actor.has_role(Role.LIAISON_OFFICER, Role.ANALYST, Role.COORDINATOR)),
])  # fmt: skip
ASKER = Branch("asker", "You asked for it.", lambda actor: Q(requested_by_id=actor.user.pk))
GLASS_OWNER = Branch("owner", "It is about a record of your organization.",
                     _of(Role.LIAISON_OFFICER, Role.ADMINISTRATOR, field="owner_id"))  # fmt: skip
on_rows("partnership.view_break_glass", BreakGlass, "See what was asked for in an emergency", [
    ASKER, GLASS_OWNER, AS_COORDINATOR,
])  # fmt: skip
on_rows("partnership.decide_break_glass", BreakGlass, "Approve or refuse what another asked for in an emergency", [
    Branch("coordinator", COORDINATOR, lambda actor: ~Q(requested_by_id=actor.user.pk) if actor.is_coordinator else None),
])  # fmt: skip
on_rows("partnership.end_break_glass", BreakGlass, "Close what was opened in an emergency", [
    ASKER, GLASS_OWNER, AS_COORDINATOR,
])  # fmt: skip
