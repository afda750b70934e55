"""A question is known by kind and key of any right, and keeps whom it concerns, why it ended and when it went further."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partnership", "0012_write_letters_that_arrive"),
    ]

    operations = [
        migrations.RemoveConstraint("confirmation", "one_open_question_per_exception"),
        migrations.AlterField("confirmation", "to", models.CharField(blank=True, default="", max_length=10)),
        migrations.RenameField("confirmation", "grant_id", "row_key"),
        migrations.AlterField("confirmation", "row_key", models.CharField(max_length=36)),
        migrations.AlterField("confirmation", "kind", models.CharField(max_length=40)),
        migrations.AddField(
            "confirmation",
            "about_type",
            models.CharField(blank=True, default="", max_length=60),
            preserve_default=False,
        ),
        migrations.AddField(
            "confirmation",
            "about_id",
            models.CharField(
                blank=True, default="", help_text="The organization or agreement that it concerns.", max_length=36
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "confirmation",
            "because",
            models.CharField(blank=True, default="", help_text="Why it was ended.", max_length=500),
            preserve_default=False,
        ),
        migrations.AddField(
            "confirmation",
            "escalated_at",
            models.DateTimeField(blank=True, help_text="When it went to the secretariat.", null=True),
        ),
        migrations.AlterField(
            "confirmation",
            "outcome",
            models.CharField(
                choices=[
                    ("open", "Waits for an answer"),
                    ("kept", "Confirmed"),
                    ("ended", "Ended"),
                    ("lapsed", "Ended because nobody confirmed it"),
                    ("over", "Had ended otherwise before it was answered"),
                ],
                default="open",
                max_length=10,
            ),
        ),
    ]
