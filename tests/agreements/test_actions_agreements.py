"""Agreements: drafted, frozen, signed, ended; and what is refused on the way."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from agreements.actions import agreements, signing, uses, versions
from agreements.models import Agreement, LegalBasis, RetentionTerm
from partnership.access.actor import Actor
from partnership.access.decide import Refused
from partnership.access.scope import visible
from partnership.errors import DomainError
from partnership.models import AuditEntry, Role
from tests.factories.agreements import agreement_in_force, draft_agreement, holder
from tests.factories.partnership import MembershipFactory, OrganizationFactory

pytestmark = pytest.mark.django_db


def officer_of(agreement):
    return holder(Role.LIAISON_OFFICER, agreement.lead)


def test_a_draft_begins_with_its_lead_as_party_and_is_in_the_trail(liaison_officer, own_organization, at):
    made = agreements.draft(title="Sharing", kind="bilateral", lead=own_organization, by=liaison_officer, at=at)

    assert made.state == "draft"
    assert [party.organization for party in made.parties.all()] == [own_organization]
    assert AuditEntry.objects.filter(verb="agreements.agreement_drafted", object_id=str(made.pk)).count() == 1


def test_nobody_drafts_for_another_organization(liaison_officer, partner_organization, at):
    with pytest.raises(DomainError, match="liaison officer you are"):
        agreements.draft(title="Sharing", kind="bilateral", lead=partner_organization, by=liaison_officer, at=at)


def test_an_analyst_drafts_nothing(analyst, own_organization, at):
    with pytest.raises(Refused):
        agreements.draft(title="Sharing", kind="bilateral", lead=own_organization, by=analyst, at=at)


def test_the_last_signature_puts_it_in_force():
    made = agreement_in_force()

    assert made.state == Agreement.State.IN_FORCE
    assert made.governing.content_hash == versions.digest(made.governing.content)
    assert made.parties.in_force().count() == 2


def test_before_the_last_signature_nothing_is_shared(at):
    made = draft_agreement()
    version = versions.send_for_signature(agreement=made, by=officer_of(made), at=at)
    first = made.parties.get(organization=made.lead)
    signing.sign(agreement=made, party=first, content_hash=version.content_hash, statement="Yes.",
                 by=holder(Role.SIGNATORY, made.lead), at=at)  # fmt: skip
    made.refresh_from_db()

    with pytest.raises(uses.NotInForce):
        uses.covered(made, version.data_items.first().category, at)
    assert made.parties.in_force().count() == 0


@pytest.mark.parametrize("missing", ["parties", "purposes", "data", "retention", "uses"])
def test_an_agreement_with_a_gap_cannot_be_sent(missing, at):
    made = draft_agreement()
    version = versions.open_version(made)
    if missing == "parties":
        made.parties.exclude(organization=made.lead).delete()
    elif missing == "purposes":
        version.permitted_uses.all().delete()
        version.purposes.all().delete()
    else:
        getattr(
            version, {"data": "data_items", "retention": "retention_terms", "uses": "permitted_uses"}[missing]
        ).all().delete()

    with pytest.raises(versions.Incomplete):
        versions.send_for_signature(agreement=made, by=officer_of(made), at=at)
    made.refresh_from_db()
    assert made.state == "draft"


def test_a_frozen_term_cannot_be_changed_even_in_sql():
    made = agreement_in_force()

    for statement in (
        "UPDATE agreements_retentionterm SET months = 1",
        "DELETE FROM agreements_retentionterm",
        "UPDATE agreements_agreementversion SET tlp_ceiling = 0",
        "UPDATE agreements_purpose SET text = 'other'",
        "UPDATE agreements_signature SET statement = 'other'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert RetentionTerm.objects.filter(version=made.governing, months=24).count() == 2


def test_every_term_changes_the_hash():
    one, other = draft_agreement(months=24), draft_agreement(months=12)
    first = versions.canonical(one, versions.open_version(one))
    second = versions.canonical(other, versions.open_version(other))
    second |= {"reference": first["reference"], "parties": first["parties"]}

    assert versions.digest(first) != versions.digest(second)
    assert versions.digest(first) == versions.digest(versions.canonical(one, versions.open_version(one)))


def test_a_public_authority_cannot_rely_on_legitimate_interests(at):
    authority = OrganizationFactory(kind="government")
    made = draft_agreement(parties=[authority])

    with pytest.raises(DomainError, match="closed to public authorities") as refused:
        agreements.add_row(agreement=made, kind="purposes", by=officer_of(made), at=at, columns={
            "text": "Marketing", "legal_basis": LegalBasis.objects.get(pk="gdpr:legitimate-interests")})  # fmt: skip
    assert refused.value.field == "legal_basis"


def test_a_legal_obligation_needs_the_law_cited(at):
    made = draft_agreement()

    with pytest.raises(DomainError) as refused:
        agreements.add_row(agreement=made, kind="purposes", by=officer_of(made), at=at, columns={
            "text": "Duty", "legal_basis": LegalBasis.objects.get(pk="gdpr:legal-obligation")})  # fmt: skip
    assert refused.value.field == "law_cited"


def test_a_signatory_of_a_stranger_cannot_sign(stranger, at):
    made = draft_agreement()
    version = versions.send_for_signature(agreement=made, by=officer_of(made), at=at)
    MembershipFactory(user=stranger, organization=stranger.memberships.first().organization, role=Role.SIGNATORY)

    with pytest.raises(Refused):
        signing.sign(
            agreement=made,
            party=made.parties.first(),
            content_hash=version.content_hash,
            statement="Yes.",
            by=stranger,
            at=at,
        )


def test_other_words_than_those_read_are_not_signed(at):
    made = draft_agreement()
    versions.send_for_signature(agreement=made, by=officer_of(made), at=at)

    with pytest.raises(signing.OtherWords):
        signing.sign(agreement=made, party=made.parties.get(organization=made.lead), content_hash="0" * 64, statement="Yes.",
                     by=holder(Role.SIGNATORY, made.lead), at=at)  # fmt: skip


def test_taking_back_leaves_the_frozen_version_and_copies_its_terms(at):
    made = draft_agreement()
    old = versions.send_for_signature(agreement=made, by=officer_of(made), at=at)

    new = versions.take_back(agreement=made, because="A typing error", by=officer_of(made), at=at)

    assert (new.number, new.frozen_at) == (2, None)
    assert new.retention_terms.count() == old.retention_terms.count() == 2
    assert new.permitted_uses.get().purpose.version == new


def test_termination_starts_the_clocks_that_wait_for_the_end(at):
    made = agreement_in_force(trigger="agreement_ended", months=1)

    ended = agreements.terminate(agreement=made, because="Done", by=officer_of(made), at=at)

    assert ended.state == "terminated"
    assert ended.ended_on == at.date()
    with pytest.raises(uses.NotInForce):
        uses.covered(ended, made.governing.data_items.first().category, at)


def test_a_failing_trail_stops_the_act(liaison_officer, own_organization, at, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("no trail")

    monkeypatch.setattr(agreements, "record", broken)

    with pytest.raises(RuntimeError):
        agreements.draft(title="Sharing", kind="bilateral", lead=own_organization, by=liaison_officer, at=at)
    assert not Agreement.objects.exists()


def test_parties_coordinators_and_engaged_auditors_see_it_and_strangers_do_not(stranger, coordinator, auditor):
    made = agreement_in_force()
    party = holder(Role.LIAISON_OFFICER, made.parties.exclude(organization=made.lead).get().organization)

    def sees(person):
        return visible(Actor(person), "agreements.view_agreement", Agreement.objects.all()).filter(pk=made.pk).exists()

    assert sees(party) and sees(coordinator) and sees(officer_of(made))
    assert not sees(stranger) and not sees(auditor)


def test_engagement_opens_and_its_end_closes(auditor, coordinator, client_of):
    from agreements.actions import engagements

    made = agreement_in_force()
    now = datetime.now(UTC)
    engaged = engagements.engage(auditor=auditor, title="Audit", agreements=[made], independence="None.", since=now - timedelta(hours=1),
                                 until=now + timedelta(days=5), by=coordinator, at=now)  # fmt: skip
    page = f"/agreements/{made.pk}"

    assert client_of(auditor).get(page).status_code == 200
    engagements.end(engagement=engaged, by=coordinator, at=now)
    assert client_of(auditor).get(page).status_code == 404
