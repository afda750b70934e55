"""Resources of agreements: a whole agreement by calls alone, engagements, holds, runs; refusals and faults by field."""

from datetime import UTC, datetime, timedelta

import pytest

from agreements.actions import versions
from agreements.actions.versions import last_version, open_version
from agreements.models import Agreement, DeletionRun, Engagement, LegalHold, Party, Purpose
from tests.factories.agreements import LegalHoldFactory, agreement_in_force, draft_agreement

pytestmark = pytest.mark.django_db
UNKNOWN = "00000000-0000-4000-8000-000000000000"
PURPOSE = {"text": "Early warning", "legal_basis": "gdpr:public-task", "law_cited": "NIS2, Article 29"}


def api(name, *keys):
    return "/".join(["/api/v1", name, *map(str, keys)])


@pytest.fixture
def draft(own_organization, partner_organization, liaison_officer):
    return draft_agreement(own_organization, [partner_organization])


@pytest.fixture
def in_force(own_organization, partner_organization, liaison_officer):
    return agreement_in_force(own_organization, [partner_organization])


def test_an_agreement_comes_into_force_by_calls_alone(
    api_of, liaison_officer, signatory, partner_signatory, own_organization, partner_organization
):
    client = api_of(liaison_officer)

    def post(*path, **body):
        answer = client.post(api("agreements", *path), body, format="json")
        assert answer.status_code in (200, 201), answer.content
        return answer.json()

    made = client.post(
        api("agreements"), {"title": "Sharing", "kind": "bilateral", "lead": str(own_organization.pk)}, format="json"
    )
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    party = post(key, "parties", organization=str(partner_organization.pk), role="both", controller_role="controller")
    head = {"summary": "Warn early.", "tlp_ceiling": 3, "minimum_group_size": 5, "effective_on": "2026-01-01"}
    changed = client.patch(api("agreements", key, "basics"), head, format="json").json()
    assert changed["gaps"] and changed["summary"] == "Warn early."
    purpose = post(key, "purposes", **PURPOSE)
    post(key, "data-items", category="incident-report", has_personal_data=True)
    post(key, "retention-terms", category="incident-report", trigger="received", months=24, action="delete")
    post(key, "redaction-steps", category="incident-report", instruction="Names out")
    post(key, "permitted-uses", purpose=purpose["id"], categories=["incident-report"], recipients="parties")
    assert post(key, "negotiate")["state"] == "negotiation"
    whole = client.get(api("agreements", key, "version")).json()
    assert [gap["part"] for gap in whole["gaps"]] == ["review"]
    opinion = {
        "is_approved": True,
        "opinion": "Fits",
        "content_hash": versions.digest(versions.content_of(open_version(Agreement.objects.get()))),
    }
    assert api_of(signatory).post(api("agreements", key, "review"), opinion, format="json").status_code == 201
    assert client.get(api("agreements", key, "version")).json()["gaps"] == []
    assert post(key, "send")["state"] == "signature"

    for person in (signatory, partner_signatory):
        asked = api_of(person).get(api("agreements", key, "to-sign")).json()
        assert len(asked["parties"]) == 1 and (asked["parties"][0]["id"] == party["id"]) == (
            person == partner_signatory
        )
        sent = {
            "party": asked["parties"][0]["id"],
            "content_hash": asked["content_hash"],
            "statement": "I am authorised.",
        }
        answer = api_of(person).post(api("agreements", key, "sign"), sent, format="json")
        assert answer.status_code == 200, answer.content
    assert answer.json()["state"] == "in_force"
    assert post(key, "suspend", because="Doubt")["state"] == "suspended"
    assert post(key, "resume", because="Settled")["state"] == "in_force"
    assert post(key, "terminate", because="Done")["state"] == "terminated"


def test_terms_are_taken_out_of_a_draft(api_of, liaison_officer, draft, partner_organization):
    client, version = api_of(liaison_officer), open_version(draft)
    rows = {"purposes": version.purposes.get(), "data-items": version.data_items.first(), "retention-terms": version.retention_terms.first(),
            "parties": draft.parties.get(organization=partner_organization)}  # fmt: skip

    for path, row in rows.items():
        assert client.delete(api("agreements", draft.pk, path, row.pk)).status_code == 204
        assert client.delete(api("agreements", draft.pk, path, row.pk)).status_code == 404
    assert not version.permitted_uses.exists()


def test_the_last_word_on_a_signed_version_stands(api_of, liaison_officer, in_force):
    client, purpose = api_of(liaison_officer), in_force.governing.purposes.get()

    assert client.post(api("agreements", in_force.pk, "purposes"), PURPOSE, format="json").status_code == 409
    assert client.delete(api("agreements", in_force.pk, "purposes", purpose.pk)).status_code == 409
    assert client.patch(api("agreements", in_force.pk, "basics"), {"title": "New"}, format="json").status_code == 409
    assert Purpose.objects.get(pk=purpose.pk).text == purpose.text


def test_taking_back_opens_a_copy(api_of, liaison_officer, draft):
    client = api_of(liaison_officer)
    client.post(api("agreements", draft.pk, "send"))

    answer = client.post(api("agreements", draft.pk, "take-back"), {"because": "A slip"}, format="json")

    assert answer.json()["state"] == "negotiation"
    assert last_version(draft).number == 2


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("purposes", {**PURPOSE, "legal_basis": "gdpr:none"}, 400, "legal_basis"), ("purposes", {**PURPOSE, "law_cited": ""}, 409, "law_cited"),
        ("purposes", {**PURPOSE, "law_valid_until": "2026-02-30"}, 400, "law_valid_until"),
        ("data-items", {"category": "incident-report"}, 409, "category"), ("data-items", {"category": {}}, 400, "category"),
        ("retention-terms", {"category": "tip", "trigger": "received", "action": "delete"}, 409, "months"),
        ("retention-terms", {"category": "tip", "trigger": "full moon", "action": "delete"}, 400, "trigger"),
        ("retention-terms", {"category": "tip", "trigger": "received", "action": "delete", "months": 5000}, 400, "months"),
        ("permitted-uses", {"purpose": UNKNOWN, "recipients": "parties"}, 400, "purpose"),
        ("redaction-steps", {"category": "tip"}, 400, "instruction"),
        ("parties", {"organization": UNKNOWN, "role": "both", "controller_role": "controller"}, 400, "organization"),
        ("parties", {"organization": "x", "role": "both", "controller_role": "controller"}, 400, "organization"),
    ],
    ids=str,
)  # fmt: skip
def test_wrong_terms_are_answered_by_field(api_of, liaison_officer, draft, path, body, status, field):
    answer = api_of(liaison_officer).post(api("agreements", draft.pk, path), body, format="json")

    assert answer.status_code == status, answer.content
    assert field in answer.json()["error"]["fields"]


@pytest.mark.parametrize(("change", "status", "field"), [
    ({"minimum_group_size": 2}, 400, "minimum_group_size"), ({"time_zone": "Mars"}, 400, "time_zone"), ({"tlp_ceiling": 9}, 400, "tlp_ceiling"),
    ({"effective_on": "2026-05-01", "ends_on": "2026-04-01"}, 409, "ends_on"), ({"title": "x" * 201}, 400, "title"),
], ids=str)  # fmt: skip
def test_a_wrong_head_is_answered_by_field(api_of, liaison_officer, draft, change, status, field):
    answer = api_of(liaison_officer).patch(api("agreements", draft.pk, "basics"), change, format="json")

    assert answer.status_code == status, answer.content
    assert list(answer.json()["error"]["fields"]) == [field]


def test_a_purpose_of_another_agreement_is_as_if_absent(api_of, liaison_officer, draft):
    foreign = draft_agreement()
    body = {"purpose": str(open_version(foreign).purposes.get().pk), "recipients": "parties"}

    answer = api_of(liaison_officer).post(api("agreements", draft.pk, "permitted-uses"), body, format="json")
    absent = api_of(liaison_officer).post(
        api("agreements", draft.pk, "permitted-uses"), {**body, "purpose": UNKNOWN}, format="json"
    )

    assert answer.status_code == 400
    assert answer.content.replace(body["purpose"].encode(), UNKNOWN.encode()) == absent.content
    purpose = open_version(foreign).purposes.get()
    assert api_of(liaison_officer).delete(api("agreements", draft.pk, "purposes", purpose.pk)).status_code == 404


@pytest.mark.parametrize(
    "path", ["version", "basics", "parties", "purposes", "data-items", "retention-terms", "redaction-steps", "permitted-uses",
             "negotiate", "send", "take-back", "suspend", "resume", "terminate", "sign", "to-sign"],
)  # fmt: skip
def test_a_stranger_finds_no_agreement_to_act_on(api_of, stranger, draft, path):
    client = api_of(stranger)
    call = {"version": client.get, "to-sign": client.get, "basics": client.patch}.get(path, client.post)

    assert call(api("agreements", draft.pk, path), {}, format="json").status_code == 404


def test_a_party_reads_but_does_not_change(api_of, partner_officer, draft):
    client, party = api_of(partner_officer), Party.objects.filter(agreement=draft).first()

    assert client.get(api("agreements", draft.pk, "version")).status_code == 404, "a draft is its lead's alone"
    Agreement.objects.filter(pk=draft.pk).update(state="negotiation")
    assert client.get(api("agreements", draft.pk, "version")).status_code == 200
    assert client.post(api("agreements", draft.pk, "purposes"), PURPOSE, format="json").status_code == 404
    assert client.delete(api("agreements", draft.pk, "parties", party.pk)).status_code == 404
    assert Party.objects.filter(pk=party.pk).exists()


def test_the_lead_stays_a_party(api_of, liaison_officer, draft):
    lead = draft.parties.get(organization=draft.lead)

    assert api_of(liaison_officer).delete(api("agreements", draft.pk, "parties", lead.pk)).status_code == 409


def test_a_draft_needs_an_own_organization(api_of, liaison_officer, partner_organization):
    client = api_of(liaison_officer)
    body = {"title": "Sharing", "kind": "bilateral", "lead": str(partner_organization.pk)}

    assert client.post(api("agreements"), body, format="json").json()["error"]["fields"].keys() == {"lead"}
    assert client.post(api("agreements"), {**body, "lead": UNKNOWN}, format="json").status_code == 400
    assert client.post(api("agreements"), {"title": "Sharing"}, format="json").json()["error"]["fields"].keys() == {
        "lead"
    }
    assert not Agreement.objects.exists()


def test_an_auditor_is_engaged_and_leaves(api_of, coordinator, auditor, in_force):
    body = {"auditor": str(auditor.pk), "title": "Audit", "agreements": [str(in_force.pk)], "independence": "None.",
            "until": (datetime.now(UTC) + timedelta(days=5)).isoformat()}  # fmt: skip

    made = api_of(coordinator).post(api("engagements"), body, format="json")
    assert made.status_code == 201, made.content
    assert api_of(auditor).get(api("agreements", in_force.pk)).status_code == 200
    assert api_of(auditor).get(api("engagements")).json()["count"] == 1
    assert api_of(auditor).post(api("engagements", made.json()["id"], "end")).status_code == 404
    assert api_of(coordinator).post(api("engagements", made.json()["id"], "end")).json()["ended_at"]
    assert api_of(auditor).get(api("agreements", in_force.pk)).status_code == 404


@pytest.mark.parametrize(("change", "status", "field"), [
    ({"auditor": UNKNOWN}, 400, "auditor"), ({"agreements": []}, 400, "agreements"), ({"agreements": [UNKNOWN]}, 400, "agreements"),
    ({"until": "soon"}, 400, "until"), ({"until": "2020-01-01T00:00:00Z"}, 409, "until"),
], ids=str)  # fmt: skip
def test_a_wrong_engagement_is_answered_by_field(api_of, coordinator, auditor, in_force, change, status, field):
    body = {"auditor": str(auditor.pk), "title": "Audit", "agreements": [str(in_force.pk)], "independence": "None.",
            "until": "2099-01-01T00:00:00Z", **change}  # fmt: skip

    answer = api_of(coordinator).post(api("engagements"), body, format="json")

    assert answer.status_code == status, answer.content
    assert field in answer.json()["error"]["fields"]
    assert not Engagement.objects.exists()


def test_engaging_is_not_open_to_officers(api_of, liaison_officer, auditor):
    assert api_of(liaison_officer).post(api("engagements"), {}, format="json").status_code == 404
    assert api_of(auditor).post(api("engagements"), {}, format="json").status_code == 404


def test_a_hold_is_placed_and_lifted(api_of, liaison_officer, in_force, stranger):
    body = {"agreement": str(in_force.pk), "ground": "legal_claims", "reason": "A claim", "review_on": "2099-01-01"}

    placed = api_of(liaison_officer).post(api("holds"), body, format="json")
    assert placed.status_code == 201, placed.content
    assert (
        api_of(stranger).post(api("holds", placed.json()["id"], "lift"), {"because": "x"}, format="json").status_code
        == 404
    )
    assert api_of(liaison_officer).post(api("holds", placed.json()["id"], "lift"), {}, format="json").status_code == 400
    lifted = api_of(liaison_officer).post(
        api("holds", placed.json()["id"], "lift"), {"because": "Settled"}, format="json"
    )
    assert lifted.json()["lifted_reason"] == "Settled"


@pytest.mark.parametrize("change", [
    {"ground": "whim"}, {"review_on": "2020-01-01"}, {"record_id": "x"}, {"agreement": UNKNOWN}, {"agreement": None},
    {"record_id": UNKNOWN, "record_type": "incidents.report"},
], ids=str)  # fmt: skip
def test_a_wrong_hold_is_refused(api_of, liaison_officer, in_force, change):
    body = {
        "agreement": str(in_force.pk),
        "ground": "legal_claims",
        "reason": "A claim",
        "review_on": "2099-01-01",
        **change,
    }

    answer = api_of(liaison_officer).post(api("holds"), body, format="json")

    assert answer.status_code in (400, 409), answer.content
    assert answer.json()["error"]["message"]
    assert not LegalHold.objects.exists()


def test_an_agreement_that_is_hidden_cannot_be_told_from_none(api_of, liaison_officer):
    hidden = agreement_in_force()
    body = {"ground": "legal_claims", "reason": "A claim", "review_on": "2099-01-01"}

    answers = [
        api_of(liaison_officer).post(api("holds"), {**body, "agreement": str(key)}, format="json").content
        for key in (hidden.pk, UNKNOWN)
    ]

    assert answers[0].replace(str(hidden.pk).encode(), UNKNOWN.encode()) == answers[1]


def test_a_coordinator_starts_a_run_and_officers_see_it(api_of, coordinator, liaison_officer, nobody):
    made = api_of(coordinator).post(api("retention-runs"))

    assert made.status_code == 201, made.content
    assert made.json()["state"] == "complete"
    assert api_of(liaison_officer).post(api("retention-runs")).status_code == 404
    assert api_of(liaison_officer).get(api("retention-runs", made.json()["id"])).status_code == 200
    assert api_of(nobody).get(api("retention-runs")).status_code == 404
    assert DeletionRun.objects.count() == 1


def test_holds_and_previews_of_others_are_as_if_absent(api_of, stranger, in_force):
    hold = LegalHoldFactory(agreement=in_force)

    assert api_of(stranger).get(api("holds", hold.pk)).status_code == 404
    assert api_of(stranger).get(api("retention-preview")).status_code == 404
