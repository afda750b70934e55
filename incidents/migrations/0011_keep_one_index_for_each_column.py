"""Drop the indexes of single columns with which a wider index begins: the planner took them and read every marking."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0001_squashed_0010_tables_lists_and_guards"),
        ("incidents", "0001_squashed_0010_tables_lists_and_guards"),
        ("partnership", "0001_squashed_0009_tables_lists_and_the_trail"),
    ]

    operations = [
        migrations.AlterField(
            model_name="report",
            name="agreement",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agreements.agreement"
            ),
        ),
        migrations.AlterField(
            model_name="report",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reports",
                to="partnership.organization",
            ),
        ),
        migrations.AlterField(
            model_name="report",
            name="sector",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reports",
                to="partnership.sector",
            ),
        ),
    ]
