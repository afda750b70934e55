"""The first tables of this floor."""

import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('agreements', '0001_initial'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('partnership', '0001_initial'),
        ('partnership', '__first__'),
    ]

    operations = [
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
                'indexes': [models.Index(fields=['-received_at', '-id'], name='reports_newest_first'), models.Index(fields=['agreement', 'tlp', '-received_at'], include=('id', 'organization', 'sector'), name='reports_by_agreement'), models.Index(fields=['organization', '-received_at'], include=('id', 'tlp', 'agreement', 'sector'), name='reports_by_organization'), models.Index(fields=['sector', 'month'], include=('tlp', 'organization', 'agreement'), name='reports_by_sector_and_month'), models.Index(fields=['retain_until', 'id'], name='reports_by_due_day')],
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
            ],
            options={
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), _connector='OR'), name='reportusergrant_revoked_at_with_by')],
                'unique_together': {('user', 'permission', 'content_object')},
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
    ]
