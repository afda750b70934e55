"""Lists of the API ask the database as often for twenty rows as for two."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnership.models import Role
from tests.factories.agreements import (
    DeletionRecordFactory,
    DeletionRunFactory,
    EngagementFactory,
    LegalHoldFactory,
    agreement_in_force,
    draft_agreement,
)
from tests.factories.councils import CharterFactory, CouncilFactory, DecisionFactory, MeetingFactory
from tests.factories.incidents import AttachmentFactory, ImportFactory, IndicatorFactory, ReportFactory
from tests.factories.partnership import (
    ChannelFactory,
    CorrectiveActionFactory,
    ExportFactory,
    InvitationFactory,
    JobFactory,
    LiaisonOfficeFactory,
    OfficeAssignmentFactory,
    OrganizationFactory,
    OrganizationIdentifierFactory,
    member,
)

pytestmark = pytest.mark.django_db


def organization(**who):
    OrganizationIdentifierFactory(organization=OrganizationFactory())


def office(**who):
    made = LiaisonOfficeFactory(organization=OrganizationFactory())
    ChannelFactory(office=made)
    OfficeAssignmentFactory(office=made)


def council(**who):
    CharterFactory(council=CouncilFactory())


LISTS = {
    "organizations": organization,
    "offices": office,
    "memberships": lambda **who: member(Role.ANALYST, who["own"]),
    "invitations": lambda **who: InvitationFactory(organization=who["own"]),
    "jobs": lambda **who: JobFactory(requested_by=who["officer"]),
    "exports": lambda **who: ExportFactory(requested_by=who["officer"]),
    "audit": lambda **who: draft_agreement(),
    "agreements": lambda **who: agreement_in_force(who["own"], at=None),
    "engagements": lambda **who: EngagementFactory(),
    "certificates": lambda **who: DeletionRecordFactory(),
    "retention-runs": lambda **who: DeletionRunFactory(),
    "holds": lambda **who: LegalHoldFactory(owner=who["own"]),
    "reports": lambda **who: ReportFactory(organization=who["own"]),
    "indicators": lambda **who: IndicatorFactory(report=ReportFactory(organization=who["own"])),
    "attachments": lambda **who: AttachmentFactory(report=ReportFactory(organization=who["own"])),
    "imports": lambda **who: ImportFactory(organization=who["own"]),
    "councils": council,
    "meetings": lambda **who: MeetingFactory(),
    "decisions": lambda **who: DecisionFactory(),
    "action-items": lambda **who: CorrectiveActionFactory(),
}
OWN = {"jobs", "exports", "reports", "indicators", "attachments", "imports", "holds"}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_as_often_for_many_rows_as_for_few(name, api_of, liaison_officer, coordinator, own_organization):
    client = api_of(liaison_officer if name in OWN else coordinator)

    def asked(count):
        for _ in range(count):
            LISTS[name](own=own_organization, officer=liaison_officer)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"/api/v1/{name}")
        assert answer.status_code == 200 and answer.json()["count"] >= count
        return len(queries)

    few = asked(2)
    assert asked(10) <= few


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("organizations?kind=ship", 400), ("organizations?sectors=nis2:moon", 400), ("organizations?kind=operator", 200), ("agreements?state=x", 400),
        ("agreements?state=draft", 200), ("meetings?council=x", 400), ("decisions?meeting=x", 400), ("certificates?run=x", 400), ("jobs?state=x", 400),
        ("reports?agreement=x", 400), ("action-items?state=x", 400), ("audit?page=0", 404), ("audit?page_size=1000", 200),
    ],
)  # fmt: skip
def test_a_wrong_filter_is_answered_by_field(api_of, coordinator, path, status):
    answer = api_of(coordinator).get(f"/api/v1/{path}")

    assert answer.status_code == status, answer.content
    assert status != 400 or answer.json()["error"]["fields"]
