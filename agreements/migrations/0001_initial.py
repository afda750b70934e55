"""The first tables of this floor."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('partnership', '0001_initial'),
        ('partnership', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeletionRun',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('cutoff_on', models.DateField()),
                ('trigger', models.CharField(choices=[('schedule', 'Schedule'), ('command', 'Command'), ('person', 'Person')], max_length=10)),
                ('state', models.CharField(choices=[('running', 'Running'), ('complete', 'Complete'), ('partial', 'Partial')], default='running', max_length=10)),
                ('engine', models.CharField(max_length=40)),
                ('started_at', models.DateTimeField()),
                ('beat_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('deleted_count', models.PositiveIntegerField(default=0)),
                ('anonymised_count', models.PositiveIntegerField(default=0)),
                ('held_count', models.PositiveIntegerField(default=0)),
                ('waiting_count', models.PositiveIntegerField(default=0)),
                ('failed_count', models.PositiveIntegerField(default=0)),
                ('left_count', models.PositiveIntegerField(default=0)),
                ('started_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['-started_at'], name='agreements__started_2d1d21_idx')],
            },
        ),
        migrations.CreateModel(
            name='DeletionBatch',
            fields=[
                ('seq', models.BigIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('size', models.PositiveIntegerField()),
                ('root', models.CharField(max_length=64)),
                ('previous', models.CharField(max_length=64, unique=True)),
                ('hash', models.CharField(max_length=64, unique=True)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='batches', to='agreements.deletionrun')),
            ],
        ),
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reference', models.CharField(max_length=20, unique=True)),
                ('title', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('bilateral', 'Bilateral'), ('multilateral', 'Multilateral'), ('cross_border', 'Cross-border'), ('small_firm', 'Small firm, light form')], default='multilateral', max_length=14)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('negotiation', 'In negotiation'), ('signature', 'Sent for signature'), ('in_force', 'In force'), ('suspended', 'Suspended'), ('terminated', 'Terminated')], default='draft', max_length=12)),
                ('time_zone', models.CharField(default='UTC', help_text='The calendar in which days end.', max_length=64)),
                ('retention_generation', models.PositiveIntegerField(default=0, help_text='Counts holds and changed terms, so that a running deletion notices them.')),
                ('created_at', models.DateTimeField()),
                ('in_force_since', models.DateField(blank=True, null=True)),
                ('ended_on', models.DateField(blank=True, null=True)),
                ('state_reason', models.CharField(blank=True, max_length=500)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements_led', to='partnership.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'reference'], name='agreements__state_52f3a3_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'terminated'), _negated=True), ('ended_on__isnull', False), _connector='OR'), name='terminated_says_when')],
            },
        ),
        migrations.CreateModel(
            name='AgreementVersion',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('summary', models.TextField(blank=True, help_text='Why the parties share, and what good comes of it.')),
                ('tlp_ceiling', models.PositiveSmallIntegerField(choices=[(0, 'TLP:CLEAR'), (1, 'TLP:GREEN'), (2, 'TLP:AMBER'), (3, 'TLP:AMBER+STRICT'), (4, 'TLP:RED')], default=2, help_text='The strictest marking of what may be filed under the agreement.')),
                ('minimum_group_size', models.PositiveSmallIntegerField(default=5, help_text='No figure on a dashboard that rests on fewer groups of organizations.')),
                ('effective_on', models.DateField(blank=True, null=True)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('review_on', models.DateField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('frozen_at', models.DateTimeField(blank=True, null=True)),
                ('content', models.JSONField(blank=True, default=dict, help_text='Canonical content that the hash is made of.')),
                ('content_hash', models.CharField(blank=True, max_length=64)),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='agreements.agreement')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('frozen_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('agreement', 'number'), name='one_version_per_number'), models.CheckConstraint(condition=models.Q(('minimum_group_size__gte', 3)), name='minimum_group_size_is_at_least_3'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), models.Q(('effective_on__isnull', False), ('ends_on__gt', models.F('effective_on'))), _connector='OR'), name='version_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(models.Q(('frozen_at__isnull', False), ('frozen_by__isnull', False)), models.Q(('frozen_at__isnull', True), ('frozen_by__isnull', True)), _connector='OR'), name='version_frozen_at_with_by'), models.CheckConstraint(condition=models.Q(('frozen_at__isnull', True), ('content_hash__regex', '^[0-9a-f]{64}$'), _connector='OR'), name='frozen_means_hashed')],
            },
        ),
        migrations.CreateModel(
            name='DataCategory',
            fields=[
                ('code', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('label', models.CharField(max_length=200)),
                ('description', models.TextField(blank=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('has_personal_data', models.BooleanField()),
                ('rule_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnership.ruleset')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='DataItem',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('description', models.CharField(blank=True, max_length=300)),
                ('has_personal_data', models.BooleanField(default=False)),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.datacategory')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='data_items', to='agreements.agreementversion')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'category'), name='a_category_is_listed_once')],
            },
        ),
        migrations.CreateModel(
            name='DeletionRecord',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('record_type', models.CharField(max_length=60)),
                ('record_id', models.UUIDField()),
                ('reference', models.CharField(max_length=40)),
                ('action', models.CharField(max_length=10)),
                ('agreement_id', models.UUIDField()),
                ('organization_id', models.UUIDField(blank=True, null=True)),
                ('version_id', models.UUIDField()),
                ('version_number', models.PositiveSmallIntegerField()),
                ('term_id', models.UUIDField()),
                ('rule', models.CharField(max_length=200)),
                ('tlp', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('started_on', models.DateField()),
                ('due_on', models.DateField()),
                ('deleted_at', models.DateTimeField()),
                ('counts', models.JSONField(default=dict)),
                ('generation', models.PositiveIntegerField()),
                ('leaf', models.CharField(max_length=64)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to='agreements.deletionbatch')),
            ],
            options={
                'indexes': [models.Index(fields=['agreement_id', 'due_on'], name='agreements__agreeme_aeb1cb_idx'), models.Index(fields=['organization_id', '-deleted_at'], name='agreements__organiz_5ff138_idx')],
                'constraints': [models.UniqueConstraint(fields=('record_type', 'record_id', 'action'), name='one_certificate_per_record')],
            },
        ),
        migrations.CreateModel(
            name='Engagement',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('title', models.CharField(max_length=200)),
                ('independence', models.TextField(help_text="The auditor's statement of independence.")),
                ('created_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('agreements', models.ManyToManyField(blank=True, related_name='engagements', to='agreements.agreement')),
                ('auditor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='engagements', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['auditor', 'until'], name='agreements__auditor_266e0c_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='engagement_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('until__isnull', False)), name='an_engagement_has_an_end'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), _connector='OR'), name='engagement_ended_at_with_by')],
            },
        ),
        migrations.CreateModel(
            name='LegalBasis',
            fields=[
                ('code', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('label', models.CharField(max_length=200)),
                ('description', models.TextField(blank=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('law', models.CharField(max_length=120)),
                ('article', models.CharField(max_length=40)),
                ('needs_law_cited', models.BooleanField(default=False, help_text='GDPR Article 6(1)(c) and (e).')),
                ('refused_for_authorities', models.BooleanField(default=False, help_text='GDPR Article 6(1)(f), last sentence.')),
                ('rule_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnership.ruleset')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='LegalHold',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reference', models.CharField(max_length=20, unique=True)),
                ('record_type', models.CharField(blank=True, max_length=60)),
                ('record_id', models.UUIDField(blank=True, null=True)),
                ('record_name', models.CharField(blank=True, max_length=200)),
                ('ground', models.CharField(choices=[('expression', 'Freedom of expression and information, Art. 17(3)(a)'), ('legal_duty', 'Legal obligation or public task, Art. 17(3)(b)'), ('public_health', 'Public health, Art. 17(3)(c)'), ('archiving', 'Archiving, research, statistics, Art. 17(3)(d)'), ('legal_claims', 'Legal claims, Art. 17(3)(e)'), ('investigation', 'Request of an authority')], max_length=14)),
                ('authority', models.CharField(blank=True, max_length=200)),
                ('reason', models.CharField(max_length=500)),
                ('review_on', models.DateField()),
                ('placed_at', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('lifted_reason', models.CharField(blank=True, max_length=500)),
                ('agreement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='agreements.agreement')),
                ('lifted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='partnership.organization')),
                ('owner', models.ForeignKey(help_text='The organization on whose behalf it was placed.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnership.organization')),
                ('placed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('lifted_at__isnull', True)), fields=['agreement'], name='open_holds')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('agreement__isnull', True), ('organization__isnull', False), ('record_id__isnull', True)), models.Q(('agreement__isnull', False), ('organization__isnull', True), ('record_id__isnull', True)), models.Q(('agreement__isnull', False), ('organization__isnull', True), ('record_id__isnull', False)), _connector='OR'), name='a_hold_has_one_scope'), models.CheckConstraint(condition=models.Q(models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False)), models.Q(('lifted_at__isnull', True), ('lifted_by__isnull', True)), _connector='OR'), name='hold_lifted_at_with_by')],
            },
        ),
        migrations.CreateModel(
            name='Party',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('role', models.CharField(choices=[('provider', 'Provides data'), ('recipient', 'Receives data'), ('both', 'Provides and receives'), ('steward', 'Steward')], default='both', max_length=10)),
                ('controller_role', models.CharField(choices=[('controller', 'Controller'), ('joint_controller', 'Joint controller'), ('processor', 'Processor')], default='controller', help_text='GDPR Articles 4, 26 and 28.', max_length=16)),
                ('contact', models.CharField(blank=True, help_text='Whom to ask about this agreement.', max_length=200)),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parties', to='agreements.agreement')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parties', to='partnership.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['organization', 'until'], name='agreements__organiz_88aa01_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='party_ends_after_it_begins'), models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('agreement', 'organization'), name='once_a_party_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='SpecialCondition',
            fields=[
                ('code', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('label', models.CharField(max_length=200)),
                ('description', models.TextField(blank=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('article', models.CharField(max_length=40)),
                ('rule_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnership.ruleset')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Purpose',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField(default=1)),
                ('text', models.CharField(max_length=500)),
                ('law_cited', models.CharField(blank=True, max_length=300)),
                ('law_valid_until', models.DateField(blank=True, null=True)),
                ('legal_basis', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.legalbasis')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='purposes', to='agreements.agreementversion')),
                ('special_condition', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.specialcondition')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'position'), name='purposes_are_numbered')],
            },
        ),
        migrations.CreateModel(
            name='PermittedUse',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField(default=1)),
                ('recipients', models.CharField(choices=[('parties', 'The parties'), ('sector', 'Partners of the same sector'), ('councils', 'Advisory councils, as figures'), ('authorities', 'Public authorities')], max_length=12)),
                ('conditions', models.CharField(blank=True, max_length=300)),
                ('highest_tlp', models.PositiveSmallIntegerField(choices=[(0, 'TLP:CLEAR'), (1, 'TLP:GREEN'), (2, 'TLP:AMBER'), (3, 'TLP:AMBER+STRICT'), (4, 'TLP:RED')], default=2)),
                ('valid_from', models.DateField(blank=True, null=True)),
                ('valid_until', models.DateField(blank=True, null=True)),
                ('categories', models.ManyToManyField(blank=True, related_name='+', to='agreements.datacategory')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='permitted_uses', to='agreements.agreementversion')),
                ('purpose', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uses', to='agreements.purpose')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'position'), name='uses_are_numbered')],
            },
        ),
        migrations.CreateModel(
            name='QuarantinedRecord',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('record_type', models.CharField(max_length=60)),
                ('record_id', models.UUIDField()),
                ('error', models.CharField(max_length=500)),
                ('noted_at', models.DateTimeField()),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quarantined', to='agreements.deletionrun')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('run', 'record_type', 'record_id'), name='quarantined_once_per_run')],
            },
        ),
        migrations.CreateModel(
            name='RedactionStep',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField(default=1)),
                ('instruction', models.CharField(max_length=300)),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.datacategory')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='redaction_steps', to='agreements.agreementversion')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'category', 'position'), name='redaction_steps_are_numbered')],
            },
        ),
        migrations.CreateModel(
            name='RetentionTerm',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('trigger', models.CharField(choices=[('received', 'Report received'), ('closed', 'Incident closed'), ('agreement_ended', 'Agreement ended')], default='received', max_length=16)),
                ('months', models.PositiveSmallIntegerField(default=0)),
                ('days', models.PositiveSmallIntegerField(default=0)),
                ('action', models.CharField(choices=[('delete', 'Delete'), ('anonymise', 'Anonymise'), ('return', 'Return, then delete')], default='delete', max_length=10)),
                ('basis', models.CharField(blank=True, help_text='Why this long: a law, a standard, a need.', max_length=300)),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.datacategory')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='retention_terms', to='agreements.agreementversion')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'category'), name='one_retention_term_per_category'), models.CheckConstraint(condition=models.Q(('months__gt', 0), ('days__gt', 0), _connector='OR'), name='a_retention_period_is_not_empty'), models.CheckConstraint(condition=models.Q(('months__lte', 1200)), name='a_retention_period_ends')],
            },
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('content_hash', models.CharField(max_length=64)),
                ('statement', models.CharField(help_text="The signatory's statement of authority.", max_length=500)),
                ('signed_at', models.DateTimeField()),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='agreements.party')),
                ('signed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='agreements.agreementversion')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'party'), name='a_party_signs_a_version_once')],
            },
        ),
        migrations.CreateModel(
            name='AgreementUserGrant',
            fields=[
                ('granted_at', models.DateTimeField()),
                ('reason', models.CharField(max_length=500)),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='user_grants', to='agreements.agreement')),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), _connector='OR'), name='agreementusergrant_revoked_at_with_by')],
                'unique_together': {('user', 'permission', 'content_object')},
            },
        ),
        migrations.AddField(
            model_name='agreement',
            name='governing',
            field=models.ForeignKey(blank=True, help_text='The signed version that governs now.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agreements.agreementversion'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['in_force', 'suspended']), _negated=True), ('governing__isnull', False), _connector='OR'), name='in_force_means_a_governing_version'),
        ),
    ]
