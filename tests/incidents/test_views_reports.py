"""Pages of reports, indicators, files and imports: every persona, another organization's objects, bad input, exports."""

import io
import json

import pytest
from django.urls import reverse
from PIL import Image

from incidents.actions import attachments, reports
from incidents.models import Attachment, Import, Indicator, Report
from incidents.views.reports import ReportList
from partnership.models import TLP, AuditEntry, Sector
from tests.factories.incidents import ReportFactory, agreement_in_force
from tests.factories.partnership import AudienceFactory, OrganizationFactory
from tests.factories.veris import incident, lines
from tests.incidents.test_policy_reports import engage

NULL = "00000000-0000-4000-8000-000000000000"


def page(name, report=None):
    return reverse(f"incidents:{name}", kwargs={"pk": report.pk} if report else None)


def filled(organization, term, **more):
    return {
        "title": "Mail server encrypted", "organization": organization.pk, "filed_under": term.pk, "sector": "nis2:energy", "kind": "malware",
        "severity": "3", "tlp": "2", "pap": "2", "personal_data": "unknown", "cross_border": "no", "narrative": "Night shift saw it.",
        "indicators": "192[.]0[.]2[.]9\nhxxp://evil[.]example/x", "aware_year": "2026", "aware_month": "3", "aware_day": "2", "aware_time": "04:30",
        "occurred_year": "2025", **more,
    }  # fmt: skip


OF_A_REPORT = [
    "report-edit", "report-take-up", "report-close", "report-share", "report-release", "report-let-in", "indicators-add", "attachment-add",
]  # fmt: skip


@pytest.mark.parametrize("name", ["report-list", "report-new", "indicator-list", "import-list", "import-new"])
def test_the_liaison_officer_opens_every_list_and_form(client_of, liaison_officer, agreement, name):
    assert client_of(liaison_officer).get(page(name)).status_code == 200


@pytest.mark.parametrize("name", ["report-new", "import-new", "import-list"])
def test_who_files_nothing_finds_no_form(client_of, analyst, auditor, coordinator, nobody, agreement, name):
    for person in (analyst, auditor, coordinator, nobody):
        assert client_of(person).get(page(name)).status_code == 404


@pytest.mark.parametrize("name", OF_A_REPORT)
def test_pages_of_a_report_open_for_its_officer_and_are_absent_for_all_others(
    client_of, file_report, liaison_officer, analyst, partner_officer, stranger, coordinator, name
):  # fmt: skip
    report = file_report()

    assert client_of(liaison_officer).get(page(name, report)).status_code == 200
    for person in (analyst, partner_officer, stranger, coordinator):
        absent = client_of(person).get(page(name, report))
        assert (
            absent.status_code
            == client_of(person).get(reverse(f"incidents:{name}", kwargs={"pk": NULL})).status_code
            == 404
        )


def test_a_report_is_filed_from_the_form_with_a_time_in_the_persons_zone(
    client_of, liaison_officer, own_organization, term
):
    liaison_officer.time_zone = "Europe/Amsterdam"
    liaison_officer.save()

    answer = client_of(liaison_officer).post(page("report-new"), filled(own_organization, term))

    report = Report.objects.get()
    assert answer.headers["Location"] == page("report-detail", report)
    assert report.aware_at.isoformat() == "2026-03-02T03:30:00+00:00"
    assert (report.occurred_precision, report.occurred_at.year) == ("year", 2025)
    assert report.indicators.count() == 2
    assert report.body.narrative == "Night shift saw it."


BAD = {
    "no_title": ({"title": ""}, "title"), "long_title": ({"title": "x" * 201}, "title"), "nul": ({"title": "a\x00b"}, "title"),
    "unknown_sector": ({"sector": "nis2:moon"}, "sector"), "unknown_kind": ({"kind": "sorcery"}, "kind"), "severity": ({"severity": "9"}, "severity"),
    "tlp_word": ({"tlp": "AMBER"}, "tlp"), "foreign_organization": ({"organization": NULL}, "organization"), "no_uuid": ({"filed_under": "x"}, "filed_under"),
    "year": ({"aware_year": "20x6"}, "aware_year"), "february": ({"aware_month": "2", "aware_day": "30"}, "aware_day"),
    "day_without_month": ({"occurred_day": "3"}, "occurred_month"), "no_year": ({"occurred_year": "", "occurred_month": "3"}, "occurred_year"),
    "time_without_day": ({"aware_day": ""}, "aware_day"), "time": ({"aware_time": "25:99"}, "aware_time"), "future": ({"occurred_year": "2099"}, "occurred_year"),
    "aware_before": ({"aware_year": "2024"}, "aware_year"), "indicator": ({"indicators": "192.0.2.1\nnonsense"}, "indicators"), "ancient": ({"occurred_year": "12"}, "occurred_year"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "field"), BAD.values(), ids=BAD.keys())
def test_a_wrong_field_is_named_and_nothing_is_filed(client_of, liaison_officer, own_organization, term, change, field):
    answer = client_of(liaison_officer).post(page("report-new"), {**filled(own_organization, term), **change})

    assert answer.status_code in (400, 422)
    if answer.status_code == 422:
        assert field in answer.context["form"].errors
    assert not Report.objects.exists()


def test_the_form_offers_agreements_in_force_of_the_own_organizations_only(
    client_of, liaison_officer, own_organization, agreement
):
    suspended = agreement_in_force(own_organization)
    type(suspended).objects.filter(pk=suspended.pk).update(state="suspended")
    foreign = agreement_in_force(OrganizationFactory())

    text = client_of(liaison_officer).get(page("report-new")).content.decode()

    assert agreement.reference in text
    assert suspended.reference not in text and foreign.reference not in text


def test_the_page_says_where_a_report_stands_and_why_one_sees_it(client_of, file_report, partner_officer, agreement):
    report = file_report(indicator_list="evil[.]example", narrative="The turbine stopped.")

    text = client_of(partner_officer).get(page("report-detail", report)).content.decode()

    assert agreement.reference in text and "version 1" in text
    assert "Help each other." in text and "Art. 6(1)(b)" in text
    assert "Delete 24 months after" in text and report.retain_until.strftime("%-d %b %Y") in text
    assert "Your organization is a party to its agreement." in text
    assert "The turbine stopped." in text and "evil[.]example" in text
    assert page("report-edit", report) not in text


def test_a_report_that_is_not_for_somebody_is_absent(client_of, file_report, stranger, coordinator, nobody):
    report = file_report(tlp=TLP.AMBER)

    for person in (stranger, coordinator, nobody):
        assert client_of(person).get(page("report-detail", report)).status_code == 404


def test_an_engaged_auditor_reads_the_head_and_no_word_of_the_body(client_of, file_report, auditor, agreement, at):
    engage(auditor, agreement)
    report = file_report(narrative="Secret course of events", indicator_list="192.0.2.77")

    text = client_of(auditor).get(page("report-detail", report)).content.decode()

    assert report.title in text
    assert "Secret course" not in text and "192[.]0" not in text
    assert "192[.]0" not in client_of(auditor).get(page("indicator-list")).content.decode()


def test_lists_show_what_one_may_see_and_filters_narrow_it(client_of, file_report, liaison_officer, stranger):
    report = file_report(title="Pump controller restarted")
    red = file_report(title="Very quiet", tlp=TLP.RED)
    own = client_of(liaison_officer)

    assert (
        report.reference
        in own.get(
            page("report-list"), {"q": "pump", "mine": "on", "severity": "3", "received_from": "2020-01-01"}
        ).content.decode()
    )
    assert report.reference not in own.get(page("report-list"), {"tlp": "4"}).content.decode()
    assert red.reference in own.get(page("report-list"), {"tlp": "4"}).content.decode()
    assert report.reference not in client_of(stranger).get(page("report-list")).content.decode()


@pytest.mark.parametrize("query", [{"sector": "x"}, {"agreement": "x"}, {"tlp": "99"}, {"received_from": "31.02.2026"}, {"page": "x"}, {"sort": "id; drop"},
                                   {"received_until": "9999-12-31"}, {"q": "x" * 500}, {"agreement": NULL}])  # fmt: skip
def test_wrong_filters_are_answered_without_breaking(client_of, liaison_officer, file_report, query):
    file_report()

    assert client_of(liaison_officer).get(page("report-list"), query).status_code == 200


@pytest.mark.parametrize("name", ["report-list", "indicator-list"])
def test_a_list_asks_as_often_for_twenty_rows_as_for_two(
    client_of, file_report, liaison_officer, django_assert_max_num_queries, name
):
    client = client_of(liaison_officer)
    for n in range(2):
        file_report(indicator_list=f"192.0.2.{n}")
    client.get(page(name))
    with django_assert_max_num_queries(40) as few:
        client.get(page(name))
    for n in range(18):
        file_report(indicator_list=f"198.51.100.{n}")

    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get(page(name))


def test_an_export_leaves_out_what_must_not_leave_and_is_marked_by_its_strictest_row(
    file_report, actor_of, partner_officer, liaison_officer
):
    for tlp in (TLP.GREEN, TLP.AMBER, TLP.AMBER_STRICT, TLP.RED):
        file_report(tlp=tlp)

    theirs, ours = (ReportList.table(actor_of(person), {}) for person in (partner_officer, liaison_officer))

    assert (theirs.count(), theirs.marking) == (2, TLP.AMBER)
    assert (ours.count(), ours.marking) == (4, TLP.RED)


def test_the_steps_of_a_report_work_from_their_pages(client_of, file_report, liaison_officer):
    report, client = file_report(tlp=TLP.GREEN), client_of(liaison_officer)

    assert client.post(page("report-take-up", report)).status_code == 302
    assert client.post(page("report-share", report), {"sector": "nis2:health"}).status_code == 302
    assert client.post(page("report-release", report), {"audience": AudienceFactory().pk}).status_code == 302
    assert client.post(page("indicators-add", report), {"indicators": "192.0.2.5 # c2"}).status_code == 302
    change = {
        "title": "Changed",
        "sector": "nis2:energy",
        "kind": "malware",
        "severity": "1",
        "tlp": "1",
        "pap": "2",
        "personal_data": "no",
        "cross_border": "no",
    }
    assert client.post(page("report-edit", report), change).status_code == 302
    assert client.post(page("report-close", report), {"because": "Done"}).status_code == 302

    report.refresh_from_db()
    assert (report.state, report.title, report.indicators.count()) == ("closed", "Changed", 1)


def test_a_refused_step_answers_with_the_reason(client_of, file_report, liaison_officer):
    report = file_report(tlp=TLP.AMBER)

    answer = client_of(liaison_officer).post(page("report-share", report), {"sector": Sector.objects.first().pk})

    assert answer.status_code == 422 and "up to TLP:GREEN" in answer.content.decode()


def test_letting_in_an_unknown_person_says_so(client_of, file_report, liaison_officer):
    answer = client_of(liaison_officer).post(
        page("report-let-in", file_report()), {"email": "who@example.org", "days": "5", "because": "x"}
    )

    assert answer.status_code == 422 and "Nobody with this address" in answer.content.decode()


def test_an_indicator_is_removed_by_its_officer_only(client_of, file_report, liaison_officer, partner_officer):
    report = file_report(indicator_list="192.0.2.5")
    where = page("indicator-remove", report.indicators.get())

    assert client_of(partner_officer).post(where).status_code == 404
    assert client_of(liaison_officer).post(where).status_code == 302
    assert not Indicator.objects.exists()


def png(size=(30, 20)):
    target = io.BytesIO()
    Image.new("RGB", size, "navy").save(target, "PNG")
    return target.getvalue()


GOOD_FILES = {
    "notes.txt": "Grüße".encode(), "table.csv": b"a;b\n1;2\n", "picture.png": png(), "report.pdf": b"%PDF-1.7\n...\n%%EOF\n",
    "bundle.json": b'{"type": "bundle", "id": "bundle--1", "objects": []}',
}  # fmt: skip
BAD_FILES = {
    "archive.zip": b"PK\x03\x04....", "letter.docx": b"PK\x03\x04....", "program.exe": b"MZ...", "page.html": b"<script>", "noending": b"text",
    "fake.pdf": b"<html>", "fake.png": b"\x89PNG\r\n\x1a\nbroken", "photo.jpg": png(), "binary.txt": b"a\x00b", "latin.csv": "é".encode("latin-1"),
    "plain.json": b'{"a": 1}', "deep.json": b"[" * 100_000, "empty.txt": b"", "packed.txt": b"\x1f\x8b\x08....",
    "vector.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
}  # fmt: skip


@pytest.mark.parametrize(("name", "data"), GOOD_FILES.items(), ids=GOOD_FILES.keys())
def test_an_allowed_file_is_stored_and_served_for_saving_only(
    client_of, file_report, liaison_officer, partner_officer, stranger, upload, name, data
):
    report = file_report()

    assert (
        client_of(liaison_officer).post(page("attachment-add", report), {"file": upload(name, data)}).status_code == 302
    )

    where = page("attachment-download", Attachment.objects.get())
    answer = client_of(partner_officer).get(where)
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{name}"')
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    served = b"".join(answer.streaming_content)
    assert served == data or name.endswith(".png")
    assert client_of(stranger).get(where).status_code == 404
    assert AuditEntry.objects.filter(verb="incidents.attachment_downloaded").count() == 1


@pytest.mark.parametrize(("name", "data"), BAD_FILES.items(), ids=BAD_FILES.keys())
def test_a_refused_file_is_not_stored_and_the_page_says_why(
    client_of, file_report, liaison_officer, upload, name, data
):
    answer = client_of(liaison_officer).post(page("attachment-add", file_report()), {"file": upload(name, data)})

    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]
    assert not Attachment.objects.exists()


def test_an_image_is_made_anew_and_one_too_large_is_refused(file_report, liaison_officer, at, monkeypatch):
    hidden = png() + b"something that rides along"
    kept = attachments.add(report=file_report(), name="a.png", data=hidden, by=liaison_officer, at=at)
    assert b"rides along" not in attachments.files.open_file(kept.file).read()

    monkeypatch.setattr("incidents.exchange.uploads.MOST_PIXELS", 100)

    with pytest.raises(attachments.NotTaken, match="pixels"):
        attachments.add(report=file_report(), name="a.png", data=png(), by=liaison_officer, at=at)


def test_the_quota_and_the_size_limit_are_said(file_report, liaison_officer, at, monkeypatch, settings):
    monkeypatch.setattr(attachments, "QUOTA_BYTES", 10)
    with pytest.raises(attachments.QuotaReached, match="1 GB"):
        attachments.add(report=file_report(), name="a.txt", data=b"x" * 11, by=liaison_officer, at=at)

    settings.PORTAL_ATTACHMENT_MAX_BYTES = 5

    with pytest.raises(attachments.NotTaken, match="larger than"):
        attachments.add(report=file_report(), name="a.txt", data=b"x" * 6, by=liaison_officer, at=at)


@pytest.fixture
def given_by_page(client_of, liaison_officer, own_organization, term, upload, django_capture_on_commit_callbacks):
    def give(data, name="some.jsonl", **more):
        with django_capture_on_commit_callbacks(execute=True):
            return client_of(liaison_officer).post(
                page("import-new"),
                {
                    "file": upload(name, data),
                    "organization": own_organization.pk,
                    "filed_under": term.pk,
                    "tlp": "2",
                    **more,
                },
            )

    return give


def test_a_file_is_imported_through_the_pages(
    given_by_page, client_of, liaison_officer, partner_officer, django_capture_on_commit_callbacks
):
    where = given_by_page(lines(incident(1), incident(2)) + b"oops\n").headers["Location"]
    client, given = client_of(liaison_officer), Import.objects.get()

    text = client.get(where).content.decode()
    assert "Import the 2 good ones" in text and "At column 1" in text
    assert client_of(partner_officer).get(where).status_code == 404
    assert client.post(page("import-accept", given)).status_code == 422
    assert not Report.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(page("import-accept-good", given)).status_code == 302

    assert Report.objects.count() == 2
    assert "2 incidents came in" in client.get(where).content.decode()
    assert "some.jsonl" in client.get(page("import-list")).content.decode()


@pytest.mark.parametrize(
    ("data", "more", "field"),
    [(b"{}", {"name": "a.zip"}, "file"), (b"{}", {"tlp": "0"}, "tlp"), (b"", {}, "file"), (b"{}", {"filed_under": NULL}, "filed_under")],
)  # fmt: skip
def test_a_wrong_import_form_names_the_field(given_by_page, data, more, field):
    answer = given_by_page(data, **more)

    assert answer.status_code == 422 and field in answer.context["form"].errors


def test_a_refused_import_comes_to_nothing(given_by_page, client_of, liaison_officer):
    given_by_page(lines(incident(1)))

    assert client_of(liaison_officer).post(page("import-refuse", Import.objects.get())).status_code == 302
    assert Import.objects.get().state == "refused"


def api(name, *keys):
    return "/".join(["/api/v1", name, *map(str, keys)])


def test_a_report_is_filed_read_changed_and_closed_by_the_api(api_of, liaison_officer, own_organization, agreement):
    client = api_of(liaison_officer)
    body = {"title": "By machine", "sector": "nis2:energy", "kind": "malware", "organization": str(own_organization.pk), "agreement": str(agreement.pk),
            "category": "incident-report", "tlp": 2, "narrative": "Told by the sensor.", "indicators": "evil[.]example"}  # fmt: skip

    made = client.post(api("reports"), body, format="json")
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    assert made.json()["retain_until"] and made.json()["source"] == "api"
    assert client.get(api("reports", key)).json()["narrative"] == "Told by the sensor."
    assert client.get(api("reports")).json()["results"][0]["narrative"] is None
    assert client.patch(api("reports", key), {"title": "Better"}, format="json").json()["title"] == "Better"
    assert client.post(
        api("reports", key, "indicators"), {"indicators": "192.0.2.1\nevil.example"}, format="json"
    ).json() == {"added": 1, "repeated": 1}
    assert client.get(api("reports", key, "indicators")).json()["count"] == 2
    assert client.get(api("indicators"), {"q": "evil[.]"}).json()["count"] == 1
    assert client.post(api("reports", key, "close"), {}, format="json").json()["state"] == "closed"
    assert client.patch(api("reports", key), {"title": "Late"}, format="json").status_code == 409


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"sector": "nis2:moon"}, 400, "sector"), ({"tlp": 9}, 400, "tlp"), ({"title": ""}, 400, "title"), ({"occurred_at": "2026-02-30"}, 400, "occurred_at"),
        ({"organization": "x"}, 400, "organization"), ({"agreement": NULL}, 404, None), ({"organization": NULL}, 404, None),
        ({"indicators": "nonsense"}, 409, "indicators"), ({"category": "tip"}, 409, "filed_under"), ({"title": "a\u0000b"}, 400, None),
    ],
)  # fmt: skip
def test_the_api_names_what_is_wrong_and_files_nothing(
    api_of, liaison_officer, own_organization, agreement, change, status, field
):
    body = {"title": "By machine", "sector": "nis2:energy", "kind": "malware", "organization": str(own_organization.pk), "agreement": str(agreement.pk),
            "category": "incident-report", **change}  # fmt: skip

    answer = api_of(liaison_officer).post(api("reports"), json.dumps(body), content_type="application/json")

    assert answer.status_code == status, answer.content
    assert field is None or field in answer.json()["error"]["fields"]
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b"\xff\xfe{", b"{", b"[]", b'"x"', b'{"title": NaN}'],
    ids=["deep", "utf16", "cut", "list", "text", "nan"],
)
def test_the_api_refuses_bad_bodies_in_the_one_shape(api_of, liaison_officer, agreement, body):
    answer = api_of(liaison_officer).post(api("reports"), body, content_type="application/json")

    assert answer.status_code == 400 and answer.json()["error"]["message"]


def test_the_api_refuses_a_body_of_fifty_megabytes(api_of, liaison_officer, agreement):
    answer = api_of(liaison_officer).post(
        api("reports"), b'{"title": "' + b"x" * 50_000_000 + b'"}', content_type="application/json"
    )

    assert answer.status_code in (400, 413)


def test_the_api_hides_what_the_pages_hide(api_of, file_report, liaison_officer, partner_officer, stranger, nobody, at):
    report, foreign = file_report(), ReportFactory()

    assert api_of(partner_officer).get(api("reports", report.pk)).status_code == 200
    assert api_of(partner_officer).patch(api("reports", report.pk), {"title": "x"}, format="json").status_code == 404
    assert api_of(liaison_officer).get(api("reports", foreign.pk)).status_code == 404
    assert api_of(stranger).get(api("reports")).json()["count"] == 0
    assert api_of(nobody).get(api("reports")).status_code in (200, 404)
    assert api_of(None).get(api("reports")).status_code == 401
    assert reports.Report.objects.get(pk=report.pk).title == report.title


def test_imports_are_listed_for_their_organization_only(api_of, give_file, liaison_officer, partner_officer):
    given = give_file(lines(incident(1)))

    assert api_of(liaison_officer).get(api("imports", given.pk)).json()["state"] == "checking"
    assert api_of(partner_officer).get(api("imports", given.pk)).status_code == 404
