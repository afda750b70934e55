"""Negotiation: remarks and proposals of parties, answers of the lead, and the second person who reads the words."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from agreements.actions import agreements, negotiation, versions
from agreements.models import DataCategory, LegalReview, Proposal, Remark, RetentionTerm
from partnership.access.decide import Refused
from partnership.errors import DomainError
from partnership.models import AuditEntry, Role
from tests.agreements.test_amending import AT, amendment, officer_of
from tests.factories.agreements import LegalReviewFactory, agreement_in_force, approve, draft_agreement, holder

pytestmark = pytest.mark.django_db
CLAUSE = "retention:incident-report"


@pytest.fixture
def negotiated():
    made = draft_agreement()
    return agreements.open_negotiation(agreement=made, by=officer_of(made), at=AT)


def other_of(agreement):
    return agreement.parties.exclude(organization=agreement.lead).get().organization


def party_officer(agreement):
    return holder(Role.LIAISON_OFFICER, other_of(agreement))


def proposed(agreement, months=12, **more):
    term = versions.open_version(agreement).retention_terms.get(category="incident-report")
    given = {"kind": "retention_terms", "removes": term.pk, "reason": "A year is enough",
             "columns": {"category": term.category, "trigger": "received", "months": months, "days": 0, "action": "delete"}, **more}  # fmt: skip
    return negotiation.propose(
        agreement=agreement, organization=other_of(agreement), by=party_officer(agreement), at=AT, **given
    )


def url(name, agreement):
    return reverse(f"agreements:agreement-{name}", kwargs={"pk": agreement.pk})


def test_a_party_remarks_and_the_lead_answers(negotiated):
    made = negotiation.remark(agreement=negotiated, clause=CLAUSE, text="Too long", organization=other_of(negotiated),
                              by=party_officer(negotiated), at=AT)  # fmt: skip

    closed = negotiation.close_remark(found=made, answer="Shortened", by=officer_of(negotiated), at=AT)

    assert (closed.answer, closed.closed_at) == ("Shortened", AT)
    with pytest.raises(negotiation.DecidedAlready):
        negotiation.close_remark(found=made, answer="Again", by=officer_of(negotiated), at=AT)
    verbs = list(
        AuditEntry.objects.filter(object_id=str(negotiated.pk)).order_by("-pk").values_list("verb", flat=True)[:2]
    )
    assert verbs == ["agreements.remark_closed", "agreements.remark_made"]


def test_a_remark_is_about_a_clause_that_is_there(negotiated):
    with pytest.raises(negotiation.UnknownClause):
        negotiation.remark(agreement=negotiated, clause="retention:weather", text="?", organization=other_of(negotiated),
                           by=party_officer(negotiated), at=AT)  # fmt: skip


def test_nobody_speaks_for_another_party(negotiated):
    with pytest.raises(negotiation.NotYourOrganization) as refused:
        negotiation.remark(agreement=negotiated, clause=CLAUSE, text="?", organization=negotiated.lead,
                           by=party_officer(negotiated), at=AT)  # fmt: skip
    assert refused.value.field == "organization"


def test_a_draft_is_the_leads_alone_and_strangers_never_speak(negotiated, stranger):
    draft = draft_agreement()

    for agreement, person in ((draft, party_officer(draft)), (negotiated, stranger)):
        with pytest.raises(Refused):
            negotiation.remark(
                agreement=agreement, clause=CLAUSE, text="?", organization=other_of(agreement), by=person, at=AT
            )


def test_nothing_is_negotiated_about_a_frozen_version():
    made = agreement_in_force()

    with pytest.raises(negotiation.NotNegotiated):
        negotiation.remark(
            agreement=made, clause=CLAUSE, text="?", organization=other_of(made), by=party_officer(made), at=AT
        )


def test_an_accepted_proposal_changes_the_row_and_nothing_else(negotiated):
    proposal = proposed(negotiated, months=12)
    version = versions.open_version(negotiated)
    assert version.retention_terms.get(category="incident-report").months == 24  # proposing changes nothing
    assert [(line["old"], line["new"]) for line in proposal.effect] == [
        (
            "Incident reports: 24 months from “report received”, then delete",
            "Incident reports: 12 months from “report received”, then delete",
        )
    ]

    done = negotiation.accept(proposal=proposal, answer="Agreed", by=officer_of(negotiated), at=AT)

    assert (done.state, done.answer) == ("accepted", "Agreed")
    assert sorted(version.retention_terms.values_list("category", "months")) == [
        ("incident-report", 12),
        ("indicator", 24),
    ]
    with pytest.raises(negotiation.DecidedAlready):
        negotiation.accept(proposal=proposal, answer="Again", by=officer_of(negotiated), at=AT)


def test_a_proposal_can_leave_out_and_can_add(negotiated):
    version = versions.open_version(negotiated)
    use = version.permitted_uses.get()
    out = proposed(negotiated, kind="permitted_uses", removes=use.pk, columns={}, reason="Not wanted")
    added = proposed(negotiated, kind="permitted_uses", removes=None, reason="Councils need figures", columns={
        "purpose": version.purposes.get(), "categories": [DataCategory.objects.get(pk="indicator")], "recipients": "councils", "highest_tlp": 1})  # fmt: skip

    negotiation.accept(proposal=added, answer="", by=officer_of(negotiated), at=AT)
    negotiation.accept(proposal=out, answer="", by=officer_of(negotiated), at=AT)

    left = version.permitted_uses.get()
    assert (left.recipients, [c.pk for c in left.categories.all()]) == ("councils", ["indicator"])


def test_a_proposal_is_tried_before_it_is_kept(negotiated):
    with pytest.raises(DomainError, match="Give a period") as refused:
        proposed(negotiated, months=0)

    assert refused.value.field == "months"
    assert not Proposal.objects.exists()
    assert RetentionTerm.objects.filter(version=versions.open_version(negotiated)).count() == 2


def test_a_proposal_whose_row_has_gone_cannot_be_accepted(negotiated):
    proposal = proposed(negotiated)
    agreements.remove_row(
        agreement=negotiated, kind="retention_terms", key=proposal.removes, by=officer_of(negotiated), at=AT
    )

    with pytest.raises(negotiation.OutOfDate):
        negotiation.accept(proposal=proposal, answer="", by=officer_of(negotiated), at=AT)
    assert Proposal.objects.get().state == "open"


def test_a_proposal_does_not_outlive_the_version_it_was_about(negotiated):
    proposal = proposed(negotiated)
    approve(negotiated, AT)
    versions.send_for_signature(agreement=negotiated, by=officer_of(negotiated), at=AT)

    with pytest.raises((negotiation.OutOfDate, versions.NotEditable)):
        negotiation.accept(proposal=proposal, answer="", by=officer_of(negotiated), at=AT)


def test_only_the_lead_decides_and_only_the_author_withdraws(negotiated):
    proposal = proposed(negotiated)
    with pytest.raises(Refused):
        negotiation.accept(proposal=proposal, answer="", by=party_officer(negotiated), at=AT)
    with pytest.raises(negotiation.NotYourOrganization):
        negotiation.withdraw_proposal(proposal=proposal, by=officer_of(negotiated), at=AT)

    assert negotiation.withdraw_proposal(proposal=proposal, by=proposal.made_by, at=AT).state == "withdrawn"


def test_amendments_are_negotiated_too():
    made = agreement_in_force()
    amendment(made)

    assert proposed(made).state == "open"


def unreviewed():
    made = draft_agreement()
    LegalReview.objects.all().delete()
    return made


def opinion(made, by, **more):
    content = versions.content_of(versions.open_version(made))
    given = {"is_approved": True, "opinion": "Fine", "content_hash": versions.digest(content), **more}
    return negotiation.review(agreement=made, by=by, at=AT, **given)


def test_words_are_sent_only_when_a_second_person_approved_them():
    made = unreviewed()
    with pytest.raises(versions.Incomplete, match="second person approves"):
        versions.send_for_signature(agreement=made, by=officer_of(made), at=AT)
    with pytest.raises(negotiation.OwnWork):
        opinion(made, versions.last_changed_by(versions.open_version(made)))
    opinion(made, holder(Role.SIGNATORY, made.lead))

    assert versions.send_for_signature(agreement=made, by=officer_of(made), at=AT).is_frozen


def test_any_change_of_words_asks_for_a_new_approval():
    made = draft_agreement()
    agreements.change_basics(agreement=made, columns={"summary": "Other words."}, by=officer_of(made), at=AT)

    with pytest.raises(versions.Incomplete, match="second person approves"):
        versions.send_for_signature(agreement=made, by=officer_of(made), at=AT)


def test_an_objection_after_an_approval_stops_the_sending():
    made = draft_agreement()
    opinion(made, holder(Role.SIGNATORY, made.lead), is_approved=False, opinion="The basis does not hold.")

    with pytest.raises(versions.Incomplete, match="second person approves"):
        versions.send_for_signature(agreement=made, by=officer_of(made), at=AT)


def test_other_words_than_those_read_are_not_approved():
    made = draft_agreement()

    with pytest.raises(negotiation.UnknownClause, match="changed while you read"):
        opinion(made, holder(Role.SIGNATORY, made.lead), content_hash="0" * 64)


def test_a_party_that_does_not_lead_gives_no_opinion():
    made = draft_agreement()

    with pytest.raises(Refused):
        opinion(made, party_officer(made))


def test_the_database_refuses_an_opinion_on_ones_own_words(liaison_officer):
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalReviewFactory(drafted_by=liaison_officer, reviewed_by=liaison_officer)


def test_a_party_negotiates_on_pages(client_of, negotiated):
    party, lead = client_of(party_officer(negotiated)), client_of(officer_of(negotiated))
    page = party.get(url("negotiation", negotiated)).content.decode()
    assert "Remark" in page and "Propose a change of" in page

    asked = party.get(url("remark", negotiated) + f"?clause={CLAUSE}").content.decode()
    assert "24 months from" in asked
    organization = str(other_of(negotiated).pk)
    sent = party.post(
        url("remark", negotiated), {"clause": CLAUSE, "text": "Too long <b>", "organization": organization}
    )
    term = versions.open_version(negotiated).retention_terms.get(category="incident-report")
    path = url("propose", negotiated) + f"?kind=retention_terms&replaces={term.pk}"
    assert 'value="24"' in party.get(path).content.decode()
    answer = party.post(path, {"category": "incident-report", "trigger": "received", "months": "6", "days": "0", "action": "delete",
                               "said-reason": "Enough", "said-organization": organization})  # fmt: skip
    wrong = party.post(path, {"category": "incident-report", "trigger": "received", "months": "", "days": "", "action": "delete",
                              "said-reason": "", "said-organization": organization})  # fmt: skip

    assert (sent.status_code, answer.status_code, wrong.status_code) == (302, 302, 422)
    page = lead.get(url("negotiation", negotiated)).content.decode()
    assert "Too long &lt;b&gt;" in page and "<ins>Incident reports: 6 months" in page
    proposal, remark = Proposal.objects.get(), Remark.objects.get()
    assert (
        lead.post(reverse("agreements:remark-close", kwargs={"pk": remark.pk}), {"answer": "We see"}).status_code == 302
    )
    assert party.post(reverse("agreements:proposal-accept", kwargs={"pk": proposal.pk}), {}).status_code == 404
    assert lead.post(reverse("agreements:proposal-decline", kwargs={"pk": proposal.pk}), {}).status_code == 422
    assert (
        lead.post(reverse("agreements:proposal-accept", kwargs={"pk": proposal.pk}), {"answer": "Yes"}).status_code
        == 302
    )
    assert versions.open_version(negotiated).retention_terms.get(category="incident-report").months == 6


def test_leaving_out_is_proposed_on_a_page(client_of, negotiated):
    use = versions.open_version(negotiated).permitted_uses.get()
    path = url("propose", negotiated) + f"?kind=permitted_uses&replaces={use.pk}&leave_out=1"
    party = client_of(party_officer(negotiated))

    assert "To be left out" in party.get(path).content.decode()
    assert party.post(path, {"said-reason": "No", "said-organization": str(other_of(negotiated).pk)}).status_code == 302
    assert Proposal.objects.get().columns == {}
    for bad in ("?kind=nonsense", "?kind=purposes&replaces=x", f"?kind=purposes&replaces={use.pk}"):
        assert party.get(url("propose", negotiated) + bad).status_code == 404


def test_a_second_person_reviews_on_a_page(client_of):
    made = unreviewed()
    client = client_of(holder(Role.ANALYST, made.lead))
    page = client.get(url("review", made))
    shown = page.context["form"].initial["content_hash"]

    refused = client.post(url("review", made), {"is_approved": "yes", "opinion": "", "content_hash": shown})
    answer = client.post(url("review", made), {"is_approved": "yes", "opinion": "Fits", "content_hash": shown})

    assert (page.status_code, refused.status_code, answer.status_code) == (200, 422, 302)
    assert versions.approval(versions.open_version(made)) == LegalReview.objects.get()
    assert client_of(party_officer(made)).get(url("review", made)).status_code == 404


def test_a_negotiation_by_calls(api_of, negotiated):
    party, lead, base = (
        api_of(party_officer(negotiated)),
        api_of(officer_of(negotiated)),
        f"/api/v1/agreements/{negotiated.pk}",
    )
    organization = str(other_of(negotiated).pk)
    term = versions.open_version(negotiated).retention_terms.get(category="incident-report")
    row = {"category": "incident-report", "trigger": "received", "months": 3, "action": "delete"}

    remark = party.post(
        f"{base}/remark", {"clause": CLAUSE, "text": "Long", "organization": organization}, format="json"
    )
    proposal = party.post(f"{base}/propose", {"kind": "retention_terms", "removes": str(term.pk), "columns": row, "reason": "Enough",
                                              "organization": organization}, format="json")  # fmt: skip
    empty = party.post(
        f"{base}/propose", {"kind": "clauses", "reason": "?", "organization": organization}, format="json"
    )
    broken = party.post(f"{base}/propose", {"kind": "retention_terms", "columns": {**row, "months": "x"}, "reason": "?",
                                            "organization": organization}, format="json")  # fmt: skip
    assert (remark.status_code, proposal.status_code, empty.status_code, broken.status_code) == (201, 201, 400, 400), (
        proposal.content
    )
    assert (
        lead.post(f"/api/v1/remarks/{remark.json()['id']}/close", {"answer": "Yes"}, format="json").status_code == 200
    )
    assert party.post(f"/api/v1/proposals/{proposal.json()['id']}/accept", {}, format="json").status_code == 404
    assert (
        lead.post(f"/api/v1/proposals/{proposal.json()['id']}/accept", {}, format="json").json()["state"] == "accepted"
    )
    second = api_of(holder(Role.SIGNATORY, negotiated.lead))
    digest = versions.digest(versions.content_of(versions.open_version(negotiated)))
    approved = second.post(
        f"{base}/review", {"is_approved": True, "opinion": "Fits", "content_hash": digest}, format="json"
    )
    assert approved.status_code == 201, approved.content
    assert lead.post(f"{base}/send", {}, format="json").json()["state"] == "signature"
