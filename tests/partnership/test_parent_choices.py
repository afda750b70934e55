"""What a profile's form offers as the parent of an organization."""

import pytest
from django.urls import reverse

from partnership.models import Role
from tests.factories.agreements import holder
from tests.factories.partnership import OrganizationFactory

pytestmark = pytest.mark.django_db


def test_an_applicant_is_offered_and_may_name_nobody_whom_it_cannot_see(client_of):
    own, hidden = OrganizationFactory(vetting="applicant"), OrganizationFactory(vetting="suspended")
    client = client_of(holder(Role.ADMINISTRATOR, own))
    address = reverse("partnership:organization-edit", kwargs={"pk": own.pk})

    page = client.get(address)
    answer = client.post(address, {"name": own.name, "short_name": own.short_name, "kind": own.kind, "size": own.size, "country": own.country,
                                   "parent": hidden.pk, "website": "", "time_zone": "UTC"})  # fmt: skip

    assert page.status_code == 200 and hidden.name not in page.content.decode()
    assert "parent" in answer.context["form"].errors
    own.refresh_from_db()
    assert own.parent_id is None


def test_the_parent_that_an_organization_has_stays_in_its_form(client_of):
    parent = OrganizationFactory(vetting="suspended")
    own = OrganizationFactory(vetting="applicant", parent=parent)
    page = client_of(holder(Role.ADMINISTRATOR, own)).get(
        reverse("partnership:organization-edit", kwargs={"pk": own.pk})
    )

    assert parent in page.context["form"].fields["parent"].queryset
