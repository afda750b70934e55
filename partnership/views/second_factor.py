"""Pages of a person's second factor: set up at the first sign-in, changed with a fresh proof."""

import json

from allauth.mfa.models import Authenticator
from django.http import Http404
from django.urls import reverse
from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

from partnership.access import proof
from partnership.access.declare import SignedIn
from partnership.access.sessions import digest
from partnership.actions import second_factor
from partnership.forms.people import EmptyForm
from partnership.forms.second_factor import AppForm, PasskeyForm
from partnership.models import RecoveryCode
from partnership.web import factors
from partnership.web.accounts import PortalMFAAdapter
from partnership.web.pages import FormPage, Page, now

OWN = SignedIn("One's own second factor.")
SHOWN_ONCE = "new_recovery_codes"


class FactorPage(Page):
    """A page that somebody reaches before a second factor is set up, and later only with a fresh proof."""

    permission = OWN
    before_second_factor = True
    fresh = True

    def asks_again(self):
        return factors.has_factor(self.request.user)

    @property
    def session_row(self):
        return digest(self.request.session.session_key)

    def proven(self, codes):
        """The first or another factor was just proven by adding it."""
        self.request.session.cycle_key()
        proof.prove(self.request.session, self.request.user, now())
        if codes:
            self.request.session[SHOWN_ONCE] = factors.seal(json.dumps(codes))
        return reverse("partnership:recovery-codes" if codes else "partnership:second-factor")


class SecondFactor(FactorPage):
    page_title = "Second factor"
    template_name = "partnership/second_factor.html"

    def get(self, request, **kwargs):
        held = list(factors.factors_of(request.user).order_by("type", "created_at"))
        apps = [factor for factor in held if factor.type == Authenticator.Type.TOTP]
        return self.show(
            app=apps[0] if apps else None, passkeys=[factor for factor in held if factor not in apps], held=len(held),
            links=request.user.sign_on_links.order_by("linked_at", "pk"),
            codes_left=RecoveryCode.objects.filter(user=request.user, used_at__isnull=True).count(),
        )  # fmt: skip


class AppNew(FactorPage, FormPage):
    page_title = "Set up an app"
    lead = "Any app for one-time codes will do; it works without a network."
    template_name = "partnership/second_factor_app.html"
    form_class = AppForm
    submit_label = "Confirm the app"

    def get_breadcrumbs(self):
        return [("Second factor", reverse("partnership:second-factor")), ("App", None)]

    def context(self, **more):
        secret = factors.pending_secret(self.request.session, renew=self.request.method == "GET")
        grouped = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
        url = PortalMFAAdapter().build_totp_url(self.request.user, secret)
        return super().context(secret=grouped, otpauth=url, qr=qr_squares(url), **more)

    def act(self, form):
        secret = factors.pending_secret(self.request.session)
        codes = second_factor.add_app(
            user=self.request.user, secret=secret, session=self.session_row, at=now(), **form.cleaned_data
        )
        del self.request.session[factors.PENDING]
        return codes

    def success_url(self, made):
        return self.proven(made)


def qr_squares(text):
    """The dark squares of a QR code, as one path, and its width; drawn by the page without style or script."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=2)
    code.add_data(text)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return {"path": path, "width": len(rows)}


class PasskeyNew(FactorPage, FormPage):
    page_title = "Add a passkey"
    lead = "A passkey lives in your device or in a security key, and asks for your finger, face or PIN."
    template_name = "partnership/second_factor_passkey.html"
    form_class = PasskeyForm
    submit_label = "Add the passkey"

    def get_breadcrumbs(self):
        return [("Second factor", reverse("partnership:second-factor")), ("Passkey", None)]

    def form_kwargs(self):
        return {"user": self.request.user}

    def context(self, **more):
        return super().context(options=factors.registration_options(self.request.user), **more)

    def act(self, form):
        given = {name: form.cleaned_data[name] for name in ("name", "credential")}
        return second_factor.add_passkey(user=self.request.user, session=self.session_row, at=now(), **given)

    def success_url(self, made):
        return self.proven(made)


class FactorRemove(FormPage):
    permission = OWN
    fresh = True
    page_title = "Remove a second factor"
    form_class = EmptyForm
    submit_label = "Remove it"

    def prepare(self):
        self.factor = factors.factors_of(self.request.user).filter(pk=self.kwargs["pk"]).first()
        if self.factor is None:
            raise Http404
        self.lead = f"“{self.factor}” no longer opens your account; all other sessions end."

    def get_breadcrumbs(self):
        return [("Second factor", reverse("partnership:second-factor")), ("Remove", None)]

    def act(self, form):
        return second_factor.remove(factor=self.factor, session=digest(self.request.session.session_key), at=now())

    def success_url(self, made):
        self.request.session.cycle_key()
        return reverse("partnership:second-factor")


class RecoveryCodes(FactorPage, FormPage):
    page_title = "Recovery codes"
    lead = "Each stands in once for your app or passkey."
    template_name = "partnership/recovery_codes.html"
    form_class = EmptyForm
    submit_label = "Make new codes"
    before_second_factor = False

    def get_breadcrumbs(self):
        return [("Second factor", reverse("partnership:second-factor")), ("Recovery codes", None)]

    def context(self, **more):
        sealed = self.request.session.pop(SHOWN_ONCE, None)
        left = RecoveryCode.objects.filter(user=self.request.user, used_at__isnull=True).count()
        return super().context(codes=json.loads(factors.unseal(sealed)) if sealed else [], left=left, **more)

    def act(self, form):
        codes = second_factor.make_codes(user=self.request.user, at=now())
        self.request.session[SHOWN_ONCE] = factors.seal(json.dumps(codes))
        return codes

    def success_url(self, made):
        return reverse("partnership:recovery-codes")
