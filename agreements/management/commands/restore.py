"""Restore a backup from the command line."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from agreements.actions import backups
from partnership.errors import DomainError


class Command(BaseCommand):
    help = "Restore a backup into an empty database. The portal serves only after: retention replay."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, help="the backup's folder")

    def handle(self, *args, **options):
        try:
            backup = backups.restore(folder=options["folder"], at=timezone.now())
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Restored the state of {backup.taken_at:%-d %B %Y, %H:%M:%S} UTC and {len(backup.said['files'])} files."
        )
        self.stdout.write("Nothing is served yet. Now delete again what was deleted since: manage.py retention replay")
