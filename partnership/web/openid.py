"""OpenID Connect: what is asked of the provider of single sign-on, and what is believed of its answer.

State, PKCE and the exchange of the code are allauth's. What allauth leaves to others is added here: requests go to the
configured issuer alone and end in time, the signature of the identity token is always verified, and the token is bound
to this browser by a nonce. Who the person is and whether the person may come in is decided in `sign_on`.
"""

import base64
import hashlib
import re
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from partnership.guarded_json import BadJson, loads

MOST_BYTES = 256 * 1024  # of one answer
CONNECT, READ, WHOLE = 3, 5, 10  # seconds: to connect, between two pieces of an answer, for one answer
LEEWAY = 30  # seconds by which two clocks may differ
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
LEAST_RSA_BITS = 2048
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
BASIC = ["client_secret_basic"]  # how the secret is shown where a provider names no way (Discovery 1.0, section 3)
REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]
SUBJECT = re.compile(r"[!-~](?:[ -~]{0,253}[!-~])?")  # ASCII, at most 255 (OpenID Connect Core 1.0, section 2)


class Unreachable(Exception):
    """The provider gives no answer that could be one; the text is for the log."""


class Refused(Exception):
    """The answer does not let anybody in. The reason is for the log alone: outside, every refusal looks the same."""

    def __init__(self, reason: str, person: Any = None):
        super().__init__(reason)
        self.reason, self.person = reason, person


@dataclass(frozen=True)
class Answer:
    """What the provider vouches for, and the page that was wanted."""

    claims: dict[str, Any]
    wanted: str | None


def chosen() -> dict[str, Any]:
    """The provider of the settings; where there is none, its pages are absent."""
    if not settings.PORTAL_SIGN_ON:
        raise Http404
    return settings.PORTAL_SIGN_ON


def origin_of(url: str) -> str:
    """Scheme, host and port of an address; empty for what is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def nonce_of(verifier: str) -> str:
    """Ties the identity token to the browser that asked: only its session holds the verifier (section 15.5.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"nonce|{verifier}".encode()).digest()).decode().rstrip("=")


class IssuerSession(requests.Session):
    """Asks the issuer alone: no redirect, no proxy or password of the environment, bounded in size and time."""

    def __init__(self, origin: str):
        super().__init__()
        self.origin, self.trust_env = origin, False

    def request(self, method: Any, url: Any, **options: Any) -> requests.Response:  # type: ignore[override]
        """The answer, which is a JSON object of status 2xx or 4xx; raises `Unreachable` for any other."""
        if origin_of(url) != self.origin:
            raise Unreachable("an address of another host")
        fixed = {"allow_redirects": False, "stream": True, "timeout": (CONNECT, READ)}
        try:
            with super().request(method, url, **{**options, **fixed}) as answer:
                if answer.status_code >= 500 or 300 <= answer.status_code < 400:
                    raise Unreachable(f"status {answer.status_code}")
                body = _body(answer)
            if not isinstance(loads(body), dict):
                raise Unreachable("an answer that is no JSON object")
        except (requests.RequestException, OSError, BadJson) as error:
            raise Unreachable(type(error).__name__) from error
        answer._content = body
        answer.headers["content-type"] = "application/json"
        return answer


def _body(answer: requests.Response) -> bytes:
    ends, found = time.monotonic() + WHOLE, b""
    for piece in answer.iter_content(8192):
        found += piece
        if len(found) > MOST_BYTES or time.monotonic() > ends:
            raise Unreachable("an answer that is too long")
    return found


class Provider(OpenIDConnectProvider):
    """The one provider of the settings. A nonce goes with every request."""

    def get_pkce_params(self):
        given = super().get_pkce_params()
        return {**given, "nonce": nonce_of(given["code_verifier"])}

    def get_default_scope(self):
        return ["openid", "email"]

    def get_oauth2_adapter(self, request):
        return Exchange(request, self.app.provider_id)


class Exchange(OpenIDConnectOAuth2Adapter):
    """Asks the provider for its addresses, its keys and the identity token."""

    def get_provider(self):
        return the_provider(self.request)

    def get_callback_url(self, request, app):
        return request.build_absolute_uri(reverse("partnership:sign-on-return"))

    @property
    def openid_config(self):
        if not hasattr(self, "_openid_config"):
            self._openid_config = self._discover()
        return self._openid_config

    def _discover(self) -> dict[str, Any]:
        issuer = chosen()["issuer"]
        found = self.read(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != issuer:
            raise Unreachable("a document of another issuer")
        for name in ENDPOINTS:
            url = found.get(name)
            if not isinstance(url, str) or origin_of(url) != origin_of(issuer) or not re.fullmatch(r"[!-~]+", url):
                raise Unreachable(f"{name} is not at the issuer")
        methods = found.get("token_endpoint_auth_methods_supported")
        found["token_endpoint_auth_methods_supported"] = methods if isinstance(methods, list) else BASIC
        return found

    def read(self, url: str) -> dict[str, Any]:
        with IssuerSession(origin_of(chosen()["issuer"])) as session:
            answer = session.get(url)
        if answer.status_code != 200:
            raise Unreachable(f"status {answer.status_code}")
        return answer.json()

    def claims(self, verifier: str) -> dict[str, Any]:
        """What the identity token says that the code of this request brings."""
        client = self.get_client(self.request, self.get_provider().app)
        try:
            token = self.get_access_token_data(self.request, None, client, pkce_code_verifier=verifier).get("id_token")
        except OAuth2Error as error:
            raise Refused("the provider did not take the code") from error
        return believed(token, self.read(self.openid_config["jwks_uri"]), nonce_of(verifier))


def believed(token: Any, keys: dict[str, Any], nonce: str) -> dict[str, Any]:
    """The claims of an identity token (OpenID Connect Core 1.0, section 3.1.3.7); raises `Refused`."""
    client, issuer = chosen()["client"], chosen()["issuer"]
    try:
        claims = jwt.decode(
            token, key=_key(keys, jwt.get_unverified_header(token)), algorithms=ALGORITHMS, audience=client,
            issuer=issuer, leeway=LEEWAY, options={"require": REQUIRED},
        )  # fmt: skip
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Refused(f"the token: {type(error).__name__}") from error
    if claims.get("azp", client) != client or (claims["aud"] != client and claims["aud"] != [client]):
        raise Refused("the token: for others as well")
    if not (isinstance(claims["nonce"], str) and secrets.compare_digest(claims["nonce"].encode(), nonce.encode())):
        raise Refused("the token: wrong nonce")
    if not SUBJECT.fullmatch(claims["sub"]):
        raise Refused("the token: subject")
    return claims


def _key(keys: dict[str, Any], header: dict[str, Any]) -> jwt.PyJWK:
    """The provider's key that the token names; it may name none where the provider has one only."""
    found = [key for key in jwt.PyJWKSet.from_dict(keys).keys if key.public_key_use in (None, "sig")]
    name = header.get("kid")
    fitting = [key for key in found if key.key_id == name] if name is not None else found
    if len(fitting) != 1 or fitting[0].key_type not in ("RSA", "EC", "OKP"):
        raise jwt.InvalidKeyError
    if fitting[0].key_type == "RSA" and fitting[0].key.key_size < LEAST_RSA_BITS:
        raise jwt.InvalidKeyError
    return fitting[0]


class SignOnAdapter(DefaultSocialAccountAdapter):
    """allauth's door to us: one provider, from the settings and never from the database; no account is made."""

    def get_provider(self, request, provider=None, client_id=None):
        return the_provider(request)

    def list_apps(self, request, provider=None, client_id=None):
        return []

    def get_requests_session(self):
        return IssuerSession(origin_of(chosen()["issuer"]))

    def generate_state_param(self, state):
        return secrets.token_urlsafe(32)

    def is_open_for_signup(self, request, sociallogin):
        return False


def the_provider(request: HttpRequest) -> Provider:
    """The provider of the settings, as allauth wants it; absent where there is none."""
    found = chosen()
    app = SocialApp(
        provider="openid_connect", provider_id=found["issuer"], name=found["name"], client_id=found["client"],
        secret=found["secret"], settings={"server_url": found["issuer"], "oauth_pkce_enabled": True},
    )  # fmt: skip
    return Provider(request, app=app)


def ask(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider; raises `Unreachable`."""
    return the_provider(request).redirect(request, process=AuthProcess.LOGIN, next_url=get_next_redirect_url(request))


def answer(request: HttpRequest) -> Answer:
    """Read what the browser brought back from the provider; raises `Refused` and `Unreachable`.

    The state is used up before anything else is looked at, whatever comes of it.
    """
    asked, given = the_provider(request), request.GET
    state = statekit.unstash_state(request, state_id=given.get("state", ""), provider_id=asked.sub_id)
    if state is None or state.get("process") != AuthProcess.LOGIN or not state.get("pkce_code_verifier"):
        raise Refused("unknown, used or old state")
    if given.get("iss", asked.sub_id) != asked.sub_id:
        raise Refused("an answer of another issuer")
    if "error" in given or not given.get("code"):
        raise Refused("the provider gave no code")
    return Answer(asked.get_oauth2_adapter(request).claims(state["pkce_code_verifier"]), state.get("next"))
