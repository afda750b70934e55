"""Commands of portal.py that need the installed packages: up, manage, servers."""

import argparse
import fcntl
import os
import signal
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path

from partnership.embedded import process, supervisor
from partnership.embedded.folders import NotOurs, State
from partnership.embedded.parts import Parts, check_port
from partnership.embedded.supervisor import Servers


def main(arguments: list[str]) -> int:
    for number in process.ENDINGS:
        signal.signal(number, _on_signal)
    command, rest = arguments[0], arguments[1:]
    try:
        return {"up": up, "manage": manage, "servers": servers}[command](rest)
    except process.Stopped:
        return 0
    except (process.NotStarted, NotOurs, supervisor.AlreadyRunning) as fault:
        say(str(fault), error=True)
        return 1


def _on_signal(number: int, frame: object) -> None:
    raise process.Stopped(signal.Signals(number).name)


def say(text: str, error: bool = False) -> None:
    """Print, or go on in silence where the terminal is gone: stopping must not fail for want of a listener."""
    with suppress(OSError):
        print(text, file=sys.stderr if error else sys.stdout, flush=True)


def _state(text: str | None) -> State:
    return State(Path(text or os.environ.get("PORTAL_STATE_DIR") or supervisor.ROOT / ".state").expanduser().resolve())


def up(rest: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="portal.py up")
    parser.add_argument("--port", type=int, default=8000, metavar="N", help="where the portal answers (8000)")
    parser.add_argument("--state", metavar="DIR", help="where data, files and logs go (.state)")
    parser.add_argument("--no-demo", action="store_true", help="leave an empty database empty")
    asked = parser.parse_args(rest)
    if not 0 < asked.port < 65536:
        parser.error(f"argument --port: {asked.port} is not a port; choose one from 1024 to 65535")
    state = _state(asked.state)
    with supervisor.held(state) as is_ours:
        if not is_ours:
            raise supervisor.refusal(state)
        check_port(asked.port)
        state.put_long_logs_aside()
        _run(state, asked.port, with_demo=not asked.no_demo)
    return 0


def _run(state: State, port: int, with_demo: bool) -> None:
    begun, servers_, parts = time.monotonic(), Servers(state), None
    try:
        say("Starting PostgreSQL and Redis ...")
        addresses = servers_.start()
        if servers_.database is not None and servers_.database.user:
            say(f"(As root, PostgreSQL runs as nobody; its data is in {servers_.database.data}, a temporary folder.)")
        environment = supervisor.environment_for(state, addresses)
        supervisor.tell(state, "up", addresses, port=str(port))
        logins = _prepare(state, environment, with_demo)
        say("Starting web server, worker and schedule ...")
        parts = Parts(state, environment | ({"PORTAL_DEMO": "true"} if logins else {}), port)
        parts.start()
        parts.wait_until_ready()
        say(f"\nThe portal runs at http://127.0.0.1:{port}/ (ready after {time.monotonic() - begun:.1f} s).")
        say(f"{logins}Stop it with Ctrl-C. Logs: {state.logs}")
        while (fault := parts.fallen() or servers_.fallen()) is None:
            time.sleep(0.5)
        raise process.NotStarted(fault)
    finally:
        _be_deaf()
        say("Stopping ...")
        if parts is not None:
            parts.stop()
        servers_.stop()


def _prepare(state: State, environment: dict[str, str], with_demo: bool) -> str:
    """Bring the database up to date; return how to sign in to the demonstration where it is loaded."""
    say("Preparing the database ...")
    logins = state.root / "demo-logins.txt"
    logins.unlink(missing_ok=True)
    asked = ["--demo", "--logins-to", str(logins)] if with_demo else []
    if supervisor.manage(environment, "prepare", *asked, apart=True):
        raise process.NotStarted("The database could not be prepared; see above.")
    return logins.read_text() if logins.exists() else ""


def _be_deaf() -> None:
    """Stopping takes its course; a second Ctrl-C does not leave half of it running."""
    for number in process.ENDINGS:
        signal.signal(number, signal.SIG_IGN)


def manage(rest: list[str]) -> int:
    where = None
    if rest[:1] == ["--state"] and len(rest) > 1:
        where, rest = rest[1], rest[2:]
    elif rest and rest[0].startswith("--state="):
        where, rest = rest[0].partition("=")[2], rest[1:]
    state = _state(where)
    while True:
        with supervisor.held(state) as is_ours:
            if is_ours:
                return _manage_with_own_servers(state, rest)
        with supervisor.guests(state, fcntl.LOCK_SH):
            addresses = _addresses_of_holder(state)
            if addresses is not None:
                return supervisor.manage(supervisor.environment_for(state, addresses), *rest)


def _addresses_of_holder(state: State, patience: float = 90) -> dict[str, str] | None:
    """Where the servers are that somebody else runs on this folder; None when he has gone meanwhile."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        with supervisor.held(state) as is_free:
            if is_free:
                return None
        told = supervisor.running(state)
        if "DATABASE_URL" in told and "REDIS_URL" in told:
            return {name: told[name] for name in ("DATABASE_URL", "REDIS_URL")}
        time.sleep(0.1)
    raise supervisor.refusal(state)


def _manage_with_own_servers(state: State, rest: list[str]) -> int:
    servers_ = Servers(state)
    try:
        addresses = servers_.start()
        supervisor.tell(state, "manage", addresses)
        return supervisor.manage(supervisor.environment_for(state, addresses), *rest)
    finally:
        with ExitStack() as stack:
            with suppress(process.Stopped):  # another command may be using the servers still: wait for it
                stack.enter_context(supervisor.guests(state, fcntl.LOCK_EX))
            _be_deaf()
            servers_.stop()


def servers(rest: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="portal.py servers")
    parser.add_argument("--state", metavar="DIR", help="where data and logs go (.state)")
    state = _state(parser.parse_args(rest).state)
    with supervisor.held(state) as is_ours:
        if not is_ours:
            raise supervisor.refusal(state)
        servers_ = Servers(state)
        try:
            addresses = servers_.start()
            supervisor.tell(state, "servers", addresses)
            for name, address in addresses.items():
                say(f"export {name}='{address}'")
            while (fault := servers_.fallen()) is None:
                time.sleep(0.5)
            raise process.NotStarted(fault)
        finally:
            _be_deaf()
            servers_.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
