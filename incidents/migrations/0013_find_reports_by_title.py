"""Index titles: a page of reports in order of their titles read every report that the person may see."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0012_name_the_permitted_use")]

    operations = [
        migrations.AddIndex(model_name="report", index=models.Index(fields=["title"], name="reports_by_title")),
    ]
