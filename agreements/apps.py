"""Start of this floor: hand its declarations to the ground floor."""

from importlib import import_module

from django.apps import AppConfig

from partnership import registry


class AgreementsConfig(AppConfig):
    name = "agreements"
    verbose_name = "Agreements"

    def ready(self):
        registry.load(self.name)
        import_module("agreements.retention.standing")  # before the first request: it may have to be refused
