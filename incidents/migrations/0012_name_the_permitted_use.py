"""Name the permitted use under which a report is shared or released."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0015_share_with_audiences"),
        ("incidents", "0011_keep_one_index_for_each_column"),
    ]

    operations = [
        migrations.AddField(
            model_name="release",
            name="use",
            field=models.ForeignKey(
                blank=True,
                help_text="The row of the agreement that allows it; empty where it was released before that was asked.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="agreements.permitteduse",
            ),
        ),
        migrations.AddField(
            model_name="sectorshare",
            name="use",
            field=models.ForeignKey(
                blank=True,
                help_text="The row of the agreement that allows it; empty where it was shared before that was asked.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="agreements.permitteduse",
            ),
        ),
    ]
