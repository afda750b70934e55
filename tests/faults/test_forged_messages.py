"""Messages to the workers: signed ones are done, every other one is refused and noted."""

import base64
import json
import os
import subprocess
import sys
import time
from types import SimpleNamespace
from uuid import uuid4

import pytest
import redis
from django.db import connection

from partnership import keys
from partnership.celery import app
from partnership.jobs import signing
from partnership.models import Heartbeat, SecurityEvent
from tests.conftest import ROOT

NAME = "partnership.tasks.run_job"


def message(**changes):
    """A message as a worker sees it, signed and then altered."""
    headers = {"task": NAME, "id": "1", "eta": None, "expires": None}
    signing.sign(body=([], {"job_id": "a"}, {}), headers=headers)
    seen = {"task": NAME, "id": "1", "args": [], "kwargs": {"job_id": "a"}, "eta": None, "expires": None}
    return SimpleNamespace(**{**seen, "portal_signature": headers["portal_signature"], **changes})


def test_a_signed_message_passes():
    signing.check(message())


@pytest.mark.django_db
@pytest.mark.parametrize("changes", [
    {"task": "agreements.tasks.sweep"}, {"id": "2"}, {"kwargs": {"job_id": "b"}}, {"kwargs": {}}, {"args": [1]},
    {"expires": "2099-01-01T00:00:00"}, {"eta": "2099-01-01T00:00:00"}, {"portal_signature": ""},
    {"portal_signature": None}, {"portal_signature": "0" * 64}, {"portal_signature": 5},
])  # fmt: skip
def test_any_other_message_is_refused_and_noted(changes):
    with pytest.raises(signing.Forged):
        signing.check(message(**changes))

    (noted,) = SecurityEvent.objects.all()
    assert noted.kind == "message_forged" and "job_id" not in json.dumps(noted.detail)


def test_a_message_signed_under_a_former_key_passes(settings):
    before = message()
    settings.PORTAL_KEYS = {**settings.PORTAL_KEYS, "queue": ("a new key", *settings.PORTAL_KEYS["queue"])}

    signing.check(before)
    assert message().portal_signature != before.portal_signature


def test_every_task_of_ours_looks_at_the_signature():
    app.loader.import_default_modules()
    ours = [task for name, task in app.tasks.items() if not name.startswith("celery.")]

    assert len(ours) > 5
    assert [task.name for task in ours if not isinstance(task, signing.SignedTask)] == []
    assert [task.name for task in ours if type(task).__call__ is not signing.SignedTask.__call__] == []


def raw(body, content_type="application/x-guarded-json", **headers):
    """What an intruder writes into the queue."""
    return json.dumps({
        "body": base64.b64encode(body).decode(), "content-encoding": "utf-8", "content-type": content_type,
        "headers": {"lang": "py", "task": "partnership.tasks.heartbeat", "id": str(uuid4()), "argsrepr": "()", "kwargsrepr": "{}",
                    "retries": 0, "timelimit": [None, None], **headers},
        "properties": {"correlation_id": str(uuid4()), "delivery_mode": 2, "delivery_info": {"exchange": "", "routing_key": "portal"},
                       "priority": 0, "body_encoding": "base64", "delivery_tag": str(uuid4())},
    })  # fmt: skip


def wait_for(question, seconds=60):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        connection.close()
        if question():
            return True
        time.sleep(0.3)
    return False


@pytest.mark.slow
def test_a_real_worker_does_what_is_signed_and_refuses_the_rest(committed_db, tmp_path):
    queue = redis.Redis.from_url(os.environ["REDIS_URL"])
    queue.delete("portal")
    log = (tmp_path / "worker.log").open("wb")
    environment = committed_db.environment
    worker = subprocess.Popen([sys.executable, "-m", "celery", "-A", "partnership.celery", "worker", "--concurrency", "1",
                               "--pool", "solo", "--without-gossip", "--without-mingle"],
                              cwd=ROOT, env=environment, stdout=log, stderr=log)  # fmt: skip
    try:
        empty = json.dumps([[], {}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}]).encode()
        deep = b"[" * 100_000 + b"]" * 100_000
        for forged in (raw(empty), raw(empty, portal_signature="0" * 64), raw(deep), raw(empty, "application/json"),
                       raw(b"cos\nsystem\n(S'true'\ntR.", "application/x-python-serialize"), raw(empty, task="os.system")):  # fmt: skip
            queue.lpush("portal", forged)

        assert wait_for(lambda: SecurityEvent.objects.filter(kind="message_forged").count() == 6), (
            tmp_path / "worker.log"
        ).read_text()[-3000:]
        assert not Heartbeat.objects.exists()

        sender = "from partnership.celery import app; import django; django.setup(); app.send_task('partnership.tasks.heartbeat')"
        sent = subprocess.run(
            [sys.executable, "-c", sender], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert sent.returncode == 0, sent.stderr
        assert wait_for(lambda: Heartbeat.objects.filter(name="worker").exists()), (
            tmp_path / "worker.log"
        ).read_text()[-3000:]
        assert keys.KEYS["queue"].name not in (tmp_path / "worker.log").read_text()
    finally:
        worker.terminate()
        worker.wait(30)
        log.close()
