"""The demonstration as a world for tests that only read it; made once for the whole session."""

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client, override_settings

from partnership.models import User
from tests.conftest import _server


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
            with override_settings(PORTAL_FILES_DIR=folder):
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
        client = Client()
        client.force_login(User.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make
