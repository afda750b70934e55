"""There is one open question about a right, which its kind and key name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partnership", "0014_name_the_kind_of_each_question"),
    ]

    operations = [
        migrations.RemoveField("confirmation", "to"),
        migrations.AddConstraint(
            "confirmation",
            models.UniqueConstraint(
                condition=models.Q(("outcome", "open")),
                fields=("kind", "row_key"),
                name="one_open_question_about_a_right",
            ),
        ),
        migrations.AddIndex(
            "confirmation", models.Index(fields=["about_id", "outcome"], name="questions_about_a_partner")
        ),
    ]
