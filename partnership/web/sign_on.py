"""Single sign-on: whose subject it is, and the link between the two.

No account is made here, and none is taken over. A subject is somebody's because it was linked before, or because the
provider verified the address of a person who is linked to no other subject. The link is written when the person has
come in, with the second factor, and not before.
"""

from datetime import datetime
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from partnership import verbs
from partnership.access import proof
from partnership.access.actor import Actor
from partnership.audit.record import record
from partnership.models import SignOnLink, User
from partnership.security import note
from partnership.web import factors
from partnership.web.openid import Answer, Refused, Unreachable, chosen

PENDING = "sign_on"


def whose(claims: dict[str, Any]) -> User:
    """The person whom a verified token speaks of; raises `Refused` where nobody may come in by it."""
    link = SignOnLink.objects.filter(issuer=claims["iss"], subject=claims["sub"]).select_related("user").first()
    person = link.user if link is not None else _by_address(claims)
    if not person.is_active:
        raise Refused("the account is closed", person)
    if not Actor(person).holdings:
        raise Refused("no membership in force, or its organization is suspended", person)
    if not factors.has_factor(person):
        raise Refused("no second factor is set up", person)
    return person


def _by_address(claims: dict[str, Any]) -> User:
    address = claims.get("email")
    if claims.get("email_verified") is not True:
        raise Refused("the address is not verified")
    if not isinstance(address, str) or not address.isascii() or not address.isprintable():
        raise Refused("no address")  # letters that only look alike, or become alike in lower case, are others
    person = User.objects.filter(email=address.lower()).first()
    if person is None:
        raise Refused("unknown address")
    if person.sign_on_links.filter(issuer=claims["iss"]).exists():
        raise Refused("the person is linked to another subject", person)
    return person


def come_in(request: HttpRequest, person: User, answer: Answer, at: datetime) -> HttpResponse:
    """Go on to the second step, or in where the provider's own second factor is trusted.

    A factor of the provider is never fresh: what asks for one anew asks for the portal's.
    """
    request.session[PENDING] = [str(person.pk), answer.claims["iss"], answer.claims["sub"], at.timestamp()]
    if not is_trusted(answer.claims):
        return perform_login(request, person, redirect_url=answer.wanted)
    try:
        get_adapter().login(request, person)
    except ImmediateHttpResponse as refusal:
        return refusal.response
    proof.prove_elsewhere(request.session, person, at)
    return get_adapter().post_login(
        request, person, email_verification=None, signal_kwargs=None, email=None, signup=False,
        redirect_url=answer.wanted,
    )  # fmt: skip


def is_trusted(claims: dict[str, Any]) -> bool:
    """Whether the provider says that it asked for a second factor, in words that the operator chose to trust."""
    trusted, methods = chosen(), claims.get("amr")
    told = methods if isinstance(methods, list) else []
    return claims.get("acr") in trusted["acr"] or any(method in trusted["amr"] for method in told)


def settle(request: HttpRequest, person: User, at: datetime) -> None:
    """Write the link when the person whom the provider named comes in; a login without one passes.

    Raises what allauth shows in place of the portal where the link cannot be any more.
    """
    pending = request.session.pop(PENDING, None)
    if pending is None or pending[0] != str(person.pk):
        return
    _, issuer, subject, told_at = pending
    if at.timestamp() - told_at > settings.PORTAL_SIGN_ON_SECONDS:
        return
    try:
        link(person=person, issuer=issuer, subject=subject, at=at)
    except Refused as error:
        raise ImmediateHttpResponse(refuse(request, error)) from error


@transaction.atomic
def link(*, person: User, issuer: str, subject: str, at: datetime) -> SignOnLink:
    """Tie a subject to a person, or note that the tie was used."""
    if not User.objects.select_for_update().filter(pk=person.pk, is_active=True).exists():
        raise Refused("the account is closed", person)
    found, is_new = SignOnLink.objects.filter(issuer=issuer, subject=subject).first(), False
    if found is None:
        if person.sign_on_links.filter(issuer=issuer).exists():
            raise Refused("the person is linked to another subject", person)
        found, is_new = SignOnLink.objects.get_or_create(
            issuer=issuer, subject=subject, defaults={"user": person, "linked_at": at, "used_at": at}
        )
    if found.user_id != person.pk:
        raise Refused("the subject is linked to another person", person)
    if is_new:
        record(verbs.SIGN_ON_LINKED, person, by=person, at=at, provider=issuer)
    else:
        SignOnLink.objects.filter(pk=found.pk).update(used_at=at)
    return found


def refuse(request: HttpRequest, error: Refused | Unreachable) -> HttpResponse:
    """The page of a refusal, the same for every reason, and its line in the security log."""
    person = getattr(error, "person", None)
    is_away = isinstance(error, Unreachable)
    note("login_failed", request=request, person_id=getattr(person, "pk", None),
         detail={"by": "single sign-on", "reason": f"the provider: {error}" if is_away else str(error)})  # fmt: skip
    context = {"page_title": "Single sign-on", "is_away": is_away, "way_in": reverse("account_login")}
    return render(request, "account/sign_on_refused.html", context, status=503 if is_away else 400)
