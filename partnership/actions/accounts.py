"""People: invited, joining, leaving; and the tokens of their systems."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from partnership import mail, verbs
from partnership.access.actor import Actor
from partnership.access.decide import require
from partnership.api.authentication import digest
from partnership.audit.record import SYSTEM, record
from partnership.errors import DomainError
from partnership.models import CALENDAR, ApiToken, Area, Invitation, Membership, Organization, Role, Session, User
from partnership.web import factors

BY_COORDINATORS_ALONE = {Role.AUDITOR, Role.COORDINATOR}


class RoleNotYours(DomainError):
    default = "Auditors and coordinators are invited by the secretariat."


class InvitationOver(DomainError):
    default = "This invitation is not valid any more. Ask for a new one."


class AlreadyMember(DomainError):
    default = "This person holds the role already."


class MembershipOver(DomainError):
    default = "This membership has ended already."


class LastToAct(DomainError):
    default = (
        "This is the last person who can act for the organization. Let somebody else have the role first,"
        " close the account, or suspend the organization."
    )


class AddressKnown(DomainError):
    default = "This address has an account. Sign in with it, then open the link again."


class TooLong(DomainError):
    default = "A token ends within 365 days. Choose fewer days."


class NoArea(DomainError):
    default = "Choose at least one area that the token opens."


class DecidesWithoutWriting(DomainError):
    default = "Whoever decides writes: let the token write as well."


class NotEnrolled(DomainError):
    default = "Tokens are made by people who have set up a second factor."


def token_digest(token: str) -> str:
    return hashlib.sha256(f"portal-invitation|{token}".encode()).hexdigest()


@transaction.atomic
def invite(
    *, organization: Organization, email: str, name: str, role: str, by: User, at: datetime, link: str
) -> tuple[Invitation, str]:
    """Invite a person; returns the invitation and its token, which is stored nowhere.

    `link` is the address of the acceptance page with `TOKEN` in place of the token; the message holds nothing else.
    """
    actor = Actor(by)
    require(actor, "partnership.invite_person", organization)
    if role in BY_COORDINATORS_ALONE and not actor.is_coordinator:
        raise RoleNotYours(field="role")
    email = email.lower()
    if Membership.objects.in_force(at).filter(user__email=email, organization=organization, role=role).exists():
        raise AlreadyMember(field="email")
    token = secrets.token_urlsafe(32)
    made = Invitation.objects.create(
        email=email, name=name, organization=organization, role=role, token_digest=token_digest(token), invited_at=at,
        invited_by=by, expires_at=at + timedelta(days=settings.PORTAL_INVITATION_DAYS),
    )  # fmt: skip
    record(verbs.PERSON_INVITED, made, by=by, at=at, subject=organization, organization=organization.name,
           role=Role(role).label.lower())  # fmt: skip
    transaction.on_commit(lambda: mail.send_link(to=email, subject="Invitation", link=link.replace("TOKEN", token)))
    return made, token


def find_invitation(token: str, at: datetime) -> Invitation | None:
    """The open invitation of a token; None for unknown, used, withdrawn and expired ones alike.

    While its organization is suspended, an invitation is as good as none.
    """
    found = _of_token(token).select_related("organization").first()
    return found if found is not None and found.is_open(at) else None


def _of_token(token: str) -> QuerySet[Invitation]:
    return Invitation.objects.filter(token_digest=token_digest(token), organization__suspended_at__isnull=True)


@transaction.atomic
def accept(*, token: str, name: str, password: str, at: datetime) -> User:
    """Join: make the account if the address has none, and the membership."""
    invitation = _of_token(token).select_for_update(of=("self",)).first()
    if invitation is None or not invitation.is_open(at):
        raise InvitationOver
    if User.objects.filter(email=invitation.email).exists():
        raise AddressKnown
    user = User.objects.create_user(invitation.email, name, password)
    return _join(invitation, user, at)


@transaction.atomic
def accept_as(*, token: str, user: User, at: datetime) -> User:
    """Join with an account that exists; the address must be the invited one."""
    invitation = _of_token(token).filter(email=user.email).select_for_update(of=("self",)).first()
    if invitation is None or not invitation.is_open(at):
        raise InvitationOver
    return _join(invitation, user, at)


def _join(invitation: Invitation, user: User, at: datetime) -> User:
    invitation.accepted_at, invitation.accepted_by = at, user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    Membership.objects.get_or_create(
        user=user, organization=invitation.organization, role=invitation.role, until=None,
        defaults={"since": at, "granted_at": at, "granted_by": invitation.invited_by},
    )  # fmt: skip
    record(verbs.INVITATION_ACCEPTED, invitation, by=user, at=at, subject=invitation.organization,
           organization=invitation.organization.name, role=Role(invitation.role).label.lower())  # fmt: skip
    return user


@transaction.atomic
def withdraw(*, invitation: Invitation, by: User, at: datetime) -> Invitation:
    """Make an open invitation void."""
    require(Actor(by), "partnership.manage_invitation", invitation)
    if invitation.role in BY_COORDINATORS_ALONE and not Actor(by).is_coordinator:
        raise RoleNotYours
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not invitation.is_open(at):
        raise InvitationOver
    invitation.withdrawn_at, invitation.withdrawn_by = at, by
    invitation.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record(verbs.INVITATION_WITHDRAWN, invitation, by=by, at=at, subject=invitation.organization,
           organization=invitation.organization.name)  # fmt: skip
    return invitation


@transaction.atomic
def grant_membership(*, user: User, organization: Organization, role: str, by: User, at: datetime) -> Membership:
    """Give a person who has an account a role in an organization."""
    actor = Actor(by)
    require(actor, "partnership.invite_person", organization)
    if role in BY_COORDINATORS_ALONE and not actor.is_coordinator:
        raise RoleNotYours(field="role")
    if Membership.objects.filter(user=user, organization=organization, role=role, until=None).exists():
        raise AlreadyMember(field="user")
    made = Membership.objects.create(
        user=user, organization=organization, role=role, since=at, granted_at=at, granted_by=by
    )
    record(verbs.MEMBERSHIP_GRANTED, made, by=by, at=at, subject=organization, person=user.name,
           role=Role(role).label.lower(), organization=organization.name)  # fmt: skip
    return made


@transaction.atomic
def change_profile(*, person: User, name: str, time_zone: str, at: datetime) -> User:
    """Change what a person is called and where the person's clock stands; by the person alone."""
    person = User.objects.select_for_update().get(pk=person.pk)
    given = {"name": name, "time_zone": time_zone}
    changes = {key: (getattr(person, key), value) for key, value in given.items() if getattr(person, key) != value}
    if not changes:
        return person
    person.name, person.time_zone = name, time_zone
    person.save(update_fields=["name", "time_zone"])
    record(verbs.PROFILE_CHANGED, person, by=person, at=at, changes=changes)
    return person


@transaction.atomic
def end_membership(*, membership: Membership, by: User, at: datetime) -> Membership:
    """End a membership now: it gives nothing at the next request. An organization keeps somebody who can act for it."""
    require(Actor(by), "partnership.manage_people", membership)
    if membership.role in BY_COORDINATORS_ALONE and not Actor(by).is_coordinator:
        raise RoleNotYours
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    if membership.until is not None and membership.until <= at:
        raise MembershipOver
    if not _others_act(membership, at):
        raise LastToAct
    membership.until = membership.ended_at = at
    membership.ended_by = by
    membership.save(update_fields=["until", "ended_at", "ended_by"])
    record(verbs.MEMBERSHIP_ENDED, membership, by=by, at=at, subject=membership.organization,
           person=membership.user.name, role=membership.get_role_display().lower())  # fmt: skip
    return membership


def acts_for(organization: Organization) -> tuple[str, ...]:
    """The roles by which somebody can act for an organization; for the secretariat, its coordinators alone."""
    return (Role.COORDINATOR,) if organization.is_secretariat else (Role.LIAISON_OFFICER, Role.ADMINISTRATOR)


def _others_act(membership: Membership, at: datetime) -> bool:
    """Whether somebody can act for the organization without this membership, or nobody needs to."""
    organization = Organization.objects.select_for_update().get(pk=membership.organization_id)
    acting = acts_for(organization)
    if organization.suspended_at is not None or membership.role not in acting:
        return True
    others = Membership.objects.in_force(at).filter(organization=organization, role__in=acting, user__is_active=True)
    return others.exclude(pk=membership.pk).exists()


@transaction.atomic
def deactivate(*, user: User, because: str, by: User, at: datetime) -> User:
    """Close an account: sessions end, tokens and memberships give nothing from the next request on."""
    require(Actor(by), "partnership.deactivate_person", user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    Session.objects.filter(user=user).delete()
    record(verbs.PERSON_DEACTIVATED, user, by=by, at=at, because=because)
    return user


@transaction.atomic
def make_token(
    *, user: User, name: str, days: int, areas: Sequence[str], may_write: bool, may_decide: bool, at: datetime
) -> tuple[ApiToken, str]:
    """Make a token for a system that acts for this person; the text is returned once and stored as a digest."""
    if not 1 <= days <= 365:
        raise TooLong(field="days")
    if not areas:
        raise NoArea(field="areas")
    if may_decide and not may_write:
        raise DecidesWithoutWriting(field="may_decide")
    scope = "deciding" if may_decide else "writing" if may_write else "reading"
    chosen = sorted(Area(area).value for area in areas)
    return _token(
        scope, user=user, name=name, days=days, at=at, areas=chosen, may_write=may_write, may_decide=may_decide
    )


@transaction.atomic
def make_calendar(*, user: User, name: str, days: int, at: datetime) -> tuple[ApiToken, str]:
    """Make a token for the address of a calendar feed; it opens that feed and no call."""
    if not 1 <= days <= 365:
        raise TooLong(field="days")
    return _token("a calendar", user=user, name=name, days=days, at=at, areas=[CALENDAR])


def _token(scope: str, *, user: User, days: int, at: datetime, **columns: Any) -> tuple[ApiToken, str]:
    if not factors.has_factor(user):
        raise NotEnrolled
    token, until = secrets.token_urlsafe(32), at + timedelta(days=days)
    made = ApiToken.objects.create(
        user=user, digest=digest(token), created_at=at, created_by=user, expires_at=until, **columns
    )
    record(verbs.TOKEN_CREATED, made, by=user, at=at, until=f"{until:%-d %B %Y}", scope=scope)
    return made, token


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User, at: datetime) -> ApiToken:
    """End a token now."""
    token.revoked_at, token.revoked_by = at, by
    token.save(update_fields=["revoked_at", "revoked_by"])
    record(verbs.TOKEN_REVOKED, token, by=by, at=at)
    return token


@transaction.atomic
def lapse_token(*, token: ApiToken, at: datetime) -> None:
    """End a token that nobody confirmed."""
    ApiToken.objects.filter(pk=token.pk).update(expires_at=at)
    record(verbs.RIGHT_LAPSED, token, by=SYSTEM, at=at, person=token.user.name, right=f"the API token {token.name}")
