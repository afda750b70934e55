"""The one reader of the environment; every name read here is in the README's table."""

import os
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import environ

from partnership import keys

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
SCANNER = env.str("PORTAL_SCANNER", default="")
PORTAL_NAME = env.str("PORTAL_NAME", default="Accord")
BEHIND_PROXY = env.bool("PORTAL_BEHIND_PROXY", default=False)
DEMO = env.bool("PORTAL_DEMO", default=False)


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
