"""The first tables of this floor."""

import django.db.models.deletion
import django.db.models.functions.text
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Audience',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200, unique=True)),
                ('description', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='AuditCheckpoint',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('size', models.BigIntegerField()),
                ('root', models.CharField(max_length=64)),
                ('head', models.CharField(max_length=64)),
                ('signature', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='AuditDetail',
            fields=[
                ('entry_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('salt', models.CharField(max_length=32)),
                ('detail', models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('seq', models.BigIntegerField(primary_key=True, serialize=False)),
                ('entry_id', models.BigIntegerField(unique=True)),
                ('previous', models.CharField(max_length=64, unique=True)),
                ('hash', models.CharField(max_length=64, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('beat_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=100, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('content_type', models.CharField(max_length=100)),
                ('size', models.BigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254)),
                ('name', models.CharField(max_length=200)),
                ('time_zone', models.CharField(default='UTC', max_length=64)),
                ('is_active', models.BooleanField(default=True)),
                ('is_staff', models.BooleanField(default=False, help_text='May open the read-only support pages.')),
                ('date_joined', models.DateTimeField(auto_now_add=True)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='a_person_has_one_address')],
            },
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('last_used_on', models.DateField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_tokens', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), _connector='OR'), name='token_revoked_at_with_by')],
            },
        ),
        migrations.CreateModel(
            name='AudienceMember',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('audience', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='partnership.audience')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='audience_memberships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', 'until'], name='partnership_user_id_498076_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='audience_membership_ends_after_it_begins'), models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('audience', 'user'), name='once_in_an_audience_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('actor_id', models.UUIDField(blank=True, help_text="Empty for the portal's own jobs.", null=True)),
                ('actor_kind', models.CharField(choices=[('person', 'Person'), ('system', 'System'), ('anonymous', 'Anonymous')], max_length=10)),
                ('verb', models.CharField(max_length=60)),
                ('object_type', models.CharField(max_length=60)),
                ('object_id', models.CharField(max_length=64)),
                ('subject_id', models.CharField(blank=True, help_text='The organization or agreement it concerns.', max_length=64)),
                ('request_id', models.UUIDField(default=uuid.uuid4)),
                ('outcome', models.CharField(choices=[('done', 'Done'), ('refused', 'Refused'), ('failed', 'Failed')], default='done', max_length=10)),
                ('commitment', models.CharField(help_text='SHA-256 of salt and detail.', max_length=64)),
            ],
            options={
                'indexes': [models.Index(fields=['object_type', 'object_id', '-id'], name='partnership_object__3dc633_idx'), models.Index(fields=['actor_id', '-id'], name='partnership_actor_i_9b0e08_idx'), models.Index(fields=['subject_id', '-id'], name='partnership_subject_e466fa_idx'), models.Index(fields=['verb', '-id'], name='partnership_verb_7c6905_idx')],
            },
        ),
        migrations.CreateModel(
            name='AuditHead',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('seq', models.BigIntegerField(default=0)),
                ('hash', models.CharField(max_length=64)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='the_chain_has_one_head')],
            },
        ),
        migrations.CreateModel(
            name='FileErasure',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=100, unique=True)),
                ('requested_at', models.DateTimeField()),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('last_error', models.CharField(blank=True, max_length=300)),
                ('erased_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['erased_at', 'id'], name='partnership_erased__22ab05_idx')],
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=40)),
                ('title', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('queued', 'Waiting to start'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='queued', max_length=10)),
                ('arguments', models.JSONField(default=dict)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0, help_text='0 while the amount is unknown.')),
                ('result', models.JSONField(default=dict)),
                ('message', models.CharField(blank=True, max_length=500)),
                ('requested_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('beat_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='jobs', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['requested_by', '-requested_at'], name='partnership_request_ba2b36_idx'), models.Index(fields=['state', 'beat_at'], name='partnership_state_1ecbab_idx')],
            },
        ),
        migrations.CreateModel(
            name='RuleSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('version', models.CharField(max_length=40)),
                ('title', models.CharField(max_length=200)),
                ('source', models.CharField(max_length=300)),
                ('valid_from', models.DateField()),
                ('valid_until', models.DateField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='one_rule_set_per_version'), models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='rule_set_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='Sector',
            fields=[
                ('code', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('label', models.CharField(max_length=200)),
                ('description', models.TextField(blank=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('scheme', models.CharField(choices=[('nis2', 'NIS2 Directive'), ('us16', 'United States, 16 sectors')], max_length=10)),
                ('group', models.CharField(blank=True, max_length=60)),
                ('matches', models.ManyToManyField(blank=True, to='partnership.sector')),
                ('rule_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnership.ruleset')),
            ],
            options={
                'indexes': [models.Index(fields=['scheme', 'position'], name='partnership_scheme_0b007c_idx')],
            },
        ),
        migrations.CreateModel(
            name='Organization',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('short_name', models.CharField(blank=True, max_length=60)),
                ('kind', models.CharField(choices=[('government', 'Government'), ('operator', 'Operator'), ('vendor', 'Vendor'), ('association', 'Association'), ('academia', 'Academia'), ('civil_society', 'Civil society'), ('international', 'International organization')], max_length=20)),
                ('size', models.CharField(choices=[('micro', 'Micro (under 10 staff)'), ('small', 'Small (10 to 49 staff)'), ('medium', 'Medium (50 to 249 staff)'), ('large', 'Large (250 staff or more)')], max_length=10)),
                ('country', models.CharField(help_text='ISO 3166-1, two letters, such as NL or US.', max_length=2)),
                ('website', models.URLField(blank=True)),
                ('time_zone', models.CharField(default='UTC', max_length=64)),
                ('is_secretariat', models.BooleanField(default=False, help_text='The neutral coordinating body: stewards councils and formats, has no vote.')),
                ('vetting', models.CharField(choices=[('applicant', 'Applicant'), ('waiting', 'Waiting for the applicant'), ('vetted', 'Vetted'), ('refused', 'Refused'), ('expired', 'Vetting expired')], default='applicant', max_length=10)),
                ('tier', models.PositiveSmallIntegerField(default=0, help_text='Trust tier from 0 (none) to 3 (highest).')),
                ('revet_on', models.DateField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('vetted_at', models.DateTimeField(blank=True, null=True)),
                ('suspended_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('parent', models.ForeignKey(blank=True, help_text='The head of its group; figures count a group once.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='subsidiaries', to='partnership.organization')),
                ('suspended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('vetted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sectors', models.ManyToManyField(blank=True, related_name='organizations', to='partnership.sector')),
            ],
            options={
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), models.F('country'), name='one_organization_per_name_and_country'), models.CheckConstraint(condition=models.Q(('tier__lte', 3)), name='tier_is_0_to_3'), models.CheckConstraint(condition=models.Q(('country__regex', '^[A-Z]{2}$')), name='country_is_two_letters'), models.CheckConstraint(condition=models.Q(models.Q(('vetting', 'vetted'), _negated=True), models.Q(('revet_on__isnull', False), ('vetted_at__isnull', False)), _connector='OR'), name='vetted_says_when_and_until'), models.CheckConstraint(condition=models.Q(models.Q(('vetted_at__isnull', False), ('vetted_by__isnull', False)), models.Q(('vetted_at__isnull', True), ('vetted_by__isnull', True)), _connector='OR'), name='organization_vetted_at_with_by'), models.CheckConstraint(condition=models.Q(models.Q(('suspended_at__isnull', False), ('suspended_by__isnull', False)), models.Q(('suspended_at__isnull', True), ('suspended_by__isnull', True)), _connector='OR'), name='organization_suspended_at_with_by')],
            },
        ),
        migrations.CreateModel(
            name='LiaisonOffice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('time_zone', models.CharField(default='UTC', max_length=64)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offices', to='partnership.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'name'), name='one_office_per_name')],
            },
        ),
        migrations.CreateModel(
            name='Channel',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('email', 'E-mail'), ('phone', 'Telephone'), ('pgp', 'PGP fingerprint'), ('chat', 'Secure messenger'), ('other', 'Other')], max_length=10)),
                ('purpose', models.CharField(choices=[('incidents', 'Incidents'), ('warnings', 'Warnings'), ('agreements', 'Agreements'), ('general', 'General')], default='general', max_length=12)),
                ('value', models.CharField(max_length=200)),
                ('is_backup', models.BooleanField(default=False)),
                ('is_always_open', models.BooleanField(default=False, help_text='Answered day and night, every day.')),
                ('verified_at', models.DateTimeField(blank=True, null=True)),
                ('verified_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='channels', to='partnership.liaisonoffice')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('verified_at__isnull', False), ('verified_by__isnull', False)), models.Q(('verified_at__isnull', True), ('verified_by__isnull', True)), _connector='OR'), name='channel_verified_at_with_by')],
            },
        ),
        migrations.CreateModel(
            name='OfficeAssignment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('is_deputy', models.BooleanField(default=False)),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='partnership.liaisonoffice')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='office_assignments', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='assignment_ends_after_it_begins'), models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('office', 'user'), name='one_open_assignment_per_person')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('role', models.CharField(choices=[('liaison_officer', 'Liaison officer'), ('analyst', 'Analyst'), ('signatory', 'Signatory'), ('council_member', 'Council member'), ('auditor', 'Auditor'), ('coordinator', 'Coordinator of the secretariat'), ('administrator', 'Administrator')], max_length=20)),
                ('granted_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='partnership.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['user', 'until'], name='partnership_user_id_9d91c4_idx'), models.Index(fields=['organization', 'role'], name='partnership_organiz_92e27c_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('until__isnull', True), ('until__gte', models.F('since')), _connector='OR'), name='membership_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), _connector='OR'), name='membership_ended_at_with_by'), models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('user', 'organization', 'role'), name='one_open_membership_per_role')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254)),
                ('name', models.CharField(max_length=200)),
                ('role', models.CharField(choices=[('liaison_officer', 'Liaison officer'), ('analyst', 'Analyst'), ('signatory', 'Signatory'), ('council_member', 'Council member'), ('auditor', 'Auditor'), ('coordinator', 'Coordinator of the secretariat'), ('administrator', 'Administrator')], max_length=20)),
                ('token_digest', models.CharField(max_length=64, unique=True)),
                ('invited_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations_sent', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='partnership.organization')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('accepted_at__isnull', False), ('accepted_by__isnull', False)), models.Q(('accepted_at__isnull', True), ('accepted_by__isnull', True)), _connector='OR'), name='invitation_accepted_at_with_by'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), _connector='OR'), name='invitation_withdrawn_at_with_by')],
            },
        ),
        migrations.CreateModel(
            name='CorrectiveAction',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=200)),
                ('description', models.TextField(blank=True)),
                ('raised_by_type', models.CharField(max_length=60)),
                ('raised_by_id', models.UUIDField()),
                ('raised_by_name', models.CharField(max_length=200)),
                ('due_on', models.DateField()),
                ('state', models.CharField(choices=[('open', 'Open'), ('done', 'Done, waiting for verification'), ('verified', 'Verified'), ('cancelled', 'Cancelled')], default='open', max_length=10)),
                ('created_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('verified_at', models.DateTimeField(blank=True, null=True)),
                ('audience', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrective_actions', to='partnership.audience')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrective_actions', to=settings.AUTH_USER_MODEL)),
                ('verified_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrective_actions', to='partnership.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'due_on'], name='partnership_state_9fb9ef_idx'), models.Index(fields=['raised_by_type', 'raised_by_id'], name='partnership_raised__b94032_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', False), ('done_by__isnull', False)), models.Q(('done_at__isnull', True), ('done_by__isnull', True)), _connector='OR'), name='action_done_at_with_by'), models.CheckConstraint(condition=models.Q(models.Q(('verified_at__isnull', False), ('verified_by__isnull', False)), models.Q(('verified_at__isnull', True), ('verified_by__isnull', True)), _connector='OR'), name='action_verified_at_with_by'), models.CheckConstraint(condition=models.Q(('verified_by__isnull', True), models.Q(('verified_by', models.F('owner')), _negated=True), _connector='OR'), name='an_owner_does_not_verify_its_own_action')],
            },
        ),
        migrations.CreateModel(
            name='ContactEntry',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('held_on', models.DateField()),
                ('channel', models.CharField(choices=[('email', 'E-mail'), ('phone', 'Telephone'), ('pgp', 'PGP fingerprint'), ('chat', 'Secure messenger'), ('other', 'Other'), ('meeting', 'Meeting')], max_length=10)),
                ('topic', models.CharField(max_length=200)),
                ('notes', models.TextField(blank=True)),
                ('follow_up', models.CharField(blank=True, max_length=300)),
                ('follow_up_on', models.DateField(blank=True, null=True)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contact_entries', to='partnership.liaisonoffice')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contact_entries', to='partnership.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['partner', '-held_on'], name='partnership_partner_99479d_idx')],
            },
        ),
        migrations.CreateModel(
            name='OrganizationGroupGrant',
            fields=[
                ('granted_at', models.DateTimeField()),
                ('reason', models.CharField(max_length=500)),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='group_grants', to='partnership.organization')),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.group')),
                ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), _connector='OR'), name='organizationgroupgrant_revoked_at_with_by')],
                'unique_together': {('group', 'permission', 'content_object')},
            },
        ),
        migrations.CreateModel(
            name='OrganizationIdentifier',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('scheme', models.CharField(choices=[('lei', 'Legal Entity Identifier (LEI)'), ('vat', 'VAT number'), ('register', 'National company register'), ('duns', 'D-U-N-S number'), ('other', 'Other')], max_length=10)),
                ('value', models.CharField(max_length=60)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identifiers', to='partnership.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('scheme', 'value'), name='an_identifier_names_one_organization')],
            },
        ),
        migrations.CreateModel(
            name='OrganizationUserGrant',
            fields=[
                ('granted_at', models.DateTimeField()),
                ('reason', models.CharField(max_length=500)),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='user_grants', to='partnership.organization')),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), _connector='OR'), name='organizationusergrant_revoked_at_with_by')],
                'unique_together': {('user', 'permission', 'content_object')},
            },
        ),
        migrations.CreateModel(
            name='Marking',
            fields=[
                ('code', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('label', models.CharField(max_length=200)),
                ('description', models.TextField(blank=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('scheme', models.CharField(choices=[('tlp', 'Traffic Light Protocol'), ('pap', 'Permissible Actions Protocol')], max_length=10)),
                ('rank', models.PositiveSmallIntegerField()),
                ('rule_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnership.ruleset')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('rule_set', 'rank'), name='one_marking_per_rank')],
            },
        ),
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('report', models.CharField(max_length=60)),
                ('format', models.CharField(max_length=10)),
                ('parameters', models.JSONField(default=dict)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('marking', models.PositiveSmallIntegerField(default=2)),
                ('row_count', models.PositiveIntegerField(default=0)),
                ('manifest', models.JSONField(default=dict)),
                ('requested_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exports', to=settings.AUTH_USER_MODEL)),
                ('job', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='export', to='partnership.job')),
                ('file', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='export', to='partnership.storedfile')),
            ],
            options={
                'indexes': [models.Index(fields=['requested_by', '-requested_at'], name='partnership_request_2872db_idx'), models.Index(fields=['expires_at'], name='partnership_expires_78bf12_idx')],
            },
        ),
        migrations.CreateModel(
            name='TransferMechanism',
            fields=[
                ('code', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('label', models.CharField(max_length=200)),
                ('description', models.TextField(blank=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('article', models.CharField(max_length=40)),
                ('is_derogation', models.BooleanField(default=False, help_text='Article 49: for single cases only.')),
                ('rule_set', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnership.ruleset')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
