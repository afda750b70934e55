"""Templates: a draft that begins with usual terms, by page and by call."""

import json
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from agreements.actions import agreements, templates, versions
from agreements.models import Agreement, AgreementTemplate
from agreements.wording import Names, terms
from partnership.models import AuditEntry, Role
from tests.factories.agreements import holder
from tests.factories.partnership import OrganizationFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 31, 12, tzinfo=UTC)
CODES = ["bilateral", "multilateral", "cross-border", "small-firm"]


def ordered(rows):
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def begun(code, lead, by):
    return templates.begin(template=AgreementTemplate.objects.get(pk=code), title="Sharing", lead=lead, by=by, at=AT)


@pytest.mark.parametrize("kind", ["operator", "government"])
@pytest.mark.parametrize("code", CODES)
def test_a_template_leaves_only_the_first_day_the_parties_and_the_review_to_do(code, kind):
    lead = OrganizationFactory(kind=kind, country="NL")

    made = begun(code, lead, holder(Role.LIAISON_OFFICER, lead))

    version = versions.open_version(made)
    assert {step for step, _ in versions.gaps(made, version, AT.date())} == {"parties", "basics", "review"}
    assert made.template_id == code and made.kind == code.replace("-", "_")
    assert AuditEntry.objects.filter(object_id=str(made.pk), verb="agreements.template_followed").count() == 1


@pytest.mark.parametrize("code", CODES)
def test_what_a_template_says_is_what_the_version_says(code, own_organization, liaison_officer):
    found = AgreementTemplate.objects.get(pk=code)

    made = begun(code, own_organization, liaison_officer)

    said = versions.canonical(made, versions.open_version(made))
    ours = {name: found.content[name] for name in ("data", "retention", "redaction", "handling", "uses", "clauses")}
    uses = ours.pop("uses")
    assert {name: ordered(said[name]) for name in ours} == {name: ordered(rows) for name, rows in ours.items()}
    assert len(said["uses"]) == len(uses) and all(terms(found.content, Names())[0].clauses)


def test_an_authority_does_not_rest_on_legitimate_interests():
    lead = OrganizationFactory(kind="government")
    firm = OrganizationFactory(kind="operator")

    public, private = (begun("bilateral", o, holder(Role.LIAISON_OFFICER, o)) for o in (lead, firm))

    bases = [versions.open_version(made).purposes.get().legal_basis_id for made in (public, private)]
    assert bases == ["gdpr:public-task", "gdpr:legitimate-interests"]


def test_an_authority_that_joins_later_closes_that_basis(own_organization, liaison_officer):
    own_organization.kind = "operator"
    own_organization.save()
    made = begun("bilateral", own_organization, liaison_officer)

    agreements.add_party(agreement=made, organization=OrganizationFactory(kind="government", country=own_organization.country),
                         role="both", controller_role="controller", by=liaison_officer, at=AT)  # fmt: skip

    found = versions.gaps(made, versions.open_version(made), AT.date())
    assert any(step == "purposes" and "closed to public authorities" in words for step, words in found)


@pytest.mark.parametrize(("code", "expected"), [("cross-border", ["gdpr:scc"]), ("multilateral", [])])
def test_a_party_abroad_gets_the_usual_way(code, expected, own_organization, liaison_officer):
    own_organization.country = "NL"
    own_organization.save()
    made = begun(code, own_organization, liaison_officer)

    for country in ("US", "DE"):
        agreements.add_party(agreement=made, organization=OrganizationFactory(kind="operator", country=country), role="both",
                             controller_role="controller", by=liaison_officer, at=AT)  # fmt: skip

    assert [row.mechanism_id for row in versions.open_version(made).transfers.all()] == expected


def test_the_page_offers_templates_and_begins_with_the_chosen_one(client_of, liaison_officer, own_organization):
    client, url = client_of(liaison_officer), reverse("agreements:agreement-new")

    page = client.get(url).content.decode()
    refused = client.post(url, {"title": "Sharing", "lead": own_organization.pk})
    answer = client.post(url, {"title": "Sharing", "lead": own_organization.pk, "template": "multilateral"})

    assert "What the templates say" in page and "ICO, Data sharing code of practice" in page
    assert refused.status_code == 422 and "Choose a template" in refused.content.decode()
    made = Agreement.objects.get()
    assert answer.url == reverse("agreements:agreement-steps", kwargs={"pk": made.pk})
    assert versions.open_version(made).purposes.count() == 3


def test_a_call_lists_templates_and_begins_with_one(api_of, liaison_officer, own_organization):
    client = api_of(liaison_officer)
    body = {"title": "Sharing", "lead": str(own_organization.pk)}

    listed = client.get("/api/v1/agreement-templates").json()
    refused = client.post("/api/v1/agreements", body, format="json")
    made = client.post("/api/v1/agreements", {**body, "template": "small-firm"}, format="json")

    rows = listed["results"]
    assert [row["code"] for row in rows] == CODES and all(row["written_after"] for row in rows)
    assert refused.status_code == 400 and refused.json()["error"]["fields"].keys() == {"kind"}
    assert made.status_code == 201 and made.json()["kind"] == "small_firm"


def test_others_see_no_templates(api_of, client_of, analyst):
    assert api_of(analyst).get("/api/v1/agreement-templates").status_code in (403, 404)
    assert client_of(analyst).get(reverse("agreements:agreement-new")).status_code == 404
