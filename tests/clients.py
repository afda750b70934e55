"""Browsers in which somebody is signed in."""

from allauth.mfa.models import Authenticator
from django.utils import timezone

from partnership.access import proof
from partnership.actions import accounts
from partnership.models import Area
from partnership.web import factors


def signed_in(client, user, *, proven_at="now"):
    """Sign in past the pages; with a second factor proven just now, at another moment, or (None) not at all."""
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    if proven_at is not None:
        session = client.session
        proof.prove(session, user, timezone.now() if proven_at == "now" else proven_at)
        session.save()
    return client


def enrolled(user):
    """Make sure that a person has an app set up; returns its secret."""
    found = Authenticator.objects.filter(user=user, type="totp").first()
    if found is None:
        secret = factors.demo_secret(user.email)
        found = Authenticator.objects.create(user=user, type="totp", data={"secret": factors.seal(secret)})
    return factors.unseal(found.data["secret"])


def token_of(user, at, *, days=10, areas=tuple(Area), may_write=False, may_decide=False):
    """The text of a token of this person."""
    enrolled(user)
    return accounts.make_token(user=user, name="System", days=days, areas=areas, may_write=may_write,
                               may_decide=may_decide, at=at)[1]  # fmt: skip
