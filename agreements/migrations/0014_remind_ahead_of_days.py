"""Who was told of which day ahead, so that each is told once."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0013_refuse_deleted_sources"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("law", "The law behind a purpose ends"),
                            ("end", "The agreement ends"),
                            ("review", "The agreement is to be reviewed"),
                            ("hold", "A legal hold is to be reviewed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("about", models.UUIDField(help_text="The agreement or hold.")),
                ("day", models.DateField()),
                ("days_before", models.PositiveSmallIntegerField(help_text="Which of the reminders: 90, 30 or 7.")),
                ("told_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "kind", "about", "day", "days_before"), name="a_day_ahead_is_told_once"
                    )
                ],
            },
        ),
    ]
