"""The tables of this floor, the kinds of incidents, and the guards of reports and figures."""

import datetime
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import uuid
from django.conf import settings
from django.db import migrations, models

from partnership.operations import CreateModels
from .first import cascade_from_reports, guard_figures, guard_red_from_groups, guard_reports, incident_kinds


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("incidents", "0001_initial"),
        ("incidents", "0002_load_incident_kinds"),
        ("incidents", "0003_guard_reports"),
        ("incidents", "0004_number_reports"),
        ("incidents", "0005_grants_to_groups_and_renewals"),
        ("incidents", "0006_guard_red_from_groups"),
        ("incidents", "0007_index_public_reports"),
        ("incidents", "0008_figures"),
        ("incidents", "0009_guard_figures"),
        ("incidents", "0010_cascade_from_reports"),
    ]
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("partnership", "0001_squashed_0009_tables_lists_and_the_trail"),
        ("agreements", "0001_squashed_0010_tables_lists_and_guards"),
    ]
    operations = [
        CreateModels([
        migrations.CreateModel(
            name='FigureRelease',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField(unique=True)),
                ('month', models.DateField(unique=True)),
                ('series', models.PositiveIntegerField(help_text='Figures of different series are not comparable.')),
                ('content', models.JSONField()),
                ('content_hash', models.CharField(max_length=64)),
                ('published_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('month__day', 1)), name='a_release_is_of_a_whole_month'), models.CheckConstraint(condition=models.Q(('content_hash__regex', '^[0-9a-f]{64}$')), name='a_release_is_hashed')],
            },
        ),
        migrations.CreateModel(
            name='CountedReport',
            fields=[
                ('report', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='counted', serialize=False, to='incidents.report')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='incidents.figurerelease')),
            ],
            options={
            },
        ),
        migrations.CreateModel(
            name='CohortMember',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('line', models.CharField(max_length=60)),
                ('since', models.DateField()),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='partnership.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('line', 'group'), name='a_group_counts_once_in_a_line')],
            },
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('line', models.CharField(max_length=60)),
                ('month', models.DateField()),
                ('severity', models.PositiveSmallIntegerField()),
                ('amount', models.PositiveIntegerField()),
                ('strictest', models.PositiveSmallIntegerField(help_text='The greatest minimum group size of the agreements behind it.')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='partnership.organization')),
            ],
            options={
                'verbose_name_plural': 'tallies',
                'constraints': [models.UniqueConstraint(fields=('month', 'line', 'group', 'severity'), name='one_tally_per_group_and_severity')],
            },
        ),
        migrations.CreateModel(
            name='ReportUserGrant',
            fields=[
                ('granted_at', models.DateTimeField()),
                ('reason', models.CharField(max_length=500)),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='user_grants', to='incidents.report')),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('clause', models.CharField(blank=True, help_text='The clause of an agreement, or a ticket.', max_length=120)),
                ('closed_at', models.DateTimeField(blank=True, help_text='When the nightly job noted that it had ended.', null=True)),
                ('renewed_at', models.DateTimeField(blank=True, null=True)),
                ('renewed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('warned_at', models.DateTimeField(blank=True, help_text='When its grantor was told of its end.', null=True)),
            ],
            options={
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), _connector='OR'), name='reportusergrant_revoked_at_with_by'), models.CheckConstraint(condition=models.Q(models.Q(('renewed_at__isnull', False), ('renewed_by__isnull', False)), models.Q(('renewed_at__isnull', True), ('renewed_by__isnull', True)), _connector='OR'), name='reportusergrant_renewed_at_with_by'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='reportusergrant_has_a_reason'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('granted_at'))), name='reportusergrant_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('expires_at__lte', django.db.models.expressions.CombinedExpression(django.db.models.functions.comparison.Coalesce('renewed_at', 'granted_at', output_field=models.DateTimeField()), '+', models.Value(datetime.timedelta(days=90))))), name='reportusergrant_ends_within_90_days')],
                'unique_together': {('user', 'permission', 'content_object')},
            },
        ),
        migrations.CreateModel(
            name='ReportGroupGrant',
            fields=[
                ('granted_at', models.DateTimeField()),
                ('reason', models.CharField(max_length=500)),
                ('clause', models.CharField(blank=True, help_text='The clause of an agreement, or a ticket.', max_length=120)),
                ('expires_at', models.DateTimeField()),
                ('renewed_at', models.DateTimeField(blank=True, null=True)),
                ('warned_at', models.DateTimeField(blank=True, help_text='When its grantor was told of its end.', null=True)),
                ('closed_at', models.DateTimeField(blank=True, help_text='When the nightly job noted that it had ended.', null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='group_grants', to='incidents.report')),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.group')),
                ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
                ('renewed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), _connector='OR'), name='reportgroupgrant_revoked_at_with_by'), models.CheckConstraint(condition=models.Q(models.Q(('renewed_at__isnull', False), ('renewed_by__isnull', False)), models.Q(('renewed_at__isnull', True), ('renewed_by__isnull', True)), _connector='OR'), name='reportgroupgrant_renewed_at_with_by'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='reportgroupgrant_has_a_reason'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('granted_at'))), name='reportgroupgrant_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('expires_at__lte', django.db.models.expressions.CombinedExpression(django.db.models.functions.comparison.Coalesce('renewed_at', 'granted_at', output_field=models.DateTimeField()), '+', models.Value(datetime.timedelta(days=90))))), name='reportgroupgrant_ends_within_90_days')],
                'unique_together': {('group', 'permission', 'content_object')},
            },
        ),
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('tlp', models.PositiveSmallIntegerField(help_text='VERIS carries no marking; this one is put on every report.')),
                ('file_name', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('checking', 'Being checked'), ('checked', 'Checked, waiting for your decision'), ('importing', 'Being imported'), ('imported', 'Imported'), ('refused', 'Refused: nothing was imported')], default='checking', max_length=10)),
                ('read_count', models.PositiveIntegerField(default=0)),
                ('good_count', models.PositiveIntegerField(default=0)),
                ('bad_count', models.PositiveIntegerField(default=0)),
                ('known_count', models.PositiveIntegerField(default=0, help_text='Came in before; left as they are.')),
                ('errors', models.JSONField(default=list, help_text='The first 1,000 faults: line number and reason.')),
                ('started_at', models.DateTimeField()),
                ('imported_at', models.DateTimeField(blank=True, null=True)),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.agreement')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.datacategory')),
                ('file', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='report_import', to='partnership.storedfile')),
                ('imported_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnership.job')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnership.organization')),
                ('started_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['organization', '-started_at'], name='incidents_i_organiz_2d2e17_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('imported_at__isnull', False), ('imported_by__isnull', False)), models.Q(('imported_at__isnull', True), ('imported_by__isnull', True)), _connector='OR'), name='import_imported_at_with_by')],
            },
        ),
        migrations.CreateModel(
            name='Indicator',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('type', models.CharField(choices=[('ipv4', 'IPv4 address'), ('ipv6', 'IPv6 address'), ('cidr', 'Network (CIDR)'), ('domain', 'Domain name'), ('url', 'URL'), ('email', 'E-mail address'), ('md5', 'MD5 hash'), ('sha1', 'SHA-1 hash'), ('sha256', 'SHA-256 hash'), ('sha512', 'SHA-512 hash'), ('cve', 'CVE number'), ('asn', 'Autonomous system'), ('filename', 'File name')], max_length=8)),
                ('value', models.CharField(max_length=2048)),
                ('comment', models.CharField(blank=True, max_length=300)),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='indicators', to='incidents.report')),
            ],
            options={
                'indexes': [models.Index(fields=['-added_at', '-id'], name='indicators_newest_first'), models.Index(fields=['type', '-added_at'], name='indicators_by_type')],
                'constraints': [models.UniqueConstraint(fields=('report', 'type', 'value'), name='an_indicator_is_listed_once')],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('content_type', models.CharField(max_length=100)),
                ('size', models.PositiveIntegerField()),
                ('is_scanned', models.BooleanField(default=False)),
                ('uploaded_at', models.DateTimeField()),
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='attachment', to='partnership.storedfile')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='incidents.report')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='IncidentKind',
            fields=[
                ('code', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('label', models.CharField(max_length=200)),
                ('description', models.TextField(blank=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('veris_action', models.CharField(blank=True, max_length=20)),
                ('rule_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnership.ruleset')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('retention_start', models.DateField(blank=True, null=True)),
                ('retain_until', models.DateField(blank=True, null=True)),
                ('returned_on', models.DateField(blank=True, null=True)),
                ('anonymised_on', models.DateField(blank=True, null=True)),
                ('reference', models.CharField(max_length=20, unique=True)),
                ('title', models.CharField(max_length=200)),
                ('severity', models.PositiveSmallIntegerField(choices=[(0, 'Unknown'), (1, 'Low'), (2, 'Moderate'), (3, 'High'), (4, 'Critical')], default=0)),
                ('tlp', models.PositiveSmallIntegerField(choices=[(0, 'TLP:CLEAR'), (1, 'TLP:GREEN'), (2, 'TLP:AMBER'), (3, 'TLP:AMBER+STRICT'), (4, 'TLP:RED')], default=2)),
                ('pap', models.PositiveSmallIntegerField(choices=[(0, 'PAP:CLEAR'), (1, 'PAP:GREEN'), (2, 'PAP:AMBER'), (3, 'PAP:RED')], default=2)),
                ('state', models.CharField(choices=[('received', 'Received'), ('in_work', 'In work'), ('closed', 'Closed')], default='received', max_length=10)),
                ('personal_data', models.CharField(choices=[('yes', 'Yes'), ('no', 'No'), ('unknown', 'Unknown')], default='unknown', max_length=7)),
                ('cross_border', models.CharField(choices=[('yes', 'Yes'), ('no', 'No'), ('unknown', 'Unknown')], default='unknown', max_length=7)),
                ('affected_service', models.CharField(blank=True, max_length=200)),
                ('occurred_at', models.DateTimeField(blank=True, null=True)),
                ('occurred_precision', models.CharField(choices=[('year', 'Year'), ('month', 'Month'), ('day', 'Day'), ('minute', 'Minute')], default='day', max_length=6)),
                ('aware_at', models.DateTimeField(blank=True, help_text='When the organization became aware: clocks start here.', null=True)),
                ('aware_precision', models.CharField(choices=[('year', 'Year'), ('month', 'Month'), ('day', 'Day'), ('minute', 'Minute')], default='minute', max_length=6)),
                ('received_at', models.DateTimeField()),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('source', models.CharField(choices=[('form', 'Form'), ('api', 'API'), ('veris', 'VERIS import')], default='form', max_length=6)),
                ('source_key', models.CharField(blank=True, help_text="The record's own number at its source.", max_length=120)),
                ('month', models.GeneratedField(db_persist=True, expression=django.db.models.functions.datetime.TruncMonth('received_at', output_field=models.DateField(), tzinfo=None), output_field=models.DateField())),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.agreement')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.datacategory')),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('filed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports_filed', to=settings.AUTH_USER_MODEL)),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='incidents.incidentkind')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='partnership.organization')),
                ('released_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sector', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='partnership.sector')),
                ('term', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.retentionterm')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.agreementversion')),
            ],
            options={
                'verbose_name': 'report',
                'indexes': [models.Index(fields=['-received_at', '-id'], name='reports_newest_first'), models.Index(fields=['agreement', 'tlp', '-received_at'], include=('id', 'organization', 'sector'), name='reports_by_agreement'), models.Index(fields=['organization', '-received_at'], include=('id', 'tlp', 'agreement', 'sector'), name='reports_by_organization'), models.Index(fields=['sector', 'month'], include=('tlp', 'organization', 'agreement'), name='reports_by_sector_and_month'), models.Index(fields=['retain_until', 'id'], name='reports_by_due_day'), models.Index(condition=models.Q(('tlp', 0)), fields=['-received_at', '-id'], include=('tlp', 'organization', 'agreement', 'sector'), name='reports_public_newest_first')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('source_key', ''), _negated=True), fields=('organization', 'source', 'source_key'), name='a_source_record_comes_in_once'), models.CheckConstraint(condition=models.Q(('tlp__lte', 4)), name='tlp_is_one_of_five'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state', 'closed')), models.Q(('state', 'closed'), _negated=True), _connector='OR'), name='closed_says_when'), models.CheckConstraint(condition=models.Q(models.Q(('released_at__isnull', False), ('released_by__isnull', False)), models.Q(('released_at__isnull', True), ('released_by__isnull', True)), _connector='OR'), name='report_released_at_with_by'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('closed_by__isnull', False)), models.Q(('closed_at__isnull', True), ('closed_by__isnull', True)), _connector='OR'), name='report_closed_at_with_by')],
            },
        ),
        migrations.CreateModel(
            name='ReportBody',
            fields=[
                ('report', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='body', serialize=False, to='incidents.report')),
                ('narrative', models.TextField(blank=True)),
                ('raw', models.JSONField(blank=True, default=dict, help_text='The source record, without loss.')),
            ],
            options={
            },
        ),
        migrations.CreateModel(
            name='SectorShare',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('shared_at', models.DateTimeField()),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sector_shares', to='incidents.report')),
                ('sector', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnership.sector')),
                ('shared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('sector', 'report'), name='shared_once_with_a_sector')],
            },
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('released_at', models.DateTimeField()),
                ('audience', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='partnership.audience')),
                ('released_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='releases', to='incidents.report')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('audience', 'report'), name='released_once_to_an_audience')],
            },
        ),
    
        ]),
        migrations.RunPython(incident_kinds.load, incident_kinds.unload),
        migrations.RunSQL(guard_reports.GUARD, guard_reports.UNGUARD),
        migrations.RunSQL("CREATE SEQUENCE incidents_report_number", "DROP SEQUENCE incidents_report_number"),
        migrations.RunSQL(guard_red_from_groups.GUARD, guard_red_from_groups.OPEN),
        migrations.RunSQL(guard_figures.GUARD, guard_figures.UNGUARD),
        migrations.RunSQL(cascade_from_reports.CHANGE.format("ON DELETE CASCADE"), cascade_from_reports.CHANGE.format("ON DELETE NO ACTION")),
    ]
