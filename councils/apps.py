"""Start of this floor: hand its declarations to the ground floor."""

from django.apps import AppConfig

from partnership import registry


class CouncilsConfig(AppConfig):
    name = "councils"
    verbose_name = "Councils"

    def ready(self):
        registry.load(self.name)
