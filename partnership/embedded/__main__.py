"""Commands of portal.py that need the installed packages: up, manage, servers."""

import argparse
import os
import signal
import sys
import time
from pathlib import Path

from partnership.embedded import process, supervisor
from partnership.embedded.folders import NotOurs, State

DEFAULT_STATE = supervisor.ROOT / ".state"


class Stopped(Exception):
    """A person or the system asked for the end."""


def _on_signal(number, frame):
    raise Stopped(signal.Signals(number).name)


def main(arguments: list[str]) -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _on_signal)
    command, rest = arguments[0], arguments[1:]
    try:
        return {"up": up, "manage": manage, "servers": servers}[command](rest)
    except Stopped:
        return 0
    except (process.NotStarted, NotOurs, supervisor.AlreadyRunning) as fault:
        print(fault, file=sys.stderr)
        return 1


def _state(text: str | None) -> State:
    return State(Path(text or os.environ.get("PORTAL_STATE_DIR") or DEFAULT_STATE).resolve())


def up(rest: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="portal.py up")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--state")
    parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")
    asked = parser.parse_args(rest)
    if not 0 < asked.port < 65536:
        parser.error(f"argument --port: {asked.port} is not a port; choose 1024 to 65535")
    state = _state(asked.state)
    with supervisor.locked(state) as file:
        if file is None:
            pid = supervisor.running(state).get("pid", "unknown")
            raise supervisor.AlreadyRunning(
                f"A portal runs on {state.root} already (process {pid}). Stop it or name another --state."
            )
        supervisor.check_port(asked.port)
        _run(state, file, asked.port, with_demo=not asked.no_demo)
    return 0


def _run(state: State, file, port: int, with_demo: bool) -> None:
    begun = time.monotonic()
    servers_, parts = supervisor.Servers(state), None
    try:
        print("Starting PostgreSQL and Redis ...", flush=True)
        addresses = servers_.start()
        environment = supervisor.environment_for(state, addresses)
        if with_demo:
            environment["PORTAL_DEMO"] = "true"
        supervisor.tell(state, file, **addresses, port=str(port))
        print("Preparing the database ...", flush=True)
        if supervisor.manage(environment, "migrate", "--verbosity", "0"):
            raise process.NotStarted("The database could not be prepared; see above.")
        if with_demo and supervisor.manage(environment, "load_demo"):
            raise process.NotStarted("The demonstration could not be loaded; see above.")
        parts = supervisor.Parts(state, environment, port)
        parts.start()
        supervisor.wait_until_ready(port, parts)
        print(
            f"\nThe portal runs at http://127.0.0.1:{port}/ (ready after {time.monotonic() - begun:.1f} s).", flush=True
        )
        if with_demo:
            supervisor.manage(environment, "demo_logins")
        print("Stop it with Ctrl-C. Logs:", state.logs, flush=True)
        while (fault := parts.fallen() or servers_.fallen()) is None:
            time.sleep(0.5)
        raise process.NotStarted(fault)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        print("Stopping ...", flush=True)
        if parts is not None:
            parts.stop()
        servers_.stop()


def manage(rest: list[str]) -> int:
    where = None
    if rest[:1] == ["--state"] and len(rest) > 1:
        where, rest = rest[1], rest[2:]
    state = _state(where)
    with supervisor.locked(state) as file:
        if file is None:
            told = supervisor.running(state)
            addresses: dict[str, str] = {name: told[name] for name in ("DATABASE_URL", "REDIS_URL") if name in told}
            return supervisor.manage(supervisor.environment_for(state, addresses), *rest)
        servers_ = supervisor.Servers(state)
        try:
            addresses = servers_.start()
            supervisor.tell(state, file, **addresses)
            return supervisor.manage(supervisor.environment_for(state, addresses), *rest)
        finally:
            servers_.stop()


def servers(rest: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="portal.py servers")
    parser.add_argument("--state")
    state = _state(parser.parse_args(rest).state)
    with supervisor.locked(state) as file:
        if file is None:
            raise supervisor.AlreadyRunning(f"The servers of {state.root} run already.")
        servers_ = supervisor.Servers(state)
        try:
            for name, address in servers_.start().items():
                print(f"export {name}='{address}'", flush=True)
            while (fault := servers_.fallen()) is None:
                time.sleep(0.5)
            raise process.NotStarted(fault)
        finally:
            servers_.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
