"""The ground floor's resources: the actions of the pages, their refusals, and faults named by field."""

import pytest

from partnership.models import AuditEntry, Channel, ContactEntry, Invitation, Membership, OfficeAssignment, Organization
from tests.factories.partnership import (
    ChannelFactory,
    ExportFactory,
    InvitationFactory,
    LiaisonOfficeFactory,
    OfficeAssignmentFactory,
    OrganizationFactory,
    OrganizationIdentifierFactory,
)

pytestmark = pytest.mark.django_db
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def api(name, *keys):
    return "/".join(["/api/v1", name, *map(str, keys)])


@pytest.fixture
def office(own_organization):
    return LiaisonOfficeFactory(organization=own_organization)


NEW = {"name": "Delta Water", "kind": "operator", "size": "large", "country": "nl", "sectors": ["nis2:energy"]}


def test_an_organization_is_entered_changed_vetted_and_suspended(api_of, coordinator):
    client = api_of(coordinator)

    made = client.post(api("organizations"), NEW, format="json")
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    assert (made.json()["country"], made.json()["vetting"], made.json()["sectors"]) == (
        "NL",
        "applicant",
        ["nis2:energy"],
    )
    assert client.patch(api("organizations", key), {"short_name": "DW"}, format="json").json()["short_name"] == "DW"
    decided = {"decision": "vetted", "tier": 2, "revet_on": "2099-01-01", "because": "All papers seen"}
    assert client.post(api("organizations", key, "vet"), decided, format="json").json()["tier"] == 2
    assert client.post(api("organizations", key, "suspend"), {"because": "Breach"}, format="json").json()[
        "suspended_at"
    ]
    assert (
        client.post(api("organizations", key, "resume"), {"because": "Mended"}, format="json").json()["suspended_at"]
        is None
    )


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"country": "XX"}, 400, "country"), ({"time_zone": "Mars/Base"}, 400, "time_zone"), ({"kind": "ship"}, 400, "kind"),
        ({"sectors": ["nis2:moon"]}, 400, "sectors"), ({"parent": UNKNOWN}, 400, "parent"), ({"parent": ["x"]}, 400, "parent"),
        ({"website": "javascript:x"}, 400, "website"), ({"name": "Secretariat", "country": "BE"}, 409, "name"),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_profile_is_answered_by_field(api_of, coordinator, change, status, field):
    OrganizationFactory(name="Secretariat", country="BE")

    answer = api_of(coordinator).post(api("organizations"), {**NEW, **change}, format="json")

    assert answer.status_code == status, answer.content
    assert list(answer.json()["error"]["fields"]) == [field]
    assert not Organization.objects.filter(name="Delta Water").exists()


def test_deciding_on_vetting_is_not_open_to_an_officer(api_of, liaison_officer, own_organization):
    client, body = api_of(liaison_officer), {"decision": "vetted", "tier": 3, "because": "x"}

    assert client.post(api("organizations", own_organization.pk, "vet"), body, format="json").status_code == 404
    assert client.post(api("organizations", own_organization.pk, "suspend"), body, format="json").status_code == 404


def test_identifiers_stand_with_the_organization(api_of, liaison_officer, own_organization):
    OrganizationIdentifierFactory(organization=own_organization, scheme="register", value="NL-1")

    found = api_of(liaison_officer).get(api("organizations", own_organization.pk)).json()

    assert [(one["scheme"], one["value"]) for one in found["identifiers"]] == [("register", "NL-1")]


def test_an_office_is_opened_staffed_and_reached(api_of, liaison_officer, own_organization, partner_organization):
    client = api_of(liaison_officer)

    made = client.post(api("offices"), {"organization": str(own_organization.pk), "name": "Desk"}, format="json")
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    channel = client.post(
        api("offices", key, "channels"), {"kind": "email", "value": "desk@example.org"}, format="json"
    )
    assert channel.status_code == 201, channel.content
    assert client.post(api("channels", channel.json()["id"], "verify")).json()["verified_at"]
    officer = client.post(api("offices", key, "officers"), {"officer": str(liaison_officer.pk)}, format="json")
    assert officer.status_code == 201, officer.content
    entry = {"partner": str(partner_organization.pk), "held_on": "2026-03-01", "channel": "phone", "topic": "Drill"}
    assert client.post(api("offices", key, "contacts"), entry, format="json").status_code == 201
    assert client.get(api("offices", key, "contacts")).json()["results"][0]["topic"] == "Drill"
    seen = client.get(api("offices", key)).json()
    assert (seen["channels"][0]["value"], seen["officers"][0]["name"]) == ("desk@example.org", "Lena Officer")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("channels", {"kind": "phone", "value": "0800"}, "value"), ("channels", {"kind": "smoke", "value": "x"}, "kind"),
        ("officers", {"officer": UNKNOWN}, "officer"), ("contacts", {"held_on": "2026-02-30", "channel": "phone", "topic": "x"}, "held_on"),
    ],
    ids=str,
)  # fmt: skip
def test_wrong_words_about_an_office_are_answered_by_field(api_of, liaison_officer, office, path, body, field):
    answer = api_of(liaison_officer).post(api("offices", office.pk, path), body, format="json")

    assert answer.status_code == 400, answer.content
    assert field in answer.json()["error"]["fields"]
    assert not (Channel.objects.exists() or OfficeAssignment.objects.exists() or ContactEntry.objects.exists())


def test_offices_of_others_are_as_if_absent(api_of, stranger, office, own_organization):
    client, channel = api_of(stranger), ChannelFactory(office=office)

    assert client.get(api("offices")).json()["count"] == 0
    assert client.get(api("offices", office.pk)).status_code == 404
    assert client.post(api("offices", office.pk, "channels"), {}, format="json").status_code == 404
    assert client.post(api("channels", channel.pk, "verify")).status_code == 404
    answers = [
        client.post(api("offices"), {"organization": str(key), "name": "x"}, format="json").json()["error"]["fields"]
        for key in (own_organization.pk, UNKNOWN)
    ]
    assert str(answers[0]).replace(str(own_organization.pk), UNKNOWN) == str(answers[1])


def test_somebody_who_is_no_member_cannot_be_told_apart_from_nobody(api_of, liaison_officer, office, stranger):
    answers = [
        api_of(liaison_officer).post(api("offices", office.pk, "officers"), {"officer": str(key)}, format="json")
        for key in (stranger.pk, UNKNOWN)
    ]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].content.replace(str(stranger.pk).encode(), UNKNOWN.encode()) == answers[1].content


def test_people_are_invited_given_roles_and_leave(api_of, administrator, analyst, own_organization, mailoutbox):
    client, key = api_of(administrator), str(own_organization.pk)
    invited = {"organization": key, "name": "New", "email": "new@example.org", "role": "analyst"}

    made = client.post(api("invitations"), invited, format="json")
    assert made.status_code == 201, made.content
    assert "/join/" in made.json()["link"] and "TOKEN" not in made.json()["link"]
    assert "link" not in client.get(api("invitations", made.json()["id"])).json()
    assert client.post(api("invitations", made.json()["id"], "withdraw")).json()["withdrawn_at"]
    role = {"organization": key, "person": str(analyst.pk), "role": "signatory"}
    granted = client.post(api("memberships"), role, format="json")
    assert granted.status_code == 201, granted.content
    assert client.post(api("memberships"), role, format="json").json()["error"]["fields"].keys() == {"user"}
    assert client.post(api("memberships", granted.json()["id"], "end")).json()["until"]


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [({"email": "nowhere"}, 400, "email"), ({"role": "king"}, 400, "role"), ({"organization": UNKNOWN}, 400, "organization"),
     ({"role": "auditor"}, 409, "role")],
    ids=str,
)  # fmt: skip
def test_a_wrong_invitation_goes_nowhere(api_of, administrator, own_organization, change, status, field):
    body = {
        "organization": str(own_organization.pk),
        "name": "New",
        "email": "new@example.org",
        "role": "analyst",
        **change,
    }

    answer = api_of(administrator).post(api("invitations"), body, format="json")

    assert answer.status_code == status, answer.content
    assert field in answer.json()["error"]["fields"]
    assert not Invitation.objects.exists()


def test_people_of_others_are_as_if_absent(api_of, administrator, liaison_officer, stranger):
    foreign, invitation = stranger.memberships.get(), InvitationFactory()

    assert api_of(liaison_officer).get(api("memberships")).status_code == 404
    assert api_of(administrator).post(api("memberships", foreign.pk, "end")).status_code == 404
    assert api_of(administrator).post(api("invitations", invitation.pk, "withdraw")).status_code == 404
    assert Membership.objects.get(pk=foreign.pk).until is None


def test_an_export_is_made_followed_and_downloaded(api_of, liaison_officer, partner_organization):
    client = api_of(liaison_officer)
    names = [entry["name"] for entry in client.get(api("export-sources")).json()]
    assert "partnership:organization-list" in names and "partnership:person-list" not in names
    asked = {"report": "partnership:organization-list", "format": "csv", "reason": "For the file",
             "parameters": {"kind": ["operator"], "text": "Aqua", "sort": "name"}}  # fmt: skip

    made = client.post(api("exports"), asked, format="json")
    assert made.status_code == 201, made.content
    assert (made.json()["row_count"], made.json()["is_ready"]) == (1, True)
    file = client.get(api("exports", made.json()["id"], "file"), HTTP_ACCEPT="text/csv")

    assert b"Aqua South" in b"".join(file.streaming_content)
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert AuditEntry.objects.filter(verb="partnership.export_downloaded").exists()


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"format": "exe"}, 400, "format"), ({"parameters": [1]}, 400, "parameters"), ({"parameters": {"text": {"a": 1}}}, 400, "parameters"),
        ({"reason": ""}, 400, "reason"), ({"report": "partnership:person-list"}, 404, None), ({"report": "nothing"}, 404, None),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_export_is_refused(api_of, liaison_officer, change, status, field):
    body = {"report": "partnership:organization-list", "format": "csv", "reason": "For the file", **change}

    answer = api_of(liaison_officer).post(api("exports"), body, format="json")

    assert answer.status_code == status, answer.content
    assert field is None or field in answer.json()["error"]["fields"]


def test_a_period_given_twice_is_no_failure(api_of, coordinator):
    body = {
        "report": "incidents:reporting",
        "format": "csv",
        "reason": "x",
        "parameters": {"received_from": ["a", "b"]},
    }

    assert api_of(coordinator).post(api("exports"), body, format="json").status_code == 201


def test_exports_of_others_are_as_if_absent(api_of, liaison_officer):
    export = ExportFactory()

    assert api_of(liaison_officer).get(api("exports", export.pk)).status_code == 404
    assert api_of(liaison_officer).get(api("exports", export.pk, "file")).status_code == 404


def test_the_trail_is_read_by_whom_it_concerns_and_verified_by_auditors(
    api_of, coordinator, auditor, nobody, django_capture_on_commit_callbacks
):
    api_of(coordinator).post(api("organizations"), NEW, format="json")

    listed = api_of(coordinator).get(api("audit"), {"verb": "partnership.organization_created"}).json()["results"]
    assert "Coen Coordinator" in listed[0]["sentence"]
    assert api_of(auditor).get(api("audit")).json()["count"] == 0
    with django_capture_on_commit_callbacks(execute=True):
        asked = api_of(auditor).post(api("audit", "verify"))
    job = api_of(auditor).get(api("jobs", asked.json()["id"])).json()
    assert asked.status_code == 202 and set(job["result"]["verdict"]) >= {"intact", "entries", "faults"}
    assert AuditEntry.objects.filter(verb="partnership.audit_verified", actor_id=auditor.pk).exists()
    assert api_of(nobody).post(api("audit", "verify")).status_code == 404


def test_numbers_services_and_accounts_by_calls(
    api_of, liaison_officer, partner_officer, coordinator, own_organization
):
    numbers = f"/api/v1/organizations/{own_organization.pk}/identifiers"
    client = api_of(liaison_officer)

    wrong = client.post(numbers, {"scheme": "lei", "value": "X"}, format="json")
    assert wrong.status_code == 400 and "value" in wrong.content.decode()
    made = client.post(numbers, {"scheme": "duns", "value": "15-048-3782"}, format="json")
    assert made.status_code == 201 and made.json()["value"] == "150483782"
    assert api_of(partner_officer).delete(f"{numbers}/{made.json()['id']}").status_code in (403, 404)
    assert client.delete(f"{numbers}/{made.json()['id']}").status_code == 204
    assert client.delete(f"{numbers}/{made.json()['id']}").status_code == 404

    serving = OfficeAssignmentFactory(office__organization=own_organization)
    end = f"/api/v1/offices/{serving.office_id}/officers/{serving.pk}/release"
    assert api_of(partner_officer).post(end).status_code == 404
    assert client.post(end).status_code == 200
    assert client.post(end).status_code in (400, 409, 422)

    close = f"/api/v1/people/{liaison_officer.pk}/deactivate"
    assert client.post(close, {"because": "Left"}, format="json").status_code == 404
    assert api_of(coordinator).post(close, {"because": "Left"}, format="json").json()["is_active"] is False
