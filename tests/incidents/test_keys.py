"""Keys of the database that Django cannot declare."""

import pytest
from django.db import connection

from agreements.retention import rows

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", rows.models(), ids=lambda model: model._meta.label)
def test_what_hangs_on_a_governed_record_goes_with_it_in_the_database_too(model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, confdeltype FROM pg_constraint WHERE contype = 'f' AND confrelid = %s::regclass",
            [model._meta.db_table],
        )
        keys = dict(cursor.fetchall())

    assert keys and set(keys.values()) == {"c"}, "a new migration has to give the key ON DELETE CASCADE"
