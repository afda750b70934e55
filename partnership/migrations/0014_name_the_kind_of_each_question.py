"""The kind of a question about an exception says in one word whom it lets in."""

from django.db import migrations

FORTH = """UPDATE partnership_confirmation SET kind = kind || '-' || "to" """
BACK = """UPDATE partnership_confirmation SET "to" = split_part(kind, '-', 2), kind = split_part(kind, '-', 1)"""


class Migration(migrations.Migration):
    dependencies = [
        ("partnership", "0013_ask_about_every_right"),
    ]

    operations = [
        migrations.RunSQL(FORTH, BACK),
    ]
