"""Name groups of persons, such as a council, among the recipients of a permitted use."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0014_remind_ahead_of_days"),
    ]

    operations = [
        migrations.AlterField(
            model_name="permitteduse",
            name="recipients",
            field=models.CharField(
                choices=[
                    ("parties", "The parties"),
                    ("sector", "Partners of the same sector"),
                    ("councils", "Advisory councils, as figures"),
                    ("authorities", "Public authorities"),
                    ("audiences", "Groups of persons, such as a council, to read"),
                ],
                max_length=12,
            ),
        ),
    ]
