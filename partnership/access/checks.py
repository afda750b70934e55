"""The start fails when a protected model has no policy, or when a branch cannot be denied."""

from django.apps import apps
from django.core.checks import Error, register

from partnership.access.table import PERMISSIONS


@register("access")
def every_protected_model_has_a_policy(app_configs, **kwargs):
    """A model that says `is_protected` has at least one permission on its rows, or names the one it inherits from."""
    covered = {entry.model for entry in PERMISSIONS.values() if entry.model is not None}
    return [
        Error(
            f"{model._meta.label} is protected and has no policy.",
            hint="Register a permission for it in the app's policy.py (on_rows), or inherit with via().",
            id="access.E001",
        )
        for model in apps.get_models()
        if getattr(model, "is_protected", False) and model not in covered
    ]


@register("access")
def every_branch_has_a_negation(app_configs, **kwargs):
    """A list reads its branches as arms of which no two hold of one row, so that each needs what it leaves out."""
    return [
        Error(
            f"The branch “{branch.name}” of {entry.name} has no negation.",
            hint="Leave the negation to be computed, or give a function from the condition to what it leaves out.",
            id="access.E002",
        )
        for entry in PERMISSIONS.values()
        for branch in entry.branches
        if branch.negation is None
    ]
