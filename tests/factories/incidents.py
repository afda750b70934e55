"""The smallest valid thing of each model of incidents, and an agreement in force for them to stand under."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

import factory
from django.contrib.auth.models import Permission
from factory.django import DjangoModelFactory

from agreements.models import (
    Agreement,
    AgreementVersion,
    DataCategory,
    DataItem,
    LegalBasis,
    Party,
    PermittedUse,
    Purpose,
    RetentionTerm,
)
from incidents import models
from partnership.models import TLP, Sector
from tests.factories.partnership import (
    LONG_AGO,
    AudienceFactory,
    GroupFactory,
    OrganizationFactory,
    RuleSetFactory,
    StoredFileFactory,
    UserFactory,
)

NUMBERS = count(1)
RECEIVED = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def agreement_in_force(
    *parties, ceiling=TLP.RED, group_size=3, categories=("incident-report",), trigger="received", months=24, action="delete",
    uses=("parties", "sector", "audiences"), law_until=None,
):  # fmt: skip
    """An agreement that covers some categories, signed and in force among parties (the first leads).

    `uses` are the recipients of the permitted uses; in a mapping with their highest marking.
    """
    parties = parties or (OrganizationFactory(),)
    person, number = UserFactory(), next(NUMBERS)
    agreement = Agreement.objects.create(
        reference=f"TST-{number:04}",
        title=f"Test agreement {number}",
        lead=parties[0],
        created_at=LONG_AGO,
        created_by=person,
    )
    version = AgreementVersion.objects.create(
        agreement=agreement, number=1, tlp_ceiling=ceiling, minimum_group_size=group_size, created_at=LONG_AGO,
        created_by=person, effective_on=date(2020, 1, 1),
    )  # fmt: skip
    purpose = Purpose.objects.create(
        version=version, text="Help each other.", legal_basis=LegalBasis.objects.get(code="gdpr:contract"),
        law_valid_until=law_until,
    )  # fmt: skip
    for position, recipients in enumerate(uses, 1):
        highest = uses[recipients] if isinstance(uses, dict) else ceiling
        PermittedUse.objects.create(
            version=version, position=position, purpose=purpose, recipients=recipients, highest_tlp=highest
        )
    for code in categories:
        category = DataCategory.objects.get(code=code)
        DataItem.objects.create(version=version, category=category, has_personal_data=category.has_personal_data)
        RetentionTerm.objects.create(version=version, category=category, trigger=trigger, months=months, action=action)
    AgreementVersion.objects.filter(pk=version.pk).update(frozen_at=LONG_AGO, frozen_by=person, content_hash="0" * 64)
    for party in parties:
        Party.objects.create(agreement=agreement, organization=party, since=LONG_AGO)
    Agreement.objects.filter(pk=agreement.pk).update(
        state="in_force", governing=version, in_force_since=date(2020, 1, 1)
    )
    agreement.refresh_from_db()
    return agreement


class IncidentKindFactory(DjangoModelFactory):
    class Meta:
        model = models.IncidentKind

    code = factory.Sequence(lambda n: f"kind-{n}")
    rule_set = factory.SubFactory(RuleSetFactory)
    label = factory.Sequence(lambda n: f"Kind {n}")


class ReportFactory(DjangoModelFactory):
    """A report of an organization under an agreement of its own, without a body row."""

    class Meta:
        model = models.Report

    reference = factory.Sequence(lambda n: f"INC-2026-9{n:05}")
    title = "Something happened"
    organization = factory.SubFactory(OrganizationFactory)
    agreement = factory.LazyAttribute(lambda o: agreement_in_force(o.organization))
    version = factory.LazyAttribute(lambda o: o.agreement.governing)
    category = factory.LazyFunction(lambda: DataCategory.objects.get(code="incident-report"))
    term = factory.LazyAttribute(lambda o: RetentionTerm.objects.get(version=o.version, category=o.category))
    sector = factory.LazyFunction(lambda: Sector.objects.get(code="nis2:energy"))
    kind = factory.LazyFunction(lambda: models.IncidentKind.objects.get(code="malware"))
    received_at = RECEIVED
    retention_start = factory.LazyAttribute(lambda o: o.received_at.date())
    retain_until = factory.LazyAttribute(
        lambda o: o.retention_start + timedelta(days=730) if o.retention_start else None
    )


class ReportBodyFactory(DjangoModelFactory):
    class Meta:
        model = models.ReportBody

    report = factory.SubFactory(ReportFactory)
    narrative = "It went like this."


class SectorShareFactory(DjangoModelFactory):
    class Meta:
        model = models.SectorShare

    report = factory.SubFactory(ReportFactory, tlp=TLP.GREEN)
    sector = factory.LazyFunction(lambda: Sector.objects.get(code="nis2:energy"))
    shared_at = LONG_AGO
    shared_by = factory.SubFactory(UserFactory)


class ReleaseFactory(DjangoModelFactory):
    class Meta:
        model = models.Release

    report = factory.SubFactory(ReportFactory)
    audience = factory.SubFactory(AudienceFactory)
    released_at = LONG_AGO
    released_by = factory.SubFactory(UserFactory)


class ReportUserGrantFactory(DjangoModelFactory):
    class Meta:
        model = models.ReportUserGrant

    user = factory.SubFactory(UserFactory)
    permission = factory.LazyFunction(
        lambda: Permission.objects.get(codename="view_report", content_type__app_label="incidents")
    )
    content_object = factory.SubFactory(ReportFactory)
    granted_at = factory.LazyFunction(lambda: datetime.now(UTC) - timedelta(days=1))
    granted_by = factory.SubFactory(UserFactory)
    reason = "Needed at the exchange"
    expires_at = factory.LazyFunction(lambda: datetime.now(UTC) + timedelta(days=30))


class ReportGroupGrantFactory(ReportUserGrantFactory):
    class Meta:
        model = models.ReportGroupGrant
        exclude = ["user"]

    user = None
    group = factory.SubFactory(GroupFactory)


class IndicatorFactory(DjangoModelFactory):
    class Meta:
        model = models.Indicator

    report = factory.SubFactory(ReportFactory)
    type = "ipv4"
    value = factory.Sequence(lambda n: f"198.51.{n // 250}.{n % 250 + 1}")
    added_at = LONG_AGO
    added_by = factory.SubFactory(UserFactory)


class AttachmentFactory(DjangoModelFactory):
    class Meta:
        model = models.Attachment

    report = factory.SubFactory(ReportFactory)
    file = factory.SubFactory(StoredFileFactory)
    name = "notes.txt"
    content_type = "text/plain"
    size = 5
    uploaded_at = LONG_AGO
    uploaded_by = factory.SubFactory(UserFactory)


class ImportFactory(DjangoModelFactory):
    class Meta:
        model = models.Import

    organization = factory.SubFactory(OrganizationFactory)
    agreement = factory.LazyAttribute(lambda o: agreement_in_force(o.organization))
    category = factory.LazyFunction(lambda: DataCategory.objects.get(code="incident-report"))
    tlp = TLP.AMBER
    file = factory.SubFactory(StoredFileFactory)
    file_name = "incidents.jsonl"
    state = "checked"
    started_at = LONG_AGO
    started_by = factory.SubFactory(UserFactory)


class FigureReleaseFactory(DjangoModelFactory):
    class Meta:
        model = models.FigureRelease

    number = factory.Sequence(lambda n: n + 1)
    month = factory.Sequence(lambda n: date(2000 + n // 12, n % 12 + 1, 1))
    series = 1
    content = factory.LazyFunction(dict)
    content_hash = "0" * 64
    published_at = LONG_AGO


class CountedReportFactory(DjangoModelFactory):
    class Meta:
        model = models.CountedReport

    report = factory.SubFactory(ReportFactory)
    release = factory.SubFactory(FigureReleaseFactory)


class CohortMemberFactory(DjangoModelFactory):
    class Meta:
        model = models.CohortMember

    line = "nis2:energy"
    group = factory.SubFactory(OrganizationFactory)
    since = date(2026, 1, 1)


class TallyFactory(DjangoModelFactory):
    class Meta:
        model = models.Tally

    line = "nis2:energy"
    month = date(2026, 1, 1)
    group = factory.SubFactory(OrganizationFactory)
    severity = 2
    amount = 3
    strictest = 3


def content(**more):
    """The content of a small valid report, for the actions."""
    return {
        "title": "Mail server encrypted", "sector": Sector.objects.get(code="nis2:energy"),
        "kind": models.IncidentKind.objects.get(code="malware"), "severity": 3, "tlp": TLP.AMBER, **more,
    }  # fmt: skip
