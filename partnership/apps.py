"""Start of the ground floor: load what every app declares under the fixed names."""

from importlib import import_module

from django.apps import AppConfig

from partnership import celery, registry


class PartnershipConfig(AppConfig):
    name = "partnership"
    verbose_name = "Partnership"
    queue = celery.app  # loaded here, so that every process which asks for a job knows the queue

    def ready(self):
        registry.load(self.name)
        import_module("partnership.jobs.signing")  # every process that sends must sign
