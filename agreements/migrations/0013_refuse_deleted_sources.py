"""Certificates keep a keyed digest of a record's number at its source."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0012_clear_terms_that_have_run"),
    ]

    operations = [
        migrations.AddField(
            model_name="deletionrecord",
            name="source_digest",
            field=models.CharField(
                blank=True,
                help_text="Keyed digest of the record's number at its source, to refuse its return.",
                max_length=64,
            ),
        ),
        migrations.AddIndex(
            model_name="deletionrecord",
            index=models.Index(
                condition=models.Q(("source_digest", ""), _negated=True),
                fields=["source_digest"],
                name="deleted_sources",
            ),
        ),
    ]
