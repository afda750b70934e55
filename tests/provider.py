"""A small provider of OpenID Connect on this machine: a real server with a key of its own, which can also misbehave."""

import base64
import hashlib
import json
import secrets
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "portal", "a-secret-of-the-local-provider-alone"
KEYS = {bits: rsa.generate_private_key(65537, bits) for bits in (2048, 1024)}
OTHER = rsa.generate_private_key(65537, 2048)


class LocalProvider:
    """What the server says; a test changes it before the browser comes.

    `person` holds the claims of whoever is signed in at the provider, `claims` what overrides the token (None takes a
    claim away), `signer` makes the token of the claims, and `answers` replaces what a path answers: status and body.
    """

    def __init__(self, address):
        self.address = address
        self.person = {"sub": "subject-1", "email": "", "email_verified": True}
        self.claims, self.answers, self.codes, self.seen = {}, {}, {}, []
        self.document, self.asks, self.key, self.signer = {}, False, KEYS[2048], self.sign

    def discovery(self):
        """The document at the well-known address."""
        return {
            "issuer": self.address, "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token", "jwks_uri": f"{self.address}/keys", **self.document,
        }  # fmt: skip

    def keys(self):
        """The public key, as it is published."""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "first", "use": "sig", "alg": "RS256"}]}

    def sign(self, claims):
        return jwt.encode(claims, self.key, "RS256", headers={"kid": "first"})

    def code_for(self, asked):
        """Note a request for sign-on and give out its code."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return code

    def token(self, given, authorization):
        """Exchange a code, once, for whom it was given to."""
        asked = self.codes.pop(given.get("code"), None)
        known = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            asked is None
            or authorization != known
            or challenge != asked["code_challenge"]
            or asked["code_challenge_method"] != "S256"
            or given.get("redirect_uri") != asked["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.person,
        }
        claims = {name: value for name, value in {**claims, **self.claims}.items() if value is not None}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.signer(claims)}


class Handler(BaseHTTPRequestHandler):
    """The four addresses of a provider."""

    def log_message(self, *given):
        pass

    @property
    def provider(self):
        return self.server.provider

    def do_GET(self):
        where = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(where.query).items()}
        self.provider.seen.append(where.path)
        if where.path in self.provider.answers:
            self.say(*self.provider.answers[where.path])
        elif where.path == "/.well-known/openid-configuration":
            self.say(200, self.provider.discovery())
        elif where.path == "/keys":
            self.say(200, self.provider.keys())
        elif where.path == "/authorize" and self.provider.asks and "yes" not in asked:
            again = f"/authorize?{urlencode({**asked, 'yes': '1'})}".replace("&", "&amp;")
            self.say(200, f'<title>Provider</title><main><a href="{again}">Continue</a></main>'.encode(), "text/html")
        elif where.path == "/authorize":
            back = {"code": self.provider.code_for(asked), "state": asked["state"]}
            self.say(302, b"", location=f"{asked['redirect_uri']}?{urlencode(back)}")
        else:
            self.say(404, {})

    def do_POST(self):
        self.provider.seen.append(self.path)
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        given = {name: values[0] for name, values in parse_qs(text).items()}
        if self.path in self.provider.answers:
            self.say(*self.provider.answers[self.path])
        else:
            self.say(*self.provider.token(given, self.headers.get("Authorization")))

    def say(self, status, body, kind="application/json", location=None):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def local_provider():
    """A provider that listens on a free port of this machine until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.provider = LocalProvider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def chosen(provider, **more):
    """The settings that name this provider."""
    return {"issuer": provider.address, "client": CLIENT, "secret": SECRET, "name": "Test House", "acr": [], "amr": [],
            **more}  # fmt: skip
