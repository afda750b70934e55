"""What waits for a second person: requests with what they name, the terms that have run, and the counts of it."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0010_load_agreement_templates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ClearedTerm",
            fields=[
                (
                    "term",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="agreements.retentionterm",
                    ),
                ),
                ("cleared_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="deletionrecord",
            name="approval_id",
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="deletionrun",
            name="unapproved_count",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.CreateModel(
            name="RetentionApproval",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("reference", models.CharField(max_length=20, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Waits for a second person"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                            ("replaced", "Replaced by a newer request"),
                        ],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("due_at", models.DateTimeField(help_text="The moment of the run for which it was asked.")),
                ("groups", models.JSONField(default=list)),
                ("size", models.PositiveIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("because", models.CharField(max_length=500)),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("opinion", models.CharField(blank=True, max_length=500)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="NamedRecord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("record_type", models.CharField(max_length=60)),
                ("record_id", models.UUIDField()),
                ("term_id", models.UUIDField()),
                (
                    "approval",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="named",
                        to="agreements.retentionapproval",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="retentionapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                    models.Q(("decided_at__isnull", True), ("decided_by__isnull", True)),
                    _connector="OR",
                ),
                name="approval_decided_at_with_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "approved"), _negated=True),
                    models.Q(
                        ("decided_by__isnull", False), models.Q(("decided_by", models.F("asked_by")), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="a_run_is_approved_by_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionapproval",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "asked")), fields=("state",), name="one_approval_is_asked_for"
            ),
        ),
        migrations.AddConstraint(
            model_name="namedrecord",
            constraint=models.UniqueConstraint(
                fields=("record_id", "record_type", "approval"), name="named_once_per_approval"
            ),
        ),
    ]
