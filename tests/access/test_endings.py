"""The end of an exception is told a week ahead: to whoever can renew it, once, by a link; a mail that fails is sent again."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from incidents.models import ReportUserGrant
from partnership import tasks
from partnership.actions import endings, grants, letters
from partnership.models import AuditEntry, Letter, Membership, Role
from tests.factories.incidents import ReportFactory, ReportGroupGrantFactory, ReportUserGrantFactory
from tests.factories.partnership import member

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def row(own_organization, liaison_officer, stranger, at):
    report = ReportFactory(organization=own_organization, tlp=2)
    return ReportUserGrantFactory(content_object=report, user=stranger, granted_by=liaison_officer, granted_at=at,
                                  expires_at=at + 30 * DAY, reason="Secret reason")  # fmt: skip


def told():
    return list(Letter.objects.order_by("written_at").values_list("person__email", "path"))


@pytest.mark.parametrize(("day", "is_told"), [(22.9, False), (23, True), (29.9, True), (30, False)])
def test_it_is_told_within_the_last_week_and_not_before_or_after(row, day, is_told, at):
    assert endings.tell(at=at + day * DAY) == int(is_told)

    row.refresh_from_db()
    assert (row.warned_at is not None) == is_told == bool(told())


def test_the_grantor_is_told_once_by_a_link_without_content(row, liaison_officer, at):
    late = at + 25 * DAY
    assert [endings.tell(at=late), endings.tell(at=late + DAY)] == [1, 0]

    assert told() == [(liaison_officer.email, f"/exceptions/report-person-{row.pk}/renew")]
    assert [letters.deliver(at=late), letters.deliver(at=late)] == [1, 0]
    (message,) = mail.outbox
    text = message.subject + message.body
    assert message.to == [liaison_officer.email] and told()[0][1] in text
    for secret in (row.reason, row.user.name, row.content_object.reference, row.content_object.title):
        assert secret not in text
    assert AuditEntry.objects.filter(verb="partnership.grant_end_told").count() == 1


def test_what_was_renewed_is_told_again_before_its_new_end(row, liaison_officer, at):
    endings.tell(at=at + 25 * DAY)
    grants.renew(row=row, until=at + 60 * DAY, because="Goes on", by=liaison_officer, at=at + 25 * DAY)
    row.refresh_from_db()
    assert (row.warned_at, row.reason) == (None, "Goes on")

    assert [endings.tell(at=at + n * DAY) for n in (26, 50, 54, 55)] == [0, 0, 1, 0]


def test_short_ended_and_revoked_ones_are_not_told(row, liaison_officer, at):
    short = ReportUserGrantFactory(
        content_object=row.content_object, granted_at=at + 23 * DAY, expires_at=at + 30 * DAY
    )
    grants.end(row=row, by=liaison_officer, at=at + 20 * DAY)

    assert endings.tell(at=at + 25 * DAY) == 0
    short.refresh_from_db()
    assert short.warned_at is None


def test_when_the_grantor_left_whoever_decides_is_told(row, liaison_officer, own_organization, at):
    successor = member(Role.LIAISON_OFFICER, own_organization)
    ReportGroupGrantFactory(content_object=row.content_object, granted_by=liaison_officer, granted_at=at,
                            expires_at=at + 30 * DAY)  # fmt: skip
    Membership.objects.filter(user=liaison_officer).update(until=at)

    assert endings.tell(at=at + 25 * DAY) == 2
    assert {email for email, _ in told()} == {successor.email}


def test_a_failed_mail_is_sent_again_and_given_up_after_a_week(row, at, monkeypatch):
    def broken(self, fail_silently=False):
        if not fail_silently:
            raise ConnectionRefusedError

    late = at + 25 * DAY
    endings.tell(at=late)
    with monkeypatch.context() as patched:
        patched.setattr(EmailMessage, "send", broken)
        assert letters.deliver(at=late) == 0
    letter = Letter.objects.get()
    assert (letter.sent_at, letter.attempts, letter.next_at) == (None, 1, late + timedelta(minutes=5))

    assert letters.deliver(at=late + timedelta(minutes=4)) == 0
    assert letters.deliver(at=late + timedelta(minutes=5)) == 1 and len(mail.outbox) == 1

    Letter.objects.update(sent_at=None)
    assert letters.deliver(at=late + 8 * DAY) == 0


def test_without_the_note_there_is_no_letter_and_without_the_letter_no_note(row, at, monkeypatch):
    def refuse(**given):
        raise RuntimeError("no letter")

    monkeypatch.setattr("partnership.actions.letters.write", refuse)
    with pytest.raises(RuntimeError):
        endings.tell(at=at + 25 * DAY)
    row.refresh_from_db()
    assert row.warned_at is None and not AuditEntry.objects.filter(verb="partnership.grant_end_told").exists()


def test_somebody_who_was_shut_out_gets_no_mail(row, liaison_officer, at):
    endings.tell(at=at + 25 * DAY)
    liaison_officer.is_active = False
    liaison_officer.save()

    assert letters.deliver(at=at + 25 * DAY) == 0 and mail.outbox == []


def test_the_hourly_task_tells_and_the_home_page_leads_to_the_renewal(
    client_of, row, liaison_officer, at, django_capture_on_commit_callbacks
):
    begun = {"granted_at": at - 20 * DAY, "expires_at": at + 3 * DAY}
    ReportUserGrant.objects.filter(pk=row.pk).update(**begun)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.tend_exceptions()
        tasks.tend_exceptions()

    client, path = client_of(liaison_officer), f"/exceptions/report-person-{row.pk}/renew"
    assert len(mail.outbox) == 1
    assert path in client.get("/").content.decode()
    assert client.post(path, {"days": "20", "because": ""}).status_code == 422
    assert client.post(path, {"days": "20", "because": "Goes on"}).status_code == 302
    assert path not in client.get("/").content.decode()
