"""Celery entry points of the ground floor."""

from uuid import UUID

from django.utils import timezone

from partnership.actions import exports
from partnership.jobs import heartbeat as hearts
from partnership.jobs import job
from partnership.jobs.task import task


@task("partnership.tasks.run_job")
def run_job(*, job_id: str) -> None:
    job.run(UUID(job_id))


@task("partnership.tasks.resume_jobs")
def resume_jobs() -> None:
    """Ring again for jobs that were lost with the queue or with their worker."""
    for job_id in job.lost(timezone.now()):
        job.ring(job_id)


@task("partnership.tasks.heartbeat")
def heartbeat() -> None:
    hearts.beat(name="worker", at=timezone.now())


@task("partnership.tasks.expire_exports")
def expire_exports() -> None:
    exports.expire(at=timezone.now())
