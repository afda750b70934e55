"""Resources of reports, what they carry, and imports: what the pages do, by calls; refusals and faults by field."""

import pytest

from incidents.models import Attachment, Import, Indicator, Report
from partnership.models import TLP, AuditEntry, FileErasure
from tests.factories.incidents import AttachmentFactory, ImportFactory, IndicatorFactory, ReportFactory
from tests.factories.partnership import AudienceFactory
from tests.factories.veris import incident, lines
from tests.incidents.test_views_reports import BAD_FILES, GOOD_FILES

pytestmark = pytest.mark.django_db
UNKNOWN = "00000000-0000-4000-8000-000000000000"
OF_OWNER = ["take-up", "close", "share", "release", "let-in", "indicators", "attachments"]


def api(name, *keys):
    return "/".join(["/api/v1", name, *map(str, keys)])


def test_a_report_is_taken_up_changed_shared_released_and_opened_to_one_person(
    api_of, liaison_officer, file_report, stranger, nobody
):
    client, report = api_of(liaison_officer), file_report(tlp=TLP.GREEN)
    AudienceFactory(name="Water Council")

    def post(path, **body):
        answer = client.post(api("reports", report.pk, path), body, format="json")
        assert answer.status_code == 200, answer.content
        return answer.json()

    assert post("take-up")["state"] == "in_work"
    assert (
        client.patch(api("reports", report.pk), {"title": "Better", "because": "A slip"}, format="json").status_code
        == 200
    )
    assert AuditEntry.objects.filter(verb="incidents.report_changed").exists()
    assert post("share", sector="nis2:energy")["released_at"]
    assert post("release", audience="Water Council")
    assert api_of(nobody).get(api("reports", report.pk)).status_code == 404
    assert post("let-in", email=stranger.email.upper(), days=3, because="Asked to help")
    assert api_of(stranger).get(api("reports", report.pk)).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("share", {"sector": "nis2:moon"}, 400, "sector"), ("share", {"sector": "nis2:energy"}, 409, "sector"), ("release", {"audience": "None"}, 400, "audience"),
        ("let-in", {"email": "nobody@example.org", "days": 3, "because": "x"}, 400, "email"), ("let-in", {"email": ["x"], "days": 91}, 400, "days"),
        ("indicators", {"indicators": "nonsense"}, 409, "indicators"), ("indicators", {}, 400, "indicators"),
        ("close", {"because": "x" * 301}, 400, "because"),
    ],
    ids=str,
)  # fmt: skip
def test_wrong_words_about_a_report_are_answered_by_field(
    api_of, liaison_officer, file_report, path, body, status, field
):
    answer = api_of(liaison_officer).post(api("reports", file_report().pk, path), body, format="json")

    assert answer.status_code == status, answer.content
    assert field in answer.json()["error"]["fields"]


@pytest.mark.parametrize("path", OF_OWNER)
def test_only_officers_of_the_owner_act_on_a_report(api_of, analyst, partner_officer, stranger, file_report, path):
    report, format = file_report(), "multipart" if path == "attachments" else "json"

    for person in (analyst, partner_officer, stranger):
        assert api_of(person).post(api("reports", report.pk, path), {}, format=format).status_code == 404
    report.refresh_from_db()
    assert (report.state, report.released_at) == ("received", None)


def test_a_party_confirms_that_data_was_returned(api_of, liaison_officer, analyst, stranger, file_report):
    report = file_report()

    for person in (analyst, stranger):
        assert api_of(person).post(api("reports", report.pk, "confirm-return")).status_code == 404
    assert api_of(liaison_officer).post(api("reports", report.pk, "confirm-return")).status_code == 200
    report.refresh_from_db()
    assert report.returned_on


def test_an_indicator_is_taken_off_by_its_owner_alone(api_of, liaison_officer, partner_officer, file_report):
    report = file_report(indicator_list="192.0.2.7")
    key = report.indicators.get().pk

    assert api_of(partner_officer).get(api("indicators", key)).status_code == 200
    assert api_of(partner_officer).delete(api("indicators", key)).status_code == 404
    assert api_of(liaison_officer).delete(api("indicators", IndicatorFactory().pk)).status_code == 404
    assert api_of(liaison_officer).delete(api("indicators", key)).status_code == 204
    assert not report.indicators.exists() and Indicator.objects.exists()


@pytest.mark.parametrize(("name", "data"), GOOD_FILES.items(), ids=GOOD_FILES.keys())
def test_a_file_is_attached_found_saved_and_removed(
    api_of, liaison_officer, partner_officer, stranger, file_report, upload, name, data
):
    report, client = file_report(), api_of(liaison_officer)

    made = client.post(api("reports", report.pk, "attachments"), {"file": upload(name, data)}, format="multipart")
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    assert api_of(partner_officer).get(api("reports", report.pk, "attachments")).json()["results"][0]["name"] == name
    file = api_of(partner_officer).get(api("attachments", key, "file"), HTTP_ACCEPT="image/*")
    served = b"".join(file.streaming_content)
    assert served == data or name.endswith(".png")
    assert (file.headers["Content-Type"], file.headers["X-Content-Type-Options"]) == (
        "application/octet-stream",
        "nosniff",
    )
    assert "sandbox" in file.headers["Content-Security-Policy"]
    for path in (api("attachments", key), api("attachments", key, "file"), api("reports", report.pk, "attachments")):
        assert api_of(stranger).get(path).status_code == 404
    assert api_of(partner_officer).delete(api("attachments", key)).status_code == 404
    assert client.delete(api("attachments", key)).status_code == 204
    assert FileErasure.objects.exists() and not Attachment.objects.exists()


@pytest.mark.parametrize(("name", "data"), BAD_FILES.items(), ids=BAD_FILES.keys())
def test_a_refused_file_is_answered_by_field(api_of, liaison_officer, file_report, upload, name, data):
    answer = api_of(liaison_officer).post(
        api("reports", file_report().pk, "attachments"), {"file": upload(name, data)}, format="multipart"
    )

    assert answer.status_code in (400, 409)
    assert answer.json()["error"]["fields"]["file"]
    assert not Attachment.objects.exists()


def test_a_file_that_is_gone_from_the_store_is_said(api_of, liaison_officer, file_report):
    lost = AttachmentFactory(report=file_report())

    answer = api_of(liaison_officer).get(api("attachments", lost.pk, "file"))

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "refused")


@pytest.mark.parametrize("path", ["organizations", "agreements", "reports"])
def test_forms_with_files_are_read_where_files_are_taken_and_nowhere_else(
    api_of, liaison_officer, agreement, upload, path
):
    answer = api_of(liaison_officer).post(api(path), {"file": upload("a.txt", b"x")}, format="multipart")

    assert answer.status_code in (404, 415)


def test_json_is_not_taken_for_a_file(api_of, liaison_officer, file_report):
    answer = api_of(liaison_officer).post(api("reports", file_report().pk, "attachments"), {"file": "x"}, format="json")

    assert answer.status_code == 415 and answer.json()["error"]["code"]


@pytest.fixture
def give(api_of, liaison_officer, own_organization, agreement, upload, django_capture_on_commit_callbacks):
    def call(data, name="some.jsonl", **more):
        body = {"file": upload(name, data), "organization": str(own_organization.pk), "agreement": str(agreement.pk),
                "category": "incident-report", "tlp": 2, **more}  # fmt: skip
        with django_capture_on_commit_callbacks(execute=True):
            return api_of(liaison_officer).post(api("imports"), body, format="multipart")

    return call


def test_a_file_is_given_checked_decided_upon_and_imported(
    give, api_of, liaison_officer, partner_officer, django_capture_on_commit_callbacks
):
    client, made = api_of(liaison_officer), give(lines(incident(1), incident(2)) + b"oops\n")
    assert made.status_code == 201, made.content
    key = made.json()["id"]

    checked = client.get(api("imports", key)).json()
    assert (checked["state"], checked["good_count"], checked["bad_count"], checked["may_decide"]) == (
        "checked",
        2,
        1,
        True,
    )
    assert checked["errors"][0]["line"] == 3 and checked["progress"]["message"]
    assert (
        api_of(partner_officer).post(api("imports", key, "decide"), {"skip_bad": True}, format="json").status_code
        == 404
    )
    assert client.post(api("imports", key, "decide"), {}, format="json").status_code == 409
    assert client.post(api("imports", key, "decide"), {"skip_bad": "maybe"}, format="json").status_code == 400
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(api("imports", key, "decide"), {"skip_bad": True}, format="json").status_code == 200

    assert client.get(api("imports", key)).json()["state"] == "imported"
    assert client.get(api("jobs", client.get(api("imports", key)).json()["job"])).json()["state"] == "done"
    assert Report.objects.count() == 2


@pytest.mark.parametrize(
    ("data", "more", "status", "field"),
    [
        (b"{}", {"name": "a.zip"}, 409, "file"), (b"", {}, 400, "file"), (b"{}", {"tlp": 0}, 400, "tlp"), (b"{}", {"tlp": "x"}, 400, "tlp"),
        (b"{}", {"agreement": UNKNOWN}, 400, "agreement"), (b"{}", {"organization": "x"}, 400, "organization"),
        (b"{}", {"category": "none"}, 400, "category"), (b"{}", {"category": "tip"}, 409, "filed_under"),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_import_is_answered_by_field(give, data, more, status, field):
    answer = give(data, **more)

    assert answer.status_code == status, answer.content
    assert field in answer.json()["error"]["fields"]
    assert not Import.objects.exists()


def test_an_import_is_refused_by_its_officers_alone(give, api_of, liaison_officer):
    key, foreign = give(lines(incident(1))).json()["id"], ImportFactory()

    assert api_of(liaison_officer).post(api("imports", foreign.pk, "refuse")).status_code == 404
    assert api_of(liaison_officer).post(api("imports", key, "refuse")).json()["state"] == "refused"
    assert api_of(liaison_officer).post(api("imports", key, "refuse")).status_code == 409


def test_an_organization_that_is_hidden_cannot_be_told_from_none(give):
    foreign = ReportFactory().organization

    answers = [give(b"{}", organization=str(key)).content for key in (foreign.pk, UNKNOWN)]

    assert answers[0].replace(str(foreign.pk).encode(), UNKNOWN.encode()) == answers[1]


def test_a_body_in_parts_that_breaks_off_is_no_failure(api_of, liaison_officer, file_report):
    answer = api_of(liaison_officer).post(
        api("reports", file_report().pk, "attachments"),
        b"--x\r\nContent-Disp",
        content_type="multipart/form-data; boundary=x",
    )

    assert answer.status_code == 400
    assert answer.json()["error"]["message"]
