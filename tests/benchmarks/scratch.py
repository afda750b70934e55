"""A database of its own for a benchmark, made from nothing and dropped at the end."""

import os
from contextlib import contextmanager

import django
from django.db import connection


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


def ready():
    """Load Django with the suite's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnership.settings.test")
    django.setup()
