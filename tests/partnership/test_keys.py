"""Secrets: made once, kept to their owner, rotated without losing what was written under former ones."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import signing
from django.core.management import CommandError, call_command

from partnership import encryption, keys


@pytest.fixture
def folder(tmp_path, settings):
    """Keys of an installation in files, as the settings read them at a start."""
    for purpose in keys.KEYS:
        keys.make(purpose, tmp_path / "keys")
    settings.PORTAL_KEYS_DIR = tmp_path / "keys"

    def start():
        settings.PORTAL_KEYS = {purpose: keys.read(purpose, {}, tmp_path / "keys") for purpose in keys.KEYS}
        settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS = settings.PORTAL_KEYS["sessions"]

    start()
    return start


def test_a_set_up_makes_every_key_once_and_for_its_owner_alone(tmp_path):
    for _ in range(2):
        for purpose in keys.KEYS:
            keys.make(purpose, tmp_path / "keys")
    made = {purpose: keys.read(purpose, {}, tmp_path / "keys") for purpose in keys.KEYS}

    assert keys.faults(made, tmp_path / "keys") == []
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "keys").iterdir()} == {0o600}
    assert sorted(file.name for file in (tmp_path / "keys").iterdir()) == sorted(keys.KEYS)


def test_two_first_starts_at_once_agree_on_one_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: keys.make("queue", tmp_path / "keys"), range(8)))

    assert len(keys.read("queue", {}, tmp_path / "keys")) == 1
    assert [file.name for file in (tmp_path / "keys").iterdir()] == ["queue"]


def test_one_text_gives_each_purpose_another_key():
    derived = {keys.derive("one and the same text", purpose) for purpose in keys.KEYS}

    assert len(derived) == len(keys.KEYS) and {len(key) for key in derived} == {32}


def test_a_purpose_without_a_key_names_its_variable(settings):
    settings.PORTAL_KEYS = {}

    with pytest.raises(keys.MissingKey, match="PORTAL_QUEUE_KEY"):
        keys.current("queue")


def test_an_encrypted_value_is_bound_to_its_place(folder):
    sealed = encryption.encrypt("JBSWY3DPEHPK3PXP", "second factor")

    assert "JBSWY" not in sealed
    assert encryption.decrypt(sealed, "second factor") == "JBSWY3DPEHPK3PXP"
    assert sealed != encryption.encrypt("JBSWY3DPEHPK3PXP", "second factor")
    with pytest.raises(encryption.Unreadable):
        encryption.decrypt(sealed, "another column")
    with pytest.raises(encryption.Unreadable):
        encryption.decrypt(sealed[:-3] + "AAA", "second factor")


@pytest.mark.django_db
def test_a_rotated_key_of_fields_reads_old_values_until_all_are_written_anew(folder, monkeypatch):
    column = [encryption.encrypt(f"seed {number}", "seeds") for number in range(3)]
    before = list(column)

    def rewrite():
        column[:] = [encryption.encrypt(encryption.decrypt(value, "seeds"), "seeds") for value in column]
        return len(column)

    monkeypatch.setattr(encryption, "_REWRITERS", {"seeds": rewrite})
    call_command("rotate_key", "fields", verbosity=0)
    folder()

    assert [encryption.decrypt(value, "seeds") for value in before] == ["seed 0", "seed 1", "seed 2"]
    assert not any(encryption.is_current(value) for value in before)

    call_command("rotate_key", "fields", "--finish", verbosity=0)
    folder()

    assert [encryption.decrypt(value, "seeds") for value in column] == ["seed 0", "seed 1", "seed 2"]
    assert len(keys.accepted("fields")) == 1
    with pytest.raises(encryption.Unreadable):
        encryption.decrypt(before[0], "seeds")


@pytest.mark.django_db
def test_a_rotated_key_of_sessions_reads_what_was_signed_before(folder):
    signed = signing.dumps({"reset": 1})
    call_command("rotate_key", "sessions", verbosity=0)
    folder()

    assert signing.loads(signed) == {"reset": 1}
    call_command("rotate_key", "sessions", "--finish", verbosity=0)
    folder()
    with pytest.raises(signing.BadSignature):
        signing.loads(signed)


@pytest.mark.django_db
def test_a_key_that_the_environment_gives_is_not_rotated_in_a_file(folder, monkeypatch):
    monkeypatch.setenv("PORTAL_QUEUE_KEY", "x" * 50)

    with pytest.raises(CommandError, match="PORTAL_QUEUE_KEY_FORMER"):
        call_command("rotate_key", "queue", verbosity=0)


def test_equal_values_have_equal_digests_per_column_alone():
    assert keys.search_digest("email", "a@b.example") == keys.search_digest("email", "a@b.example")
    assert keys.search_digest("email", "a@b.example") != keys.search_digest("login", "a@b.example")
