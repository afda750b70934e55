"""Jobs act for a person: named in the message, asked again when the work begins and when its file is fetched."""

from uuid import uuid4

import pytest

from partnership import tasks
from partnership.access.decide import Refused
from partnership.actions import exports
from partnership.jobs.task import NoActor
from partnership.models import Export, Job, Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(liaison_officer, settings, at):
    """A long export whose job waits."""
    settings.PORTAL_EXPORT_INLINE_ROWS = -1
    return exports.request(source="partnership:organization-list", parameters={}, format="csv", reason="x",
                           by=liaison_officer, at=at)  # fmt: skip


def run(made, actor):
    tasks.run_job(job_id=str(made.job_id), actor=str(actor))
    made = Export.objects.select_related("job").get(pk=made.pk)
    return made.job.state, made.file_id is not None


def test_the_message_names_the_person_or_nothing_is_done(asked, liaison_officer):
    with pytest.raises(NoActor):
        tasks.run_job(job_id=str(asked.job_id))
    for other in (uuid4(), asked.job_id):
        assert run(asked, other) == (Job.State.QUEUED, False)
    assert run(asked, liaison_officer.pk) == (Job.State.DONE, True)


@pytest.mark.parametrize("how", ["account closed", "organization suspended", "membership ended"])
def test_who_is_shut_out_before_the_work_begins_gets_nothing(
    how, asked, liaison_officer, own_organization, coordinator, at
):
    if how == "account closed":
        liaison_officer.is_active = False
        liaison_officer.save()
    elif how == "organization suspended":
        own_organization.suspended_at, own_organization.suspended_by = at, coordinator
        own_organization.save()
    else:
        Membership.objects.filter(user=liaison_officer).update(until=at, ended_at=at, ended_by=coordinator)

    assert run(asked, liaison_officer.pk) == (Job.State.FAILED, False)


def test_who_is_shut_out_before_the_download_gets_no_file(asked, liaison_officer, coordinator, at):
    run(asked, liaison_officer.pk)
    made = Export.objects.get(pk=asked.pk)
    exports.open_for_download(export=made, by=liaison_officer, at=at).close()

    Membership.objects.filter(user=liaison_officer).update(until=at, ended_at=at, ended_by=coordinator)
    with pytest.raises(Refused):
        exports.open_for_download(export=made, by=liaison_officer, at=at)
