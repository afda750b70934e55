"""The Celery application and the schedule; what a task does is in the action that it calls."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnership.settings.production")

app = Celery("portal", task_cls="partnership.jobs.signing:SignedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.set_default()  # for every thread of the web process, which sends and does not work

MINUTE = 60.0

# Kept in code on purpose: nobody can switch retention off by editing a row.
app.conf.beat_schedule = {
    "heartbeat": {"task": "partnership.tasks.heartbeat", "schedule": MINUTE, "options": {"expires": 50}},
    "retention-tick": {
        "task": "agreements.tasks.retention_tick",
        "schedule": 15 * MINUTE,
        "options": {"expires": 14 * 60},
    },
    "keep-dates": {"task": "agreements.tasks.keep_dates", "schedule": 15 * MINUTE, "options": {"expires": 14 * 60}},
    "let-leave": {"task": "agreements.tasks.let_leave", "schedule": MINUTE, "options": {"expires": 50}},
    "remind": {
        "task": "agreements.tasks.remind",
        "schedule": crontab(hour=6, minute=11),
        "options": {"expires": 20 * 60 * 60},
    },
    "erase-files": {"task": "agreements.tasks.erase_files", "schedule": 5 * MINUTE, "options": {"expires": 4 * 60}},
    "expire-exports": {
        "task": "partnership.tasks.expire_exports",
        "schedule": crontab(minute=17),
        "options": {"expires": 50 * 60},
    },
    "sign-checkpoint": {
        "task": "partnership.tasks.sign_checkpoint",
        "schedule": crontab(minute=5),
        "options": {"expires": 50 * 60},
    },
    "publish-figures": {
        "task": "incidents.tasks.publish_figures",
        "schedule": crontab(hour=4, minute=41),  # daily: the task knows which months are due, five days after their end
        "options": {"expires": 20 * 60 * 60},
    },
    "ask-about-rights": {
        "task": "partnership.tasks.ask_about_rights",
        "schedule": crontab(minute=23, hour=5, day_of_month=1, month_of_year="1,4,7,10"),
    },
    "tend-exceptions": {
        "task": "partnership.tasks.tend_exceptions",
        "schedule": crontab(minute=29),
        "options": {"expires": 50 * 60},
    },
    "deliver-letters": {
        "task": "partnership.tasks.deliver_letters",
        "schedule": 5 * MINUTE,
        "options": {"expires": 4 * 60},
    },
    "forget-security-events": {
        "task": "partnership.tasks.forget_security_events",
        "schedule": crontab(minute=41, hour=3),
        "options": {"expires": 60 * 60},
    },
    "resume-jobs": {"task": "partnership.tasks.resume_jobs", "schedule": 5 * MINUTE, "options": {"expires": 4 * 60}},
}
