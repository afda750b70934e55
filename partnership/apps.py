"""Start of the ground floor: load what every app declares under the fixed names."""

from django.apps import AppConfig

from partnership import registry


class PartnershipConfig(AppConfig):
    name = "partnership"
    verbose_name = "Partnership"

    def ready(self):
        registry.load(self.name)
