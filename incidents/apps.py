"""Start of this floor: hand its declarations to the ground floor."""

from django.apps import AppConfig

from partnership import registry


class IncidentsConfig(AppConfig):
    name = "incidents"
    verbose_name = "Incidents"

    def ready(self):
        registry.load(self.name)
