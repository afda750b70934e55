"""Start PostgreSQL and Redis for a run of the suite, unless the environment names servers."""

import contextlib
import os
import re
import tempfile
from pathlib import Path

import pytest

from partnership.embedded.folders import NotOurs, State, clear_orphans
from partnership.embedded.process import NotStarted
from partnership.embedded.supervisor import Servers

PREFIX = "portal-tests-"
FLAGS = {"slow": "--slow", "journey": "--journeys"}

_started: list[tuple[Servers, State]] = []


@pytest.hookimpl(tryfirst=True)  # before pytest-django reads the settings
def pytest_load_initial_conftests(early_config, parser, args):
    if "PYTEST_XDIST_WORKER" in os.environ or {"--help", "-h", "--version"} & set(args):
        return
    _clear_after_killed_runs()
    state = State(Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")))
    state.prepare()
    servers = Servers(state, for_tests=True)
    _started.append((servers, state))
    try:
        addresses = servers.start()
    except (NotStarted, NotOurs) as fault:
        pytest_unconfigure(early_config)
        raise pytest.UsageError(str(fault)) from fault
    if servers.database is not None:
        for name in [name for name in os.environ if name.startswith("PG") and name.isupper()]:
            del os.environ[name]  # PGPORT and the like are meant for another server
    os.environ.update(addresses)


def _clear_after_killed_runs():
    """Servers die with their run, but the folder of a killed run stays behind: its name tells whose it was."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = re.match(rf"{PREFIX}(\d+)-", folder.name)
        with contextlib.suppress(FileNotFoundError):  # another run that begins now was quicker
            if pid and folder.stat().st_uid == os.geteuid() and not Path(f"/proc/{pid[1]}").exists():
                State(folder).discard()
    clear_orphans()


def pytest_unconfigure(config):
    while _started:
        servers, state = _started.pop()
        servers.stop()
        state.discard()


def pytest_addoption(parser):
    group = parser.getgroup("portal")
    group.addoption("--slow", action="store_true", help="run the long tests too")
    group.addoption("--journeys", action="store_true", help="run the journeys in the browser too")


def pytest_collection_modifyitems(config, items):
    for item in items:
        for mark, flag in FLAGS.items():
            if item.get_closest_marker(mark) and not config.getoption(flag):
                item.add_marker(pytest.mark.skip(reason=f"needs {flag}"))
