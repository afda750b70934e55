"""The governed rows of all apps, found through Django's model list, so that no upper floor is imported here."""

from datetime import date

from django.apps import apps
from django.db.models import F, Model

from agreements.models import Agreement, Governed, RetentionTerm
from agreements.retention.due import due_on


def models() -> list[type[Model]]:
    """Every concrete model that stands under retention terms."""
    return [model for model in apps.get_models() if issubclass(model, Governed)]


def agreement_ended(agreement: Agreement) -> int:
    """Start the clocks that wait for the agreement's end; returns how many rows got their due day."""
    assert agreement.ended_on is not None
    changed = 0
    terms = RetentionTerm.objects.filter(version__agreement=agreement, trigger=RetentionTerm.Trigger.AGREEMENT_ENDED)
    for term in terms:
        due = due_on(agreement.ended_on, months=term.months, days=term.days)
        for model in models():
            rows = model._default_manager.filter(term=term, retain_until__isnull=True)
            changed += rows.update(retention_start=agreement.ended_on, retain_until=due)
    Agreement.objects.filter(pk=agreement.pk).update(retention_generation=F("retention_generation") + 1)
    return changed


def oldest_due() -> date | None:
    """The earliest due day over all governed models."""
    days = [m._default_manager.filter(retain_until__isnull=False).order_by("retain_until").values_list("retain_until", flat=True).first()
            for m in models()]  # fmt: skip
    return min((day for day in days if day), default=None)
