"""Two worlds that differ in nothing but what a person may not see answer that person alike, byte for byte."""

import random
import re
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import F
from django.http import Http404
from django.test import Client
from django.utils import timezone

from partnership.access.actor import Actor
from partnership.access.decide import may_somewhere
from partnership.access.scope import visible
from partnership.api.router import router
from partnership.exports import as_csv
from partnership.models import User
from partnership.tables import SOURCES, Asked
from tests.attacks.places import known_by, names_of, places
from tests.attacks.test_crawl import said
from tests.clients import signed_in
from tests.house.test_urls import ALL

pytestmark = pytest.mark.usefixtures("demo")
PEOPLE = [
    "officer@newcomer.example", "officer@noordnet.example", "member@noordnet.example", "auditor@audithuis.example",
    "officer@gildebank.example", "officer@duinwater.example", "signatory@cert-nl.example", "member@cert-nl.example",
]  # fmt: skip
# Not asked: the sign-in of somebody who is signed in, and pages that draw a new secret at each look.
ELSEWHERE = ("admin/", "api/", "accounts/", "second-factor/")
ASKED_OF_EACH = 260  # of eight people: 2,080 requests in each world
# What is changed in rows that nobody of the person's roles opens: texts and values that lists show, filter and sort by.
CHANGED = {
    "incidents.Report": {"title": "Otherwise", "severity": 1, "received_at": F("received_at") - timedelta(days=3)},
    "incidents.ReportBody": {"narrative": "Otherwise"}, "incidents.Indicator": {"comment": "otherwise"},
    "incidents.Import": {"file_name": "otherwise.json"}, "agreements.LegalHold": {"reason": "Otherwise"},
    "agreements.Agreement": {"title": "Otherwise"}, "agreements.Engagement": {"title": "Otherwise"},
    "agreements.Remark": {"text": "Otherwise"}, "partnership.ContactEntry": {"notes": "Otherwise"},
    "partnership.BreakGlass": {"reason": "Otherwise"}, "partnership.CorrectiveAction": {"title": "Otherwise"},
    "partnership.Invitation": {"name": "Otherwise"}, "councils.Decision": {"motion": "Otherwise"},
    "councils.Meeting": {"title": "Otherwise", "starts_at": F("starts_at") + timedelta(days=1)}, "councils.Minutes": {"text": "Otherwise"},
}  # fmt: skip
# The row whose rule counts, where it is not the row itself; and the permission that opens what is changed.
ABOUT = {"incidents.ReportBody": "report", "councils.Minutes": "meeting"}
OPENED_BY = {"incidents.ReportBody": ["incidents.view_report_body"]}
# Kinds of which some hidden rows vanish and some are there twice.
MORE_OR_LESS = ["incidents.Report", "incidents.Indicator", "partnership.ContactEntry", "partnership.Invitation", "agreements.LegalHold"]  # fmt: skip


def unseen(actor, label):
    """Keys of the rows of a kind of which the person may not even know."""
    model, path = apps.get_model(label), ABOUT.get(label)
    about = model._meta.get_field(path).related_model if path else model
    known = about._default_manager.filter(known_by(actor, about, OPENED_BY.get(label) or names_of(about)))
    return list(
        model._default_manager.exclude(**{f"{path or 'pk'}__in": known.values("pk")}).values_list("pk", flat=True)
    )


def counted(actor):
    """Hidden reports that are in figures which the person may see: what retention does under an agreement."""
    told = visible(actor, "agreements.view_retention", apps.get_model("agreements.Agreement")._default_manager.all())
    reports = apps.get_model("incidents.Report")._default_manager.filter(agreement__in=told.values("pk"))
    return set(reports.values_list("pk", flat=True))


def turn(actor):
    """Make the other world: hidden rows say something else, some are gone and some are there twice."""
    hidden = {label: unseen(actor, label) for label in CHANGED}  # all of them before the first is changed
    hidden["incidents.Report"] = [key for key in hidden["incidents.Report"] if key not in counted(actor)]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # keys and guards are asleep meanwhile
        for label, values in CHANGED.items():
            apps.get_model(label)._default_manager.filter(pk__in=hidden[label]).update(**values)
        for label in MORE_OR_LESS:
            model = apps.get_model(label)
            double, gone = hidden[label][::3], hidden[label][1::3]
            for row in model._default_manager.filter(pk__in=double):
                row.pk = model._meta.pk.get_default()
                for name in {"reference", "digest", "value"} & {field.name for field in model._meta.fields}:
                    setattr(row, name, f"{str(row.pk)[:11]}.example")  # unique in its table
                row._state.adding = True
                model.save_base(row, raw=True, force_insert=True)
            cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE id = ANY(%s)', [gone])
        cursor.execute("SET LOCAL session_replication_role = origin")
    return {label: len(keys) for label, keys in hidden.items()}


class Questions:
    """Random questions of a person, drawn once and put to both worlds."""

    def __init__(self, actor, seed):
        self.actor, self.dice = actor, random.Random(seed)
        self.words = ["otherwise", "a", "INC-", "198.51", *self._words()]
        self.lists = [(f"/{route}", entry) for route, entry, _ in ALL
                      if "<" not in route and entry.name and not route.startswith(ELSEWHERE)]  # fmt: skip
        self.calls = [f"/api/v1/{str(route.pattern).strip('^$')}" for route in router.urls
                      if "(?P<" not in str(route.pattern) and "get" in route.callback.actions]  # fmt: skip
        self.tables = [name for name, entry in sorted(SOURCES.items()) if may_somewhere(actor, entry.permission)]
        self.rows = {}

    def _words(self):
        titles = apps.get_model("incidents.Report")._default_manager.order_by("pk").values_list("title", flat=True)
        return sorted({word for title in titles for word in title.split() if len(word) > 3})[:200]

    def draw(self):
        kind = self.dice.choices(["list", "call", "table", "row"], [4, 3, 2 if self.tables else 0, 3])[0]
        if kind == "row":
            return "page", self._place()
        if kind == "table":
            name = self.dice.choice(self.tables)
            return "table", (name, self._parameters(self._filters_of(name), name))
        path, fields, name = self.dice.choice(self.calls), {}, ""
        if kind == "list":
            path, entry = self.dice.choice(self.lists)
            page = getattr(entry.callback, "view_class", None)
            name = getattr(page, "source_name", "")
            fields = self._filters_of(name) if name else {}
        return "page", f"{path}?{urlencode(self._parameters(fields, name), doseq=True)}"

    def _place(self):
        place = self.dice.choice(places())
        if place.model not in self.rows:
            self.rows[place.model] = list(
                place.model._default_manager.order_by("pk").values_list("pk", flat=True)[:400]
            )
        keys = self.rows[place.model]
        return place.at(self.dice.choice(keys)) if keys else "/"

    def _filters_of(self, name):
        build = getattr(SOURCES.get(name), "build", None)
        page = getattr(build, "__self__", None)
        filterset = getattr(page, "filterset", None)
        return filterset.base_filters if filterset else {}

    def _parameters(self, fields, name):
        found = {}
        if self.dice.random() < 0.5:
            found[self.dice.choice(["text", "q", "search"])] = self.dice.choice(self.words)
        for field, bound in fields.items():
            if self.dice.random() < 0.3:
                found[field] = self._value(bound)
        page = getattr(getattr(SOURCES.get(name), "build", None), "__self__", None)
        orders = [column.name for column in getattr(page, "columns", []) if column.order]
        if orders and self.dice.random() < 0.5:
            found["sort"] = self.dice.choice(["", "-"]) + self.dice.choice(orders)
        if self.dice.random() < 0.3:
            found["page"] = self.dice.choice([1, 2, 3, 9999])
        return found

    def _value(self, bound):
        choices = bound.extra.get("choices")
        if choices and not callable(choices):
            return self.dice.choice([str(code) for code, _ in choices])
        model = (
            getattr(bound.extra.get("queryset"), "model", None) if not callable(bound.extra.get("queryset")) else None
        )
        if model is not None:
            return str(
                self.dice.choice(
                    list(model._default_manager.order_by("pk").values_list("pk", flat=True)[:200]) or ["0"]
                )
            )
        return self.dice.choice([*self.words[:20], "2026-01-01", "1", "true"])


def answers(user, questions):
    """What a world tells a person, question by question; the world is as it was afterwards."""
    cache.clear()
    client, found = signed_in(Client(raise_request_exception=False), user), []
    for kind, what in questions:
        with transaction.atomic():  # a question leaves no trace for the next one
            if kind == "page":
                found.append(said(client.get(what), ""))
            else:
                found.append(file_of(user, *what))
            transaction.set_rollback(True)
    return found


def file_of(user, name, parameters):
    """The export of a table; or nothing, where its parameters name what is absent or hidden."""
    with suppress(Http404):
        return b"".join(as_csv.write(SOURCES[name].build(Actor(user), Asked(parameters))))
    return b""


def compare(email, number, time_machine):
    """Ask both worlds; returns what told them apart, and how many hidden rows there were of each kind."""
    time_machine.move_to(timezone.now(), tick=False)
    user = User.objects.get(email=email)
    questions = Questions(Actor(user), email)
    drawn = [questions.draw() for _ in range(number)]
    with transaction.atomic():
        one = answers(user, drawn)
        transaction.set_rollback(True)
    with transaction.atomic():
        differing = turn(Actor(user))
        other = answers(user, drawn)
        transaction.set_rollback(True)
    told = [(question, difference(a, b)) for question, a, b in zip(drawn, one, other, strict=True) if a != b]
    assert {a[0] for a in one if isinstance(a, tuple)} >= {200, 404}, "nothing was asked that opens"
    return told, differing


def difference(one, other):
    """The first place at which two answers part, for whoever reads the failure."""
    a, b = repr(one), repr(other)
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return re.sub(r"\s+", " ", f"...{a[max(0, at - 80) : at + 80]} / {b[max(0, at - 80) : at + 80]}")


def test_both_worlds_answer_a_newcomer_alike(time_machine):
    told, differing = compare(PEOPLE[0], 60, time_machine)

    assert told == []
    assert differing["incidents.Report"] > 100


@pytest.mark.slow
@pytest.mark.parametrize("email", PEOPLE)
def test_both_worlds_answer_each_person_alike(email, time_machine):
    told, differing = compare(email, ASKED_OF_EACH, time_machine)

    assert told == []
    assert sum(differing.values()) > 100
