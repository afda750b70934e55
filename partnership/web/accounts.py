"""How people come in: limits, the second factor at sign-in, what a session begins with."""

import secrets
from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, LoginWebAuthnForm
from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils import timezone

from partnership.access import limits, proof
from partnership.jobs.post import post
from partnership.web import factors, sign_on
from partnership.web.devices import describe
from partnership.web.fields import hidden_json

DEVICE_DAYS = 365
WAIT = "Too many failed login attempts. Try again later."
WRONG_CODE = "This code is wrong or was used already. Wait for the next one and try again."


def device_cookie() -> str:
    return "__Host-device" if settings.SESSION_COOKIE_SECURE else "device"


def place(request: Any, email: str) -> tuple[str, bool]:
    """Where an attempt comes from: a device on which this person signed in before, else the network."""
    try:
        of, device = signing.loads(request.COOKIES.get(device_cookie(), ""), salt="device", max_age=DEVICE_DAYS * 86400)
    except (signing.BadSignature, ValueError, TypeError):
        of, device = "", ""
    if of == limits.LOGIN.key("person", email.lower()):
        return f"device {device}", True
    from_network = DefaultAccountAdapter(request).get_client_ip(request)
    return f"network {network_of(from_network)}", False


def network_of(address: str) -> str:
    """The address, or the half of it that a household or a server has to itself."""
    return ":".join(address.split(":")[:4]) if ":" in address else address


class PortalAccountAdapter(DefaultAccountAdapter):
    """People come by invitation only; failures are counted where no outsider can lock anybody out."""

    error_messages = {  # noqa: RUF012
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": WAIT,
        "email_password_mismatch": "The address or the password is wrong.",
    }

    def is_open_for_signup(self, request):
        return False

    def pre_authenticate(self, request, **credentials):
        """Count the attempt before the password is looked at; an attempt that is not counted is not made."""
        email, at = str(credentials.get("email", "")).lower(), timezone.now()
        where, is_known = place(request, email)
        self._taken = [(limits.LOGIN, (email, where))]
        if not is_known:
            self._taken.append((limits.NETWORK, (where,)))
        for limit, parts in self._taken:
            if not limit.take(*parts, at=at):
                raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self):
        for limit, parts in self._taken:
            limit.give_back(*parts, at=timezone.now())

    def login(self, request, user):
        sign_on.settle(request, user, timezone.now())
        super().login(request, user)
        request.session.begin(describe(request.headers.get("User-Agent", "")))

    def post_login(self, request, user, **kwargs):
        answer = super().post_login(request, user, **kwargs)
        name, of = device_cookie(), limits.LOGIN.key("person", user.email)
        if place(request, user.email)[1]:
            return answer
        value = signing.dumps([of, secrets.token_urlsafe(12)], salt="device")
        answer.set_cookie(name, value, max_age=DEVICE_DAYS * 86400, httponly=True, samesite="Lax",
                          secure=settings.SESSION_COOKIE_SECURE)  # fmt: skip
        return answer


class SignInForm(LoginForm):
    """Address and password; the way to a new password stands beside the button."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "E-mail address"
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class ForgottenForm(ResetPasswordForm):
    """The way to a new password. Known or not, an address takes the same steps here; a worker writes the letter."""

    def save(self, request, **kwargs):
        email, at = self.cleaned_data["email"].lower(), timezone.now()
        network = network_of(DefaultAccountAdapter(request).get_client_ip(request))
        if limits.RESET_NETWORK.take(network, at=at) and limits.RESET.take(email, at=at):
            person = self.users[0].pk if self.users else uuid4()
            post("partnership.tasks.send_reset_link", person=str(person), origin=request.build_absolute_uri("/"))
        return email


def name_of(person):
    return person.name


class PortalMFAAdapter(DefaultMFAAdapter):
    """Secrets are sealed; issuer and relying party carry the portal's name."""

    def encrypt(self, text):
        return factors.seal(text)

    def decrypt(self, encrypted_text):
        return factors.unseal(encrypted_text)

    def get_totp_issuer(self):
        return settings.PORTAL_NAME

    def _get_site_name(self):
        return settings.PORTAL_NAME

    def generate_authenticator_name(self, user, type):
        return "Passkey"


def take_attempt(request: Any, user: Any) -> list[tuple[limits.Limit, tuple[str, ...]]]:
    """Count an attempt to prove a second factor; who is refused waits."""
    where, is_known = place(request, user.email)
    wanted: list[tuple[limits.Limit, tuple[str, ...]]] = [(limits.CODE, (str(user.pk), where))]
    if not is_known:
        wanted.append((limits.ACCOUNT_CODES, (str(user.pk),)))
    if not all(limit.take(*parts, at=timezone.now()) for limit, parts in wanted):
        raise ValidationError(WAIT)
    return wanted


def give_back(taken: list[tuple[limits.Limit, tuple[str, ...]]]) -> None:
    for limit, parts in taken:
        limit.give_back(*parts, at=timezone.now())


class CodeForm(forms.Form):
    """A code of the app, or a recovery code in its place."""

    code = forms.CharField(
        label="Code", max_length=64,
        help_text="Six digits from your app, or one of your recovery codes.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )  # fmt: skip

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_code(self):
        taken = take_attempt(context.request, self.user)
        if factors.take_code(self.user, self.cleaned_data["code"], timezone.now()) is None:
            raise ValidationError(WRONG_CODE)
        give_back(taken)
        return ""

    def save(self):
        proof.prove(context.request.session, self.user, timezone.now())


class PasskeyForm(AuthenticateWebAuthnForm):
    """A passkey after the password."""

    credential = hidden_json()

    def clean_credential(self):
        taken = take_attempt(context.request, self.user)
        found = super().clean_credential()
        give_back(taken)
        return found

    def save(self):
        super().save()
        proof.prove(context.request.session, self.user, timezone.now())


class PasskeyLoginForm(LoginWebAuthnForm):
    """A passkey alone: only one that names its person by itself and has verified its holder."""

    credential = hidden_json()

    def clean_credential(self):
        factor = super().clean_credential()
        if not factors.is_discoverable(factor):
            raise ValidationError("This key only comes after your password. Sign in with your address first.")
        proof.prove(context.request.session, factor.user, timezone.now())
        return factor
