"""The smallest valid thing of each model of agreements, and whole agreements in force."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import factory
from django.contrib.auth.models import Permission
from factory.django import DjangoModelFactory

from agreements import models
from agreements.actions import agreements as actions
from agreements.actions import approvals, negotiation, signing, versions
from partnership.models import Role, TransferMechanism
from tests.factories.partnership import (
    LONG_AGO,
    GroupFactory,
    MembershipFactory,
    OrganizationFactory,
    RuleSetFactory,
    UserFactory,
    secretariat,
)


class LegalBasisFactory(DjangoModelFactory):
    class Meta:
        model = models.LegalBasis

    code = factory.Sequence(lambda n: f"basis:{n}")
    rule_set = factory.SubFactory(RuleSetFactory)
    label = "A basis"
    law = "A law"
    article = "Art. 1"


class SpecialConditionFactory(DjangoModelFactory):
    class Meta:
        model = models.SpecialCondition

    code = factory.Sequence(lambda n: f"condition:{n}")
    rule_set = factory.SubFactory(RuleSetFactory)
    label = "A condition"
    article = "Art. 9"


class DataCategoryFactory(DjangoModelFactory):
    class Meta:
        model = models.DataCategory

    code = factory.Sequence(lambda n: f"category-{n}")
    rule_set = factory.SubFactory(RuleSetFactory)
    label = "A category"
    has_personal_data = False


class AgreementTemplateFactory(DjangoModelFactory):
    class Meta:
        model = models.AgreementTemplate

    code = factory.Sequence(lambda n: f"template-{n}")
    rule_set = factory.SubFactory(RuleSetFactory)
    label = "A template"
    kind = "bilateral"


class AgreementFactory(DjangoModelFactory):
    class Meta:
        model = models.Agreement

    reference = factory.Sequence(lambda n: f"DSA-2020-{n:04d}")
    title = "Sharing"
    lead = factory.SubFactory(OrganizationFactory)
    created_at = LONG_AGO
    created_by = factory.SubFactory(UserFactory)


class AgreementVersionFactory(DjangoModelFactory):
    class Meta:
        model = models.AgreementVersion

    agreement = factory.SubFactory(AgreementFactory)
    number = factory.Sequence(lambda n: n + 1)
    created_at = LONG_AGO
    created_by = factory.SubFactory(UserFactory)


class GoverningPeriodFactory(DjangoModelFactory):
    class Meta:
        model = models.GoverningPeriod

    agreement = factory.SubFactory(AgreementFactory)
    version = factory.SubFactory(AgreementVersionFactory)
    since = LONG_AGO


class PartyFactory(DjangoModelFactory):
    class Meta:
        model = models.Party

    agreement = factory.SubFactory(AgreementFactory)
    organization = factory.SubFactory(OrganizationFactory)
    since = LONG_AGO


class SignatureFactory(DjangoModelFactory):
    class Meta:
        model = models.Signature

    version = factory.SubFactory(AgreementVersionFactory)
    party = factory.SubFactory(PartyFactory)
    content_hash = "0" * 64
    statement = "I am authorised."
    signed_at = LONG_AGO
    signed_by = factory.SubFactory(UserFactory)


class PurposeFactory(DjangoModelFactory):
    class Meta:
        model = models.Purpose

    version = factory.SubFactory(AgreementVersionFactory)
    position = factory.Sequence(lambda n: n % 30000)
    text = "Early warning"
    legal_basis = factory.SubFactory(LegalBasisFactory)


class DataItemFactory(DjangoModelFactory):
    class Meta:
        model = models.DataItem

    version = factory.SubFactory(AgreementVersionFactory)
    category = factory.SubFactory(DataCategoryFactory)


class RetentionTermFactory(DjangoModelFactory):
    class Meta:
        model = models.RetentionTerm

    version = factory.SubFactory(AgreementVersionFactory)
    category = factory.SubFactory(DataCategoryFactory)
    months = 12


class RedactionStepFactory(DjangoModelFactory):
    class Meta:
        model = models.RedactionStep

    version = factory.SubFactory(AgreementVersionFactory)
    category = factory.SubFactory(DataCategoryFactory)
    instruction = "Take out names"


class PermittedUseFactory(DjangoModelFactory):
    class Meta:
        model = models.PermittedUse
        skip_postgeneration_save = True

    version = factory.SubFactory(AgreementVersionFactory)
    position = factory.Sequence(lambda n: n % 30000)
    purpose = factory.SubFactory(PurposeFactory)
    recipients = "parties"


class HandlingPolicyFactory(DjangoModelFactory):
    class Meta:
        model = models.HandlingPolicy

    version = factory.SubFactory(AgreementVersionFactory)
    category = factory.SubFactory(DataCategoryFactory)


class TransferFactory(DjangoModelFactory):
    class Meta:
        model = models.Transfer

    version = factory.SubFactory(AgreementVersionFactory)
    organization = factory.SubFactory(OrganizationFactory)
    mechanism = factory.LazyFunction(lambda: TransferMechanism.objects.order_by("position").first())


class ClauseFactory(DjangoModelFactory):
    class Meta:
        model = models.Clause

    version = factory.SubFactory(AgreementVersionFactory)
    subject = "security"
    text = "Encrypted at rest."


class RemarkFactory(DjangoModelFactory):
    class Meta:
        model = models.Remark

    version = factory.SubFactory(AgreementVersionFactory)
    clause = "basics:title"
    organization = factory.SubFactory(OrganizationFactory)
    text = "Could it be shorter?"
    made_at = LONG_AGO
    made_by = factory.SubFactory(UserFactory)


class ProposalFactory(DjangoModelFactory):
    class Meta:
        model = models.Proposal

    version = factory.SubFactory(AgreementVersionFactory)
    kind = "clauses"
    columns = factory.LazyFunction(lambda: {"subject": "security", "text": "Encrypted."})
    reason = "Needed"
    organization = factory.SubFactory(OrganizationFactory)
    made_at = LONG_AGO
    made_by = factory.SubFactory(UserFactory)


class LegalReviewFactory(DjangoModelFactory):
    class Meta:
        model = models.LegalReview

    version = factory.SubFactory(AgreementVersionFactory)
    content_hash = "0" * 64
    is_approved = True
    opinion = "Fine"
    drafted_by = factory.SubFactory(UserFactory)
    reviewed_at = LONG_AGO
    reviewed_by = factory.SubFactory(UserFactory)


class LegalHoldFactory(DjangoModelFactory):
    class Meta:
        model = models.LegalHold

    reference = factory.Sequence(lambda n: f"HOLD-2020-{n:04d}")
    agreement = factory.SubFactory(AgreementFactory)
    owner = factory.SelfAttribute("agreement.lead")
    ground = "legal_claims"
    reason = "A claim"
    review_on = date(2099, 1, 1)
    placed_at = LONG_AGO
    placed_by = factory.SubFactory(UserFactory)


class ReminderFactory(DjangoModelFactory):
    class Meta:
        model = models.Reminder

    person = factory.SubFactory(UserFactory)
    kind = "end"
    about = factory.Faker("uuid4")
    day = date(2099, 1, 1)
    days_before = 90
    told_at = LONG_AGO


class DeletionRunFactory(DjangoModelFactory):
    class Meta:
        model = models.DeletionRun

    cutoff_on = date(2020, 1, 1)
    trigger = "command"
    engine = "test"
    started_at = LONG_AGO
    beat_at = LONG_AGO


class DeletionBatchFactory(DjangoModelFactory):
    class Meta:
        model = models.DeletionBatch

    seq = factory.Sequence(lambda n: n + 1000)
    run = factory.SubFactory(DeletionRunFactory)
    at = LONG_AGO
    size = 1
    root = "0" * 64
    previous = factory.LazyFunction(lambda: uuid4().hex * 2)
    hash = factory.LazyFunction(lambda: uuid4().hex * 2)


class DeletionRecordFactory(DjangoModelFactory):
    class Meta:
        model = models.DeletionRecord

    record_type = "incidents.report"
    record_id = factory.LazyFunction(uuid4)
    reference = "INC-2020-00001"
    action = "delete"
    batch = factory.SubFactory(DeletionBatchFactory)
    agreement_id = factory.LazyFunction(uuid4)
    version_id = factory.LazyFunction(uuid4)
    version_number = 1
    term_id = factory.LazyFunction(uuid4)
    rule = "delete 12 months after receipt"
    started_on = date(2019, 1, 1)
    due_on = date(2020, 1, 1)
    deleted_at = LONG_AGO
    generation = 0
    leaf = "0" * 64


class QuarantinedRecordFactory(DjangoModelFactory):
    class Meta:
        model = models.QuarantinedRecord

    run = factory.SubFactory(DeletionRunFactory)
    record_type = "incidents.report"
    record_id = factory.LazyFunction(uuid4)
    error = "It resisted"
    noted_at = LONG_AGO


class RetentionApprovalFactory(DjangoModelFactory):
    class Meta:
        model = models.RetentionApproval

    reference = factory.Sequence(lambda n: f"APR-2020-{n:04d}")
    due_at = LONG_AGO
    size = 0
    hash = "0" * 64
    because = "The first run"
    asked_at = LONG_AGO
    asked_by = factory.SubFactory(UserFactory)


class NamedRecordFactory(DjangoModelFactory):
    class Meta:
        model = models.NamedRecord

    approval = factory.SubFactory(RetentionApprovalFactory)
    record_type = "incidents.report"
    record_id = factory.LazyFunction(uuid4)
    term_id = factory.LazyFunction(uuid4)


class ClearedTermFactory(DjangoModelFactory):
    class Meta:
        model = models.ClearedTerm

    term = factory.SubFactory(RetentionTermFactory)
    cleared_at = LONG_AGO


class DepartureFactory(DjangoModelFactory):
    """A party that left long ago, by the word of two persons."""

    class Meta:
        model = models.Departure

    reference = factory.Sequence(lambda n: f"DEP-2020-{n:04d}")
    party = factory.SubFactory(PartyFactory, until=LONG_AGO)
    agreement = factory.SelfAttribute("party.agreement")
    organization = factory.SelfAttribute("party.organization")
    state = "left"
    because = "The cooperation has ended"
    leaves_on = date(2020, 1, 1)
    leaves_at = LONG_AGO
    notice_from = date(2020, 1, 1)
    attest_by = date(2020, 2, 1)
    seen_hash = "0" * 64
    asked_at = LONG_AGO
    asked_by = factory.SubFactory(UserFactory)
    decided_at = LONG_AGO
    decided_by = factory.SubFactory(UserFactory)
    left_at = LONG_AGO


class AttestationFactory(DjangoModelFactory):
    class Meta:
        model = models.Attestation

    departure = factory.SubFactory(DepartureFactory)
    organization = factory.SubFactory(OrganizationFactory)
    direction = "given"
    category = factory.LazyFunction(lambda: models.DataCategory.objects.get(pk="incident-report"))


class EngagementFactory(DjangoModelFactory):
    class Meta:
        model = models.Engagement
        skip_postgeneration_save = True

    auditor = factory.SubFactory(UserFactory)
    title = "Yearly audit"
    independence = "None of the parties is served."
    since = LONG_AGO
    until = datetime(2099, 1, 1, tzinfo=UTC)
    created_at = LONG_AGO
    created_by = factory.SubFactory(UserFactory)


class AgreementUserGrantFactory(DjangoModelFactory):
    class Meta:
        model = models.AgreementUserGrant

    user = factory.SubFactory(UserFactory)
    permission = factory.LazyFunction(lambda: Permission.objects.get(codename="view_agreement"))
    content_object = factory.SubFactory(AgreementFactory)
    granted_at = LONG_AGO
    granted_by = factory.SubFactory(UserFactory)
    reason = "Asked by the lead"
    expires_at = factory.LazyFunction(lambda: datetime.now(UTC) + timedelta(days=30))


class AgreementGroupGrantFactory(AgreementUserGrantFactory):
    class Meta:
        model = models.AgreementGroupGrant
        exclude = ["user"]

    user = None
    group = factory.SubFactory(GroupFactory)


def holder(role, organization):
    """A person with a role in an organization."""
    found = organization.memberships.filter(role=role, until__isnull=True).select_related("user").first()
    return found.user if found else MembershipFactory(organization=organization, role=role).user


def draft_agreement(lead=None, parties=None, *, months=24, days=0, trigger="received", action="delete", tlp_ceiling=3,
                    minimum_group_size=5, categories=("incident-report", "indicator"),
                    uses=("parties",), at=None):  # fmt: skip
    """A complete draft, made through the actions; `uses` are recipients, in a mapping with their highest marking."""
    at = at or datetime(2024, 1, 10, 12, tzinfo=UTC)
    lead = lead or OrganizationFactory()
    by = holder(Role.LIAISON_OFFICER, lead)
    made = actions.draft(title="Exchange of reports", kind="multilateral", lead=lead, by=by, at=at)
    for party in parties if parties is not None else [OrganizationFactory()]:
        actions.add_party(agreement=made, organization=party, role="both", controller_role="controller", by=by, at=at)
    actions.change_basics(agreement=made, by=by, at=at, columns={
        "summary": "Early warning among partners.", "tlp_ceiling": tlp_ceiling, "minimum_group_size": minimum_group_size, "effective_on": at.date()})  # fmt: skip
    basis = models.LegalBasis.objects.get(pk="gdpr:public-task")
    purpose = actions.add_row(agreement=made, kind="purposes", by=by, at=at, columns={
        "text": "Early warning", "legal_basis": basis, "law_cited": "NIS2, Article 29"})  # fmt: skip
    for code in categories:
        category = models.DataCategory.objects.get(pk=code)
        actions.add_row(
            agreement=made,
            kind="data_items",
            by=by,
            at=at,
            columns={"category": category, "has_personal_data": category.has_personal_data},
        )
        actions.add_row(agreement=made, kind="retention_terms", by=by, at=at, columns={
            "category": category, "trigger": trigger, "months": months, "days": days, "action": action})  # fmt: skip
    for recipients in uses:
        actions.add_row(agreement=made, kind="permitted_uses", by=by, at=at, columns={
            "purpose": purpose, "recipients": recipients, "highest_tlp": uses[recipients] if isinstance(uses, dict) else tlp_ceiling})  # fmt: skip
    approve(made, at)
    return made


def approve(made, at):
    """A second person of the lead approves the words of the version under work."""
    content = versions.content_of(versions.open_version(made))
    return negotiation.review(agreement=made, is_approved=True, opinion="Fine", content_hash=versions.digest(content),
                              by=holder(Role.ANALYST, made.lead), at=at)  # fmt: skip


def agreement_in_force(lead=None, parties=None, *, has_run=True, **terms):
    """An agreement that every party has signed, and whose first retention run lies behind it."""
    at = terms.get("at") or datetime(2024, 1, 10, 12, tzinfo=UTC)
    made = signed(draft_agreement(lead, parties, **terms), at)
    if has_run:
        for term in made.governing.retention_terms.all():
            ClearedTermFactory(term=term)
    return made


def sent(made, at):
    """Have the open version approved and send it for signature."""
    approve(made, at)
    return versions.send_for_signature(agreement=made, by=holder(Role.LIAISON_OFFICER, made.lead), at=at)


def signed(made, at):
    """Have the open version approved, send it for signature and let every party sign it."""
    version = sent(made, at)
    for party in made.parties.filter(until__isnull=True).select_related("organization"):
        signing.sign(agreement=made, party=party, content_hash=version.content_hash, statement="I am authorised.",
                     by=holder(Role.SIGNATORY, party.organization), at=at)  # fmt: skip
    made.refresh_from_db()
    return made


def approve_what_waits():
    """One coordinator asks for what waits for a second person, another approves it."""
    first, second = (MembershipFactory(organization=secretariat(), role=Role.COORDINATOR).user for _ in range(2))
    at = datetime.now(UTC)
    made = approvals.ask(because="Looked at", by=first, at=at)
    return approvals.approve(approval=made, content_hash=made.hash, because="Looked at too", by=second, at=at)
