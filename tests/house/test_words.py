"""Rules of the house about names, verbs, templates and documents."""

import ast
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.template.loader import get_template

from partnership.access.table import PERMISSIONS
from partnership.registry import VERBS

ROOT = Path(__file__).resolve().parents[2]
STACK = ["partnership", "agreements", "incidents", "councils"]
MODULES = sorted(path for app in STACK for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def short(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_no_module_has_a_name_that_says_nothing(path):
    assert path.stem not in {"utils", "util", "helpers", "helper", "misc", "common", "manager", "lib", "core"}


@pytest.mark.parametrize("path", [p for p in MODULES if p.read_text().strip()], ids=short)
def test_every_module_says_what_belongs_there(path):
    assert ast.get_docstring(ast.parse(path.read_text()))


def test_every_verb_is_used_by_an_action_and_has_a_sentence():
    text = {short(path): path.read_text() for path in MODULES if path.name != "verbs.py"}

    for app in STACK:
        tree = ast.parse((ROOT / app / "verbs.py").read_text())
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                constant = node.targets[0].id
                assert any(re.search(rf"\bverbs\.{constant}\b", body) or re.search(rf"\b{constant}\b", body)
                           for body in text.values()), f"{app}.{constant} is never recorded"  # fmt: skip
    for verb in VERBS.values():
        assert verb.sentence.strip() and "{" in verb.sentence, verb.code
        assert re.fullmatch(r"(partnership|agreements|incidents|councils)\.[a-z_]+", verb.code), verb.code


def test_permissions_are_named_app_dot_verb_and_say_what_they_are():
    for permission in PERMISSIONS.values():
        assert re.fullmatch(r"(partnership|agreements|incidents|councils)\.[a-z_]+", permission.name), permission.name
        assert permission.description, permission.name
        for way in (*permission.branches, *permission.standings):
            assert way.because.endswith("."), f"{permission.name}, {way.name}: give the reason as a sentence"


@pytest.mark.parametrize("path", TEMPLATES, ids=short)
def test_templates_hold_no_inline_style_script_or_outside_address(path):
    text = path.read_text()

    assert not re.search(r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"(?:src|href|action)\s*=\s*[\"']https?://", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=short)
def test_every_template_compiles(path):
    get_template(str(path.relative_to(ROOT / "templates")))


@pytest.mark.django_db
def test_generated_documents_are_current():
    call_command("house_docs", "--check", stdout=StringIO())


def test_every_name_read_from_the_environment_is_in_the_readme():
    readme = (ROOT / "README.md").read_text()
    names = re.findall(r"env\.\w+\(\"([A-Z_]+)\"", (ROOT / "partnership/settings/env.py").read_text())

    assert names
    for name in names:
        assert f"`{name}`" in readme, f"{name} is missing in the README's table"


def test_every_command_is_in_the_documents():
    text = "".join(path.read_text() for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])

    for app in STACK:
        for path in (ROOT / app / "management" / "commands").glob("*.py"):
            if path.stem != "__init__":
                assert f"manage {path.stem}" in text or f"manage.py {path.stem}" in text, f"document {path.stem}"


def test_no_tracked_text_carries_a_path_of_a_machine_or_a_registry():
    for lock in (ROOT / "requirements").glob("*.lock"):
        assert "http" not in lock.read_text()
        assert "--index" not in lock.read_text()
