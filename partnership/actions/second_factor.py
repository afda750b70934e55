"""Second factors: adding, removing, recovery codes. Each change of a credential ends all other sessions."""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from partnership import verbs
from partnership.audit.record import record
from partnership.errors import DomainError
from partnership.models import RecoveryCode, Session, User
from partnership.web import factors

KINDS = {Authenticator.Type.TOTP: "codes of an app", Authenticator.Type.WEBAUTHN: "a passkey"}


class WrongCode(DomainError):
    default = "This code does not fit. Check the clock of your device and enter the code that it shows now."


class HasApp(DomainError):
    default = "An app is set up already. Remove it first to set up another."


class LastFactor(DomainError):
    default = "This is your only second factor. Add another one first."


class NoFactor(DomainError):
    default = "Set up an app or a passkey first; recovery codes stand in for it."


def end_other_sessions(*, user: User, kept: str) -> int:
    """End all sessions of a person but the one with this digest."""
    return Session.objects.filter(user=user).exclude(pk=kept).delete()[0]


@transaction.atomic
def add_app(*, user: User, secret: str, code: str, session: str, at: datetime) -> list[str]:
    """Set up an app that shows codes, proven by one of them; returns recovery codes if the person had none."""
    User.objects.select_for_update().get(pk=user.pk)
    if factors.factors_of(user).filter(type=Authenticator.Type.TOTP).exists():
        raise HasApp
    step = factors.matching_step(secret, "".join(code.split()), at)
    if step is None:
        raise WrongCode(field="code")
    data = {"secret": factors.seal(secret), "last_step": step}
    return _added(Authenticator(user=user, type=Authenticator.Type.TOTP, data=data, created_at=at), session, at)


@transaction.atomic
def add_passkey(*, user: User, name: str, credential: dict[str, Any], session: str, at: datetime) -> list[str]:
    """Add a passkey whose registration was checked; returns recovery codes if the person had none."""
    data = {"name": name, "credential": credential}
    return _added(Authenticator(user=user, type=Authenticator.Type.WEBAUTHN, data=data, created_at=at), session, at)


def _added(factor: Authenticator, session: str, at: datetime) -> list[str]:
    user = factor.user
    factor.save()
    end_other_sessions(user=user, kept=session)
    record(verbs.FACTOR_ADDED, user, by=user, at=at, kind=KINDS[factor.type])
    if RecoveryCode.objects.filter(user=user, used_at__isnull=True).exists():
        return []
    return _new_codes(user, at)


def _new_codes(user: User, at: datetime) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = [factors.new_recovery_code() for _ in range(factors.CODES)]
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(user=user, digest=factors.recovery_digest(code.replace("-", "")), made_at=at) for code in codes]
    )
    return codes


@transaction.atomic
def make_codes(*, user: User, at: datetime) -> list[str]:
    """Make new recovery codes; they are returned once and stored as digests."""
    if not factors.has_factor(user):
        raise NoFactor
    codes = _new_codes(user, at)
    record(verbs.RECOVERY_CODES_MADE, user, by=user, at=at)
    return codes


@transaction.atomic
def remove(*, factor: Authenticator, session: str, at: datetime) -> None:
    """Remove one of several second factors."""
    user = User.objects.select_for_update().get(pk=factor.user_id)
    if factors.factors_of(user).count() < 2:
        raise LastFactor
    factor.delete()
    end_other_sessions(user=user, kept=session)
    record(verbs.FACTOR_REMOVED, user, by=user, at=at, kind=KINDS[factor.type])
