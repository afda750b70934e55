"""The smallest valid thing of each model of the ground floor."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import factory
from django.contrib.auth.models import Group, Permission
from factory.django import DjangoModelFactory

from partnership import models
from partnership.audit import notes

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FAR_AHEAD = date(2099, 1, 1)
PASSWORD = "correct horse battery"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = models.User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.django.Password(PASSWORD)


class OrganizationFactory(DjangoModelFactory):
    """A vetted operator in the Netherlands."""

    class Meta:
        model = models.Organization
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Operator {n}")
    kind = "operator"
    size = "medium"
    country = "NL"
    vetting = "vetted"
    tier = 2
    revet_on = FAR_AHEAD
    created_at = LONG_AGO
    created_by = factory.SubFactory(UserFactory)
    vetted_at = LONG_AGO
    vetted_by = factory.SelfAttribute("created_by")

    @factory.post_generation
    def sectors(self, create, extracted, **kwargs):
        if create:
            self.sectors.set(extracted or [models.Sector.objects.get(code="nis2:energy")])


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = models.Membership

    user = factory.SubFactory(UserFactory)
    organization = factory.SubFactory(OrganizationFactory)
    role = models.Role.LIAISON_OFFICER
    since = LONG_AGO
    granted_at = LONG_AGO
    granted_by = factory.SubFactory(UserFactory)


class InvitationFactory(DjangoModelFactory):
    class Meta:
        model = models.Invitation

    email = factory.Sequence(lambda n: f"invited{n}@example.org")
    name = "Invited Person"
    organization = factory.SubFactory(OrganizationFactory)
    role = models.Role.ANALYST
    token_digest = factory.LazyFunction(lambda: uuid4().hex * 2)
    invited_at = LONG_AGO
    invited_by = factory.SubFactory(UserFactory)
    expires_at = factory.LazyFunction(lambda: datetime.now(UTC) + timedelta(days=14))


class ApiTokenFactory(DjangoModelFactory):
    class Meta:
        model = models.ApiToken

    user = factory.SubFactory(UserFactory)
    name = "Connected system"
    digest = factory.LazyFunction(lambda: uuid4().hex * 2)
    created_at = factory.LazyFunction(lambda: datetime.now(UTC))
    areas = factory.LazyFunction(lambda: sorted(models.Area.values))
    created_by = factory.SelfAttribute("user")
    expires_at = factory.LazyFunction(lambda: datetime.now(UTC) + timedelta(days=90))


class SessionFactory(DjangoModelFactory):
    class Meta:
        model = models.Session

    session_key = factory.LazyFunction(lambda: uuid4().hex * 2)
    session_data = ""
    expire_date = factory.LazyFunction(lambda: datetime.now(UTC) + timedelta(hours=12))
    user = factory.SubFactory(UserFactory)
    device = "Firefox on Linux"
    started_at = factory.LazyFunction(lambda: datetime.now(UTC))
    seen_at = factory.LazyFunction(lambda: datetime.now(UTC))


class RecoveryCodeFactory(DjangoModelFactory):
    class Meta:
        model = models.RecoveryCode

    user = factory.SubFactory(UserFactory)
    digest = factory.LazyFunction(lambda: uuid4().hex * 2)
    made_at = LONG_AGO


class SignOnLinkFactory(DjangoModelFactory):
    class Meta:
        model = models.SignOnLink

    user = factory.SubFactory(UserFactory)
    issuer = "https://login.example.org"
    subject = factory.Sequence(lambda n: f"subject-{n}")
    linked_at = LONG_AGO
    used_at = LONG_AGO


class TallyFactory(DjangoModelFactory):
    class Meta:
        model = models.Tally

    key = factory.LazyFunction(lambda: uuid4().hex * 2)
    count = 1
    ends_at = factory.LazyFunction(lambda: datetime.now(UTC) + timedelta(minutes=15))
    free_at = LONG_AGO


class RuleSetFactory(DjangoModelFactory):
    class Meta:
        model = models.RuleSet

    code = factory.Sequence(lambda n: f"list-{n}")
    version = "1"
    title = "A list"
    source = "This test"
    valid_from = date(2020, 1, 1)


class SectorFactory(DjangoModelFactory):
    class Meta:
        model = models.Sector
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"nis2:sector-{n}")
    rule_set = factory.SubFactory(RuleSetFactory)
    label = factory.Sequence(lambda n: f"Sector {n}")
    scheme = "nis2"


class MarkingFactory(DjangoModelFactory):
    class Meta:
        model = models.Marking

    code = factory.Sequence(lambda n: f"tlp:marking-{n}")
    rule_set = factory.SubFactory(RuleSetFactory)
    label = "TLP:TEST"
    scheme = "tlp"
    rank = 0


class TransferMechanismFactory(DjangoModelFactory):
    class Meta:
        model = models.TransferMechanism

    code = factory.Sequence(lambda n: f"gdpr:mechanism-{n}")
    rule_set = factory.SubFactory(RuleSetFactory)
    label = "A mechanism"
    article = "Art. 46"


class OrganizationIdentifierFactory(DjangoModelFactory):
    class Meta:
        model = models.OrganizationIdentifier

    organization = factory.SubFactory(OrganizationFactory)
    scheme = "register"
    value = factory.Sequence(lambda n: f"{n:08}")


class LiaisonOfficeFactory(DjangoModelFactory):
    class Meta:
        model = models.LiaisonOffice

    organization = factory.SubFactory(OrganizationFactory)
    name = "Liaison office"
    created_at = LONG_AGO
    created_by = factory.SubFactory(UserFactory)


class OfficeAssignmentFactory(DjangoModelFactory):
    class Meta:
        model = models.OfficeAssignment

    office = factory.SubFactory(LiaisonOfficeFactory)
    user = factory.SubFactory(UserFactory)
    since = LONG_AGO


class ChannelFactory(DjangoModelFactory):
    class Meta:
        model = models.Channel

    office = factory.SubFactory(LiaisonOfficeFactory)
    kind = "email"
    value = "desk@example.org"


class ContactEntryFactory(DjangoModelFactory):
    class Meta:
        model = models.ContactEntry

    office = factory.SubFactory(LiaisonOfficeFactory)
    partner = factory.SubFactory(OrganizationFactory)
    held_on = date(2026, 1, 5)
    channel = "phone"
    topic = "First contact"
    recorded_at = LONG_AGO
    recorded_by = factory.SubFactory(UserFactory)


class AudienceFactory(DjangoModelFactory):
    class Meta:
        model = models.Audience

    name = factory.Sequence(lambda n: f"Audience {n}")


class AudienceMemberFactory(DjangoModelFactory):
    class Meta:
        model = models.AudienceMember

    audience = factory.SubFactory(AudienceFactory)
    user = factory.SubFactory(UserFactory)
    since = LONG_AGO


class CorrectiveActionFactory(DjangoModelFactory):
    class Meta:
        model = models.CorrectiveAction

    title = "Renew the contact list"
    raised_by_type = "councils.decision"
    raised_by_id = factory.LazyFunction(uuid4)
    raised_by_name = "A decision"
    organization = factory.SubFactory(OrganizationFactory)
    owner = factory.SubFactory(UserFactory)
    due_on = date(2026, 12, 31)
    created_at = LONG_AGO
    created_by = factory.SubFactory(UserFactory)


class JobFactory(DjangoModelFactory):
    class Meta:
        model = models.Job

    kind = "export"
    title = "A job"
    requested_at = LONG_AGO
    requested_by = factory.SubFactory(UserFactory)


class StoredFileFactory(DjangoModelFactory):
    class Meta:
        model = models.StoredFile

    key = factory.LazyFunction(lambda: uuid4().hex)
    name = "file.txt"
    content_type = "text/plain"
    size = 0
    sha256 = "0" * 64


class FileErasureFactory(DjangoModelFactory):
    class Meta:
        model = models.FileErasure

    key = factory.LazyFunction(lambda: uuid4().hex)
    requested_at = LONG_AGO


class ExportFactory(DjangoModelFactory):
    class Meta:
        model = models.Export

    report = "partnership:organization-list"
    format = "csv"
    requested_at = LONG_AGO
    requested_by = factory.SubFactory(UserFactory)
    expires_at = factory.LazyFunction(lambda: datetime.now(UTC) + timedelta(days=7))


class HeartbeatFactory(DjangoModelFactory):
    class Meta:
        model = models.Heartbeat
        django_get_or_create = ("name",)

    name = "worker"
    beat_at = factory.LazyFunction(lambda: datetime.now(UTC))


class AuditEntryFactory(DjangoModelFactory):
    class Meta:
        model = models.AuditEntry

    at = LONG_AGO
    actor_kind = "system"
    verb = "partnership.organization_created"
    object_type = "partnership.organization"
    object_id = "0"
    commitment = "0" * 64


class AuditDetailFactory(DjangoModelFactory):
    class Meta:
        model = models.AuditDetail

    entry_id = factory.Sequence(lambda n: 10_000_000 + n)
    salt = "0" * 32
    detail = factory.LazyFunction(dict)


class AuditCheckpointFactory(DjangoModelFactory):
    class Meta:
        model = models.AuditCheckpoint

    at = LONG_AGO
    size = 0
    root = "0" * 64
    head = "0" * 64
    origin = "portal.example/trail"
    signature = ""


class AuditWitnessFactory(DjangoModelFactory):
    class Meta:
        model = models.AuditWitness

    organization = factory.SubFactory(OrganizationFactory)
    key = factory.LazyFunction(
        lambda: str(notes.Verifier("witness.example", notes.COSIGNATURE, uuid4().bytes + uuid4().bytes))
    )
    registered_at = LONG_AGO
    registered_by = factory.SubFactory(UserFactory)


class AuditCosignatureFactory(DjangoModelFactory):
    class Meta:
        model = models.AuditCosignature

    checkpoint = factory.SubFactory(AuditCheckpointFactory)
    witness = factory.SubFactory(AuditWitnessFactory)
    witnessed_at = LONG_AGO
    posted_at = LONG_AGO
    posted_by = factory.SubFactory(UserFactory)
    signature = ""


class OrganizationUserGrantFactory(DjangoModelFactory):
    class Meta:
        model = models.OrganizationUserGrant

    user = factory.SubFactory(UserFactory)
    permission = factory.LazyFunction(lambda: Permission.objects.get(codename="view_organization"))
    content_object = factory.SubFactory(OrganizationFactory)
    granted_at = LONG_AGO
    granted_by = factory.SubFactory(UserFactory)
    reason = "Asked by the owner"
    expires_at = factory.LazyFunction(lambda: datetime.now(UTC) + timedelta(days=30))


class GroupFactory(DjangoModelFactory):
    class Meta:
        model = Group

    name = factory.Sequence(lambda n: f"Group {n}")


class NamedGroupFactory(DjangoModelFactory):
    class Meta:
        model = models.NamedGroup

    group = factory.SubFactory(GroupFactory)
    organization = factory.SubFactory(OrganizationFactory)
    purpose = "Works on one thing"
    made_at = LONG_AGO
    made_by = factory.SubFactory(UserFactory)


class GroupMembershipFactory(DjangoModelFactory):
    class Meta:
        model = models.GroupMembership

    group = factory.SubFactory(GroupFactory)
    user = factory.SubFactory(UserFactory)
    because = "Knows the matter"
    since = LONG_AGO
    added_at = LONG_AGO
    added_by = factory.SubFactory(UserFactory)


class OrganizationGroupGrantFactory(OrganizationUserGrantFactory):
    class Meta:
        model = models.OrganizationGroupGrant
        exclude = ["user"]

    user = None
    group = factory.SubFactory(GroupFactory)


class BreakGlassFactory(DjangoModelFactory):
    """A request that nobody has approved yet."""

    class Meta:
        model = models.BreakGlass

    record_type = "incidents.report"
    record_id = factory.LazyFunction(uuid4)
    record_name = "INC-2026-000001"
    tlp_ceiling = models.TLP.AMBER
    reason = "An outage is under way"
    requested_at = factory.LazyFunction(lambda: datetime.now(UTC))
    requested_by = factory.SubFactory(UserFactory)


class LetterFactory(DjangoModelFactory):
    class Meta:
        model = models.Letter

    person = factory.SubFactory(UserFactory)
    subject = "Something waits"
    path = "/exceptions/"
    written_at = LONG_AGO
    next_at = LONG_AGO


class ConfirmationFactory(DjangoModelFactory):
    class Meta:
        model = models.Confirmation

    kind = "organization-person"
    row_key = factory.Sequence(lambda n: str(n + 1))
    asked_at = LONG_AGO
    due_at = LONG_AGO


def member(role, organization=None, **user):
    """A person with one role in one organization (a new vetted operator unless given)."""
    person = UserFactory(**user)
    MembershipFactory(user=person, role=role, organization=organization or OrganizationFactory())
    return person


def secretariat():
    """The neutral coordinating body."""
    found = models.Organization.objects.filter(is_secretariat=True).first()
    return found or OrganizationFactory(name="Secretariat", kind="association", is_secretariat=True)


class SecurityEventFactory(DjangoModelFactory):
    class Meta:
        model = models.SecurityEvent

    at = LONG_AGO
    kind = "access_refused"
    request_id = factory.LazyFunction(uuid4)
