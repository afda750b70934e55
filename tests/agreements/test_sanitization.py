"""Certificates of sanitization: the page, the document, and the check that anybody can make."""

import io

import pytest
from django.db import connection
from pypdf import PdfReader

from agreements.models import DeletionRecord
from agreements.retention import execute
from partnership.access import limits
from tests.agreements.test_retention import reports
from tests.factories.agreements import agreement_in_force

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate():
    reports(agreement_in_force(), 2, title="Secret words", tlp=3)
    execute.sweep(trigger="command")
    return DeletionRecord.objects.select_related("batch").first()


@pytest.mark.parametrize("name", ["pk", "leaf"])
def test_anybody_verifies_a_certificate_by_its_number_or_hash(certificate, client_of, name):
    answer = client_of().get(f"/verify/{getattr(certificate, name)}")
    page = answer.content.decode()

    assert answer.status_code == 200
    assert page.count(">fits<") == 3 and "does not fit" not in page
    assert certificate.leaf in page and certificate.rule in page and certificate.batch.root in page
    for secret in (certificate.reference, str(certificate.record_id), str(certificate.agreement_id), "Secret words"):
        assert secret not in page


@pytest.mark.parametrize("key", ["nothing", "0" * 64, "00000000-0000-4000-8000-000000000000", "é" * 64])
def test_an_unknown_number_answers_on_the_same_page(client_of, key):
    answer = client_of().get(f"/verify/{key}")

    assert answer.status_code == 404
    assert "No such certificate is known here" in answer.content.decode()


@pytest.mark.parametrize(("change", "bad"), [
    ("UPDATE agreements_deletionrecord SET rule = 'delete at will'", 2), ("UPDATE agreements_deletionbatch SET root = repeat('a', 64)", 2),
    ("UPDATE agreements_deletionbatch SET previous = repeat('a', 64)", 1),
])  # fmt: skip
def test_what_was_altered_does_not_verify(certificate, client_of, change, bad):
    with connection.cursor() as cursor:
        cursor.execute(change)

    assert client_of().get(f"/verify/{certificate.pk}").content.decode().count("does not fit") == bad


def test_a_network_that_asks_too_often_waits(certificate, client_of):
    client = client_of()
    answers = [client.get(f"/verify/{certificate.pk}").status_code for _ in range(limits.VERIFY.most + 1)]

    assert answers[-1] == 429 and set(answers[:-1]) == {200}


def text_of(answer):
    read = PdfReader(io.BytesIO(b"".join(answer.streaming_content)))
    about = read.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in about
    return "".join(sheet.extract_text() for sheet in read.pages).replace("\n", "")


def test_page_and_document_carry_the_same_fields(certificate, client_of, coordinator, stranger):
    client, page = client_of(coordinator), f"/agreements/certificates/{certificate.pk}"

    shown, document = client.get(page).content.decode(), text_of(client.get(f"{page}/pdf"))

    for words in (str(certificate.pk), certificate.leaf, "TLP:AMBER", "No category of the standard"):
        assert words in shown and words.replace(" ", "") in document.replace(" ", "")
    assert f"/verify/{certificate.pk}" in document.replace(" ", "")
    assert client_of(stranger).get(f"{page}/pdf").status_code == 404


def test_a_run_is_a_document_too_and_names_no_record(certificate, client_of, coordinator, nobody):
    path = f"/agreements/retention/runs/{certificate.batch.run_id}/pdf"

    document = text_of(client_of(coordinator).get(path)).replace(" ", "")

    assert certificate.batch.root in document and certificate.reference not in document
    assert client_of(nobody).get(path).status_code == 404


def test_the_calls_hand_out_the_same_papers(certificate, api_of, coordinator, stranger, nobody):
    of_record, of_run = f"certificates/{certificate.pk}", f"retention-runs/{certificate.batch.run_id}"

    papers = [text_of(api_of(coordinator).get(f"/api/v1/{path}/paper")) for path in (of_record, of_run)]

    assert f"/verify/{certificate.pk}" in papers[0].replace(" ", "")
    assert certificate.batch.root in papers[1].replace(" ", "")
    assert api_of(stranger).get(f"/api/v1/{of_record}/paper").status_code == 404
    assert api_of(nobody).get(f"/api/v1/{of_run}/paper").status_code == 404
