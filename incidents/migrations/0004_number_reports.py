"""The sequence that numbers reports: filing never waits for filing."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("incidents", "0003_guard_reports")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE IF NOT EXISTS incidents_report_number", "DROP SEQUENCE incidents_report_number"
        )
    ]
