"""Rules of the house about models: direction, classification, pairs, decisions, factories."""

import importlib
import inspect

import pytest
from django.apps import apps
from django.db import models
from factory.django import DjangoModelFactory

from agreements.models import Governed
from partnership.data_policy import DataPolicy

STACK = ["partnership", "agreements", "incidents", "councils"]
OURS = [model for app in STACK for model in apps.get_app_config(app).get_models()]
GOVERNED = [model for model in OURS if issubclass(model, Governed)]


def label(model):
    return model._meta.label


def columns(model):
    return [
        f for f in model._meta.get_fields() if f.concrete and (not f.auto_created or getattr(f, "primary_key", False))
    ]


@pytest.mark.parametrize("model", OURS, ids=label)
def test_relations_point_down_the_stack_and_none_crosses_the_privacy_wall(model):
    floor = STACK.index(model._meta.app_label)

    for field in columns(model):
        if field.is_relation and field.related_model and field.related_model._meta.app_label in STACK:
            target = field.related_model._meta.app_label
            assert STACK.index(target) <= floor, f"{field} points upward"
            assert (model._meta.app_label, target) != ("councils", "incidents"), f"{field} crosses the privacy wall"


@pytest.mark.parametrize("model", OURS, ids=label)
def test_every_column_is_classified_once(model):
    policy = getattr(model, "data_policy", None)
    assert isinstance(policy, DataPolicy), "declare data_policy = classify(...)"
    names = {field.name for field in columns(model)}

    assert names - policy.personal - policy.open == set(), "not classified"
    assert (policy.personal | policy.open | policy.facts) - names == set(), "classified but absent"
    assert policy.personal & policy.open == set(), "classified twice"


@pytest.mark.parametrize("model", OURS, ids=label)
def test_every_moment_of_a_deed_has_its_person(model):
    names = {field.name for field in columns(model)}
    moments = {name for name in names if name.endswith("_at")} - model.data_policy.facts

    for moment in moments:
        by = moment.removesuffix("_at") + "_by"
        assert by in names, f"{moment} has no {by}; if it is a fact of the world, list it in facts"
        nullable = model._meta.get_field(moment).null
        assert model._meta.get_field(by).null == nullable, f"{moment} and {by} are not empty together"
        if nullable:
            constraints = " ".join(repr(c.deconstruct()) for c in model._meta.constraints)
            assert f"{moment}__isnull" in constraints and f"{by}__isnull" in constraints, (
                f"{moment} has no paired constraint"
            )


@pytest.mark.parametrize("model", GOVERNED, ids=label)
def test_every_incoming_relation_of_a_governed_model_is_decided(model):
    incoming = {
        relation.get_accessor_name()
        for relation in model._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete
    }

    assert incoming == set(model.data_policy.relations), "decide in data_policy.relations"
    for fate, why in model.data_policy.relations.values():
        assert fate in ("delete", "scrub", "keep") and why


def test_some_model_is_governed():
    assert GOVERNED


@pytest.mark.parametrize("model", OURS, ids=label)
def test_text_columns_are_never_null(model):
    nullable = [f.name for f in columns(model) if isinstance(f, models.CharField | models.TextField) and f.null]

    assert nullable == []


@pytest.mark.parametrize("model", OURS, ids=label)
def test_constraints_are_named_and_text_is_unique(model):
    assert "__str__" in model.__dict__ or any(
        "__str__" in base.__dict__ for base in model.__mro__[1:-1] if base is not models.Model
    )
    assert all(constraint.name for constraint in model._meta.constraints)
    assert model._meta.ordering == []


def factories():
    found = {}
    for app in STACK:
        module = importlib.import_module(f"tests.factories.{app}")
        for _, thing in inspect.getmembers(module, inspect.isclass):
            if issubclass(thing, DjangoModelFactory) and thing._meta.model:
                found.setdefault(thing._meta.model, thing)
    return found


# Made by the database alone, or by an action that has no smaller form.
WITHOUT_FACTORY = {
    "partnership.AuditSeal": "sealed by the database",
    "partnership.AuditHead": "one row, made by a migration",
}


@pytest.mark.parametrize("model", [m for m in OURS if label(m) not in WITHOUT_FACTORY], ids=label)
def test_every_model_has_a_factory_that_builds(model, db):
    factory = factories().get(model)
    assert factory is not None, f"write a factory for {label(model)}"

    made = factory()

    assert model._default_manager.filter(pk=made.pk).exists()
