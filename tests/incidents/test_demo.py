"""The demonstration's reports: built through the actions, spread over time, some due, nothing real in them."""

import ipaddress
from types import SimpleNamespace

import pytest
from dateutil.relativedelta import relativedelta

from agreements.models import DeletionRecord
from incidents import demo
from incidents.models import Attachment, Indicator, Report, ReportGroupGrant
from partnership.models import AuditEntry, Role, Sector
from tests.factories.incidents import agreement_in_force
from tests.factories.partnership import NamedGroupFactory, OrganizationFactory, member, secretariat

pytestmark = pytest.mark.django_db


def test_the_demonstration_has_reports_of_every_state_some_of_them_due(at, monkeypatch):
    monkeypatch.setattr(demo, "REPORTS", 120)
    sectors = [Sector.objects.get(code=code) for code in ("nis2:energy", "nis2:health")]
    organizations = {f"org{n}": OrganizationFactory(sectors=[sectors[n % 2]]) for n in range(6)}
    officers = {key: member(Role.LIAISON_OFFICER, organization) for key, organization in organizations.items()}
    agreement = agreement_in_force(*organizations.values(), months=18)

    secretary, deputy = member(Role.COORDINATOR, secretariat()), member(Role.COORDINATOR, secretariat())
    world = SimpleNamespace(
        organizations=organizations, officer_of=officers, people={**officers, "deputy@secretariat": deputy}, coordinator=secretary, readers=("org0", "org1"), exceptions=("org0", ("org1", "org2", "org3")),
        agreements=[agreement], now=at, task_force=NamedGroupFactory(organization=organizations["org0"]),
    )  # fmt: skip
    made = demo.build(world)

    gone = DeletionRecord.objects.count()
    assert gone > 0 and len(made) + gone > 120 and Report.objects.count() == len(made)
    assert set(Report.objects.values_list("state", flat=True)) == {"received", "in_work", "closed"}
    assert Report.objects.filter(retain_until=at.date()).exists()
    assert Report.objects.filter(received_at__lt=at - relativedelta(months=17)).exists()
    assert not Report.objects.filter(received_at__gt=at).exists()
    assert Attachment.objects.count() == 2
    assert ReportGroupGrant.objects.count() == 1
    assert AuditEntry.objects.filter(verb="incidents.body_read").exists()
    documentation = ipaddress.ip_network("198.51.100.0/24")
    for value in Indicator.objects.filter(type="ipv4").values_list("value", flat=True):
        assert ipaddress.ip_address(value) in documentation
    assert not Indicator.objects.filter(type="domain").exclude(value__endswith=".example").exists()


def test_a_world_without_agreements_gets_no_reports(at):
    assert (
        demo.build(
            SimpleNamespace(
                organizations={}, officer_of={}, people={}, readers=(), exceptions=("", ()), agreements=[], now=at
            )
        )
        == []
    )
