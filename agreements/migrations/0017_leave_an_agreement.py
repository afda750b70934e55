"""Who leaves an agreement on which day, and who attests what became of the data."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0016_end_days_in_the_database"),
        ("partnership", "0001_squashed_0009_tables_lists_and_the_trail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="reminder",
            name="about",
            field=models.UUIDField(help_text="The agreement, hold or departure."),
        ),
        migrations.AlterField(
            model_name="reminder",
            name="days_before",
            field=models.PositiveSmallIntegerField(help_text="Which of the reminders: 90, 30, 7 or 0."),
        ),
        migrations.AlterField(
            model_name="reminder",
            name="kind",
            field=models.CharField(
                choices=[
                    ("law", "The law behind a purpose ends"),
                    ("end", "The agreement ends"),
                    ("review", "The agreement is to be reviewed"),
                    ("hold", "A legal hold is to be reviewed"),
                    ("attest", "Destruction is to be attested"),
                    ("overdue", "An attestation is overdue"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="Departure",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("reference", models.CharField(max_length=20, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Waits for a second person"),
                            ("declined", "Declined"),
                            ("confirmed", "Confirmed"),
                            ("left", "Has left"),
                        ],
                        default="asked",
                        max_length=9,
                    ),
                ),
                ("because", models.CharField(max_length=500)),
                (
                    "leaves_on",
                    models.DateField(help_text="A day of the agreement's calendar; access ends when it begins."),
                ),
                ("leaves_at", models.DateTimeField(help_text="That beginning as a moment.")),
                ("notice_from", models.DateField(help_text="The first day that the agreement's notice allows.")),
                ("attest_by", models.DateField(help_text="The last day on which destruction is attested in time.")),
                ("seen", models.JSONField(default=list)),
                (
                    "seen_hash",
                    models.CharField(
                        help_text="SHA-256 over what was seen, the records' keys included.", max_length=64
                    ),
                ),
                ("acted", models.JSONField(blank=True, default=list)),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("opinion", models.CharField(blank=True, max_length=500)),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="departures",
                        to="agreements.agreement",
                    ),
                ),
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
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="departures",
                        to="partnership.organization",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="departures", to="agreements.party"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Attestation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "direction",
                    models.CharField(
                        choices=[
                            ("given", "Data that the leaving party gave"),
                            ("received", "Data that the leaving party received"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Not attested yet"),
                            ("destroyed", "Destroyed"),
                            ("returned", "Returned, no copy kept"),
                            ("kept", "Kept, because a law obliges to"),
                        ],
                        default="",
                        max_length=9,
                    ),
                ),
                (
                    "statement",
                    models.CharField(blank=True, help_text="What was done with which copies, and how.", max_length=500),
                ),
                (
                    "law",
                    models.CharField(
                        blank=True, help_text="The law that obliges to keep it, with its article.", max_length=300
                    ),
                ),
                ("kept_until", models.DateField(blank=True, null=True)),
                ("attested_at", models.DateTimeField(blank=True, null=True)),
                (
                    "attested_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agreements.datacategory"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestations",
                        to="partnership.organization",
                    ),
                ),
                (
                    "departure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestations",
                        to="agreements.departure",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="departure",
            index=models.Index(fields=["organization", "leaves_at"], name="departures_by_organization"),
        ),
        migrations.AddConstraint(
            model_name="departure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                    models.Q(("decided_at__isnull", True), ("decided_by__isnull", True)),
                    _connector="OR",
                ),
                name="departure_decided_at_with_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="departure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["confirmed", "left"]), _negated=True),
                    models.Q(
                        ("decided_by__isnull", False), models.Q(("decided_by", models.F("asked_by")), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="a_departure_is_confirmed_by_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="departure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "left"), _negated=True), ("left_at__isnull", False), _connector="OR"
                ),
                name="left_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="departure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "declined"), _negated=True), fields=("party",), name="a_party_leaves_once"
            ),
        ),
        migrations.AddIndex(
            model_name="attestation",
            index=models.Index(fields=["organization", "outcome"], name="attestations_owed"),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.UniqueConstraint(
                fields=("departure", "organization", "direction", "category"), name="one_attestation_each"
            ),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("attested_at__isnull", False), ("attested_by__isnull", False)),
                    models.Q(("attested_at__isnull", True), ("attested_by__isnull", True)),
                    _connector="OR",
                ),
                name="attestation_attested_at_with_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("attested_at__isnull", True), ("outcome", "")),
                    models.Q(models.Q(("outcome", ""), _negated=True), ("attested_at__isnull", False)),
                    _connector="OR",
                ),
                name="an_outcome_says_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kept_until__isnull", False), ("outcome", "kept"), models.Q(("law", ""), _negated=True)),
                    models.Q(models.Q(("outcome", "kept"), _negated=True), ("kept_until__isnull", True), ("law", "")),
                    _connector="OR",
                ),
                name="what_is_kept_names_the_law_and_the_day",
            ),
        ),
    ]
