"""Retention compliance: the page, four formats and the pack carry the figures that plain SQL counts by itself."""

import csv
import io
import json
import re
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from openpyxl import load_workbook
from pypdf import PdfReader

from agreements.actions import engagements, holds, retention
from agreements.models import DeletionRecord, LegalHold
from agreements.reports import COMPLIANCE
from agreements.retention import execute
from incidents.models import Report
from partnership.actions import exports
from partnership.models import Role
from tests.agreements.test_retention import hold_on, reports
from tests.factories.agreements import agreement_in_force, holder
from tests.partnership.test_evidence_packs import ask, taken, unpacked, verdict

pytestmark = pytest.mark.django_db
NAME = "agreements.compliance"
TODAY = datetime.now(UTC).date()


def engage(auditor, coordinator, *agreements):
    at = datetime.now(UTC)
    return engagements.engage(auditor=auditor, title="Audit", agreements=list(agreements), independence="None.", since=at - timedelta(hours=1),
                              until=at + timedelta(days=3), by=coordinator, at=at)  # fmt: skip


def line_of(person, of, **asked):
    table = exports.build(NAME, asked, person)
    names = [column.name for column in table.columns]
    found = [dict(zip(names, row, strict=True)) for row in table.rows() if row[0] == of.reference]
    return found[0] if found else None


def sweep():
    return execute.sweep(trigger="command")


@pytest.fixture
def world():
    """One agreement with something of everything: gone late, gone in time, held, overdue, coming, not due, out of period."""
    agreement, other = agreement_in_force(), agreement_in_force()
    reports(agreement, 3, until=date(2026, 1, 1))
    reports(agreement, 2, until=TODAY - timedelta(days=1))
    reports(other, 1, until=date(2026, 2, 1))
    sweep()
    [kept, *_] = reports(agreement, 2, until=date(2026, 3, 1))
    hold_on(agreement, record_type="incidents.report", record_id=kept.pk)
    reports(agreement, 4, until=TODAY - timedelta(days=1))
    reports(agreement, 5, until=date(2099, 1, 1))
    return agreement, other


def test_what_came_due_adds_up(world, coordinator):
    agreement, other = world

    line = line_of(coordinator, agreement)

    assert (line["due"], line["deleted"], line["held"], line["coming"], line["overdue"], line["late"]) == (
        11,
        5,
        1,
        4,
        1,
        3,
    )
    assert line["due"] == sum(line[name] for name in ("deleted", "anonymised", "returned", "held", "coming", "overdue"))
    assert line["share"] == round(100 * 4 / 11, 1) and line["why"] == "1 no run took yet; see the runs"
    assert line_of(coordinator, other)["deleted"] == 1


COUNT = """
SELECT a.reference,
  (SELECT count(*) FROM agreements_deletionrecord d WHERE d.agreement_id = a.id AND d.action = 'delete' AND d.due_on BETWEEN %(since)s AND %(until)s),
  (SELECT count(*) FROM agreements_deletionrecord d WHERE d.agreement_id = a.id AND d.action = 'anonymise' AND d.due_on BETWEEN %(since)s AND %(until)s),
  (SELECT count(*) FROM agreements_deletionrecord d WHERE d.agreement_id = a.id AND d.action = 'return' AND d.due_on BETWEEN %(since)s AND %(until)s),
  (SELECT count(*) FROM incidents_report r WHERE r.agreement_id = a.id AND r.retain_until BETWEEN %(since)s AND %(until)s AND r.expires_at < now()
     AND r.anonymised_on IS NULL AND EXISTS (SELECT FROM agreements_legalhold h WHERE h.lifted_at IS NULL AND h.record_id = r.id)),
  (SELECT count(*) FROM incidents_report r WHERE r.agreement_id = a.id AND r.retain_until BETWEEN %(since)s AND %(until)s AND r.expires_at < now()
     AND r.expires_at >= now() - interval '1 day' AND r.anonymised_on IS NULL
     AND NOT EXISTS (SELECT FROM agreements_legalhold h WHERE h.lifted_at IS NULL AND h.record_id = r.id)),
  (SELECT count(*) FROM incidents_report r WHERE r.agreement_id = a.id AND r.retain_until BETWEEN %(since)s AND %(until)s
     AND r.expires_at < now() - interval '1 day' AND r.anonymised_on IS NULL
     AND NOT EXISTS (SELECT FROM agreements_legalhold h WHERE h.lifted_at IS NULL AND h.record_id = r.id)),
  (SELECT count(*) FROM agreements_deletionrecord d WHERE d.agreement_id = a.id AND d.due_on BETWEEN %(since)s AND %(until)s
     AND d.deleted_at - ((d.due_on + 1)::timestamp AT TIME ZONE a.time_zone) > interval '1 day')
FROM agreements_agreement a ORDER BY 1
"""


def by_sql(since, until):
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"since": since, "until": until})
        return [[row[0], sum(row[1:7]), *row[1:]] for row in cursor.fetchall() if sum(row[1:7])]


def figures(cells):
    """Agreement and the eight counts, as texts."""
    return [str(int(c)) if isinstance(c, float) else str(c) for c in [cells[0], *cells[2:10]]]


@pytest.mark.parametrize(("since", "until"), [
    (date(2000, 1, 1), date(2100, 1, 1)), (date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 3, 1), date(2026, 3, 1)), (date(2026, 2, 1), TODAY),
], ids=["all", "january", "one day", "to today"])  # fmt: skip
def test_page_formats_and_pack_carry_what_plain_sql_counts(
    world, coordinator, client_of, since, until, django_capture_on_commit_callbacks
):
    expected = [[str(value) for value in row] for row in by_sql(since, until)]
    asked = {"since": since.isoformat(), "until": until.isoformat()}
    client = client_of(coordinator)
    page = client.get(f"/reports/{NAME}", asked).content.decode()
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.S) for row in body.split("</tr>") if "<td" in row]
    on_page = [figures([re.sub(r"<[^>]+>|,", "", cell).strip() for cell in row]) for row in rows]
    assert on_page == expected and expected

    seen = {}
    for format in ("csv", "xlsx", "json", "pdf"):
        made = client.post(f"/exports/new/{NAME}?since={since}&until={until}", {"format": format, "reason": "Audit"})
        seen[format] = b"".join(client.get(made.headers["Location"] + "/file").streaming_content)
    assert [figures(row) for row in list(csv.reader(io.StringIO(seen["csv"].decode("utf-8-sig"))))[1:]] == expected
    assert [figures(list(row.values())) for row in json.loads(seen["json"])["rows"]] == expected
    sheet = load_workbook(io.BytesIO(seen["xlsx"]))["Table"]
    assert [figures(row) for row in sheet.iter_rows(min_row=2, values_only=True)] == expected
    words = " ".join(p.extract_text() for p in PdfReader(io.BytesIO(seen["pdf"])).pages).split()
    for row in expected:
        assert all(value in words for value in row[1:])

    at = datetime.now(UTC)
    pack = unpacked(taken(ask(coordinator, NAME, at, django_capture_on_commit_callbacks, **asked), coordinator, at))
    assert [figures(list(row.values())) for row in json.loads(pack["report.json"])["rows"]] == expected
    meanings = {c["name"]: c["meaning"] for c in json.loads(pack["definitions.json"])["columns"]}
    assert all(meanings[column.name] for column in COMPLIANCE[2:]) and all(
        meaning in page.replace("&#x27;", "'") for meaning in meanings.values()
    )


def test_the_pack_proves_each_certificate_it_counts(
    world, coordinator, at, django_capture_on_commit_callbacks, tmp_path
):
    data = taken(ask(coordinator, NAME, at, django_capture_on_commit_callbacks), coordinator, at)

    code, words = verdict(tmp_path, data)
    assert code == 0 and "6 certificates led to their roots" in words, words

    files = unpacked(data)
    proofs = json.loads(files["proofs.json"])
    for spoil in (lambda p: p["certificate"].update(rule="at will"), lambda p: p["batch"].update(root="0" * 64),
                  lambda p: p["batch"].update(previous="1" * 64), lambda p: p["path"].append(["left", "0" * 64])):  # fmt: skip
        changed = json.loads(json.dumps(proofs))
        spoil(changed[2])
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name, content in (files | {"proofs.json": json.dumps(changed).encode()}).items():
                archive.writestr(name, content)
        code, words = verdict(tmp_path, target.getvalue())
        assert code == 1 and f"proofs.json, certificate {proofs[2]['certificate']['id']}" in words


def test_figures_stay_when_the_records_are_gone(world, coordinator):
    agreement, _ = world
    period = {"since": "2026-01-01", "until": "2026-01-31"}
    before = line_of(coordinator, agreement, **period)

    assert before["deleted"] == 3 and not Report.objects.filter(retain_until=date(2026, 1, 1)).exists()
    assert line_of(coordinator, agreement, **period) == before


@pytest.mark.parametrize(("action", "column"), [("anonymise", "anonymised"), ("return", "returned")])
def test_each_action_has_its_column(coordinator, action, column):
    agreement = agreement_in_force(action=action)
    reports(agreement, 2)
    if action == "return":
        assert line_of(coordinator, agreement)["why"] == "2 to be returned first, and nobody confirmed it yet"
        retention.confirm_returns(
            agreement=agreement,
            because="Given back",
            by=holder(Role.LIAISON_OFFICER, agreement.lead),
            at=datetime.now(UTC),
        )
    sweep()

    line = line_of(coordinator, agreement)

    assert (line[column], line["due"], line["overdue"], line["deleted"]) == (2, 2, 0, 0)


def test_what_waits_for_approval_says_so(coordinator):
    agreement = agreement_in_force(has_run=False)
    reports(agreement, 2)

    line = line_of(coordinator, agreement)

    assert (line["overdue"], line["share"]) == (2, 100.0)
    assert line["why"] == "2 not approved by a second coordinator yet"


@pytest.mark.parametrize(("placed_at", "late"), [(datetime(2026, 1, 1, tzinfo=UTC), 0), (datetime(2026, 2, 1, tzinfo=UTC), 1)],
                         ids=["before it became late", "when it was late already"])  # fmt: skip
def test_what_a_hold_keeps_is_not_late(coordinator, placed_at, late):
    agreement = agreement_in_force()
    [kept] = reports(agreement, 1)
    hold_on(agreement, record_type="incidents.report", record_id=kept.pk)
    LegalHold.objects.filter(record_id=kept.pk).update(placed_at=placed_at)
    holds.lift(
        hold=LegalHold.objects.get(),
        reason="Settled",
        by=holder(Role.LIAISON_OFFICER, agreement.lead),
        at=datetime.now(UTC),
    )
    assert (line_of(coordinator, agreement)["coming"], line_of(coordinator, agreement)["overdue"]) == (1, 0)
    sweep()

    line = line_of(coordinator, agreement)

    assert (line["deleted"], line["late"]) == (1, late)


def test_late_begins_a_day_after_the_end_of_the_last_day_where_the_agreement_lives(coordinator):
    agreement = agreement_in_force()
    zone = "Pacific/Kiritimati"  # 14 hours ahead of UTC
    type(agreement).objects.filter(pk=agreement.pk).update(time_zone=zone)
    reports(agreement, 2)
    sweep()
    first, second = DeletionRecord.objects.order_by("pk")
    edge = datetime(2026, 1, 3, 0, 0, tzinfo=UTC) - timedelta(hours=14)
    DeletionRecord.objects.filter(pk=first.pk).update(due_on=date(2026, 1, 1), deleted_at=edge)
    DeletionRecord.objects.filter(pk=second.pk).update(due_on=date(2026, 1, 1), deleted_at=edge + timedelta(seconds=1))

    assert line_of(coordinator, agreement)["late"] == 1


def test_an_auditor_sees_what_the_engagement_covers_and_no_more(
    world, auditor, coordinator, client_of, at, django_capture_on_commit_callbacks
):
    agreement, other = world
    engage(auditor, coordinator, agreement)

    assert line_of(auditor, agreement) and line_of(auditor, other) is None
    assert line_of(auditor, other, agreement=other.reference) is None
    page = client_of(auditor).get(f"/reports/{NAME}").content.decode()
    assert agreement.reference in page and other.reference not in page
    pack = taken(ask(auditor, NAME, at, django_capture_on_commit_callbacks), auditor, at)
    assert not any(
        other.reference.encode() in content or str(other.pk).encode() in content for content in unpacked(pack).values()
    )
    assert len(json.loads(unpacked(pack)["proofs.json"])) == 5


def test_outside_of_an_engagement_there_is_no_report(world, auditor, stranger, client_of):
    assert client_of(auditor).get(f"/reports/{NAME}").status_code == 404
    assert client_of(stranger).get(f"/reports/{NAME}").status_code == 404


def test_one_agreement_can_be_asked_for(world, coordinator):
    agreement, other = world

    table = exports.build(NAME, {"agreement": other.reference}, coordinator)

    assert {row[0] for row in table.rows()} == {other.reference} and table.parameters == {"agreement": other.reference}


@pytest.mark.parametrize(("asked", "told"), [
    ({"since": "2020-01-01", "until": "2020-12-31"}, None),
    ({"since": "2026-01-01"}, "The period is not over"),
    ({"since": "2098-01-01", "until": "2098-12-31"}, "The period has not begun"),
    ({"since": "2026-02-01", "until": "2026-01-01"}, "The question was not understood"),
    ({"since": "yesterday"}, "The question was not understood"),
    ({"agreement": "DSA-NONE"}, "The question was not understood"),
])  # fmt: skip
def test_empty_partial_and_mistaken_periods_say_so(world, coordinator, client_of, asked, told):
    table, page = (
        exports.build(NAME, asked, coordinator),
        client_of(coordinator).get(f"/reports/{NAME}", asked).content.decode(),
    )

    if told is None:
        assert "Nothing in this period." in page and table.count() == 0 and "not over" not in page
    else:
        assert any(told in note for note in table.notes) and told in page
        assert ("since" in asked and asked["since"] == "2026-01-01") or table.count() == 0


def test_a_past_period_is_complete_only_once_it_is_over(coordinator):
    agreement = agreement_in_force()
    reports(agreement, 1)
    with time_machine.travel(datetime(2026, 1, 31, 12, tzinfo=UTC), tick=False):
        partial = exports.build(NAME, {"until": "2026-01-31"}, coordinator)
    with time_machine.travel(datetime(2026, 2, 1, 12, tzinfo=UTC), tick=False):
        whole = exports.build(NAME, {"until": "2026-01-31"}, coordinator)

    assert any("not over" in note for note in partial.notes) and not any("not over" in note for note in whole.notes)
