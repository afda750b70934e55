"""Supervisors as real processes: they start, stop, are killed, and leave nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress

import psycopg
import pytest
import redis

from partnership.embedded import parts
from partnership.embedded.supervisor import ROOT
from tests.setup.conftest import all_gone, survivors

RUNS = "The portal runs at"


def _query(address, sql):
    with psycopg.connect(address, autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchone()[0] if cursor.description else None


def _get(port, path):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        return answer.status, answer.read()


def test_servers_answer_at_the_addresses_they_print_and_stop_when_asked(start):
    servers = start("servers")

    assert servers.says("export REDIS_URL="), servers.said
    assert _query(servers.address("DATABASE_URL"), "SHOW server_version_num") >= "150000"
    assert redis.Redis.from_url(servers.address("REDIS_URL")).ping()
    family = servers.family()
    assert len(family) >= 2
    assert servers.end(signal.SIGINT) == 0
    assert all_gone(family, patience=1)


@pytest.mark.slow
def test_a_killed_supervisor_leaves_no_process_and_the_next_one_finds_the_data(start):
    first = start("servers")
    assert first.says("export REDIS_URL="), first.said
    _query(first.address("DATABASE_URL"), "CREATE TABLE kept AS SELECT 42 AS number")
    family = first.family()

    first.end(signal.SIGKILL)
    second = start("servers")  # at once: the dead server may still be closing

    assert second.says("export REDIS_URL="), second.said
    assert _query(second.address("DATABASE_URL"), "SELECT number FROM kept") == 42
    assert all_gone(family)


@pytest.mark.slow
def test_a_database_killed_without_warning_recovers(start):
    first = start("servers")
    assert first.says("export REDIS_URL="), first.said
    address = first.address("DATABASE_URL")
    _query(address, "CREATE TABLE kept AS SELECT 42 AS number")
    postmaster = int(_query(address, "SELECT pg_read_file('postmaster.pid')").split()[0])

    os.kill(postmaster, signal.SIGKILL)

    assert first.process.wait(30) == 1
    assert "PostgreSQL ended by itself; its log is" in first.said
    second = start("servers")
    assert second.says("export REDIS_URL="), second.said
    assert _query(second.address("DATABASE_URL"), "SELECT number FROM kept") == 42


def test_a_second_supervisor_is_refused_and_names_the_first(start):
    first = start("servers")
    assert first.says("export REDIS_URL="), first.said

    second = start("up")

    assert second.process.wait(30) == 1
    assert (
        f"already (process {first.process.pid}). Stop it, or name another state folder with --state DIR." in second.said
    )


def test_a_set_up_cut_short_is_not_taken_for_a_database(start, state_folder):
    unfinished = state_folder / "data18.new"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")

    servers = start("servers")

    assert servers.says("export REDIS_URL="), servers.said


@pytest.mark.slow
def test_manage_uses_running_servers_or_starts_its_own(start):
    alone = start("manage", "shell", "-v0", "-c", "from django.db import connection as c; print(c.cursor().connection)")
    alone.process.wait(60)
    servers = start("servers")
    assert servers.says("export REDIS_URL="), servers.said

    guest = start("manage", "showmigrations", "partnership")

    assert guest.process.wait(60) == 0, guest.said
    assert "0001_squashed" in guest.said
    assert alone.process.returncode == 0, alone.said
    assert "user=postgres" in alone.said
    assert servers.process.poll() is None


def test_manage_hands_the_exit_code_on(start):
    refused = start("manage", "nonsense")

    assert refused.process.wait(60) != 0
    assert "Unknown command: 'nonsense'" in refused.said


@pytest.mark.slow
def test_the_portal_runs_and_stops_with_all_its_parts(start):
    port = parts._free_port()
    portal = start("up", "--no-demo", "--port", str(port))

    assert portal.says("Stop it with Ctrl-C"), portal.said
    assert f"{RUNS} http://127.0.0.1:{port}/" in portal.said
    assert "password" not in portal.said
    assert _get(port, "/health/live")[0] == 200
    assert _get(port, "/static/css/portal.css")[0] == 200
    assert _get(port, "/accounts/login/")[0] == 200
    family = portal.family()
    assert portal.end(signal.SIGHUP) == 0
    assert all_gone(family, patience=1)


@pytest.mark.slow
def test_a_killed_portal_leaves_no_process_and_starts_again(start):
    port = parts._free_port()
    first = start("up", "--no-demo", "--port", str(port))
    assert first.says("Stop it with Ctrl-C"), first.said
    family = first.family()

    first.end(signal.SIGKILL)

    assert all_gone(family), survivors(family)
    second = start("up", "--no-demo", "--port", str(port))
    assert second.says("Stop it with Ctrl-C"), second.said


@pytest.mark.slow
def test_a_killed_worker_takes_its_pool_along(start):
    portal = start("up", "--no-demo", "--port", str(parts._free_port()))
    assert portal.says("Stop it with Ctrl-C"), portal.said
    until = time.monotonic() + 60
    while len(workers := {pid for pid in portal.family() if b"\x00worker\x00" in _command_of(pid)}) < 3:
        assert time.monotonic() < until  # itself and two of its pool
        time.sleep(0.1)

    portal.process.send_signal(signal.SIGSTOP)  # else it would end them itself
    try:
        os.kill(min(workers), signal.SIGKILL)
        assert all_gone(workers, patience=2), survivors(workers)
    finally:
        portal.process.send_signal(signal.SIGCONT)


@pytest.mark.slow
def test_a_part_that_ends_by_itself_ends_the_portal_and_names_its_log(start):
    portal = start("up", "--no-demo", "--port", str(parts._free_port()))
    assert portal.says("Stop it with Ctrl-C"), portal.said
    family = portal.family()
    beat = next(pid for pid in family if b"beat" in _command_of(pid))

    os.kill(beat, signal.SIGKILL)

    assert portal.process.wait(60) == 1
    assert "The beat process ended by itself; its log is" in portal.said
    assert "beat.log" in portal.said
    assert all_gone(family, patience=1)


def _command_of(pid):
    with suppress(OSError), open(f"/proc/{pid}/cmdline", "rb") as file:
        return file.read()
    return b""


def test_a_port_in_use_is_told_before_anything_is_started(start, state_folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        refused = start("up", "--port", str(taken.getsockname()[1]))

        assert refused.process.wait(30) == 1
    assert "is in use. Name another with --port N" in refused.said
    assert not (state_folder / "data18").exists()


def test_the_suite_says_what_is_wrong_with_its_servers():
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}
    environment = {**own, "DATABASE_URL": "mysql://host/portal"}

    outcome = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests/setup/test_portal.py"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert outcome.returncode == pytest.ExitCode.USAGE_ERROR
    assert "DATABASE_URL must be of the form postgres://" in outcome.stderr
