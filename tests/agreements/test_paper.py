"""The signed document: the same hash and words as the page, archival and tagged, for those who may see the agreement."""

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from agreements import paper
from agreements.actions import amending
from tests.agreements.test_amending import AT, officer_of
from tests.factories.agreements import agreement_in_force, draft_agreement, signed

pytestmark = pytest.mark.django_db


def url(agreement, number=1):
    return reverse("agreements:agreement-version-pdf", kwargs={"pk": agreement.pk, "number": number})


def test_the_document_and_the_page_show_the_same_hash(client_of, liaison_officer, own_organization):
    made = agreement_in_force(own_organization)
    client, version = client_of(liaison_officer), made.governing

    page = client.get(reverse("agreements:agreement-version", kwargs={"pk": made.pk, "number": 1})).content.decode()
    answer = client.get(url(made))

    read = PdfReader(io.BytesIO(b"".join(answer.streaming_content)))
    text = "".join(sheet.extract_text() for sheet in read.pages)
    assert url(made) in page and version.content_hash in page
    assert version.content_hash in text.replace("\n", "")
    for party in made.parties.select_related("organization"):
        assert text.count(party.organization.name) >= 2, "named as a party and as a signatory"
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]
    about = read.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in about and "<pdfuaid:part>1</pdfuaid:part>" in about
    assert "attachment" in answer.headers["Content-Disposition"]


def test_an_old_version_stays_to_be_had_with_its_own_hash(client_of, liaison_officer, own_organization):
    made = agreement_in_force(own_organization)
    first = made.governing
    amending.amend(agreement=made, because="Longer", by=officer_of(made), at=AT)
    signed(made, AT)

    texts = [b"".join(client_of(liaison_officer).get(url(made, number)).streaming_content) for number in (1, 2)]

    made.refresh_from_db()
    for body, version in zip(texts, (first, made.governing), strict=True):
        text = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(body)).pages).replace("\n", "")
        assert version.content_hash in text
    assert first.content_hash != made.governing.content_hash


def test_a_draft_has_no_document_and_strangers_have_none(client_of, liaison_officer, stranger, own_organization):
    draft, made = draft_agreement(own_organization), agreement_in_force(own_organization)

    assert client_of(liaison_officer).get(url(draft)).status_code == 404
    assert client_of(stranger).get(url(made)).status_code == 404


def test_other_words_than_the_hashed_ones_are_not_printed(own_organization):
    version = agreement_in_force(own_organization).governing
    version.content = {**version.content, "title": "Something else"}

    with pytest.raises(paper.OtherHash):
        paper.printed(version)


def test_the_call_hands_out_the_paper_of_the_page(api_of, liaison_officer, stranger, own_organization):
    made = agreement_in_force(own_organization)
    first = made.governing
    amending.amend(agreement=made, because="Longer", by=officer_of(made), at=AT)
    newest = signed(made, AT).governing
    where, api = f"/api/v1/agreements/{made.pk}/paper", api_of(liaison_officer)

    for query, version in (("", newest), ("?version=2", newest), ("?version=1", first)):
        answer = api.get(where + query)
        read = PdfReader(io.BytesIO(b"".join(answer.streaming_content)))
        assert version.content_hash in "".join(sheet.extract_text() for sheet in read.pages).replace("\n", "")
        assert f"version-{version.number}.pdf" in answer.headers["Content-Disposition"]

    assert api.get(f"{where}?version=3").status_code == 404
    assert api.get(f"{where}?version=x").status_code == 400
    assert api_of(stranger).get(where).status_code == 404
    assert api.get(f"/api/v1/agreements/{draft_agreement(own_organization).pk}/paper").status_code == 404
