"""Follow one item: whole from agreement to certificate, without content, and nothing for those who may not see it."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from agreements.actions import holds
from agreements.models import DeletionRecord, LegalHold
from agreements.retention import execute
from incidents.models import Report, ReportBody
from incidents.reports import chain
from partnership.actions import exports
from partnership.models import TLP, Role
from tests.agreements.test_retention import hold_on, reports
from tests.agreements.test_retention_compliance import engage
from tests.factories.agreements import agreement_in_force, holder
from tests.partnership.test_evidence_packs import ask, taken, unpacked, verdict

pytestmark = pytest.mark.django_db
NAME = "incidents:chain"
SECRET = "Valve seven at Harbour Street"


@pytest.fixture
def agreement():
    return agreement_in_force()


@pytest.fixture
def engaged(auditor, coordinator, agreement):
    return engage(auditor, coordinator, agreement)


def made(agreement, *, until, **columns):
    [report] = reports(agreement, 1, until=until, title=SECRET, **columns)
    ReportBody.objects.update_or_create(report=report, defaults={"narrative": SECRET})
    return report


@pytest.fixture
def living(agreement):
    return made(agreement, until=date(2099, 1, 1))


@pytest.fixture
def gone(agreement):
    report = made(agreement, until=date(2026, 1, 1))
    hold_on(agreement, record_type="incidents.report", record_id=report.pk)
    holds.lift(
        hold=LegalHold.objects.get(),
        reason="Settled",
        by=holder(Role.LIAISON_OFFICER, agreement.lead),
        at=datetime.now(UTC),
    )
    # the database's clock stands still in a test, and gives the run its moment
    LegalHold.objects.update(placed_at=datetime(2026, 1, 1, tzinfo=UTC), lifted_at=datetime(2026, 6, 1, tzinfo=UTC))
    execute.sweep(trigger="command")
    return DeletionRecord.objects.get(record_id=report.pk)


def followed(person, item):
    table = exports.build(NAME, {"item": item}, person)
    return table, [row[0] for row in table.rows()]


def test_a_living_report_is_followed_to_its_last_day(living, engaged, auditor):
    _, steps = followed(auditor, living.reference)

    assert [step for step in steps if step != "Recorded in the trail"] == [
        "Agreement in force", "Purpose and legal basis", "Retention term", "Received", "Marking now", "End of keeping"]  # fmt: skip


@pytest.mark.parametrize("by", ["reference", "id", "record_id", "leaf"])
def test_a_deleted_report_is_followed_to_its_certificate_and_root(gone, engaged, auditor, by):
    table, steps = followed(auditor, str(getattr(gone, by)))

    wanted = [
        "Agreement in force",
        "Retention term",
        "Hold placed",
        "Hold lifted",
        "End of keeping",
        "Retention run",
        "Certificate",
        "Merkle root",
    ]
    assert set(wanted) <= set(steps) and "Received" not in steps
    by_step = {row[0]: row for row in table.rows()}
    assert by_step["Certificate"][4] == gone.leaf and by_step["Merkle root"][4] == gone.batch.root
    assert "every link before it fit" in by_step["Merkle root"][2]
    assert not Report.objects.filter(pk=gone.record_id).exists()


def test_moments_only_go_forward_and_each_says_its_zone(gone, engaged, auditor, client_of):
    table, _ = followed(auditor, gone.reference)
    moments = [row[1] for row in table.rows()]

    assert moments == sorted(moments) and all(moment.tzinfo for moment in moments)
    page = client_of(auditor).get(f"/reports/{NAME}", {"item": gone.reference}).content.decode()
    assert page.count(" UTC</time>") == len(moments)


@pytest.mark.parametrize("which", ["living", "gone"])
def test_no_format_holds_content(which, request, engaged, auditor, client_of, at, django_capture_on_commit_callbacks):
    reference = request.getfixturevalue(which).reference
    page = client_of(auditor).get(f"/reports/{NAME}", {"item": reference}).content.decode()
    data = taken(ask(auditor, NAME, at, django_capture_on_commit_callbacks, item=reference), auditor, at)

    assert reference in page and SECRET not in page
    assert not any(SECRET.encode() in content for content in unpacked(data).values())


def nothing(person, client_of, item):
    """The page for an item that gives nothing, without what is different each time."""
    answer = client_of(person).get(f"/reports/{NAME}", {"item": item})
    assert answer.status_code == 200 and chain.NOTHING in answer.content.decode()
    page = re.sub(r'nonce="[^"]*"|csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode())
    return page.replace(item, "ITEM").replace(item.replace("-", "&#x2D;"), "ITEM")


def test_absent_and_forbidden_look_the_same(engaged, auditor, client_of):
    elsewhere = agreement_in_force()
    other = made(elsewhere, until=date(2099, 1, 1))
    lost = made(elsewhere, until=date(2026, 1, 1))
    execute.sweep(trigger="command")
    certificate = DeletionRecord.objects.get(record_id=lost.pk)

    absent = nothing(auditor, client_of, "INC-1999-99999")
    for forbidden in (
        other.reference,
        str(other.pk),
        lost.reference,
        str(certificate.pk),
        certificate.leaf,
        str(lost.pk),
        str(uuid4()),
        "0" * 64,
        "' OR 1=1",
    ):
        page = nothing(auditor, client_of, forbidden)
        if "'" not in forbidden:
            assert page == absent


def test_red_stays_with_its_owner_and_expired_is_withheld(agreement, engaged, auditor, client_of):
    red = made(agreement, until=date(2099, 1, 1), tlp=TLP.RED)
    expired = made(agreement, until=date(2026, 1, 1))

    for report in (red, expired):
        nothing(auditor, client_of, report.reference)


def test_after_the_engagement_nothing_is_followed(gone, engaged, auditor, client_of, at):
    type(engaged).objects.filter(pk=engaged.pk).update(until=at - timedelta(minutes=1))

    assert client_of(auditor).get(f"/reports/{NAME}", {"item": gone.reference}).status_code == 404


def test_what_is_held_after_its_day_shows_the_run_that_left_it(agreement, coordinator):
    report = made(agreement, until=date(2026, 1, 1))
    hold_on(agreement, record_type="incidents.report", record_id=report.pk)
    execute.sweep(trigger="command")

    _, steps = followed(coordinator, report.reference)

    assert {"Hold placed", "End of keeping", "Left by a run"} <= set(steps)


def test_an_anonymised_report_shows_both(coordinator):
    agreement = agreement_in_force(action="anonymise")
    report = made(agreement, until=date(2026, 1, 1))
    execute.sweep(trigger="command")

    _, steps = followed(coordinator, report.reference)

    assert "Certificate" in steps


def test_the_pack_of_an_item_proves_its_certificate(
    gone, engaged, auditor, at, django_capture_on_commit_callbacks, tmp_path
):
    data = taken(ask(auditor, NAME, at, django_capture_on_commit_callbacks, item=gone.reference), auditor, at)

    code, words = verdict(tmp_path, data)
    assert code == 0 and "1 certificates led to their roots" in words, words
    [version] = json.loads(unpacked(data)["rests_on.json"])
    assert version["version"] == gone.version_number


def test_a_damaged_certificate_is_told(gone, engaged, auditor):
    DeletionRecord.objects.filter(pk=gone.pk).update(rule="at will")

    table, _ = followed(auditor, gone.reference)

    assert any("DOES NOT FIT" in row[2] for row in table.rows())


@pytest.mark.parametrize("item", ["", " "])
def test_an_empty_question_asks_for_a_reference(engaged, auditor, client_of, item):
    assert "Give a reference" in client_of(auditor).get(f"/reports/{NAME}", {"item": item}).content.decode()
