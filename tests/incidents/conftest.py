"""What the tests of incidents share: an agreement between the two organizations of the personas, and reports under it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from agreements.models import DataCategory, RetentionTerm
from incidents import tasks
from incidents.actions import imports, reports
from partnership import tasks as ground_tasks
from tests.factories.incidents import agreement_in_force, content


@pytest.fixture
def category(db):
    return DataCategory.objects.get(code="incident-report")


@pytest.fixture
def agreement(own_organization, partner_organization):
    """In force between the organizations of the liaison officer and of the partner's officer."""
    return agreement_in_force(own_organization, partner_organization)


@pytest.fixture
def file_report(agreement, own_organization, liaison_officer, category):
    """File a report through the action, as the liaison officer."""

    def make(narrative="It went like this.", indicator_list="", at=None, **more):
        return reports.file(
            organization=own_organization, agreement=agreement, category=category, content=content(**more), narrative=narrative,
            indicator_list=indicator_list, by=liaison_officer, at=at or timezone.now(),
        )  # fmt: skip

    return make


@pytest.fixture
def term(agreement, category):
    return RetentionTerm.objects.get(version=agreement.governing, category=category)


@pytest.fixture
def give_file(agreement, own_organization, liaison_officer, category, at):
    """Give a file for import through the action, without a job."""

    def give(data, name="incidents.jsonl", **more):
        arguments = {
            "organization": own_organization,
            "agreement": agreement,
            "category": category,
            "tlp": 2,
            "by": liaison_officer,
        }
        return imports.start(
            **{**arguments, **more}, file_name=name, chunks=[data], size=len(data), at=at, with_job=False
        )

    return give


@pytest.fixture
def upload():
    return lambda name, data: SimpleUploadedFile(name, data)


def quiet(*anything):
    """Tells nobody about progress."""


TASKS = (tasks, ground_tasks)  # loaded as a worker does, so that jobs can run in place
