"""Load the demonstration partnership into an empty database."""

from importlib import import_module

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from partnership.demo import build_base, review, witness
from partnership.models import Organization

FLOORS = ("agreements", "incidents", "councils")  # by name: the ground floor imports nothing from above


class Command(BaseCommand):
    help = "Build the demonstration: organizations, agreements, incidents, councils. Does nothing unless the portal is empty."

    def handle(self, *args, **options):
        if not settings.PORTAL_DEMO_ALLOWED:
            raise CommandError("The demonstration is not for production: everybody knows its passwords and codes.")
        if Organization.objects.exists():
            return
        with transaction.atomic():
            world = build_base(timezone.now())
            for floor in FLOORS:
                import_module(f"{floor}.demo").build(world)
            review(world)
        witness(world)  # the chain is sealed at commit
        self.stdout.write(
            f"The demonstration has {len(world.organizations)} organizations and {len(world.agreements)} agreements in force."
        )
