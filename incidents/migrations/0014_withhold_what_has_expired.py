"""Keep the moment at which a report expires, beside its day, and in the indexes from which lists are counted."""

from django.db import migrations, models

KEEP = r"""
CREATE TRIGGER end_of_day BEFORE INSERT OR UPDATE OF retain_until, anonymised_on, agreement_id, expires_at ON incidents_report
  FOR EACH ROW EXECUTE FUNCTION agreements_end_of_day();
CREATE FUNCTION incidents_calendar_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE incidents_report SET retain_until = retain_until WHERE agreement_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER calendar_changed AFTER UPDATE OF time_zone ON agreements_agreement
  FOR EACH ROW WHEN (OLD.time_zone <> NEW.time_zone) EXECUTE FUNCTION incidents_calendar_changed();
UPDATE incidents_report SET retain_until = retain_until WHERE retain_until IS NOT NULL;
"""
LEAVE = r"""
DROP TRIGGER calendar_changed ON agreements_agreement;
DROP FUNCTION incidents_calendar_changed();
DROP TRIGGER end_of_day ON incidents_report;
"""
INDEXES = [
    models.Index(
        fields=["agreement", "tlp", "-received_at"],
        include=["id", "organization", "sector", "expires_at"],
        name="reports_by_agreement",
    ),
    models.Index(
        fields=["organization", "-received_at"],
        include=["id", "tlp", "agreement", "sector", "expires_at"],
        name="reports_by_organization",
    ),
    models.Index(
        fields=["-received_at", "-id"],
        include=["tlp", "organization", "agreement", "sector", "expires_at"],
        condition=models.Q(tlp=0),
        name="reports_public_newest_first",
    ),
    models.Index(
        fields=["sector", "month"],
        include=["tlp", "organization", "agreement", "expires_at"],
        name="reports_by_sector_and_month",
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0016_end_days_in_the_database"),
        ("incidents", "0013_find_reports_by_title"),
    ]

    operations = [
        *(migrations.RemoveIndex(model_name="report", name=index.name) for index in INDEXES),
        migrations.AddField(
            model_name="report",
            name="expires_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunSQL(KEEP, LEAVE),
        *(migrations.AddIndex(model_name="report", index=index) for index in INDEXES),
    ]
