"""Amendments: the old version governs until every party has signed; longer acts at once, shorter after notice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agreements.actions import agreements, amending, signing, uses, versions
from agreements.models import Agreement, DataCategory, GoverningPeriod, LegalBasis
from agreements.retention import amended
from agreements.retention.due import due_on
from partnership.access.decide import Refused
from partnership.errors import DomainError
from partnership.models import TLP, AuditEntry, Role
from tests.factories.agreements import agreement_in_force, draft_agreement, holder, sent, signed
from tests.factories.incidents import ReportFactory
from tests.factories.partnership import OrganizationFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 10, 12, tzinfo=UTC)


def officer_of(agreement):
    return holder(Role.LIAISON_OFFICER, agreement.lead)


def amendment(agreement, at=AT, **terms):
    """An open amendment in which the retention of incident reports is another."""
    by = officer_of(agreement)
    version = amending.amend(agreement=agreement, because="Experience", by=by, at=at)
    basics = {name: terms.pop(name) for name in ("notice_days", "effective_on") if name in terms}
    if basics:
        agreements.change_basics(agreement=agreement, columns=basics, by=by, at=at)
    if terms:
        old = version.retention_terms.get(category="incident-report")
        agreements.remove_row(agreement=agreement, kind="retention_terms", key=old.pk, by=by, at=at)
        columns = {"trigger": old.trigger, "months": old.months, "days": old.days, "action": old.action, **terms}
        agreements.add_row(agreement=agreement, kind="retention_terms", by=by, at=at,
                           columns={"category": DataCategory.objects.get(pk="incident-report"), **columns})  # fmt: skip
    version.refresh_from_db()
    return version


def report_under(agreement, received_at=AT - timedelta(days=60), **columns):
    term = agreement.governing.retention_terms.get(category="incident-report")
    start = received_at.date() if term.trigger == "received" else None
    return ReportFactory(
        agreement=agreement, version=agreement.governing, term=term, organization=agreement.lead, received_at=received_at,
        retention_start=start, retain_until=due_on(start, months=term.months, days=term.days) if start else None, **columns,
    )  # fmt: skip


def test_the_old_version_governs_until_the_last_signature():
    made = agreement_in_force()
    first = made.governing
    second = amendment(made, months=36)
    made.refresh_from_db()
    assert (made.state, made.governing) == ("in_force", first)

    frozen = sent(made, AT)
    parties = list(made.parties.select_related("organization"))
    for party in parties[:-1]:
        signing.sign(agreement=made, party=party, content_hash=frozen.content_hash, statement="Yes.",
                     by=holder(Role.SIGNATORY, party.organization), at=AT)  # fmt: skip
    made.refresh_from_db()
    assert (made.state, made.governing) == ("in_force", first)
    assert uses.covered(made, DataCategory.objects.get(pk="indicator"), AT)[0] == first

    signing.sign(agreement=made, party=parties[-1], content_hash=frozen.content_hash, statement="Yes.",
                 by=holder(Role.SIGNATORY, parties[-1].organization), at=AT)  # fmt: skip
    made.refresh_from_db()
    assert (made.state, made.governing) == ("in_force", second)
    periods = list(GoverningPeriod.objects.filter(agreement=made).order_by("since").values_list("version", "until"))
    assert periods == [(first.pk, AT), (second.pk, None)]
    assert AuditEntry.objects.filter(verb="agreements.agreement_amended", object_id=str(made.pk)).count() == 1


def test_a_longer_term_acts_at_once_on_what_is_kept():
    made = agreement_in_force(months=12)
    report = report_under(made)
    amendment(made, months=24)

    signed(made, AT)

    report.refresh_from_db()
    assert report.retain_until == due_on(report.received_at.date(), months=24, days=0)
    assert report.version.number == report.term.version.number == 2


@pytest.mark.parametrize(
    ("months", "received", "due"),
    [
        pytest.param(1, date(2026, 1, 9), date(2026, 4, 10), id="would be due already: the day after the notice"),
        pytest.param(6, date(2026, 1, 9), date(2026, 7, 9), id="due after the notice: as the new term says"),
        pytest.param(1, date(2025, 3, 15), date(2026, 3, 15), id="due within the notice anyway: as the old term said"),
    ],
)
def test_a_shorter_term_acts_after_notice(months, received, due):
    made = agreement_in_force(months=12)
    report = report_under(made, datetime(received.year, received.month, received.day, 9, tzinfo=UTC))
    amendment(made, months=months, notice_days=30)

    signed(made, AT)

    report.refresh_from_db()
    assert report.retain_until == due


def test_what_was_to_be_returned_is_not_deleted_before_the_notice():
    made = agreement_in_force(months=1, action="return")
    report = report_under(made)  # due and waiting for its return
    amendment(made, action="delete", notice_days=10)

    signed(made, AT)

    report.refresh_from_db()
    assert report.retain_until == AT.date() + timedelta(days=11)


def test_another_trigger_counts_from_its_own_moment():
    made = agreement_in_force(months=12)
    waiting, closed = report_under(made), report_under(made, state="closed", closed_at=AT - timedelta(days=5), closed_by=officer_of(made))  # fmt: skip
    amendment(made, trigger="closed", months=12)

    signed(made, AT)

    waiting.refresh_from_db()
    closed.refresh_from_db()
    assert (waiting.retention_start, waiting.retain_until) == (None, None)
    assert closed.retain_until == due_on((AT - timedelta(days=5)).date(), months=12, days=0)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    old=st.integers(1, 30), new=st.integers(1, 30), notice=st.integers(0, 90), ago=st.integers(0, 900),
    action=st.sampled_from(["delete", "anonymise"]),
)  # fmt: skip
def test_no_amendment_makes_anything_due_before_the_notice_or_later_than_both_terms(old, new, notice, ago, action):
    with transaction.atomic():
        made = agreement_in_force(months=old)
        report = report_under(made, AT - timedelta(days=ago))
        before = report.retain_until
        version = amendment(made, months=new, notice_days=notice, action=action)
        expected = {e.category: e for e in amended.effects(version, AT.date())}["Incident reports"]

        signed(made, AT)

        report.refresh_from_db()
        start = report.received_at.date()
        wanted = due_on(start, months=new, days=0)
        assert report.retain_until >= min(before, AT.date() + timedelta(days=notice + 1))
        assert report.retain_until >= wanted
        assert report.retain_until <= max(before, wanted)
        assert expected.records == 1 and expected.first_due == report.retain_until
        assert (expected.longer, expected.shorter) == (
            int(report.retain_until > before),
            int(report.retain_until < before),
        )
        transaction.set_rollback(True)


def test_a_version_signed_ahead_begins_on_its_day_and_only_once():
    made = draft_agreement()
    agreements.change_basics(agreement=made, columns={"effective_on": date(2026, 4, 1)}, by=officer_of(made), at=AT)
    signed(made, AT)
    assert (made.state, made.governing, made.coming.number) == ("signed", None, 1)
    assert made.parties.in_force().count() == 0
    with pytest.raises(uses.NotInForce):
        uses.covered(made, DataCategory.objects.get(pk="indicator"), AT)

    assert amending.keep_dates(at=datetime(2026, 3, 31, 23, 59, tzinfo=UTC)) == (0, 0)
    assert amending.keep_dates(at=datetime(2026, 4, 1, 0, 5, tzinfo=UTC)) == (1, 0)
    assert amending.keep_dates(at=datetime(2026, 4, 1, 0, 10, tzinfo=UTC)) == (0, 0)

    made.refresh_from_db()
    assert (made.state, made.governing.number, made.coming) == ("in_force", 1, None)
    assert made.in_force_since == date(2026, 4, 1)


def test_an_agreement_expires_after_its_last_day_and_clocks_of_the_end_begin():
    made = draft_agreement(trigger="agreement_ended", months=3, at=datetime(2025, 6, 1, tzinfo=UTC))
    agreements.change_basics(agreement=made, columns={"ends_on": date(2026, 3, 31)}, by=officer_of(made), at=AT)
    signed(made, datetime(2025, 6, 1, tzinfo=UTC))
    report = report_under(made)
    indicator = DataCategory.objects.get(pk="indicator")

    assert amending.keep_dates(at=datetime(2026, 3, 31, 23, 0, tzinfo=UTC)) == (0, 0)
    assert uses.covered(made, indicator, datetime(2026, 3, 31, 23, 0, tzinfo=UTC))
    with pytest.raises(uses.NotInForce, match="ended on 31 March 2026"):  # even before the schedule noticed
        uses.covered(made, indicator, datetime(2026, 4, 1, 0, 1, tzinfo=UTC))
    assert amending.keep_dates(at=datetime(2026, 4, 1, 0, 1, tzinfo=UTC)) == (0, 1)
    assert amending.keep_dates(at=datetime(2026, 4, 1, 0, 2, tzinfo=UTC)) == (0, 0)

    made.refresh_from_db()
    report.refresh_from_db()
    assert (made.state, made.ended_on) == ("expired", date(2026, 3, 31))
    assert report.retain_until == date(2026, 6, 30)


def test_a_renewal_changes_the_end_and_needs_every_signature():
    made = agreement_in_force()
    version = amending.renew(agreement=made, ends_on=date(2030, 1, 1), because="Works well", by=officer_of(made), at=AT)
    made.refresh_from_db()
    assert made.governing.number == 1

    signed(made, AT)

    assert made.governing == version
    assert made.governing.ends_on == date(2030, 1, 1)
    with pytest.raises(amending.EndsBeforeToday):
        amending.renew(agreement=made, ends_on=AT.date(), because="Late", by=officer_of(made), at=AT)


def test_only_one_amendment_at_a_time_and_a_withdrawn_one_leaves_nothing():
    made = agreement_in_force()
    amendment(made, months=36)
    newcomer = OrganizationFactory()
    agreements.add_party(agreement=made, organization=newcomer, role="both", controller_role="controller", by=officer_of(made), at=AT)  # fmt: skip

    with pytest.raises(amending.AmendedAlready):
        amending.amend(agreement=made, because="Again", by=officer_of(made), at=AT)
    amending.withdraw(agreement=made, because="Not wanted", by=officer_of(made), at=AT)

    assert list(made.versions.values_list("number", flat=True)) == [1]
    assert not made.parties.filter(organization=newcomer).exists()
    with pytest.raises(amending.NothingToWithdraw):
        amending.withdraw(agreement=made, because="Again", by=officer_of(made), at=AT)


def test_a_party_named_by_an_amendment_signs_it_and_is_bound_with_it():
    made = agreement_in_force()
    newcomer = OrganizationFactory()
    amendment(made)
    agreements.add_party(agreement=made, organization=newcomer, role="both", controller_role="controller", by=officer_of(made), at=AT)  # fmt: skip
    assert not made.parties.in_force(AT).filter(organization=newcomer).exists()

    signed(made, AT)

    assert made.parties.in_force(AT).filter(organization=newcomer).exists()
    bound = made.parties.get(organization=newcomer)
    amendment(made, at=AT + timedelta(days=1))
    with pytest.raises(DomainError, match="leaves by its exit"):
        agreements.remove_party(party=bound, by=officer_of(made), at=AT + timedelta(days=1))


@pytest.mark.parametrize("state", ["draft", "terminated"])
def test_what_does_not_govern_is_not_amended(state):
    made = draft_agreement() if state == "draft" else agreement_in_force()
    if state == "terminated":
        agreements.terminate(agreement=made, because="Done", by=officer_of(made), at=AT)

    with pytest.raises(versions.WrongState):
        amending.amend(agreement=made, because="Why not", by=officer_of(made), at=AT)


def test_a_party_that_does_not_lead_cannot_amend():
    made = agreement_in_force()
    other = made.parties.exclude(organization=made.lead).get().organization

    with pytest.raises(Refused):
        amending.amend(agreement=made, because="Mine", by=holder(Role.LIAISON_OFFICER, other), at=AT)


def test_a_signature_given_to_the_old_version_does_not_count_for_the_new_one():
    made = agreement_in_force()
    amendment(made)
    sent(made, AT)

    with pytest.raises(signing.OtherWords):
        signing.sign(agreement=made, party=made.parties.first(), content_hash=made.governing.content_hash, statement="Yes.",
                     by=holder(Role.SIGNATORY, made.parties.first().organization), at=AT)  # fmt: skip


def test_a_frozen_amendment_is_guarded_by_the_database_too():
    made = agreement_in_force()
    amendment(made)
    frozen = sent(made, AT)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE agreements_retentionterm SET months = 1 WHERE version_id = %s", [frozen.pk])


def resting_on(**columns):
    """An agreement in force whose purpose rests on another law."""
    made = draft_agreement()
    versions.open_version(made).purposes.update(**columns)
    return signed(made, AT)


def test_the_day_after_its_law_has_ended_nothing_new_is_shared():
    made = resting_on(law_valid_until=date(2026, 9, 30))
    indicator = DataCategory.objects.get(pk="indicator")

    assert uses.covered(made, indicator, datetime(2026, 9, 30, 22, tzinfo=UTC))
    with pytest.raises(uses.LawEnded, match="ended on 30 September 2026"):
        uses.covered(made, indicator, datetime(2026, 10, 1, 0, 1, tzinfo=UTC))


def test_the_list_of_laws_knows_an_end_that_the_agreement_does_not():
    made = resting_on(legal_basis="us:cisa-2015")  # extended until 30 September 2026
    assert LegalBasis.objects.get(pk="us:cisa-2015").rule_set.valid_until == date(2026, 10, 1)

    assert uses.covered(made, DataCategory.objects.get(pk="indicator"), datetime(2026, 9, 30, 12, tzinfo=UTC))
    with pytest.raises(uses.LawEnded):
        uses.covered(made, DataCategory.objects.get(pk="indicator"), datetime(2026, 10, 1, 12, tzinfo=UTC))


def ask(made, **question):
    asked = {"purpose": None, "categories": [DataCategory.objects.get(pk="indicator")], "recipients": "parties",
             "tlp": TLP.AMBER, "at": AT, **question}  # fmt: skip
    return uses.ask(agreement=made, **asked)


def test_the_purpose_check_says_yes_with_the_row():
    made = agreement_in_force(tlp_ceiling=2)

    answer = ask(made)

    assert answer.is_yes and answer.use == made.governing.permitted_uses.get()
    assert "version 1" in answer.because


@pytest.mark.parametrize(
    ("question", "because"),
    [
        ({"recipients": "authorities"}, "names no permitted use for public authorities"),
        ({"tlp": TLP.RED}, "takes data up to TLP:AMBER; this is TLP:RED"),
    ],
)
def test_the_purpose_check_says_no_with_the_reason(question, because):
    answer = ask(agreement_in_force(tlp_ceiling=2), **question)

    assert not answer.is_yes and because in answer.because


def test_the_purpose_check_refuses_another_purpose_a_lapsed_use_and_data_not_listed():
    made = draft_agreement()
    by, version = officer_of(made), versions.open_version(made)
    other = agreements.add_row(agreement=made, kind="purposes", by=by, at=AT, columns={
        "text": "Research", "legal_basis": LegalBasis.objects.get(pk="gdpr:consent")})  # fmt: skip
    agreements.add_row(agreement=made, kind="permitted_uses", by=by, at=AT, columns={
        "purpose": other, "categories": [DataCategory.objects.get(pk="incident-report")], "recipients": "sector", "highest_tlp": 1,
        "valid_until": date(2026, 6, 30)})  # fmt: skip
    signed(made, AT)
    report, vulnerability = DataCategory.objects.get(pk="incident-report"), DataCategory.objects.get(pk="vulnerability")

    assert ask(made, recipients="sector", categories=[report], tlp=1, purpose=other).is_yes
    assert "names no permitted use" in ask(made, recipients="sector", categories=[report], tlp=1,
                                           purpose=version.purposes.get(text="Early warning")).because  # fmt: skip
    assert (
        "does not take “Vulnerability information”"
        in ask(made, recipients="sector", categories=[vulnerability], tlp=1).because
    )
    lapsed = ask(made, recipients="sector", categories=[report], tlp=1, at=datetime(2026, 7, 1, 12, tzinfo=UTC))
    assert "ended on 30 June 2026" in lapsed.because
    assert Agreement.objects.get(pk=made.pk).state == "in_force"


@pytest.mark.parametrize(
    ("name", "value"), [("title", "Another"), ("kind", "cross_border"), ("time_zone", "Asia/Tokyo")]
)
def test_an_amendment_changes_nothing_that_earlier_versions_were_signed_with(name, value, client_of):
    made = agreement_in_force()
    amending.amend(agreement=made, because="Experience", by=officer_of(made), at=AT)
    before = getattr(made, name)
    assert before != value

    with pytest.raises(agreements.SignedWithTheFirst) as refused:
        agreements.change_basics(agreement=made, columns={name: value}, by=officer_of(made), at=AT)
    assert refused.value.field == name
    agreements.change_basics(agreement=made, columns={name: before, "summary": "New."}, by=officer_of(made), at=AT)

    made.refresh_from_db()
    assert getattr(made, name) == before
    page = client_of(officer_of(made)).get(f"/agreements/{made.pk}/draft/basics").content.decode()
    assert page.count("Every version was signed with it") == 2
