"""Second factors: checking codes and passkeys. The one door to the inside of allauth's app `mfa`."""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.webauthn.internal import auth as webauthn
from django.db import transaction

from partnership import encryption, verbs
from partnership.audit.record import record
from partnership.models import RecoveryCode, User

PERIOD, DRIFT = 30, 1  # seconds of a code; codes before and after the current one that are taken too
CODES = 10
PENDING = "pending_totp"
CONTEXT = "second factors"


def seal(text: str) -> str:
    """Encrypt a secret of a second factor."""
    return encryption.encrypt(text, CONTEXT)


def unseal(text: str) -> str:
    return encryption.decrypt(text, CONTEXT)


@encryption.rewrites("secrets of second factors")
@transaction.atomic
def seal_anew() -> int:
    """Encrypt every stored secret under the current key."""
    rows = Authenticator.objects.select_for_update().filter(type=Authenticator.Type.TOTP)
    for row in rows:
        row.data["secret"] = seal(unseal(row.data["secret"]))
        row.save(update_fields=["data"])
    return len(rows)


def factors_of(user: User) -> Any:
    return Authenticator.objects.filter(user=user)


def has_factor(user: User) -> bool:
    return factors_of(user).exists()


def has_passkey(user: User) -> bool:
    return factors_of(user).filter(type=Authenticator.Type.WEBAUTHN).exists()


def pending_secret(session: Any, *, renew: bool = False) -> str:
    """The secret that a person is about to enter into an app; sealed in the session until a code proves it."""
    if renew or PENDING not in session:
        session[PENDING] = seal(generate_totp_secret())
    try:
        return unseal(session[PENDING])
    except encryption.Unreadable:  # its key was dropped meanwhile
        return pending_secret(session, renew=True)


def matching_step(secret: str, code: str, at: datetime, after: int = 0) -> int | None:
    """Which time step a code belongs to, among those that are not used up."""
    now = int(at.timestamp()) // PERIOD
    for step in range(max(now - DRIFT, after + 1), now + DRIFT + 1):
        if hmac.compare_digest(format_hotp_value(hotp_value(secret, step)), code):
            return step
    return None


def code_at(secret: str, at: datetime) -> str:
    return format_hotp_value(hotp_value(secret, int(at.timestamp()) // PERIOD))


def demo_secret(email: str) -> str:
    """The invented secret of an invented person; known to everybody, hence for the demonstration alone."""
    return base64.b32encode(hashlib.sha256(f"demonstration|{email}".encode()).digest()[:20]).decode()


@transaction.atomic
def take_code(user: User, code: str, at: datetime) -> str | None:
    """Use up a code of the app or a recovery code; returns which kind it was, None for a wrong or used one."""
    typed = "".join(code.split()).replace("-", "").upper()
    if typed.isascii() and typed.isdigit() and len(typed) == 6:
        return "totp" if _take_totp(user, typed, at) else None
    return "recovery" if _take_recovery(user, typed, at) else None


def _take_totp(user: User, code: str, at: datetime) -> bool:
    row = factors_of(user).select_for_update().filter(type=Authenticator.Type.TOTP).first()
    if row is None:
        return False
    try:
        secret = unseal(row.data["secret"])
    except encryption.Unreadable:
        return False  # sealed under a key that is gone: the person needs another factor
    step = matching_step(secret, code, at, after=row.data.get("last_step", 0))
    if step is None:
        return False
    row.data["last_step"], row.last_used_at = step, at
    row.save(update_fields=["data", "last_used_at"])
    return True


def recovery_digest(code: str) -> str:
    return hashlib.sha256(f"portal-recovery|{code}".encode()).hexdigest()


def new_recovery_code() -> str:
    """128 random bits in letters that are easy to copy, in groups."""
    text = base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=")
    return "-".join([text[:6], *(text[i : i + 5] for i in range(6, len(text), 5))])


def _take_recovery(user: User, code: str, at: datetime) -> bool:
    found = RecoveryCode.objects.filter(user=user, digest=recovery_digest(code), used_at__isnull=True)
    if not found.update(used_at=at):
        return False
    left = RecoveryCode.objects.filter(user=user, used_at__isnull=True).count()
    record(verbs.RECOVERY_CODE_USED, user, by=user, at=at, left=left)
    return True


def registration_options(user: User) -> str:
    """What the browser needs to make a passkey: discoverable and verifying its holder, so that it may stand alone."""
    return json.dumps(webauthn.begin_registration(user, True))


def proof_options(user: User) -> str:
    return json.dumps(webauthn.begin_authentication(user))


def is_discoverable(factor: Authenticator) -> bool:
    """Whether the browser said at registration that the key can name its person by itself."""
    return factor.wrap().is_passwordless is True
