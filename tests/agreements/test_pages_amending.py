"""Pages and calls of amendments: who sees which button, what both versions show, what bad input gets."""

import pytest
from django.urls import reverse

from agreements.actions import agreements, amending, versions
from agreements.models import DataCategory
from agreements.redline import compare
from agreements.wording import Clause, Section
from partnership.models import Role
from tests.agreements.test_amending import AT, amendment, officer_of, report_under
from tests.factories.agreements import LegalHoldFactory, agreement_in_force, draft_agreement, holder, sent, signed

pytestmark = pytest.mark.django_db


def url(name, agreement, **more):
    return reverse(f"agreements:agreement-{name}", kwargs={"pk": agreement.pk, **more})


def party_officer(agreement):
    return holder(Role.LIAISON_OFFICER, agreement.parties.exclude(organization=agreement.lead).get().organization)


def test_an_officer_amends_from_the_page_and_sees_both_versions_side_by_side(client_of):
    made = agreement_in_force(months=12)
    client = client_of(officer_of(made))

    answer = client.post(url("amend", made), {"because": "Two years of experience"})
    assert answer.status_code == 302 and answer.headers["Location"] == url("steps", made)
    term = versions.open_version(made).retention_terms.get(category="incident-report")
    client.post(
        reverse("agreements:agreement-row-remove", kwargs={"pk": made.pk, "kind": "retention_terms", "key": term.pk})
    )
    client.post(url("retention", made), {"category": "incident-report", "trigger": "received", "months": 36, "days": 0, "action": "delete"})  # fmt: skip
    page = client.get(url("compare", made)).content.decode()

    assert "<del>12</del>" in page and "<ins>36</ins>" in page
    assert "Version 2 is under work" in client.get(url("detail", made)).content.decode()


def test_a_party_reads_the_amendment_but_has_no_button_and_no_address_to_change_it(client_of):
    made = agreement_in_force()
    amendment(made, months=36)
    client = client_of(party_officer(made))

    page = client.get(url("detail", made)).content.decode()
    assert "Compare both" in page and "Withdraw" not in page and "Continue drafting" not in page
    assert client.get(url("compare", made)).status_code == 200
    assert client.get(url("version", made, number=2)).status_code == 200
    for name in ("amend", "renew", "withdraw"):
        assert (
            client.get(url(name, made)).status_code == client.post(url(name, made), {"because": "x"}).status_code == 404
        )


def test_figures_of_kept_records_are_for_those_whom_retention_tells_them(client_of):
    made = agreement_in_force(months=12)
    amendment(made, months=36)
    report_under(made)
    hold = LegalHoldFactory(agreement=made)
    party = made.parties.exclude(organization=made.lead).get().organization

    seen = {
        role: [
            client_of(holder(role, party)).get(address).content.decode()
            for address in (url("compare", made), hold_page(hold))
        ]
        for role in (Role.LIAISON_OFFICER, Role.SIGNATORY)
    }

    assert "What this does to records that are kept" in seen[Role.LIAISON_OFFICER][0]
    assert "Records in scope now" in seen[Role.LIAISON_OFFICER][1]
    assert "What this does to records that are kept" not in seen[Role.SIGNATORY][0]
    assert "A claim" in seen[Role.SIGNATORY][1] and "Records in scope now" not in seen[Role.SIGNATORY][1]


def hold_page(hold):
    return reverse("agreements:hold-detail", kwargs={"pk": hold.pk})


def test_a_stranger_finds_nothing(client_of, stranger):
    made = agreement_in_force()
    client = client_of(stranger)

    for path in (url("compare", made), url("version", made, number=1), url("ask", made)):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("query", ["?old=1&new=9", "?old=x&new=1", "?old=1"])
def test_versions_that_do_not_exist_are_absent(query, client_of):
    made = agreement_in_force()
    client = client_of(officer_of(made))

    assert client.get(url("compare", made) + query).status_code == 404
    assert client.get(url("version", made, number=9)).status_code == 404


def test_a_renewal_into_the_past_is_refused_at_the_field(client_of):
    made = agreement_in_force()
    client = client_of(officer_of(made))

    answer = client.post(url("renew", made), {"ends_on": "2020-01-01", "because": "Late"})

    assert answer.status_code == 422
    assert "ends on a day that lies ahead" in answer.content.decode()
    assert made.versions.count() == 1


def test_a_signatory_reads_what_changes_before_signing(client_of):
    made = agreement_in_force(months=12)
    amendment(made, months=36)
    sent(made, AT)
    client = client_of(holder(Role.SIGNATORY, made.lead))

    page = client.get(url("sign", made)).content.decode()

    assert "It amends version 1" in page and "<del>12</del>" in page and "<ins>36</ins>" in page
    assert made.versions.get(number=2).content_hash in page


def test_the_page_answers_whether_something_may_be_shared(client_of):
    made = agreement_in_force(tlp_ceiling=2)
    client = client_of(party_officer(made))

    yes = client.get(
        url("ask", made), {"categories": "indicator", "recipients": "parties", "tlp": "2"}
    ).content.decode()
    no = client.get(url("ask", made), {"categories": "indicator", "recipients": "sector", "tlp": "2"}).content.decode()
    wrong = client.get(url("ask", made), {"categories": "nonsense", "recipients": "parties", "tlp": "77"})

    assert "<strong>Yes.</strong>" in yes
    assert "<strong>No.</strong>" in no and "names no permitted use" in no
    assert wrong.status_code == 422


def test_calls_amend_renew_withdraw_and_ask(client_of):
    made = agreement_in_force()
    client, base = client_of(officer_of(made)), f"/api/v1/agreements/{made.pk}"

    amended = client.post(f"{base}/amend", {"because": "More"}, content_type="application/json")
    again = client.post(f"{base}/amend", {"because": "More"}, content_type="application/json")
    withdrawn = client.post(f"{base}/withdraw", {"because": "No"}, content_type="application/json")
    renewed = client.post(f"{base}/renew", {"because": "On", "ends_on": "2099-01-01"}, content_type="application/json")
    asked = client.post(f"{base}/ask", {"categories": ["indicator"], "recipients": "parties", "tlp": 4}, content_type="application/json")  # fmt: skip

    assert (amended.status_code, again.status_code, withdrawn.status_code, renewed.status_code) == (200, 409, 200, 200)
    assert asked.json()["is_yes"] is False and "takes data up to" in asked.json()["because"]
    assert made.versions.get(number=2).ends_on.year == 2099


def test_an_amendment_waits_in_the_work_lists(client_of):
    made = agreement_in_force()
    amendment(made)
    lead, signatory = client_of(officer_of(made)), client_of(holder(Role.SIGNATORY, made.lead))
    assert f"Continue {made.reference}" in lead.get("/").content.decode()

    sent(made, AT)

    assert f"Sign {made.reference}" in signatory.get("/").content.decode()
    assert f"Continue {made.reference}" not in lead.get("/").content.decode()


def test_a_law_that_ends_soon_waits_for_the_lead(client_of, at):
    made = draft_agreement()
    versions.open_version(made).purposes.update(law_valid_until="2099-01-01")
    signed(made, at)
    assert "The law ends under" not in client_of(officer_of(made)).get("/").content.decode()

    other = draft_agreement()
    from django.utils import timezone

    versions.open_version(other).purposes.update(law_valid_until=timezone.now().date())
    signed(other, at)
    assert f"The law ends under {other.reference}" in client_of(officer_of(other)).get("/").content.decode()


def clause(sections, title="Terms"):
    return [Section(title, tuple(Clause(key, words) for key, words in sections))]


def test_a_comparison_names_what_came_went_and_changed_word_by_word():
    old = clause([("a", "Kept for 12 months"), ("b", "Gone"), ("c", "Same")])
    new = clause([("a", "Kept for 24 months"), ("c", "Same"), ("d", "New")])

    lines = {line.key: line for line in compare(old, new)[0].lines}

    assert {key: line.change for key, line in lines.items()} == {
        "a": "changed",
        "b": "removed",
        "c": "same",
        "d": "added",
    }
    assert [(p.kind, p.text) for p in lines["a"].old] == [("same", "Kept for "), ("removed", "12"), ("same", " months")]
    assert [(p.kind, p.text) for p in lines["a"].new] == [("same", "Kept for "), ("added", "24"), ("same", " months")]


def test_a_comparison_loses_no_word():
    old, new = "From 1 May,  until 3 June; then delete.", "From 2 May, then anonymise, until further notice."
    line = compare(clause([("a", old)]), clause([("a", new)]))[0].lines[0]

    assert "".join(piece.text for piece in line.old) == old
    assert "".join(piece.text for piece in line.new) == new


def test_every_term_of_a_version_stands_in_its_words():
    made = draft_agreement(months=17)
    by = officer_of(made)
    agreements.add_row(agreement=made, kind="redaction_steps", by=by, at=AT, columns={
        "category": DataCategory.objects.get(pk="incident-report"), "instruction": "Take out home addresses"})  # fmt: skip
    from agreements.wording import Names, sections

    words = " ".join(
        c.sentence for s in sections(versions.content_of(versions.open_version(made)), Names()) for c in s.clauses
    )

    for expected in ("17 months", "Take out home addresses", "NIS2, Article 29", "Early warning", "Incident reports", made.lead.name,
                     "TLP:AMBER+STRICT", "No figure on fewer than 5"):  # fmt: skip
        assert expected in words
    assert amending.GOVERNS == versions.AMENDABLE
