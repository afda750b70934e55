"""Folders, addresses and refusals of the embedded servers, without starting one."""

import os
import socket

import environ
import pytest
from kombu import Connection
from psycopg.conninfo import conninfo_to_dict

from partnership.embedded import folders, parts, postgres, process, redis, supervisor
from partnership.embedded.folders import NotOurs, State
from partnership.settings import env


@pytest.fixture
def state(tmp_path):
    made = State(tmp_path / "state")
    made.prepare()
    yield made
    made.discard()


@pytest.fixture
def as_ordinary_user(monkeypatch):
    monkeypatch.setattr(State, "runs_as_nobody", False)


def test_the_state_folder_is_kept_to_its_owner(state):
    assert state.root.stat().st_mode & 0o777 == 0o700
    assert state.logs.stat().st_mode & 0o777 == 0o700


def test_the_state_folder_of_somebody_else_is_refused(state, monkeypatch):
    with monkeypatch.context() as somebody:
        somebody.setattr(folders.os, "geteuid", lambda: 4242)

        with pytest.raises(NotOurs, match="belongs to another user. Name one of your own with --state DIR"):
            state.prepare()


def test_a_file_in_the_place_of_the_state_folder_is_refused(tmp_path):
    (tmp_path / "state").write_text("")

    with pytest.raises(NotOurs, match="cannot be a state folder"):
        State(tmp_path / "state" / "deeper").prepare()


def test_short_paths_keep_their_sockets_in_the_state_folder(state, as_ordinary_user, monkeypatch):
    monkeypatch.setattr(folders, "LONGEST_SOCKET_FOLDER", len(os.fsencode(state.root)) + len("/sockets"))

    assert state.sockets() == state.root / "sockets"


@pytest.mark.parametrize("name", ["n" * 90, "with,comma", 'with"quote', "with space"], ids=lambda name: name[:12])
def test_long_and_odd_paths_have_their_sockets_in_the_temporary_folder(tmp_path, as_ordinary_user, name):
    state = State(tmp_path / name)
    state.prepare()

    sockets = state.sockets()

    assert sockets.parent != state.root
    assert sockets.stat().st_mode & 0o777 == 0o700
    assert len(os.fsencode(sockets / "pg" / ".s.PGSQL.5432")) < 107
    state.discard()


def test_a_temporary_folder_of_somebody_else_is_refused(state, monkeypatch):
    folders.private(state.hidden_name("sockets"))
    with monkeypatch.context() as somebody:
        somebody.setattr(folders.os, "geteuid", lambda: 4242)

        with pytest.raises(NotOurs, match="remove it or name another state folder"):
            folders.private(state.hidden_name("sockets"))
    (folders.Path(folders.tempfile.gettempdir()) / state.hidden_name("sockets")).rmdir()


def test_a_link_in_the_place_of_a_temporary_folder_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(folders.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(folders, "LONGEST_SOCKET_FOLDER", 500)
    (tmp_path / "target").mkdir()
    (tmp_path / "portal-x").symlink_to(tmp_path / "target")

    with pytest.raises(NotOurs):
        folders.private("portal-x")


def test_private_folders_of_state_folders_that_are_gone_are_cleared(tmp_path, monkeypatch):
    monkeypatch.setattr(folders.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(folders, "LONGEST_SOCKET_FOLDER", 500)
    alive = tmp_path / "alive"
    alive.mkdir()
    kept = folders.private("portal-kept", belongs_to=alive)
    elsewhere = folders.private("portal-elsewhere", belongs_to=folders.Path("/nowhere/at/all"))
    gone = folders.private("portal-gone", belongs_to=tmp_path / "gone")

    folders.clear_orphans()

    assert (kept.exists(), elsewhere.exists(), gone.exists()) == (True, True, False)


def test_a_long_log_is_put_aside(state, monkeypatch):
    monkeypatch.setattr(folders, "LARGEST_LOG", 10)
    (state.logs / "web.log").write_text("longer than ten bytes")
    (state.logs / "beat.log").write_text("short")

    state.put_long_logs_aside()

    assert sorted(file.name for file in state.logs.iterdir()) == ["beat.log", "web.log.1"]


def test_the_address_of_a_socket_means_the_same_to_django_and_to_psycopg(state):
    server = postgres.Postgres(state)
    server.sockets = state.root / "a b,c?d&e%f"

    read = environ.Env.db_url_config(server.url)

    assert (read["USER"], read["NAME"]) == ("postgres", "portal")
    assert read["OPTIONS"]["host"] == str(server.sockets)
    assert conninfo_to_dict(server.url)["host"] == str(server.sockets)


@pytest.mark.parametrize(
    ("address", "for_the_queue"),
    [
        ("redis://:password@host:6379/3", "redis://:password@host:6379/3"),
        ("unix:///run/redis.sock?db=3", "redis+socket:///run/redis.sock?virtual_host=3"),
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock?virtual_host=0"),
        ("unix://:password@/run/redis.sock?db=3", "redis+socket://:password@/run/redis.sock?virtual_host=3"),
        ("", ""),
    ],
)
def test_the_address_of_redis_is_turned_into_the_form_of_the_queue(address, for_the_queue):
    assert env.broker(address) == for_the_queue


def test_cache_and_queue_reach_the_same_database_of_one_redis():
    address = os.environ["REDIS_URL"].partition("?")[0]
    address = f"{address}?db=7" if address.startswith("unix:") else f"{address.rsplit('/', 1)[0]}/7"
    seen_by_the_cache = redis.redis.Redis.from_url(address)

    with Connection(env.broker(address)) as connection:
        queue = connection.SimpleQueue("setup-test")
        queue.put("word")

        lengths = seen_by_the_cache.llen("setup-test")
        queue.clear()
        queue.close()

    assert lengths == 1
    seen_by_the_cache.flushdb()
    seen_by_the_cache.close()


def test_an_old_postgresql_is_refused_with_its_version(monkeypatch):
    monkeypatch.setattr(postgres, "OLDEST", 10**9)

    with pytest.raises(process.NotStarted, match=r"is PostgreSQL \d+; version 15 or newer is needed"):
        postgres.check_version(os.environ["DATABASE_URL"])


def test_an_old_redis_is_refused_with_its_version(monkeypatch):
    monkeypatch.setattr(redis, "OLDEST", (99, 0))

    with pytest.raises(process.NotStarted, match=r"is Redis \d+\.\d+.*; version 6\.2 or newer is needed"):
        redis.check_version(os.environ["REDIS_URL"])


def test_the_servers_of_the_suite_are_new_enough():
    postgres.check_version(os.environ["DATABASE_URL"])
    redis.check_version(os.environ["REDIS_URL"])


@pytest.mark.parametrize(
    "address", ["mysql://host/portal", "postgres://user:hidden-word@127.0.0.1:1/portal"], ids=["other", "closed port"]
)
def test_a_database_that_cannot_be_used_is_refused_without_telling_the_password(address):
    with pytest.raises(process.NotStarted, match="DATABASE_URL") as refusal:
        postgres.check_version(address)

    assert "hidden-word" not in str(refusal.value)


@pytest.mark.parametrize("address", ["redis://:hidden-word@127.0.0.1:1/0", "http://host"], ids=["closed port", "other"])
def test_a_redis_that_cannot_be_used_is_refused_without_telling_the_password(address):
    with pytest.raises(process.NotStarted, match="REDIS_URL does not answer") as refusal:
        redis.check_version(address)

    assert "hidden-word" not in str(refusal.value)


def test_where_no_wheel_has_redis_the_one_of_the_machine_is_used(monkeypatch, tmp_path):
    program = tmp_path / "redis-server"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr(redis.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert redis.find_server() == str(program)


def test_where_there_is_no_redis_at_all_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setattr(redis.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(redis.shutil, "which", lambda name, path: None)

    with pytest.raises(process.NotStarted, match=r"apt-get install redis-server.*REDIS_URL \(Redis 6\.2 or newer\)"):
        redis.find_server()


def test_a_port_in_use_is_refused_with_a_free_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(
            process.NotStarted, match=rf"Port {port} is in use\. Name another with --port N, such as \d+"
        ):
            parts.check_port(port)


def test_a_database_that_only_looks_running_does_not_hold_up_the_start(state):
    server = postgres.Postgres(state)
    server.data.mkdir()
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n")  # a number given to another program

    server._wait_for_the_dead()

    assert not (server.data / "postmaster.pid").exists()


def test_settings_for_another_server_do_not_leak_to_the_embedded_one(state, monkeypatch):
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("PGPORT", "6543")

    environment = supervisor.environment_for(state, {"DATABASE_URL": "postgres://x"})

    assert "PGPORT" not in environment
    assert environment["DATABASE_URL"] == "postgres://x"
