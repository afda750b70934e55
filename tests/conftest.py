"""Personas, clients, and a database whose commits are real."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import setup_databases, teardown_databases
from django.utils import timezone
from hypothesis import settings as hypothesis_settings
from rest_framework.test import APIClient

from partnership.access.actor import Actor
from partnership.models import Role, User
from tests.clients import signed_in
from tests.factories.partnership import OrganizationFactory, UserFactory, member, secretariat

# How long an example takes says nothing about whether it is right, and busy machines are slow.
hypothesis_settings.register_profile("portal", deadline=None)
hypothesis_settings.load_profile("portal")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _fresh_cache():
    cache.clear()


@pytest.fixture(autouse=True)
def _own_files(tmp_path, settings):
    settings.PORTAL_FILES_DIR = tmp_path / "files"
    settings.PORTAL_TRAIL_DIR = tmp_path / "state" / "trail"  # as a process with that state folder has them
    settings.PORTAL_TRAIL_KEY_FILE = tmp_path / "state" / "trail-key.pem"


@pytest.fixture
def at():
    """The moment of the test."""
    return timezone.now()


@pytest.fixture
def own_organization(db):
    """The organization that the first personas belong to."""
    return OrganizationFactory(name="Noord Grid")


@pytest.fixture
def partner_organization(db):
    """Another organization, which becomes a party where a test makes it one."""
    return OrganizationFactory(name="Aqua South", country="BE")


@pytest.fixture
def liaison_officer(own_organization):
    return member(Role.LIAISON_OFFICER, own_organization, name="Lena Officer")


@pytest.fixture
def analyst(own_organization):
    return member(Role.ANALYST, own_organization, name="Anton Analyst")


@pytest.fixture
def signatory(own_organization):
    return member(Role.SIGNATORY, own_organization, name="Sita Signatory")


@pytest.fixture
def administrator(own_organization):
    return member(Role.ADMINISTRATOR, own_organization, name="Ada Administrator")


@pytest.fixture
def partner_officer(partner_organization):
    return member(Role.LIAISON_OFFICER, partner_organization, name="Petra Partner")


@pytest.fixture
def partner_signatory(partner_organization):
    return member(Role.SIGNATORY, partner_organization, name="Paul Partner")


@pytest.fixture
def council_member(db):
    return member(Role.COUNCIL_MEMBER, name="Cora Council")


@pytest.fixture
def auditor(db):
    return member(Role.AUDITOR, OrganizationFactory(name="Audit House", kind="association"), name="Axel Auditor")


@pytest.fixture
def coordinator(db):
    return member(Role.COORDINATOR, secretariat(), name="Coen Coordinator")


@pytest.fixture
def stranger(db):
    """A member of a vetted organization that has nothing to do with the others."""
    return member(Role.LIAISON_OFFICER, OrganizationFactory(name="Elsewhere", country="US"), name="Stan Stranger")


@pytest.fixture
def nobody(db):
    """A person with an account and no membership."""
    return UserFactory(name="Nora Nobody")


@pytest.fixture
def actor_of():
    """Actor of a person, fresh at each call."""
    return Actor


@pytest.fixture
def client_of(db):
    """A browser in which a person is signed in."""

    def make(user=None):
        return signed_in(Client(), user) if user is not None else Client()

    return make


@pytest.fixture
def api_of(db):
    """An API client that acts for a person."""

    def make(user=None):
        return signed_in(APIClient(), user) if user is not None else APIClient()

    return make


@dataclass
class CommittedDatabase:
    """A database of this test alone, in which commits last and other processes can take part."""

    name: str
    url: str
    environment: dict[str, str]

    def manage(self, *arguments, **options):
        """Run a management command as a process of its own."""
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        return subprocess.run(
            command, env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False, **options
        )

    def start(self, *arguments):
        """Start a management command and leave it running; the caller ends it."""
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        return subprocess.Popen(
            command, env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )


def _server():
    where = connection.settings_dict
    host = where["HOST"] or where.get("OPTIONS", {}).get("host")
    return psycopg.connect(
        host=host or None,
        port=where["PORT"] or None,
        user=where["USER"] or None,
        password=where["PASSWORD"] or None,
        dbname="postgres",
        autocommit=True,
    )


@pytest.fixture(scope="session")
def _template_database(django_db_setup, django_db_blocker):
    made = None
    with django_db_blocker.unblock():
        if not connection.settings_dict["NAME"].startswith("test_"):  # no test of this run asked for a database by mark
            made = setup_databases(verbosity=0, interactive=False, aliases={"default"})
    name = connection.settings_dict["NAME"]
    template = f"{name}_template"
    with django_db_blocker.unblock():
        connection.close()
        with _server() as server:
            server.execute(f'DROP DATABASE IF EXISTS "{template}" WITH (FORCE)')
            server.execute(f'CREATE DATABASE "{template}" TEMPLATE "{name}"')
    yield template
    with django_db_blocker.unblock():
        with _server() as server:
            server.execute(f'DROP DATABASE IF EXISTS "{template}" WITH (FORCE)')
        if made is not None:
            teardown_databases(made, verbosity=0)


@pytest.fixture
def committed_db(_template_database, django_db_blocker, tmp_path):
    """Take the place of `db` where commits, several connections or several processes matter."""
    name = f"{_template_database}_{uuid4().hex[:8]}"
    own = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        connection.close()
        with _server() as server:
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{_template_database}"')
        connection.settings_dict["NAME"] = name
        url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
        environment = {
            **os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "partnership.settings.test",
            "PORTAL_STATE_DIR": str(tmp_path / "state"), "PORTAL_FILES_DIR": str(django_settings.PORTAL_FILES_DIR),
        }  # fmt: skip
        try:
            yield CommittedDatabase(name, url, environment)
        finally:
            connection.close()
            connection.settings_dict["NAME"] = own
            with _server() as server:
                server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _trail_in(folder):
    return {"PORTAL_TRAIL_DIR": folder / "trail", "PORTAL_TRAIL_KEY_FILE": folder / "trail-key.pem"}


@pytest.fixture(scope="session")
def _demo_database(_template_database, django_db_blocker, tmp_path_factory):
    name, own = f"{_template_database}_demo", connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        connection.close()
        with _server() as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{_template_database}"')
        connection.settings_dict["NAME"] = name
        folder = tmp_path_factory.mktemp("demo-files")
        try:
            with override_settings(PORTAL_FILES_DIR=folder, **_trail_in(folder)):
                call_command("load_demo", verbosity=0)
        finally:
            connection.close()
            connection.settings_dict["NAME"] = own
        yield name, folder
        with _server() as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def demo(_demo_database, django_db_blocker, settings, _own_files):
    """Take the place of `db`: the demonstration, whose changes by a test are taken back."""
    own = connection.settings_dict["NAME"]
    name, settings.PORTAL_FILES_DIR = _demo_database
    for setting, value in _trail_in(settings.PORTAL_FILES_DIR).items():
        setattr(settings, setting, value)
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["NAME"] = name
        try:
            with transaction.atomic():
                yield
                transaction.set_rollback(True)
        finally:
            connection.close()
            connection.settings_dict["NAME"] = own


@pytest.fixture
def sign_in():
    """A browser in which somebody of the demonstration is signed in."""

    def make(email):
        return signed_in(Client(), User.objects.get(email=email))

    return make
