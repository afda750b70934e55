"""The operator's list of breached passwords: found, not found, and what happens when it cannot be read."""

import hashlib
import random
from io import StringIO

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from partnership import breached
from partnership.actions import accounts
from partnership.models import Role, User
from tests.factories.partnership import PASSWORD

BREACHED, GOOD = "seven herons watch the lock", "eight otters mend the sluice"


def hashed(text):
    return hashlib.sha1(text.encode()).hexdigest().upper()


def write(path, lines, end="\r\n"):
    path.write_bytes("".join(f"{line}{end}" for line in sorted(lines)).encode())
    return path


@pytest.fixture
def listed(tmp_path, settings):
    """A list that holds one password among many others, in the form of the public download."""
    dice = random.Random(7)
    lines = [f"{hashed(str(dice.random()))}:{dice.randrange(1, 10**6)}" for _ in range(500)]
    path = write(tmp_path / "breached.txt", [*lines, f"{hashed(BREACHED)}:3"])
    settings.PORTAL_BREACHED_PASSWORDS = str(path)
    return path


@pytest.mark.parametrize("width", [10, 20, 40])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("suffix", ["", ":1"])
def test_every_password_of_a_list_is_found_and_no_other(tmp_path, width, end, suffix):
    for number in (1, 2, 3, 50):
        path = write(tmp_path / "x", [hashed(str(n))[:width] + suffix for n in range(number)], end)
        breached.check(path)
        assert [n for n in range(number + 50) if breached.holds(path, str(n))] == list(range(number))


def test_small_letters_and_a_last_line_without_an_end_are_read(tmp_path):
    path = tmp_path / "x"
    path.write_text("\n".join(sorted(hashed(str(n)).lower() for n in range(9))))

    assert all(breached.holds(path, str(n)) for n in range(9))


BAD = {
    "absent": None, "empty": b"", "words": b"password\n", "short": b"ABCDEF\n", "binary": bytes(range(256)) * 9,
    "one long line": b"A" * 10_000, "two lengths": f"{'A' * 40}\n{'B' * 20}\n".encode(),
    "another order": f"{'B' * 40}\n{'A' * 40}\n".encode(),
}  # fmt: skip


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_a_file_that_is_no_list_is_noticed(tmp_path, content):
    path = tmp_path / "x"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(breached.Unreadable):
        breached.check(path)


def test_a_folder_is_no_list(tmp_path):
    with pytest.raises(breached.Unreadable):
        breached.holds(tmp_path, "x")


@pytest.mark.django_db
@pytest.mark.parametrize("content", [None, b"", b"words\n"])
def test_while_the_list_cannot_be_read_no_password_is_taken(listed, content, client_of, liaison_officer):
    listed.unlink() if content is None else listed.write_bytes(content)
    form = {"oldpassword": PASSWORD, "password1": GOOD, "password2": GOOD}

    page = client_of(liaison_officer).post("/accounts/password/change/", form)

    assert "cannot be checked now" in page.content.decode()
    liaison_officer.refresh_from_db()
    assert liaison_officer.check_password(PASSWORD), "the old one still works"


@pytest.mark.django_db
def test_without_a_list_nothing_is_asked(settings, liaison_officer):
    settings.PORTAL_BREACHED_PASSWORDS = ""

    validate_password(BREACHED, liaison_officer)


@pytest.mark.django_db
def test_with_a_list_a_breached_password_is_refused_and_another_taken(listed, liaison_officer):
    with pytest.raises(ValidationError, match="known from a breach"):
        validate_password(BREACHED, liaison_officer)
    validate_password(GOOD, liaison_officer)


@pytest.mark.django_db
def test_who_changes_the_password_is_asked(listed, client_of, liaison_officer):
    client = client_of(liaison_officer)
    change = {"oldpassword": PASSWORD, "password1": BREACHED, "password2": BREACHED}

    assert "known from a breach" in client.post("/accounts/password/change/", change).content.decode()

    liaison_officer.refresh_from_db()
    assert not liaison_officer.check_password(BREACHED)


@pytest.mark.django_db(transaction=False)
def test_who_forgot_the_password_is_asked(listed, client, liaison_officer, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/password/reset/", {"email": liaison_officer.email})
    link = next(word for word in mail.outbox[0].body.split() if "/key/" in word).partition("testserver")[2]
    form = client.get(link).headers["Location"]

    page = client.post(form, {"password1": BREACHED, "password2": BREACHED})

    assert "known from a breach" in page.content.decode()
    liaison_officer.refresh_from_db()
    assert liaison_officer.check_password(PASSWORD)


@pytest.mark.django_db
def test_who_joins_is_asked(listed, client, coordinator, own_organization, at):
    _, token = accounts.invite(organization=own_organization, email="new@example.org", name="Nel", role=Role.ANALYST,
                               by=coordinator, at=at, link="TOKEN")  # fmt: skip

    page = client.post(f"/join/{token}", {"name": "Nel", "password": BREACHED})

    assert page.status_code == 422 and "known from a breach" in page.content.decode()
    assert not User.objects.filter(email="new@example.org").exists()


@pytest.mark.django_db
def test_the_first_account_is_asked(listed, monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda *given: BREACHED)

    with pytest.raises(CommandError, match="known from a breach"):
        call_command("create_administrator", "first@example.org", stdout=StringIO())

    assert not User.objects.filter(email="first@example.org").exists()
