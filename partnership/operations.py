"""The one operation of migrations that is ours: many tables in one step. It is kept as it is, since migrations use it."""

from collections.abc import Sequence
from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class CreateModels(Operation):
    """Create all tables of an app at once, in any order: their keys follow when every table stands.

    Django builds all related models anew after each operation, and ours are nearly all related: a hundred tables one
    by one take ten times as long as together. The keys are written at the end of this operation, not of the migration,
    so that a later one may fill the tables.
    """

    def __init__(self, models: Sequence[migrations.CreateModel]):
        self.models = models

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # built again, once, when next asked for
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)
        while schema_editor.deferred_sql:
            schema_editor.execute(schema_editor.deferred_sql.pop(0), None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table whose keys are still to be checked cannot go
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    def references_model(self, name: str, app_label: str) -> bool:
        return any(model.references_model(name, app_label) for model in self.models)

    def describe(self) -> str:
        return f"Create {len(self.models)} models"
