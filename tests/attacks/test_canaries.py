"""A word of its own in every record: whoever finds one must be somebody who may know that record."""

import re

import pytest
from django.apps import apps
from django.core import mail
from django.db import connection
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat, Left, Substr
from django.test import Client

from agreements.models import Agreement, Purpose
from partnership.access.actor import Actor
from partnership.access.decide import may_somewhere
from partnership.api.router import router
from partnership.models import Export, User
from partnership.tables import SOURCES
from tests.attacks.places import known_by, names_of, places
from tests.clients import signed_in
from tests.house.test_urls import ALL
from tests.house.test_world import EVERYBODY

pytestmark = pytest.mark.usefixtures("demo")
# Where a word is planted: the field, and the path to the row whose rule counts ("" is the row itself).
PLANTED = {
    "incidents.Report": ("title", ""), "incidents.ReportBody": ("narrative", "report"), "incidents.Indicator": ("comment", ""),
    "incidents.Attachment": ("name", ""), "incidents.Import": ("file_name", ""), "agreements.Agreement": ("title", ""),
    "agreements.Remark": ("text", ""), "agreements.Proposal": ("reason", ""), "agreements.LegalHold": ("reason", ""),
    "agreements.Engagement": ("title", ""), "agreements.Clause": ("text", "version__agreement"), "agreements.Purpose": ("text", "version__agreement"),
    "partnership.ContactEntry": ("notes", ""), "partnership.BreakGlass": ("reason", ""), "partnership.CorrectiveAction": ("title", ""),
    "partnership.Invitation": ("name", ""), "councils.Decision": ("motion", ""), "councils.Meeting": ("title", ""),
    "councils.AgendaItem": ("notes", "meeting"), "councils.Minutes": ("text", "meeting"), "incidents.ReportUserGrant": ("reason", ""),
    "agreements.AgreementUserGrant": ("reason", ""), "councils.CouncilUserGrant": ("reason", ""),
}  # fmt: skip
# The permissions that open the word, where not every one on the row does.
OPENED_BY = {"incidents.ReportBody": ["incidents.view_report_body"]}
WORD = re.compile(rb"zq(\d\d)x([0-9a-f]{12})")


def plant():
    """Put the word in each row; guards of the database that keep frozen rows are asleep meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    for number, (label, (field, _)) in enumerate(PLANTED.items()):
        word = Concat(
            Value(f"zq{number:02}x"), Substr(Cast("pk", CharField()), 25), Value(" "), output_field=CharField()
        )
        apps.get_model(label)._default_manager.update(**{field: Concat(word, Left(F(field), 40))})
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = origin")


def known_words(user):
    """The words of every record of which the person may know."""
    actor, found = Actor(user), set()
    for number, (label, (_, path)) in enumerate(PLANTED.items()):
        model = about = apps.get_model(label)
        for part in filter(None, path.split("__")):
            about = about._meta.get_field(part).related_model
        rows = about._default_manager.filter(known_by(actor, about, OPENED_BY.get(label) or names_of(about)))
        mine = model._default_manager.filter(**{f"{path or 'pk'}__in": rows.values("pk")})
        if model is Purpose:  # the public register tells everybody what agreements in force are for
            mine |= model._default_manager.filter(version__in=Agreement.objects.in_force().values("governing"))
        found |= {(number, str(pk)[24:]) for pk in mine.values_list("pk", flat=True)}
    return found


def words_in(data):
    return {(int(number), key.decode()) for number, key in WORD.findall(data)}


def body_of(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def addresses(actor):
    """Lists, searches and calls; and a page of each row that the person may open, three of each kind."""
    for route, entry, _ in ALL:
        if "<" not in route and not route.startswith(("admin/", "api/", "accounts/")) and entry.name:
            yield f"/{route}"
            yield f"/{route}?text=zq"
    for route in router.urls:
        if "(?P<" not in str(route.pattern) and "get" in route.callback.actions:
            yield f"/api/v1/{str(route.pattern).strip('^$')}?page_size=100"
    for place in places():
        for row in place.model._default_manager.filter(known_by(actor, place.model, names_of(place.model)))[:3]:
            yield place.at(row.pk)


def hear(user, sign, callbacks):
    """Everything that the person can be told, with the address where it was found."""
    client, actor = sign(Client(), user), Actor(user)
    for path in addresses(actor):
        yield path, body_of(client.get(path))
    for name, entry in sorted(SOURCES.items()):
        if may_somewhere(actor, entry.permission):
            with callbacks(execute=True):
                answer = client.post(f"/exports/new/{name}", {"format": "csv", "reason": "x"})
            made = (
                Export.objects.filter(pk=answer.headers.get("Location", "").rsplit("/", 1)[-1] or None).first()
                if answer.status_code == 302
                else None
            )
            if made is not None:
                yield f"export {name}", body_of(client.get(f"/exports/{made.pk}/file"))
    for message in mail.outbox:
        if user.email in message.to:
            yield "mail", message.message().as_bytes()


def overheard(email, callbacks):
    plant()
    user = User.objects.get(email=email)
    mine, heard, strange = known_words(user), set(), {}
    for where, data in hear(user, signed_in, callbacks):
        found = words_in(data)
        heard |= found & mine
        for number, key in found - mine:
            strange.setdefault((list(PLANTED)[number], key), where)
    return strange, heard


def test_no_word_of_a_hidden_record_is_found(django_capture_on_commit_callbacks, caplog):
    strange, _ = overheard("officer@newcomer.example", django_capture_on_commit_callbacks)

    assert strange == {}
    assert WORD.search(caplog.text.encode()) is None, "words of records do not belong in the log"


@pytest.mark.slow
@pytest.mark.parametrize("email", EVERYBODY)
def test_no_word_of_a_hidden_record_is_found_by_anybody(email, django_capture_on_commit_callbacks):
    strange, heard = overheard(email, django_capture_on_commit_callbacks)

    assert strange == {}
    assert heard or email != "officer@noordnet.example", "nothing was heard at all: the words were not planted"
