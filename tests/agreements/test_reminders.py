"""Days ahead are told 90, 30 and 7 days before, once to each who can act on them, by a link without content."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail

from agreements.actions.reminders import remind
from agreements.models import AgreementVersion, Reminder
from agreements.tasks import remind as nightly
from partnership.models import AuditEntry, Role
from tests.factories.agreements import LegalHoldFactory, agreement_in_force, holder
from tests.factories.partnership import member

pytestmark = pytest.mark.django_db
END = date(2031, 6, 30)


def morning(days_before, day=END):
    return datetime(day.year, day.month, day.day, 6, tzinfo=UTC) - timedelta(days=days_before)


@pytest.fixture
def ending():
    """An agreement that ends on a day, whose other days are far off, and an officer of its lead."""
    made = agreement_in_force()
    columns(made, ends_on=END, review_on=None)
    officer = holder(Role.LIAISON_OFFICER, made.lead)
    Reminder.objects.all().delete()
    return made, officer


def columns(agreement, **values):
    """A frozen version does not change; these days were written before it was frozen."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        AgreementVersion.objects.filter(pk=agreement.governing_id).update(**values)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.fixture
def sent(django_capture_on_commit_callbacks):
    """Run the reminders of a morning; returns the addresses that got a mail."""

    def run(at):
        before = len(mail.outbox)
        with django_capture_on_commit_callbacks(execute=True):
            remind(at=at)
        return sorted(to for message in mail.outbox[before:] for to in message.to)

    return run


@pytest.mark.parametrize(
    ("days", "is_told"),
    [(91, False), (90, True), (31, True), (30, True), (8, True), (7, True), (0, True), (-1, False)],
)
def test_a_day_is_told_from_ninety_days_before_until_it_has_come(days, is_told, ending, sent):
    _, officer = ending

    assert (officer.email in sent(morning(days))) is is_told


def test_each_of_the_three_is_sent_once_and_missed_ones_are_not_sent_after(ending, sent):
    made, officer = ending

    mornings = [(days, sent(morning(days)).count(officer.email)) for days in (90, 90, 89, 60, 29, 28, 6, 1, 0)]
    again = [sent(morning(days)).count(officer.email) for days in (90, 29, 6)]

    assert mornings == [(90, 1), (90, 0), (89, 0), (60, 0), (29, 1), (28, 0), (6, 1), (1, 0), (0, 0)]
    assert again == [0, 0, 0]
    steps = Reminder.objects.filter(person=officer, about=made.pk).order_by("-days_before")
    assert list(steps.values_list("days_before", flat=True)) == [90, 30, 7]


def test_after_missed_days_only_what_is_due_now_is_sent(ending, sent):
    _, officer = ending

    assert sent(morning(5)).count(officer.email) == 1
    assert Reminder.objects.get(person=officer).days_before == 7


def test_a_day_that_moved_is_told_anew(ending, sent):
    made, officer = ending
    sent(morning(5))
    columns(made, ends_on=END + timedelta(days=1))

    assert sent(morning(5)).count(officer.email) == 1


def test_people_who_cannot_act_are_not_told(ending, sent):
    made, officer = ending
    reader = holder(Role.ANALYST, made.lead)
    other = holder(Role.LIAISON_OFFICER, made.parties.exclude(organization=made.lead).get().organization)
    gone = member(Role.LIAISON_OFFICER, made.lead)
    gone.is_active = False
    gone.save()
    left = member(Role.LIAISON_OFFICER, made.lead)
    left.memberships.update(until=morning(400), since=morning(500))

    told = sent(morning(30))

    assert officer.email in told
    assert not {reader.email, other.email, gone.email, left.email} & set(told)


def test_a_suspended_agreement_is_quiet(ending, sent):
    made, officer = ending
    type(made).objects.filter(pk=made.pk).update(state="suspended")

    assert officer.email not in sent(morning(30))


def test_the_end_of_a_law_and_a_review_are_told_like_the_end(ending, sent):
    made, officer = ending
    columns(made, ends_on=None, review_on=END)
    purpose = made.governing.purposes.first()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        type(purpose).objects.filter(pk=purpose.pk).update(law_valid_until=END)
        cursor.execute("SET LOCAL session_replication_role = origin")

    assert sent(morning(90)).count(officer.email) == 2
    assert set(Reminder.objects.values_list("kind", flat=True)) == {"law", "review"}


def test_a_hold_due_for_review_is_told_to_its_owners_officers(sent):
    hold = LegalHoldFactory(review_on=END)
    officer = holder(Role.LIAISON_OFFICER, hold.owner)
    lifted = LegalHoldFactory(review_on=END, lifted_at=morning(200), lifted_by=officer, lifted_reason="Over")
    quiet = holder(Role.LIAISON_OFFICER, lifted.owner)

    told = sent(morning(29))

    assert told.count(officer.email) == 1 and quiet.email not in told


def test_a_mail_says_where_and_nothing_else(ending, sent):
    made, officer = ending
    sent(morning(90))
    [message] = [message for message in mail.outbox if officer.email in message.to]

    assert f"/agreements/{made.pk}" in message.body and made.reference in message.subject
    assert made.title not in message.body + message.subject


def test_the_trail_has_one_entry_for_each_day_told(ending, sent):
    made, _ = ending
    sent(morning(90))
    sent(morning(89))

    entries = AuditEntry.objects.filter(verb="agreements.day_reminded", object_id=str(made.pk))
    assert entries.count() == 1


def test_the_nightly_task_reminds(ending, time_machine, django_capture_on_commit_callbacks):
    _, officer = ending
    time_machine.move_to(morning(7))

    with django_capture_on_commit_callbacks(execute=True):
        nightly()

    assert any(officer.email in message.to for message in mail.outbox)
