"""A rule of the house: a deed and its entry are one. Every action records, in its own transaction, and once."""

import ast
import copy
import importlib
import inspect
import pkgutil
import textwrap
from collections import Counter
from functools import wraps
from types import FunctionType

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from partnership.models import AuditEntry

STACK = ("partnership", "agreements", "incidents", "councils")
# Deeds whose entry is written elsewhere, or that are no transaction of their own; each with the reason.
WITHOUT_ENTRY = {
    "agreements.actions.versions.copy": "A step of amending and of taking back, which record.",
    "partnership.actions.trail.start_verification": "It asks for a job, and the job records the check.",
    "partnership.actions.trail.export": "It asks for a job, and the job records the export.",
}  # fmt: skip
WITHOUT_TRANSACTION = {
    "agreements.actions.versions.copy": "A step of amending and of taking back, each one transaction.",
    "partnership.actions.trail.verify": "It reads; its own entry has a savepoint, so that a broken trail does not hide the verdict.",
    "incidents.actions.figures.publish_due": "Each month is published in a transaction of its own, which `publish` opens.",
}  # fmt: skip
DOERS = {"by", "person", "user"}


def modules():
    for app in STACK:
        room = importlib.import_module(f"{app}.actions")
        for found in pkgutil.iter_modules(room.__path__):
            yield importlib.import_module(f"{app}.actions.{found.name}")


def name_of(function):
    return f"{function.__module__}.{function.__name__}"


def deeds():
    """Public functions of the rooms `actions` that somebody does at a moment."""
    for module in modules():
        for name, found in vars(module).items():
            if (
                inspect.isfunction(found) and found.__module__ == module.__name__ and not name.startswith("_")
                and "at" in (taken := inspect.signature(found).parameters) and DOERS & set(taken)
            ):  # fmt: skip
                yield found


def calls_of(function):
    """What a function of an action module calls, by the names and the attributes in its text."""
    function = inspect.unwrap(function)
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Name):
            yield function.__globals__.get(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield getattr(function.__globals__.get(node.value.id), node.attr, None)


def reaches_record(function, seen):
    if not isinstance(function, FunctionType) or function in seen:
        return False
    seen.add(function)
    if inspect.unwrap(function).__module__ == "partnership.audit.record":
        return function.__name__ in ("record", "record_many")
    if inspect.unwrap(function).__module__.split(".")[0] not in STACK:
        return False
    return any(reaches_record(found, seen) for found in calls_of(function))


DEEDS = sorted(deeds(), key=name_of)


def test_the_walk_sees_what_it_should():
    names = {name_of(found) for found in DEEDS}
    assert {
        "incidents.actions.reports.file",
        "agreements.actions.signing.sign",
        "partnership.actions.accounts.deactivate",
    } <= names
    assert len(DEEDS) > 70


@pytest.mark.parametrize("deed", DEEDS, ids=name_of)
def test_every_deed_reaches_the_trail(deed):
    assert reaches_record(deed, set()) or WITHOUT_ENTRY.get(name_of(deed)), (
        "record it, or give the reason in WITHOUT_ENTRY"
    )


@pytest.mark.parametrize("deed", DEEDS, ids=name_of)
def test_every_deed_is_one_transaction_with_its_entry(deed):
    text = inspect.getsource(inspect.unwrap(deed))
    assert "transaction.atomic" in text or name_of(deed) in WITHOUT_TRANSACTION, "decorate it with transaction.atomic"


def test_every_exception_is_needed():
    names = {name_of(found) for found in DEEDS}
    assert set(WITHOUT_ENTRY) | set(WITHOUT_TRANSACTION) <= names
    for deed in DEEDS:
        assert not (name_of(deed) in WITHOUT_ENTRY and reaches_record(deed, set())), (
            f"{name_of(deed)} records after all"
        )


class Watch:
    """Stands around every deed: counts its entries, and first tries it on a trail that takes none."""

    def __init__(self, monkeypatch):
        self.depth, self.calls, self.faults, self.tried = 0, Counter(), [], set()
        self.entries, self.is_full = [], False
        written = AuditEntry.objects.bulk_create
        monkeypatch.setattr(AuditEntry.objects, "bulk_create", lambda rows, **more: self.write(written, rows, **more))
        for deed in DEEDS:
            monkeypatch.setattr(importlib.import_module(deed.__module__), deed.__name__, self.around(deed))

    def write(self, written, rows, **more):
        if self.is_full:
            raise DatabaseError("no room")
        rows = list(rows)
        self.entries += [(row.verb, row.object_type, row.object_id) for row in rows]
        return written(rows, **more)

    def around(self, deed):
        @wraps(deed)
        def watched(*args, **given):
            if self.depth:
                return deed(*args, **given)
            self.depth += 1
            try:
                self.rehearse(deed, args, given)
                self.entries = []
                result = deed(*args, **given)
                self.judge(deed)
                return result
            finally:
                self.depth -= 1

        return watched

    def judge(self, deed):
        self.calls[name_of(deed)] += 1
        twice = [entry for entry, count in Counter(self.entries).items() if count > 1]
        if twice:
            self.faults.append(f"{name_of(deed)} recorded twice: {twice[:3]}")

    def rehearse(self, deed, args, given):
        """Once for each deed: with a full trail it fails, and every table is as it was."""
        if name_of(deed) in self.tried or name_of(deed) in WITHOUT_TRANSACTION:
            return
        self.tried.add(name_of(deed))
        before, self.is_full = fingerprint(), True
        try:
            with transaction.atomic():
                deed(*copy.deepcopy(args), **copy.deepcopy(given))
        except DatabaseError:
            pass
        except Exception as error:  # noqa: BLE001  (a refusal has changed nothing either)
            self.faults.append(f"{name_of(deed)} failed in another way: {error!r}")
        else:
            if fingerprint() != before:
                self.faults.append(f"{name_of(deed)} was done without an entry.")
                raise AssertionError(self.faults[-1])
        finally:
            self.is_full = False
        if fingerprint() != before:
            self.faults.append(f"{name_of(deed)} left something behind when its entry could not be written.")


def fingerprint():
    """Every row of every table of ours, in one number for each table."""
    tables = [model._meta.db_table for app in STACK for model in apps.get_app_config(app).get_models()]
    parts = [
        f"SELECT '{table}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM {table} t"
        for table in tables
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return cursor.fetchall()


@pytest.mark.slow
def test_no_deed_of_the_demonstration_is_done_without_its_one_entry(committed_db, monkeypatch):
    watch = Watch(monkeypatch)

    call_command("load_demo", verbosity=0)

    assert watch.faults == []
    assert len(watch.calls) > 40, sorted(watch.calls)
