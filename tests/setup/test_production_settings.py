"""Production settings refuse to start with weak or missing values, and name each."""

import os
import subprocess
import sys

import pytest

from partnership.audit import keys
from partnership.embedded.supervisor import ROOT

STRONG = {
    "PORTAL_SECRET_KEY": "kR7vW2xq-Zt9Lm4_Yc8Bn1Hj6Dg3Fp5Sa0Eu-wQoXiKzTyVbNrM",
    "PORTAL_FIELD_KEY": "hS7nq2Wm-x9Tb4Lk_Zd8Cv1Rj6Gf3Yp5Ua0Ei-wPoQsKz",
    "PORTAL_QUEUE_KEY": "Zx5Cv8Bn-m2Qw4_Er7Ty1Ui9Op3As6Df0Gh-jKlMqWtRy",
    "PORTAL_SEARCH_KEY": "Pq1Ow2Ie-u3Ry4_Tl5Ak6Js7Hd8Gf9Zm0Xn-cBvQaWsE",
    "DATABASE_URL": "postgres://portal:q8Jx2mVt7Lw@127.0.0.1/portal",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "PORTAL_ALLOWED_HOSTS": "portal.example.org",
    "PORTAL_ORIGIN": "https://portal.example.org",
}


@pytest.fixture(autouse=True)
def trail_key(tmp_path, monkeypatch):
    """The key that signs checkpoints, as a deployment brings it."""
    path = tmp_path / "trail-key.pem"
    keys.load_or_make(path)
    monkeypatch.setitem(STRONG, "PORTAL_TRAIL_KEY_FILE", str(path))
    return path


KEYS = [name for name in STRONG if name.endswith("_KEY")]


def _start(**changes):
    """Load the production settings in a process of their own; a change to None takes a value away."""
    wanted = {**STRONG, **changes}
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "DATABASE", "REDIS"))
    }
    environment |= {name: value for name, value in wanted.items() if value is not None}
    environment.setdefault("PORTAL_KEYS_DIR", "/nonexistent")
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
        ("PORTAL_DEMO", "true"),
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
        ("PORTAL_TRAIL_KEY_FILE", None),
        ("PORTAL_TRAIL_KEY_FILE", __file__),
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


def test_a_key_of_the_trail_that_others_can_read_is_refused(trail_key):
    trail_key.chmod(0o644)

    outcome = _start()

    assert outcome.returncode != 0 and "chmod 600" in outcome.stderr


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("value", [None, "short", "a" * 60, "the-suite-needs-a-key-for-fields-and-keeps-no-secrets"])
def test_every_key_of_the_inventory_is_asked_for(name, value):
    outcome = _start(**{name: value})

    assert outcome.returncode != 0
    assert f"- {name} must be a random text" in outcome.stderr


def test_a_key_that_serves_two_purposes_is_refused():
    outcome = _start(PORTAL_QUEUE_KEY=STRONG["PORTAL_SECRET_KEY"])

    assert "- PORTAL_QUEUE_KEY must differ from PORTAL_SECRET_KEY" in outcome.stderr


def test_a_former_key_that_is_in_use_elsewhere_is_refused():
    outcome = _start(PORTAL_FIELD_KEY_FORMER=STRONG["PORTAL_QUEUE_KEY"])

    assert "must differ from PORTAL_FIELD_KEY_FORMER" in outcome.stderr


def test_the_password_of_the_database_is_no_key():
    outcome = _start(DATABASE_URL=f"postgres://portal:{STRONG['PORTAL_QUEUE_KEY']}@127.0.0.1/portal")

    assert "- PORTAL_QUEUE_KEY must differ from a password" in outcome.stderr


def test_keys_may_come_from_files_that_only_their_owner_reads(tmp_path):
    for name in KEYS:
        file = tmp_path / {"PORTAL_SECRET_KEY": "sessions", "PORTAL_FIELD_KEY": "fields"}.get(
            name, name.split("_")[1].lower()
        )
        file.write_text(f"{STRONG[name]}\n")
        file.chmod(0o600)
    from_files = dict.fromkeys(KEYS) | {"PORTAL_KEYS_DIR": str(tmp_path)}

    assert _start(**from_files).returncode == 0

    (tmp_path / "queue").chmod(0o640)
    assert "- PORTAL_QUEUE_KEY must be in a file that only its owner can read" in _start(**from_files).stderr


SIGN_ON = {
    "PORTAL_SIGN_ON_ISSUER": "https://login.example.org/realms/grid",
    "PORTAL_SIGN_ON_CLIENT": "portal",
    "PORTAL_SIGN_ON_SECRET": "mQ2w-Er4Ty6_Ui8Op0As1Df3Gh5Jk7Lz",
}


def test_single_sign_on_is_off_unless_all_of_it_is_set():
    assert _start(**SIGN_ON).returncode == 0
    assert _start(**SIGN_ON, PORTAL_SIGN_ON_TRUSTED_ACR="silver,gold").returncode == 0


@pytest.mark.parametrize("name", SIGN_ON)
def test_half_of_single_sign_on_is_refused_by_name(name):
    outcome = _start(**{**SIGN_ON, name: None})

    assert outcome.returncode != 0
    assert f"- {name} must be set as well" in outcome.stderr and outcome.stderr.count("\n- ") == 1


@pytest.mark.parametrize("name", ["PORTAL_SIGN_ON_NAME", "PORTAL_SIGN_ON_TRUSTED_ACR", "PORTAL_SIGN_ON_TRUSTED_AMR"])
def test_a_detail_of_single_sign_on_without_the_rest_names_what_is_missing(name):
    outcome = _start(**{name: "x"})

    assert [one for one in SIGN_ON if f"- {one} must be set as well" not in outcome.stderr] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_SIGN_ON_ISSUER", "http://login.example.org"),
        ("PORTAL_SIGN_ON_ISSUER", "http://127.0.0.1:9000"),
        ("PORTAL_SIGN_ON_ISSUER", "login.example.org"),
        ("PORTAL_SIGN_ON_ISSUER", "https://"),
        ("PORTAL_SIGN_ON_ISSUER", "https://login.example.org?x=1"),
        ("PORTAL_SIGN_ON_ISSUER", "https://user@login.example.org"),
        ("PORTAL_SIGN_ON_ISSUER", "https://login.example.org/a b"),
        ("PORTAL_SIGN_ON_ISSUER", "https://login.example.org\\@evil.example"),
        ("PORTAL_SIGN_ON_ISSUER", "https://login.example.org;evil.example"),
        ("PORTAL_SIGN_ON_ISSUER", "https://login.example.org/" + "a" * 200),
        ("PORTAL_SIGN_ON_ISSUER", "https://[::1"),
        ("PORTAL_SIGN_ON_SECRET", "short"),
    ],
)
def test_an_unfit_value_of_single_sign_on_is_refused_by_name(name, value):
    outcome = _start(**{**SIGN_ON, name: value})

    assert outcome.returncode != 0
    assert f"- {name} must" in outcome.stderr and outcome.stderr.count("\n- ") == 1


def test_the_secret_of_single_sign_on_is_no_key():
    outcome = _start(**{**SIGN_ON, "PORTAL_SIGN_ON_SECRET": STRONG["PORTAL_QUEUE_KEY"]})

    assert "- PORTAL_QUEUE_KEY must differ from a password" in outcome.stderr


def test_a_list_of_breached_passwords_that_is_none_is_refused_by_name(tmp_path):
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_text("A" * 40 + "\n")
    bad.write_text("password\n")

    assert _start(PORTAL_BREACHED_PASSWORDS=str(good)).returncode == 0
    for path in (bad, tmp_path / "absent"):
        assert "- PORTAL_BREACHED_PASSWORDS must name" in _start(PORTAL_BREACHED_PASSWORDS=str(path)).stderr
