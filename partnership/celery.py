"""The Celery application and the schedule; what a task does is in the action that it calls."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnership.settings.production")

app = Celery("portal")
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
    "erase-files": {"task": "agreements.tasks.erase_files", "schedule": 5 * MINUTE, "options": {"expires": 4 * 60}},
    "expire-exports": {
        "task": "partnership.tasks.expire_exports",
        "schedule": crontab(minute=17),
        "options": {"expires": 50 * 60},
    },
    "resume-jobs": {"task": "partnership.tasks.resume_jobs", "schedule": 5 * MINUTE, "options": {"expires": 4 * 60}},
}
