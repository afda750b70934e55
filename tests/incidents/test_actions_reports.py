"""Filing, changing, closing, sharing, releasing: success, each refusal, the trail, and rollback."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from agreements.actions.uses import NotPermitted
from agreements.models import DataCategory, Party
from incidents.actions import reports, terms
from incidents.models import Precision, Report
from partnership.access.decide import can
from partnership.audit.sentences import timeline
from partnership.errors import DomainError
from partnership.models import TLP, AuditEntry, Sector
from tests.factories.incidents import ReportFactory, agreement_in_force, content
from tests.factories.partnership import AudienceFactory, OrganizationFactory

LATER = datetime(2026, 11, 2, 12, tzinfo=UTC)


def verbs_of(report):
    return [line.entry.verb.removeprefix("incidents.") for line in timeline(report)]


def test_a_filed_report_stands_under_version_and_term_with_its_date(file_report, agreement, term):
    report = file_report(
        at=datetime(2026, 1, 31, 12, tzinfo=UTC), narrative="Long story", indicator_list="192.0.2.1\nevil[.]example"
    )

    report.refresh_from_db()
    assert (report.agreement, report.version, report.term) == (agreement, agreement.governing, term)
    assert report.retention_start.isoformat() == "2026-01-31"
    assert report.retain_until > report.retention_start
    assert report.reference.startswith("INC-2026-")
    assert report.body.narrative == "Long story"
    assert report.indicators.count() == 2
    assert verbs_of(report) == ["indicators_added", "report_filed"]


def test_references_go_on_counting(file_report):
    first, second = file_report(), file_report()

    assert int(second.reference[9:]) == int(first.reference[9:]) + 1


def test_a_term_from_closing_starts_at_closing(own_organization, liaison_officer, category):
    agreement = agreement_in_force(own_organization, trigger="closed", months=6)
    report = reports.file(
        organization=own_organization,
        agreement=agreement,
        category=category,
        content=content(),
        by=liaison_officer,
        at=LATER,
    )
    assert (report.retention_start, report.retain_until) == (None, None)

    closed = reports.close(report=report, by=liaison_officer, at=LATER + timedelta(days=3), because="Cleaned")

    assert closed.retention_start.isoformat() == "2026-11-05"
    assert closed.retain_until is not None
    assert closed.state == Report.State.CLOSED
    assert verbs_of(report) == ["report_closed", "report_filed"]


def test_a_stranger_to_the_agreement_cannot_file_under_it(agreement, category, stranger, at):
    other = OrganizationFactory()

    with pytest.raises(terms.NotAParty) as refused:
        reports.file(organization=other, agreement=agreement, category=category, content=content(), by=stranger, at=at)

    assert refused.value.field == "filed_under"
    assert not Report.objects.exists()


def test_a_party_that_left_cannot_file(agreement, own_organization, file_report):
    Party.objects.filter(organization=own_organization).update(until=timezone.now() - timedelta(days=1))

    with pytest.raises(terms.NotAParty):
        file_report()


@pytest.mark.parametrize("state", ["suspended", "terminated"])
def test_nothing_is_filed_under_an_agreement_not_in_force(agreement, file_report, state):
    type(agreement).objects.filter(pk=agreement.pk).update(state=state, ended_on=timezone.now().date())
    agreement.refresh_from_db()

    with pytest.raises(DomainError):
        file_report()


def test_a_category_that_the_agreement_does_not_cover_is_refused(agreement, own_organization, liaison_officer, at):
    from_elsewhere = DataCategory.objects.get(code="tip")

    with pytest.raises(DomainError):
        reports.file(
            organization=own_organization,
            agreement=agreement,
            category=from_elsewhere,
            content=content(),
            by=liaison_officer,
            at=at,
        )


def test_a_marking_above_the_ceiling_is_refused(own_organization, liaison_officer, category, at):
    agreement = agreement_in_force(own_organization, ceiling=TLP.AMBER)

    with pytest.raises(terms.MarkedTooHigh, match="up to TLP:AMBER; this is TLP:RED"):
        reports.file(
            organization=own_organization,
            agreement=agreement,
            category=category,
            content=content(tlp=TLP.RED),
            by=liaison_officer,
            at=at,
        )


def test_one_bad_indicator_leaves_nothing_of_the_report(file_report):
    with pytest.raises(DomainError, match="Line 2"):
        file_report(indicator_list="192.0.2.1\n999.1.1.1")

    assert not Report.objects.exists()
    assert not AuditEntry.objects.exists()


def test_nothing_is_filed_when_the_trail_cannot_be_written(file_report, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(reports, "record", broken)

    with pytest.raises(RuntimeError):
        file_report()

    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("times", "field"),
    [
        ({"occurred_at": LATER + timedelta(days=400)}, "occurred_year"),
        ({"aware_at": LATER + timedelta(days=400)}, "aware_year"),
        ({"occurred_at": datetime(2026, 1, 2, tzinfo=UTC), "aware_at": datetime(2025, 1, 1, tzinfo=UTC)}, "aware_year"),
        ({"occurred_at": LATER - timedelta(hours=2), "occurred_precision": "minute", "aware_at": LATER - timedelta(hours=3),
          "aware_precision": "minute"}, "aware_year"),
    ],
)  # fmt: skip
def test_impossible_times_are_refused(file_report, times, field):
    with pytest.raises(reports.ImpossibleTimes) as refused:
        file_report(at=LATER, **times)

    assert refused.value.field == field


def test_a_year_alone_is_enough_for_awareness_in_the_same_year(file_report):
    coarse = datetime(2026, 1, 1, tzinfo=UTC)

    report = file_report(
        at=LATER,
        occurred_at=LATER - timedelta(days=9),
        occurred_precision="day",
        aware_at=coarse,
        aware_precision=Precision.YEAR,
    )

    assert report.aware_precision == "year"


def test_a_change_keeps_before_and_after_in_the_trail(file_report, liaison_officer, at):
    report = file_report(title="Old title")

    reports.change(
        report=report,
        content=content(title="New title"),
        narrative="Another story",
        because="Typing error",
        by=liaison_officer,
        at=at,
    )

    line = timeline(report)[0]
    assert line.changes["title"] == ["Old title", "New title"]
    assert "Another story" not in str(line.changes)
    assert line.because == "Typing error"


def test_an_unchanged_report_leaves_no_entry(file_report, liaison_officer, at):
    report = file_report()

    reports.change(report=report, content={"title": report.title}, by=liaison_officer, at=at)

    assert verbs_of(report) == ["report_filed"]


def test_a_closed_report_stands_as_it_is(file_report, liaison_officer, at):
    report = file_report()
    reports.close(report=report, by=liaison_officer, at=at)

    for act in (lambda: reports.change(report=report, content=content(), by=liaison_officer, at=at),
                lambda: reports.close(report=report, by=liaison_officer, at=at),
                lambda: reports.take_up(report=report, by=liaison_officer, at=at)):  # fmt: skip
        with pytest.raises(reports.ReportIsClosed):
            act()


def test_taking_up_twice_is_taking_up_once(file_report, liaison_officer, at):
    report = file_report()

    for _ in range(2):
        reports.take_up(report=report, by=liaison_officer, at=at)

    assert verbs_of(report) == ["report_taken_up", "report_filed"]


def test_sharing_marks_the_moment_of_release_once(file_report, liaison_officer, at):
    report = file_report(tlp=TLP.GREEN)

    reports.share(report=report, sector=Sector.objects.get(code="nis2:energy"), by=liaison_officer, at=at)
    reports.share(
        report=report, sector=Sector.objects.get(code="nis2:health"), by=liaison_officer, at=at + timedelta(days=1)
    )

    report.refresh_from_db()
    assert (report.released_at, report.released_by) == (at, liaison_officer)


def test_sharing_twice_is_refused(file_report, liaison_officer, at):
    report, sector = file_report(tlp=TLP.GREEN), Sector.objects.get(code="nis2:energy")
    reports.share(report=report, sector=sector, by=liaison_officer, at=at)

    with pytest.raises(reports.SharedAlready):
        reports.share(report=report, sector=sector, by=liaison_officer, at=at)


def test_a_share_and_a_release_name_the_row_that_permits_them(file_report, liaison_officer, at):
    report, sector = file_report(tlp=TLP.GREEN), Sector.objects.get(code="nis2:energy")

    shared = reports.share(report=report, sector=sector, by=liaison_officer, at=at)
    released = reports.release(report=report, audience=AudienceFactory(), by=liaison_officer, at=at)

    assert (shared.use.recipients, released.use.recipients) == ("sector", "audiences")
    assert shared.use.version == released.use.version == report.agreement.governing
    row = f"permitted use {shared.use.position} of {report.agreement.reference}, version 1"
    assert any(row in str(line.sentence) for line in timeline(report))


@pytest.mark.parametrize("recipients", [["parties"], ["parties", "councils"]])
def test_what_no_permitted_use_names_is_refused_with_the_reason(own_organization, liaison_officer, at, recipients):
    report = ReportFactory(agreement=agreement_in_force(own_organization, uses=recipients), tlp=TLP.GREEN)

    with pytest.raises(NotPermitted, match="names no permitted use for partners of the same sector"):
        reports.share(report=report, sector=Sector.objects.first(), by=liaison_officer, at=at)
    with pytest.raises(NotPermitted, match="names no permitted use for groups of persons"):
        reports.release(report=report, audience=AudienceFactory(), by=liaison_officer, at=at)

    report.refresh_from_db()
    assert not report.sector_shares.exists() and not report.releases.exists() and report.released_at is None


def test_a_marking_above_the_permitted_use_is_refused(own_organization, liaison_officer, at):
    agreement = agreement_in_force(own_organization, uses={"parties": TLP.AMBER, "audiences": TLP.GREEN})
    report = ReportFactory(agreement=agreement, tlp=TLP.AMBER)

    with pytest.raises(NotPermitted, match="it takes data up to TLP:GREEN; this is TLP:AMBER"):
        reports.release(report=report, audience=AudienceFactory(), by=liaison_officer, at=at)


def test_after_the_law_ended_nothing_more_is_shared(own_organization, liaison_officer, at):
    agreement = agreement_in_force(own_organization, law_until=at.date() - timedelta(days=2))
    report = ReportFactory(agreement=agreement, tlp=TLP.GREEN)

    with pytest.raises(NotPermitted, match="The law on which"):
        reports.share(report=report, sector=Sector.objects.first(), by=liaison_officer, at=at)


def test_markings_limit_sharing_and_releasing(file_report, liaison_officer, at):
    amber, strict = file_report(), file_report(tlp=TLP.AMBER_STRICT)

    with pytest.raises(reports.MarkingForbids, match="up to TLP:GREEN"):
        reports.share(report=amber, sector=Sector.objects.first(), by=liaison_officer, at=at)
    with pytest.raises(reports.MarkingForbids, match="up to TLP:AMBER"):
        reports.release(report=strict, audience=AudienceFactory(), by=liaison_officer, at=at)


def test_a_released_report_cannot_be_marked_above_its_audience(file_report, liaison_officer, at):
    report = file_report(tlp=TLP.AMBER)
    reports.release(report=report, audience=AudienceFactory(), by=liaison_officer, at=at)

    with pytest.raises(reports.MarkingForbids):
        reports.change(report=report, content={"tlp": TLP.RED}, by=liaison_officer, at=at)


def test_one_person_is_let_in_for_at_most_ninety_days(file_report, liaison_officer, stranger, actor_of, at):
    report = file_report(tlp=TLP.RED)

    reports.let_in(
        report=report,
        person=stranger,
        until=at + timedelta(days=90),
        because="Joint response",
        by=liaison_officer,
        at=at,
    )

    assert can(actor_of(stranger), "incidents.view_report_body", report)
    with pytest.raises(DomainError, match="90 days"):
        reports.let_in(
            report=report, person=stranger, until=at + timedelta(days=91), because="Longer", by=liaison_officer, at=at
        )
