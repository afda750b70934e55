"""The tables of this floor."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from partnership.operations import CreateModels


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("councils", "0001_initial"),
        ("councils", "0002_grants_on_councils"),
    ]
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("partnership", "0001_squashed_0009_tables_lists_and_the_trail"),
    ]
    operations = [
        CreateModels([
        migrations.CreateModel(
            name='Council',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200, unique=True)),
                ('state', models.CharField(choices=[('active', 'Active'), ('dissolved', 'Dissolved')], default='active', max_length=10)),
                ('created_at', models.DateTimeField()),
                ('audience', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='council', to='partnership.audience')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('secretariat', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='councils_served', to='partnership.organization')),
                ('sectors', models.ManyToManyField(related_name='councils', to='partnership.sector')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Charter',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('purpose', models.TextField()),
                ('authority', models.CharField(help_text='The law or decision that establishes the council.', max_length=300)),
                ('term_months', models.PositiveSmallIntegerField(default=24)),
                ('meetings_a_year', models.PositiveSmallIntegerField(default=4)),
                ('notice_days', models.PositiveSmallIntegerField(default=7, help_text='Calendar days between notice and meeting.')),
                ('quorum_basis', models.CharField(choices=[('all_seats', 'All voting seats'), ('filled_seats', 'Filled voting seats')], default='filled_seats', max_length=12)),
                ('quorum_numerator', models.PositiveSmallIntegerField(default=1)),
                ('quorum_denominator', models.PositiveSmallIntegerField(default=2)),
                ('quorum_is_more_than', models.BooleanField(default=True, help_text='More than the fraction, rather than at least.')),
                ('majority', models.CharField(choices=[('simple', 'Simple majority'), ('two_thirds', 'Two thirds'), ('four_fifths', 'Four fifths')], default='simple', max_length=12)),
                ('counts_abstentions', models.BooleanField(default=False, help_text='Abstentions count as votes cast.')),
                ('tie_rule', models.CharField(choices=[('rejected', 'A tie rejects the motion'), ('chair', 'The chair decides a tie')], default='rejected', max_length=10)),
                ('minutes_days', models.PositiveSmallIntegerField(default=90, help_text='Calendar days within which minutes are certified.')),
                ('adopted_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('adopted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='charters', to='councils.council')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('council', 'number'), name='one_charter_per_number'), models.CheckConstraint(condition=models.Q(('quorum_denominator__gt', 0), ('quorum_numerator__lte', models.F('quorum_denominator'))), name='a_quorum_is_a_fraction')],
            },
        ),
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('interest', models.CharField(choices=[('government', 'Government'), ('operator', 'Operators'), ('vendor', 'Vendors'), ('association', 'Associations'), ('academia', 'Academia'), ('civil_society', 'Civil society'), ('secretariat', 'Secretariat')], max_length=14)),
                ('function', models.CharField(choices=[('chair', 'Chair'), ('member', 'Member'), ('officer', 'Designated officer'), ('guest', 'Guest')], default='member', max_length=8)),
                ('is_voting', models.BooleanField(default=True)),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='councils.council')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('council', 'number'), name='one_seat_per_number'), models.CheckConstraint(condition=models.Q(('function__in', ['officer', 'guest']), ('is_voting', True), _negated=True), name='officers_and_guests_do_not_vote')],
            },
        ),
        migrations.CreateModel(
            name='Occupancy',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('appointed_at', models.DateTimeField()),
                ('vacated_at', models.DateTimeField(blank=True, null=True)),
                ('appointed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('membership', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='occupancy', to='partnership.audiencemember')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partnership.organization')),
                ('vacated_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('seat', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='occupancies', to='councils.seat')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('vacated_at__isnull', False), ('vacated_by__isnull', False)), models.Q(('vacated_at__isnull', True), ('vacated_by__isnull', True)), _connector='OR'), name='occupancy_vacated_at_with_by'), models.UniqueConstraint(condition=models.Q(('vacated_at__isnull', True)), fields=('seat',), name='one_person_on_a_seat')],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('motion', models.TextField()),
                ('majority', models.CharField(max_length=12)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('open', 'Vote open'), ('adopted', 'Adopted'), ('rejected', 'Rejected'), ('invalid', 'Invalid: no quorum')], default='draft', max_length=8)),
                ('proposed_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('tally', models.JSONField(blank=True, default=dict, help_text='Counts and the figures of quorum and majority at closing.')),
                ('explanation', models.CharField(blank=True, max_length=500)),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='councils.agendaitem')),
                ('opened_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='councils.meeting')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('opened_at__isnull', False), ('opened_by__isnull', False)), models.Q(('opened_at__isnull', True), ('opened_by__isnull', True)), _connector='OR'), name='decision_opened_at_with_by'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('closed_by__isnull', False)), models.Q(('closed_at__isnull', True), ('closed_by__isnull', True)), _connector='OR'), name='decision_closed_at_with_by')],
            },
        ),
        migrations.CreateModel(
            name='Recusal',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('ground', models.CharField(choices=[('interest', 'Financial interest'), ('employment', 'Employment or mandate'), ('relation', 'Personal relation'), ('other', 'Other')], max_length=10)),
                ('declared_at', models.DateTimeField()),
                ('declared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recusals', to='councils.agendaitem')),
                ('occupancy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recusals', to='councils.occupancy')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('item', 'occupancy'), name='recused_once_per_item')],
            },
        ),
        migrations.CreateModel(
            name='Ballot',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('choice', models.CharField(choices=[('yes', 'Yes'), ('no', 'No'), ('abstain', 'Abstain')], max_length=7)),
                ('cast_at', models.DateTimeField()),
                ('cast_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ballots', to='councils.decision')),
                ('occupancy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ballots', to='councils.occupancy')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('decision', 'occupancy'), name='one_ballot_per_member')],
            },
        ),
        migrations.CreateModel(
            name='CouncilUserGrant',
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
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='user_grants', to='councils.council')),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
                ('renewed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), _connector='OR'), name='councilusergrant_revoked_at_with_by'), models.CheckConstraint(condition=models.Q(models.Q(('renewed_at__isnull', False), ('renewed_by__isnull', False)), models.Q(('renewed_at__isnull', True), ('renewed_by__isnull', True)), _connector='OR'), name='councilusergrant_renewed_at_with_by'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='councilusergrant_has_a_reason'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('granted_at'))), name='councilusergrant_ends_after_it_begins')],
                'unique_together': {('user', 'permission', 'content_object')},
            },
        ),
        migrations.CreateModel(
            name='CouncilGroupGrant',
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
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='group_grants', to='councils.council')),
                ('granted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.group')),
                ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
                ('renewed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), _connector='OR'), name='councilgroupgrant_revoked_at_with_by'), models.CheckConstraint(condition=models.Q(models.Q(('renewed_at__isnull', False), ('renewed_by__isnull', False)), models.Q(('renewed_at__isnull', True), ('renewed_by__isnull', True)), _connector='OR'), name='councilgroupgrant_renewed_at_with_by'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='councilgroupgrant_has_a_reason'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('granted_at'))), name='councilgroupgrant_ends_after_it_begins')],
                'unique_together': {('group', 'permission', 'content_object')},
            },
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=200)),
                ('starts_at', models.DateTimeField()),
                ('time_zone', models.CharField(default='UTC', max_length=64)),
                ('place', models.CharField(max_length=300)),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('announced', 'Announced'), ('open', 'In session'), ('closed', 'Closed'), ('cancelled', 'Cancelled')], default='planned', max_length=10)),
                ('created_at', models.DateTimeField()),
                ('announced_at', models.DateTimeField(blank=True, null=True)),
                ('short_notice_reason', models.CharField(blank=True, max_length=300)),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('announced_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('charter', models.ForeignKey(help_text='The rules it is held under.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='councils.charter')),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('council', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='councils.council')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['council', '-starts_at'], name='councils_me_council_7cb6b5_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('announced_at__isnull', False), ('announced_by__isnull', False)), models.Q(('announced_at__isnull', True), ('announced_by__isnull', True)), _connector='OR'), name='meeting_announced_at_with_by'), models.CheckConstraint(condition=models.Q(models.Q(('opened_at__isnull', False), ('opened_by__isnull', False)), models.Q(('opened_at__isnull', True), ('opened_by__isnull', True)), _connector='OR'), name='meeting_opened_at_with_by'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('closed_by__isnull', False)), models.Q(('closed_at__isnull', True), ('closed_by__isnull', True)), _connector='OR'), name='meeting_closed_at_with_by')],
            },
        ),
        migrations.CreateModel(
            name='AgendaItem',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=200)),
                ('notes', models.TextField(blank=True)),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='agenda', to='councils.meeting')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('meeting', 'position'), name='agenda_items_are_numbered')],
            },
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('arrived_at', models.DateTimeField()),
                ('left_at', models.DateTimeField(blank=True, null=True)),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to='councils.meeting')),
                ('occupancy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attendances', to='councils.occupancy')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('left_at__isnull', True)), fields=('meeting', 'occupancy'), name='present_once_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Minutes',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('text', models.TextField()),
                ('drafted_at', models.DateTimeField()),
                ('certified_at', models.DateTimeField(blank=True, null=True)),
                ('certified_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('drafted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('meeting', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='minutes', to='councils.meeting')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('certified_at__isnull', False), ('certified_by__isnull', False)), models.Q(('certified_at__isnull', True), ('certified_by__isnull', True)), _connector='OR'), name='minutes_certified_at_with_by')],
            },
        ),
    
        ]),
    ]
