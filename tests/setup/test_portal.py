"""The script at the root, before anything is installed."""

import subprocess
import sys
from pathlib import Path

import pytest

import portal

ROOT = Path(portal.__file__).parent


def test_the_script_needs_nothing_but_the_standard_library():
    outcome = subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "portal.py"), "--help"], capture_output=True, text=True, check=False
    )

    assert outcome.returncode == 0, outcome.stderr
    assert "up [--port N] [--state DIR] [--no-demo]" in outcome.stdout


def test_an_unknown_command_is_named_and_the_known_ones_are_listed(capsys):
    code = portal.main(["upp"])

    said = capsys.readouterr().err
    assert code == 2
    assert "There is no command 'upp'." in said
    assert "manage" in said


def test_an_old_python_is_told_which_one_to_use(monkeypatch):
    monkeypatch.setattr(portal, "OLDEST", (99, 1))

    with pytest.raises(portal.NotPossible, match=r"needs Python 99\.1 or newer; this is .*python99\.1 portal\.py up"):
        portal.main(["up"])


@pytest.mark.parametrize("absent", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told_which_package_to_install(monkeypatch, absent):
    find = portal.importlib.util.find_spec
    monkeypatch.setattr(portal.importlib.util, "find_spec", lambda name: None if name == absent else find(name))

    with pytest.raises(portal.NotPossible, match=r"apt-get install python3\.\d+-venv"):
        portal._make_venv()


@pytest.fixture
def bare_folder(monkeypatch, tmp_path):
    """A folder with locks and no .venv; what would be run is noted instead."""
    (tmp_path / "requirements").mkdir()
    for name in ("installer", "run", "test"):
        (tmp_path / "requirements" / f"{name}.lock").write_text(f"{name}==1\n")
    ran: list[tuple[str, list[str]]] = []

    def step(label, command, may_fail=False):
        ran.append((label, command))
        portal.PYTHON.parent.mkdir(parents=True, exist_ok=True)
        portal.PYTHON.touch()
        return not (may_fail and getattr(step, "uv_fails", False))

    monkeypatch.setattr(portal, "ROOT", tmp_path)
    monkeypatch.setattr(portal, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(portal, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(portal, "STAMP", tmp_path / ".venv" / ".installed")
    monkeypatch.setattr(portal, "_step", step)
    monkeypatch.setattr(portal, "_venv_works", lambda: portal.PYTHON.exists())
    return tmp_path, ran, step


def test_the_first_start_installs_and_the_second_does_nothing(bare_folder):
    _, ran, _ = bare_folder

    portal.install("run")
    first = [label for label, _ in ran]
    ran.clear()
    portal.install("run")

    assert first == ["Making the virtual environment", "Fetching the installer", "Installing the locked packages"]
    assert ran == []


def test_every_installation_asks_for_hashes(bare_folder):
    _, ran, step = bare_folder
    step.uv_fails = True

    portal.install("test")

    installs = [command for label, command in ran if label != "Making the virtual environment"]
    assert len(installs) == 3
    assert all("--require-hashes" in command for command in installs)


def test_pip_takes_over_where_uv_cannot_run(bare_folder):
    _, ran, step = bare_folder
    step.uv_fails = True

    portal.install("run")

    assert ran[-1][0] == "Installing the locked packages with pip instead"
    assert ran[-1][1][1:3] == ["-m", "pip"]


def test_a_changed_lock_is_installed_again(bare_folder):
    folder, ran, _ = bare_folder
    portal.install("run")
    ran.clear()

    (folder / "requirements" / "run.lock").write_text("run==2\n")
    portal.install("run")

    assert [label for label, _ in ran] == ["Fetching the installer", "Installing the locked packages"]


def test_what_the_tests_need_is_enough_to_run(bare_folder):
    _, ran, _ = bare_folder
    portal.install("test")
    ran.clear()

    portal.install("run")

    assert ran == []


def test_a_step_that_fails_shows_its_output_and_what_to_look_at(capsys):
    command = [sys.executable, "-c", "print('no route to the index'); raise SystemExit(1)"]

    with pytest.raises(portal.NotPossible, match=r"(?s)no route to the index.*mirror named in pip's configuration"):
        portal._step("Installing", command)

    assert "Installing: failed after" in capsys.readouterr().out


def test_a_mirror_in_pips_configuration_is_handed_on_to_uv(monkeypatch, tmp_path):
    configuration = tmp_path / "pip.conf"
    configuration.write_text("[global]\nindex-url = https://mirror.example/simple\n")
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(configuration))

    environment = portal._installer_environment()

    assert environment["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"


def test_the_locks_name_no_registry_and_no_folder_of_a_machine():
    for lock in (ROOT / "requirements").glob("*.lock"):
        text = lock.read_text()

        assert "://" not in text, lock
        assert "/home/" not in text and "/tmp/" not in text and "/work" not in text, lock  # noqa: S108
