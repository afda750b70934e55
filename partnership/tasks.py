"""Celery entry points of the ground floor."""

from uuid import UUID

from django.utils import timezone

from partnership import security
from partnership.access.actor import Actor
from partnership.actions import break_glass, checkpoints, endings, exports, letters, recertification, resets
from partnership.jobs import heartbeat as hearts
from partnership.jobs import job
from partnership.jobs.task import task


@task("partnership.tasks.run_job", acts_for="person")
def run_job(*, actor: UUID, job_id: str) -> None:
    job.run(UUID(job_id), actor, is_in=lambda person: bool(Actor(person).holdings))


@task("partnership.tasks.resume_jobs")
def resume_jobs() -> None:
    """Ring again for jobs that were lost with the queue or with their worker."""
    for job_id, actor in job.lost(timezone.now()):
        job.ring(job_id, actor)


@task("partnership.tasks.heartbeat")
def heartbeat() -> None:
    hearts.beat(name="worker", at=timezone.now())


@task("partnership.tasks.expire_exports")
def expire_exports() -> None:
    exports.expire(at=timezone.now())


@task("partnership.tasks.sign_checkpoint")
def sign_checkpoint() -> None:
    checkpoints.sign(at=timezone.now())


@task("partnership.tasks.forget_security_events")
def forget_security_events() -> None:
    security.forget(at=timezone.now())


@task("partnership.tasks.ask_about_rights")
def ask_about_rights() -> None:
    recertification.ask(at=timezone.now())


@task("partnership.tasks.tend_exceptions")
def tend_exceptions() -> None:
    """End what nobody confirmed, enter the end of what is over, and tell whoever can renew what ends within a week."""
    recertification.tend(at=timezone.now())
    break_glass.close_what_is_over(at=timezone.now())
    endings.tell(at=timezone.now())


@task("partnership.tasks.deliver_letters")
def deliver_letters() -> None:
    """Send the mails that wait, those that failed among them."""
    letters.deliver(at=timezone.now())


@task("partnership.tasks.send_reset_link")
def send_reset_link(*, person: str, origin: str) -> None:
    resets.send_link(person=UUID(person), origin=origin)
