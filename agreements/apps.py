"""Start of this floor: hand its declarations to the ground floor."""

from django.apps import AppConfig

from partnership import registry


class AgreementsConfig(AppConfig):
    name = "agreements"
    verbose_name = "Agreements"

    def ready(self):
        registry.load(self.name)
