"""Start PostgreSQL and Redis for a run of the suite, unless the environment names servers."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from partnership.embedded.folders import State
from partnership.embedded.supervisor import Servers

_started: list[tuple[Servers, Path]] = []


@pytest.hookimpl(tryfirst=True)  # before pytest-django reads the settings
def pytest_load_initial_conftests(early_config, parser, args):
    if "PYTEST_XDIST_WORKER" in os.environ or {"--help", "-h", "--version"} & set(args):
        return
    folder = Path(tempfile.mkdtemp(prefix="portal-tests-"))
    state = State(folder)
    state.prepare()
    servers = Servers(state, for_tests=True)
    _started.append((servers, folder))
    os.environ.update(servers.start())


def pytest_unconfigure(config):
    for servers, folder in _started:
        servers.stop()
        if servers.database is not None and servers.database.user:
            shutil.rmtree(servers.database.home, ignore_errors=True)
            shutil.rmtree(servers.database.state.sockets, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
    _started.clear()


def pytest_addoption(parser):
    group = parser.getgroup("portal")
    group.addoption("--slow", action="store_true", help="run the long tests too")
    group.addoption("--journeys", action="store_true", help="run the journeys in the browser too")


def pytest_collection_modifyitems(config, items):
    for item in items:
        for mark in ("slow", "journey"):
            if item.get_closest_marker(mark) and not config.getoption("--slow" if mark == "slow" else "--journeys"):
                item.add_marker(pytest.mark.skip(reason=f"needs --{'slow' if mark == 'slow' else 'journeys'}"))
