"""Production settings refuse to start with weak or missing values, and name each."""

import os
import subprocess
import sys

import pytest

from partnership.embedded.supervisor import ROOT

STRONG = {
    "PORTAL_SECRET_KEY": "kR7vW2xq-Zt9Lm4_Yc8Bn1Hj6Dg3Fp5Sa0Eu-wQoXiKzTyVbNrM",
    "DATABASE_URL": "postgres://portal:q8Jx2mVt7Lw@127.0.0.1/portal",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "PORTAL_ALLOWED_HOSTS": "portal.example.org",
    "PORTAL_ORIGIN": "https://portal.example.org",
}


def _start(**changes):
    """Load the production settings in a process of their own; a change to None takes a value away."""
    wanted = {**STRONG, **changes}
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "DATABASE", "REDIS"))
    }
    environment |= {name: value for name, value in wanted.items() if value is not None}
    environment["DJANGO_SETTINGS_MODULE"] = "partnership.settings.production"
    command = [sys.executable, "-c", "from django.conf import settings; settings.DEBUG"]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)


def test_strong_values_are_accepted():
    outcome = _start()

    assert outcome.returncode == 0, outcome.stderr


def test_nothing_set_names_every_variable_at_once():
    outcome = _start(**dict.fromkeys(STRONG))

    assert outcome.returncode != 0
    assert [name for name in STRONG if f"- {name} must" not in outcome.stderr] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_SECRET_KEY", None),
        ("PORTAL_SECRET_KEY", "short"),
        ("PORTAL_SECRET_KEY", "a" * 60),
        ("PORTAL_SECRET_KEY", "django-insecure-" + STRONG["PORTAL_SECRET_KEY"]),
        ("PORTAL_SECRET_KEY_FALLBACKS", "short"),
        ("DATABASE_URL", None),
        ("DATABASE_URL", "postgres://portal@127.0.0.1/portal"),
        ("DATABASE_URL", "postgres://portal:postgres@127.0.0.1/portal"),
        ("REDIS_URL", None),
        ("PORTAL_ALLOWED_HOSTS", None),
        ("PORTAL_ALLOWED_HOSTS", "*"),
        ("PORTAL_ORIGIN", None),
        ("PORTAL_ORIGIN", "http://portal.example.org"),
    ],
)
def test_a_weak_or_missing_value_is_refused_by_name(name, value):
    outcome = _start(**{name: value})

    assert outcome.returncode != 0
    assert f"- {name} must" in outcome.stderr
    assert outcome.stderr.count("\n- ") == 1


def test_a_database_on_a_local_socket_needs_no_password():
    outcome = _start(DATABASE_URL="postgres://postgres@/portal?host=%2Frun%2Fpostgresql")

    assert outcome.returncode == 0, outcome.stderr
