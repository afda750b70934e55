"""Every command that takes input answers bad input in one sentence, and writes nothing."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from incidents.models import Import, Report
from partnership.models import AuditEntry, Organization, Role, User
from tests.factories.agreements import agreement_in_force
from tests.factories.partnership import OrganizationFactory, member
from tests.factories.veris import incident
from tests.incidents.test_actions_imports import BAD, lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def first_password(monkeypatch):
    monkeypatch.setenv("PORTAL_FIRST_PASSWORD", "lighthouse-keepers-share-fog")


@pytest.mark.parametrize(("given", "says"), [
    (["no-address"], "EMAIL is no e-mail address"), (["a@b\n.example"], "EMAIL is no e-mail address"),
    (["new@example.org", "--country", "Netherlands"], "two letters such as NL"), (["new@example.org", "--country", "ZZ"], "two letters such as NL"),
    (["new@example.org", "--name", ""], "--name has to have"), (["new@example.org", "--secretariat", "x" * 300], "--secretariat has to have"),
])  # fmt: skip
def test_the_first_account_names_what_is_wrong(first_password, given, says):
    with pytest.raises(CommandError, match=says):
        call_command("create_administrator", *given)

    assert not User.objects.exists() and not Organization.objects.exists() and not AuditEntry.objects.exists()


def test_the_first_account_is_made_once(first_password):
    call_command("create_administrator", "new@example.org")

    with pytest.raises(CommandError, match="belongs to an account already"):
        call_command("create_administrator", "NEW@example.org")
    with pytest.raises(CommandError, match="secretariat already"):
        call_command("create_administrator", "other@example.org")
    assert User.objects.count() == 1


def test_the_first_account_takes_no_weak_password(monkeypatch):
    monkeypatch.setenv("PORTAL_FIRST_PASSWORD", "short")

    with pytest.raises(CommandError, match="15 characters"):
        call_command("create_administrator", "new@example.org")
    assert not User.objects.exists()


@pytest.mark.parametrize(("given", "says"), [
    (["nobody@example.org", "incidents.view_report"], "Unknown address"), (["{person}", "incidents.unknown"], "Unknown permission"),
    (["{person}", "incidents.view_report", "zzz"], "KEY names no report"),
    (["{person}", "incidents.view_report", "00000000-0000-4000-8000-000000000000"], "KEY names no report"),
])  # fmt: skip
def test_an_explanation_names_what_is_wrong(given, says):
    person = member(Role.LIAISON_OFFICER)

    with pytest.raises(CommandError, match=says):
        call_command("explain_access", *(part.format(person=person.email) for part in given))


@pytest.mark.parametrize("given", [["retention", "burn"], ["retention", "sweep", "--chunk", "many"], ["retention"]])
def test_retention_refuses_unknown_words(given):
    with pytest.raises(CommandError):
        call_command(*given)


@pytest.mark.parametrize("line", BAD.values(), ids=BAD.keys())
def test_an_import_names_the_bad_line_and_brings_nothing_in(tmp_path, capsys, line):
    bad, says = line
    organization = OrganizationFactory(name="Noord Grid")
    agreement, person = agreement_in_force(organization), member(Role.LIAISON_OFFICER, organization)
    path = tmp_path / "some.jsonl"
    path.write_bytes(lines(incident(1)) + bad + b"\n")

    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command(
            "import_veris",
            str(path),
            "--organization",
            organization.name,
            "--agreement",
            agreement.reference,
            "--as",
            person.email,
        )

    told = capsys.readouterr().err
    assert "line 2 (bad)" in told and says in told
    assert not Report.objects.exists()
    assert not Import.objects.filter(state="imported").exists()
