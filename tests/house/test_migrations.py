"""Rules of the house about migrations."""

import ast
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import migrations
from django.db.migrations.loader import MigrationLoader

STACK = ["partnership", "agreements", "incidents", "councils"]
ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path for app in STACK for path in (ROOT / app / "migrations").glob("0*.py"))
PARTS = sorted(path for app in STACK for path in (ROOT / app / "migrations" / "first").glob("*.py"))


def name(path):
    return f"{path.parent.parent.name}/{path.stem}"


@pytest.mark.django_db
def test_no_migration_is_pending():
    out = StringIO()

    call_command("makemigrations", "--check", "--dry-run", stdout=out)

    assert "No changes detected" in out.getvalue()


def test_migrations_depend_down_the_stack_only():
    loader = MigrationLoader(None)

    for (app, own), migration in loader.disk_migrations.items():
        if app in STACK:
            for other, _ in migration.dependencies:
                if other in STACK:
                    assert STACK.index(other) <= STACK.index(app), f"{app}.{own} depends upward on {other}"


@pytest.mark.parametrize("path", [*FILES, *PARTS], ids=name)
def test_a_migration_never_imports_our_code(path):
    tree = ast.parse(path.read_text())
    allowed = {"partnership.operations"}  # which says of itself that it stays as it is

    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
            assert module in allowed or (module or "").split(".")[0] not in STACK


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_migration_is_named_for_what_it_does(path):
    assert not re.search(r"auto|\d{8}", path.stem[5:])
    assert ast.get_docstring(ast.parse(path.read_text()))


def test_every_migration_can_be_undone():
    loader = MigrationLoader(None)

    for (app, own), migration in loader.disk_migrations.items():
        if app in STACK:
            for operation in migration.operations:
                assert operation.reversible, f"{app}.{own}: {operation}"
                if isinstance(operation, migrations.RunPython):
                    assert operation.reverse_code is not migrations.RunPython.noop
