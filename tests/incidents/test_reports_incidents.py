"""The auditors' report on incident reporting, and what waits for liaison officers."""

from datetime import UTC, datetime, timedelta

from incidents.reports import build
from incidents.worklist import imports_to_decide, reports_to_take_up
from partnership.models import TLP
from partnership.tables import SOURCES
from tests.factories.incidents import ImportFactory, ReportFactory, agreement_in_force
from tests.incidents.test_policy_reports import engage

AT = datetime(2026, 3, 9, 12, tzinfo=UTC)


def told(table):
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows()]


def test_the_report_counts_by_agreement_organization_and_sector(actor_of, auditor, agreement, own_organization):
    engage(auditor, agreement)
    for hours, state in ((2, "received"), (80, "closed")):
        by = auditor if state == "closed" else None
        ReportFactory(organization=own_organization, agreement=agreement, received_at=AT, aware_at=AT - timedelta(hours=hours), aware_precision="minute",
                      state=state, closed_at=AT if by else None, closed_by=by)  # fmt: skip
    ReportFactory(
        organization=own_organization,
        agreement=agreement,
        received_at=AT,
        aware_at=AT - timedelta(days=900),
        aware_precision="year",
    )

    (line,) = told(build(actor_of(auditor), {}))

    assert (line["agreement"], line["organization"], line["sector"]) == (agreement.reference, "Noord Grid", "Energy")
    assert (line["reports"], line["open"], line["closed"], line["timed"], line["late"]) == (3, 2, 1, 2, 1)
    assert float(line["hours"]) == 41.0


def test_the_report_is_limited_to_the_agreements_of_the_engagement_and_never_counts_red(
    actor_of, auditor, agreement, own_organization, coordinator
):
    engage(auditor, agreement)
    ReportFactory(organization=own_organization, agreement=agreement, tlp=TLP.RED)
    ReportFactory(organization=own_organization, agreement=agreement_in_force(own_organization))

    assert told(build(actor_of(auditor), {})) == []
    assert sum(line["reports"] for line in told(build(actor_of(coordinator), {}))) == 2


def test_the_report_can_be_limited_to_days(actor_of, coordinator, agreement, own_organization):
    ReportFactory(organization=own_organization, agreement=agreement, received_at=AT)

    for days, count in (({"received_from": "2026-03-09", "received_until": "2026-03-09"}, 1), ({"received_from": "2026-03-10"}, 0),
                        ({"received_from": "nonsense"}, 0), ({"received_from": "2026-03-10", "received_until": "2026-03-01"}, 0)):  # fmt: skip
        assert build(actor_of(coordinator), days).count() == count


def test_the_report_is_registered_for_those_who_count():
    assert SOURCES["incidents:reporting"].is_report
    assert SOURCES["incidents:reporting"].permission == "incidents.report_incidents"
    assert SOURCES["incidents:report-list"].permission == "incidents.export_report"


def test_reports_nobody_took_up_and_checked_imports_wait_for_the_officer(
    actor_of, liaison_officer, analyst, file_report, own_organization, at
):
    report = file_report(aware_at=at, aware_precision="minute")
    ImportFactory(organization=own_organization)

    (waiting,) = reports_to_take_up(actor_of(liaison_officer))
    (decision,) = imports_to_decide(actor_of(liaison_officer))

    assert report.reference in waiting.title and waiting.due == at + timedelta(hours=72) and waiting.is_urgent
    assert "incidents.jsonl" in decision.title
    assert list(reports_to_take_up(actor_of(analyst))) == list(imports_to_decide(actor_of(analyst))) == []
