"""The one reader of the environment; every name read here is in the README's table."""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import environ

from partnership import breached, keys

ROOT = Path(__file__).resolve().parent.parent.parent
env = environ.Env()

STATE_DIR = Path(env.str("PORTAL_STATE_DIR", default=str(ROOT / ".state")))
DATABASE_URL = env.str("DATABASE_URL", default="")
REDIS_URL = env.str("REDIS_URL", default="")
KEYS_DIR = Path(env.str("PORTAL_KEYS_DIR", default=str(STATE_DIR / "keys")))
ALLOWED_HOSTS = env.list("PORTAL_ALLOWED_HOSTS", default=[])
ORIGIN = env.str("PORTAL_ORIGIN", default="")
EMAIL_URL = env.str("PORTAL_EMAIL_URL", default="consolemail://")
EMAIL_FROM = env.str("PORTAL_EMAIL_FROM", default="portal@example.org")
FILES_DIR = Path(env.str("PORTAL_FILES_DIR", default=str(STATE_DIR / "files")))
FONTS_DIR = env.str("PORTAL_FONTS_DIR", default="")
TRAIL_DIR = Path(env.str("PORTAL_TRAIL_DIR", default=str(STATE_DIR / "trail")))
TRAIL_KEY_FILE = Path(env.str("PORTAL_TRAIL_KEY_FILE", default=str(STATE_DIR / "trail-key.pem")))
TRAIL_NAME = env.str("PORTAL_TRAIL_NAME", default="")
BACKUP_DIR = Path(env.str("PORTAL_BACKUP_DIR", default=str(STATE_DIR / "backups")))
BACKUP_DAYS = env.int("PORTAL_BACKUP_DAYS", default=30)
SCANNER = env.str("PORTAL_SCANNER", default="")
BREACHED_PASSWORDS = env.str("PORTAL_BREACHED_PASSWORDS", default="")
PORTAL_NAME = env.str("PORTAL_NAME", default="Accord")
BEHIND_PROXY = env.bool("PORTAL_BEHIND_PROXY", default=False)
DEMO = env.bool("PORTAL_DEMO", default=False)
# Single sign-on is off unless the first three are there; see `sign_on`.
SIGN_ON_ISSUER = env.str("PORTAL_SIGN_ON_ISSUER", default="")
SIGN_ON_CLIENT = env.str("PORTAL_SIGN_ON_CLIENT", default="")
SIGN_ON_SECRET = env.str("PORTAL_SIGN_ON_SECRET", default="")
SIGN_ON_NAME = env.str("PORTAL_SIGN_ON_NAME", default="")
SIGN_ON_TRUSTED_ACR = env.list("PORTAL_SIGN_ON_TRUSTED_ACR", default=[])
SIGN_ON_TRUSTED_AMR = env.list("PORTAL_SIGN_ON_TRUSTED_AMR", default=[])
LOOPBACK = ("localhost", "127.0.0.1", "::1")
LEAST_SECRET = 24  # characters of a client secret; providers give 32 and more


def host_of(origin: str) -> str:
    """The host name of an address such as https://portal.example.org."""
    return urlsplit(origin).hostname or "localhost"


def all_keys() -> dict[str, tuple[str, ...]]:
    """Each purpose with its keys, from PORTAL_SECRET_KEY and the other names of the inventory, or from files."""
    return {purpose: keys.read(purpose, os.environ, KEYS_DIR) for purpose in keys.KEYS}


def database(url: str) -> dict[str, object]:
    """Turn a database address into Django's form; socket folders go in the `host` query parameter."""
    return dict(env.db_url_config(url))


def broker(url: str) -> str:
    """Turn the cache's form of a Redis address into the queue's, which names socket and database in its own way."""
    where = urlsplit(url)
    if where.scheme != "unix":
        return url
    query = {name: values[-1] for name, values in parse_qs(where.query).items()}
    number = query.pop("db", "0")
    return f"redis+socket://{where.netloc}{where.path}?{urlencode({'virtual_host': number, **query})}"


def email(url: str) -> dict[str, object]:
    """Turn a mail address such as smtp+tls://user:password@host:587 into Django's settings."""
    return dict(env.email_url_config(url))


def breached_faults() -> list[str]:
    """Why not to start with the list of breached passwords that is named, if one is."""
    try:
        if BREACHED_PASSWORDS:
            breached.check(Path(BREACHED_PASSWORDS))
    except breached.Unreadable as error:
        return [f"PORTAL_BREACHED_PASSWORDS must name a readable list of sorted SHA-1 hashes: {error}."]
    return []


def sign_on() -> dict[str, Any] | None:
    """The provider of single sign-on; None where none is set, or where what is set is at fault."""
    if not SIGN_ON_ISSUER or sign_on_faults():
        return None
    return {
        "issuer": SIGN_ON_ISSUER, "client": SIGN_ON_CLIENT, "secret": SIGN_ON_SECRET,
        "name": SIGN_ON_NAME or host_of(SIGN_ON_ISSUER), "acr": SIGN_ON_TRUSTED_ACR, "amr": SIGN_ON_TRUSTED_AMR,
    }  # fmt: skip


def sign_on_faults(*, may_be_plain: bool = True) -> list[str]:
    """Every reason not to start with what is set of single sign-on, each naming a variable and what would be right.

    `may_be_plain` takes plain http of a provider on this machine, with which single sign-on is tried out.
    """
    needed = {"ISSUER": SIGN_ON_ISSUER, "CLIENT": SIGN_ON_CLIENT, "SECRET": SIGN_ON_SECRET}
    if not any([*needed.values(), SIGN_ON_NAME, SIGN_ON_TRUSTED_ACR, SIGN_ON_TRUSTED_AMR]):
        return []
    faults = [
        f"PORTAL_SIGN_ON_{name} must be set as well: single sign-on needs issuer, client and secret, or none of them."
        for name, value in needed.items()
        if not value
    ]
    if SIGN_ON_ISSUER and not _is_issuer(SIGN_ON_ISSUER, may_be_plain):
        faults.append(
            "PORTAL_SIGN_ON_ISSUER must be the provider's issuer as the provider writes it, beginning with https://,"
            " without user, query and fragment."
        )
    if SIGN_ON_SECRET and len(SIGN_ON_SECRET) < LEAST_SECRET:
        faults.append(f"PORTAL_SIGN_ON_SECRET must have at least {LEAST_SECRET} characters. Let the provider make one.")
    return faults


def _is_issuer(text: str, may_be_plain: bool) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    is_plain = may_be_plain and parts.scheme == "http" and parts.hostname in LOOPBACK
    # The host goes into the page policy, and the whole into a column of 200 characters.
    has_form = re.fullmatch(r"[\w.:\[\]-]+", parts.netloc, re.ASCII) and re.fullmatch(r"[!-~]{1,200}", text)
    return bool((parts.scheme == "https" or is_plain) and has_form and not re.search(r"[?#\\]", text))
