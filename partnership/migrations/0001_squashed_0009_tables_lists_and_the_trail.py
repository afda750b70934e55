"""The tables of this floor, its reference lists, and the guards of the trail."""

import datetime
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import uuid
from django.conf import settings
from django.db import migrations, models

from partnership.operations import CreateModels
from .first import guard_checkpoints, reference_lists, seal_the_trail


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("partnership", "0001_initial"),
        ("partnership", "0002_seal_the_trail"),
        ("partnership", "0003_load_reference_lists"),
        ("partnership", "0004_grants_renewed_and_broken_glass"),
        ("partnership", "0005_checkpoints_and_witnesses"),
        ("partnership", "0006_keep_sessions_and_recovery_codes"),
        ("partnership", "0007_scope_tokens"),
        ("partnership", "0008_note_refusals"),
        ("partnership", "0009_ask_whether_exceptions_are_needed"),
    ]
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [
        CreateModels([
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
            name='AuditDetail',
            fields=[
                ('entry_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('salt', models.CharField(max_length=32)),
                ('detail', models.JSONField()),
            ],
            options={
            },
        ),
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('seq', models.BigIntegerField(primary_key=True, serialize=False)),
                ('entry_id', models.BigIntegerField(unique=True)),
                ('previous', models.CharField(max_length=64, unique=True)),
                ('hash', models.CharField(max_length=64, unique=True)),
            ],
            options={
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
            name='AuditCheckpoint',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('size', models.BigIntegerField()),
                ('root', models.CharField(help_text='Of the tree of RFC 6962 over the seals.', max_length=64)),
                ('head', models.CharField(help_text='The last link of the chain.', max_length=64)),
                ('signature', models.TextField(help_text='The line below the statement, in the signed note form.')),
                ('frontier', models.TextField(blank=True, help_text='Roots of the full subtrees: enough to go on without reading all.')),
                ('origin', models.CharField(help_text='Whose trail it is; the name under which it is signed.', max_length=200)),
            ],
            options={
                'indexes': [models.Index(fields=['size', 'id'], name='partnership_size_b2f257_idx')],
            },
        ),
        migrations.CreateModel(
            name='AuditWitness',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(help_text='The public key, written as name+id+key.', max_length=300, unique=True)),
                ('registered_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='witnesses', to='partnership.organization')),
                ('registered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), _connector='OR'), name='witness_withdrawn_at_with_by'), models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('organization',), name='one_witness_key_per_organization')],
            },
        ),
        migrations.CreateModel(
            name='AuditCosignature',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('witnessed_at', models.DateTimeField(help_text="By the witness's own clock; part of what it signed.")),
                ('posted_at', models.DateTimeField()),
                ('signature', models.TextField(help_text='The line below the checkpoint, in the signed note form.')),
                ('checkpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cosignatures', to='partnership.auditcheckpoint')),
                ('posted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('witness', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cosignatures', to='partnership.auditwitness')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('checkpoint', 'witness'), name='a_witness_signs_a_checkpoint_once')],
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
        migrations.CreateModel(
            name='BreakGlass',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('record_type', models.CharField(max_length=60)),
                ('record_id', models.UUIDField(blank=True, help_text='Empty when no record has the reference.', null=True)),
                ('record_name', models.CharField(help_text='The reference that was asked for.', max_length=60)),
                ('tlp_ceiling', models.PositiveSmallIntegerField(choices=[(0, 'TLP:CLEAR'), (1, 'TLP:GREEN'), (2, 'TLP:AMBER'), (3, 'TLP:AMBER+STRICT'), (4, 'TLP:RED')])),
                ('reason', models.CharField(max_length=500)),
                ('hours', models.PositiveSmallIntegerField(default=1)),
                ('requested_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('refused_at', models.DateTimeField(blank=True, null=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, help_text='When its end stood in the trail.', null=True)),
                ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnership.organization')),
                ('refused_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='broken_glass', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'break-glass request',
                'indexes': [models.Index(fields=['requested_by', 'expires_at'], name='partnership_request_b1ca39_idx'), models.Index(fields=['record_id'], name='partnership_record__0582ae_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', False), ('approved_by__isnull', False)), models.Q(('approved_at__isnull', True), ('approved_by__isnull', True)), _connector='OR'), name='break_glass_approved_at_with_by'), models.CheckConstraint(condition=models.Q(models.Q(('refused_at__isnull', False), ('refused_by__isnull', False)), models.Q(('refused_at__isnull', True), ('refused_by__isnull', True)), _connector='OR'), name='break_glass_refused_at_with_by'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('ended_by__isnull', False)), models.Q(('ended_at__isnull', True), ('ended_by__isnull', True)), _connector='OR'), name='break_glass_ended_at_with_by'), models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('requested_by')), _negated=True), _connector='OR'), name='break_glass_takes_two_persons'), models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', True), ('expires_at__isnull', True)), models.Q(('approved_at__isnull', False), ('expires_at__gt', models.F('approved_at')), ('expires_at__isnull', False), ('expires_at__lte', django.db.models.expressions.CombinedExpression(models.F('approved_at'), '+', models.Value(datetime.timedelta(seconds=14400)))), ('refused_at__isnull', True)), _connector='OR'), name='break_glass_ends_within_four_hours'), models.CheckConstraint(condition=models.Q(('hours__gte', 1), ('hours__lte', 4)), name='break_glass_lasts_one_to_four_hours'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='break_glass_has_a_reason'), models.CheckConstraint(condition=models.Q(('tlp_ceiling__lte', 4)), name='break_glass_has_a_ceiling')],
            },
        ),
        migrations.CreateModel(
            name='Confirmation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=30)),
                ('to', models.CharField(max_length=10)),
                ('grant_id', models.BigIntegerField()),
                ('outcome', models.CharField(choices=[('open', 'Waits for an answer'), ('kept', 'Confirmed'), ('ended', 'Ended'), ('lapsed', 'Ended because nobody confirmed it')], default='open', max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['outcome', 'due_at'], name='partnership_outcome_b6e8e2_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', False), ('answered_by__isnull', False)), models.Q(('answered_at__isnull', True), ('answered_by__isnull', True)), _connector='OR'), name='confirmation_answered_at_with_by'), models.UniqueConstraint(condition=models.Q(('outcome', 'open')), fields=('kind', 'to', 'grant_id'), name='one_open_question_per_exception')],
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
                ('clause', models.CharField(blank=True, help_text='The clause of an agreement, or a ticket.', max_length=120)),
                ('closed_at', models.DateTimeField(blank=True, help_text='When the nightly job noted that it had ended.', null=True)),
                ('renewed_at', models.DateTimeField(blank=True, null=True)),
                ('renewed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('warned_at', models.DateTimeField(blank=True, help_text='When its grantor was told of its end.', null=True)),
            ],
            options={
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), _connector='OR'), name='organizationusergrant_revoked_at_with_by'), models.CheckConstraint(condition=models.Q(models.Q(('renewed_at__isnull', False), ('renewed_by__isnull', False)), models.Q(('renewed_at__isnull', True), ('renewed_by__isnull', True)), _connector='OR'), name='organizationusergrant_renewed_at_with_by'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='organizationusergrant_has_a_reason'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('granted_at'))), name='organizationusergrant_ends_after_it_begins')],
                'unique_together': {('user', 'permission', 'content_object')},
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
                ('clause', models.CharField(blank=True, help_text='The clause of an agreement, or a ticket.', max_length=120)),
                ('closed_at', models.DateTimeField(blank=True, help_text='When the nightly job noted that it had ended.', null=True)),
                ('renewed_at', models.DateTimeField(blank=True, null=True)),
                ('renewed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('warned_at', models.DateTimeField(blank=True, help_text='When its grantor was told of its end.', null=True)),
            ],
            options={
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), _connector='OR'), name='organizationgroupgrant_revoked_at_with_by'), models.CheckConstraint(condition=models.Q(models.Q(('renewed_at__isnull', False), ('renewed_by__isnull', False)), models.Q(('renewed_at__isnull', True), ('renewed_by__isnull', True)), _connector='OR'), name='organizationgroupgrant_renewed_at_with_by'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='organizationgroupgrant_has_a_reason'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('granted_at'))), name='organizationgroupgrant_ends_after_it_begins')],
                'unique_together': {('group', 'permission', 'content_object')},
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
            name='Heartbeat',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('beat_at', models.DateTimeField()),
            ],
            options={
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
            name='ApiToken',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_tokens', to=settings.AUTH_USER_MODEL)),
                ('areas', models.JSONField(default=list, help_text='The apps whose resources it opens.')),
                ('may_write', models.BooleanField(default=False)),
                ('may_decide', models.BooleanField(default=False, help_text='May do what asks a person for a fresh second factor, as far as tokens can.')),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), _connector='OR'), name='token_revoked_at_with_by'), models.CheckConstraint(condition=models.Q(('expires_at__lte', django.db.models.expressions.CombinedExpression(models.F('created_at'), '+', models.Value(datetime.timedelta(days=366))))), name='a_token_lasts_a_year_at_most')],
            },
        ),
        migrations.CreateModel(
            name='SecurityEvent',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('login_failed', 'Login failed'), ('access_refused', 'Access refused'), ('token_refused', 'Token refused'), ('form_refused', 'Form of another page refused'), ('step_up_refused', 'Fresh second factor refused'), ('rate_limited', 'Limit reached'), ('upload_refused', 'File refused'), ('policy_report', 'Browser reported a breach of the page policy'), ('message_forged', 'Message to the workers without a valid signature'), ('key_rotated', 'Key rotated')], max_length=20)),
                ('person_id', models.UUIDField(blank=True, help_text='Empty where nobody was signed in.', null=True)),
                ('network', models.CharField(blank=True, help_text='The network of the caller, without the last part.', max_length=50)),
                ('place', models.CharField(blank=True, help_text='The route, without what was filled in.', max_length=200)),
                ('record', models.CharField(blank=True, help_text='The key that was asked for.', max_length=64)),
                ('request_id', models.UUIDField()),
                ('detail', models.JSONField(default=dict)),
            ],
            options={
                'indexes': [models.Index(fields=['-at'], name='partnership_at_16c33b_idx'), models.Index(fields=['kind', '-at'], name='partnership_kind_951a91_idx'), models.Index(fields=['person_id', '-at'], name='partnership_person__159585_idx')],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('session_key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('device', models.CharField(blank=True, max_length=100)),
                ('started_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'abstract': False,
                'indexes': [models.Index(fields=['user', 'seen_at'], name='partnership_user_id_ee4991_idx')],
            },
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('count', models.PositiveIntegerField()),
                ('ends_at', models.DateTimeField()),
                ('free_at', models.DateTimeField()),
                ('is_refused', models.BooleanField(default=False)),
            ],
            options={
            },
        ),
    
        ]),
        migrations.RunSQL(seal_the_trail.SEAL, seal_the_trail.UNSEAL),
        migrations.RunPython(reference_lists.load, reference_lists.unload),
        migrations.RunSQL(guard_checkpoints.GUARD, guard_checkpoints.UNGUARD),
    ]
