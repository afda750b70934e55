"""A database of its own for a benchmark, made from nothing and dropped at the end; and fresh copies of it."""

import os
from contextlib import contextmanager

import django
from django.db import connection, connections


@contextmanager
def scratch_database(name):
    """Migrate an empty database on the server that DATABASE_URL names, and drop it afterwards."""
    from django.test.runner import DiscoverRunner  # settings are ready only now

    connection.settings_dict.setdefault("TEST", {})["NAME"] = name
    runner = DiscoverRunner(verbosity=0, interactive=False)
    made = runner.setup_databases()
    try:
        yield
    finally:
        runner.teardown_databases(made)


@contextmanager
def fresh_copy():
    """Work on a copy of the scratch database, so that each measurement begins with the same rows and pages."""
    original = connection.settings_dict["NAME"]
    copy = f"{original}_copy"
    connection.close()
    _on_server(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)', f'CREATE DATABASE "{copy}" TEMPLATE "{original}"')
    connection.settings_dict["NAME"] = copy
    try:
        connection.ensure_connection()
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = original
        _on_server(f'DROP DATABASE "{copy}" WITH (FORCE)')


def _on_server(*statements):
    server = connections.create_connection("default")  # beside the one that the benchmark uses
    server.settings_dict = {**connection.settings_dict, "NAME": "postgres"}
    try:
        with server.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            cursor.execute("CHECKPOINT")  # else the copy's pages are written out while the next thing is timed
    finally:
        server.close()


def ready():
    """Load Django with the suite's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnership.settings.test")
    django.setup()
